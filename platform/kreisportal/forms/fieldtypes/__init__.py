"""The types of fields that a form can have, by name.

Adding a type: a module here with a subclass of ``FieldType``, its entry in the table below, a macro in
``templates/forms/fields.html`` and its view in ``forms.presentation``.
"""

from __future__ import annotations

from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes.address import AddressType
from kreisportal.forms.fieldtypes.base import FieldType, Posted
from kreisportal.forms.fieldtypes.choices import (
    ChoiceType,
    CountryType,
    DeclarationType,
    MultipleType,
    YesNoType,
)
from kreisportal.forms.fieldtypes.contact import EmailType, IbanType, PhoneType
from kreisportal.forms.fieldtypes.dates import DateType
from kreisportal.forms.fieldtypes.files import FileType
from kreisportal.forms.fieldtypes.groups import GroupType
from kreisportal.forms.fieldtypes.numbers import MoneyType, NumberType
from kreisportal.forms.fieldtypes.text import NameType, TextAreaType, TextType

__all__ = ["FIELD_TYPES", "FieldType", "Posted", "field_type"]

FIELD_TYPES: dict[str, FieldType] = {
    kind.name: kind
    for kind in (
        TextType(),
        TextAreaType(),
        NameType(),
        DateType(),
        NumberType(),
        MoneyType(),
        ChoiceType(),
        MultipleType(),
        YesNoType(),
        DeclarationType(),
        CountryType(),
        AddressType(),
        EmailType(),
        PhoneType(),
        IbanType(),
        FileType(),
    )
}
FIELD_TYPES[GroupType.name] = GroupType(FIELD_TYPES)


def field_type(field: Field) -> FieldType:
    """The rules for a field. A definition that was read has only known types."""
    return FIELD_TYPES[field.type]
