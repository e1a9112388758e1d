"""Form definitions at run time: built once per version, which never changes."""

from __future__ import annotations

from functools import lru_cache

from kreisportal.catalogue.queries import form_data
from kreisportal.forms import FormDefinition
from kreisportal.forms.wording import APPLICATION
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.errors import NotFoundError
from kreisportal.web.program import Program, program
from kreisportal.web.site import here


def current_form(key: str) -> tuple[int, FormDefinition]:
    """The form in force and its version. Raises NotFoundError where there is none."""
    found = here().snapshot.catalogue.forms.get(key)
    if found is None:
        raise NotFoundError
    return found[0], form_version(key, found[0])


def kind_in_force(key: str | None) -> str:
    """The kind of the form in force, see ``forms.wording``; the usual one where there is no form."""
    found = here().snapshot.catalogue.forms.get(key or "")
    return str(found[1].get("kind", APPLICATION)) if found else APPLICATION


def form_version(key: str, version: int) -> FormDefinition:
    """A form in the version that a draft or case was begun with."""
    return _build(program(), key, version)


@lru_cache(maxsize=512)
def _build(of: Program, key: str, version: int) -> FormDefinition:
    in_force = of.keeper.current.catalogue.forms.get(key)
    if in_force is not None and in_force[0] == version:
        return FormDefinition.from_data(in_force[1])
    with of.database.transaction(ANONYMOUS) as session:
        data = form_data(session, key, version)
    if data is None:
        raise NotFoundError
    return FormDefinition.from_data(data)
