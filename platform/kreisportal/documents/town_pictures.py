"""Where a town's picture lies: among its documents, under an id made of its content and of nothing that is typed."""

from __future__ import annotations

import hashlib
import io
from contextlib import suppress
from dataclasses import replace

from kreisportal.documents.errors import RefusedFileError, StorageError
from kreisportal.documents.storage import Storage
from kreisportal.documents.wide_pictures import MOST_BYTES, wide_webp
from kreisportal.kernel.errors import DefinitionError, NotFoundError
from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.town_picture import TownPicture, id_of


def digest_of(content: bytes) -> str:
    """The SHA-256 by which a picture is found."""
    return hashlib.sha256(content).hexdigest()


def keep(storage: Storage, tenant_id: int, content: bytes) -> None:
    """Lay a picture where the town's pages find it.

    One that lies there from earlier is written anew, so that it counts as young for the sweep of files that nobody names.
    """
    document_id = id_of(digest_of(content))
    storage.delete(tenant_id, document_id)
    storage.put(tenant_id, document_id, io.BytesIO(content), MOST_BYTES)


def read(storage: Storage, tenant_id: int, digest: str) -> bytes:
    """A picture's content. Raises NotFoundError for one that is not there, StorageError for one that is not whole."""
    with storage.open(tenant_id, id_of(digest)) as stream:
        content = stream.read(MOST_BYTES + 1)
    if digest_of(content) != digest:
        raise StorageError(f"the picture {digest} is not what was kept")
    return content


def is_there(storage: Storage, tenant_id: int, digest: str) -> bool:
    """Whether a picture's file is there and whole."""
    try:
        return bool(read(storage, tenant_id, digest))
    except (NotFoundError, StorageError):
        return False


def spare(storage: Storage, tenant_id: int, digest: str) -> None:
    """Let a picture that is not shown any more lie for another day, so that the change can be taken back."""
    with suppress(NotFoundError, StorageError):
        keep(storage, tenant_id, read(storage, tenant_id, digest))


def made_of_folder(definition: TenantDefinition) -> tuple[TenantDefinition, bytes]:
    """A tenant from its folder with what is shown of its picture, and that content; empty without one.

    Raises DefinitionError for a file that is no picture.
    """
    picture = definition.brand.picture if definition.brand else None
    if not definition.brand or not picture or not picture.source:
        return definition, b""
    try:
        content, width, height = wide_webp(picture.source)
    except RefusedFileError as error:
        raise DefinitionError(
            [f"{definition.slug}: brand.picture: {picture.file} cannot be taken: {error.reason.value}."]
        ) from error
    name = f"{picture.file.rpartition('.')[0]}.webp"
    made = TownPicture(name, picture.alt, picture.credit, digest_of(content), width, height)
    return replace(definition, brand=replace(definition.brand, picture=made)), content
