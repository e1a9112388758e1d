"""Word and LibreOffice texts: ZIP archives of XML, without macros, without surprises when unpacked."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import BinaryIO
from xml.etree import ElementTree

from kreisportal.documents.errors import Reason, RefusedFileError
from kreisportal.documents.kinds import Kind, Limits

_CHUNK = 256 * 1024
_ENCRYPTED = 0x1
# What office programs pack with; others are known to some readers only.
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# Small parts may deflate to nearly nothing without being a bomb.
_RATIO_FROM = 1024 * 1024
_SMALL_PART = 4 * 1024 * 1024
_DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_ACTIVE_PARTS = re.compile(
    r"(?:^|/)(?:vba(?:project|projectsignature|data)[^/]*|oleobject[^/]*|[^/]*\.(?:bin|exe|dll|js|vbs|cmd|bat|ps1))$"
    r"|(?:^|/)activex/|^basic/|^scripts/",
    re.IGNORECASE,
)
# Printer settings are a harmless .bin of Word.
_HARMLESS_PARTS = re.compile(r"^word/printersettings/[^/]+\.bin$", re.IGNORECASE)
# Parts that are fetched from elsewhere when the document is opened.
_REMOTE_TYPES = ("/attachedTemplate", "/oleObject", "/frame", "/subDocument", "/externalLink")


def inspect_office(stream: BinaryIO, size: int, limits: Limits) -> Kind:
    """DOCX or ODT, or RefusedFileError. ``size`` is the archive's size in bytes."""
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_directory(archive, size, limits)
            _check_unpacking(archive, limits)
            names = set(archive.namelist())
            if "[Content_Types].xml" in names:
                return _check_docx(archive)
            if "mimetype" in names:
                return _check_odt(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError, ElementTree.ParseError, ValueError):
        raise RefusedFileError(Reason.DAMAGED) from None
    except (NotImplementedError, RuntimeError):
        # Features of ZIP that Python does not know, and office programs do not use.
        raise RefusedFileError(Reason.ARCHIVE) from None
    raise RefusedFileError(Reason.KIND)


def _check_directory(archive: zipfile.ZipFile, size: int, limits: Limits) -> None:
    """What the archive says of itself: number, names and sizes of its entries."""
    entries = archive.infolist()
    names = [entry.filename.casefold() for entry in entries]
    too_much = (
        len(entries) > limits.entries
        or sum(entry.file_size for entry in entries) > limits.unpacked_bytes
        # More packed bytes than the file has: entries that overlap, as in a "zip bomb".
        or sum(entry.compress_size for entry in entries) > size
        # Two entries of one name: one for the inspection, one for the reader.
        or len(set(names)) != len(names)
    )
    plain = all(_is_plain_path(entry.filename) and entry.compress_type in _PACKINGS for entry in entries)
    if too_much or not plain:
        raise RefusedFileError(Reason.ARCHIVE)
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise RefusedFileError(Reason.PROTECTED)
        if entry.file_size > _RATIO_FROM and entry.file_size > limits.ratio * max(1, entry.compress_size):
            raise RefusedFileError(Reason.ARCHIVE)
        if _ACTIVE_PARTS.search(entry.filename) and not _HARMLESS_PARTS.match(entry.filename):
            raise RefusedFileError(Reason.ACTIVE)


def _is_plain_path(name: str) -> bool:
    """Whether a name stays inside the folder it would be unpacked to."""
    if not name or name.startswith("/") or re.search(r"[\\:\x00-\x1f]", name):
        return False
    return not any(part in {".", ".."} for part in name.split("/"))


def _check_unpacking(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Unpack everything once and throw it away: sizes and checksums as announced, and never too much."""
    total = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            while chunk := part.read(_CHUNK):
                total += len(chunk)
                if total > limits.unpacked_bytes:
                    raise RefusedFileError(Reason.ARCHIVE)


def _check_docx(archive: zipfile.ZipFile) -> Kind:
    types = _xml(archive, "[Content_Types].xml")
    kinds = [element.get("ContentType", "") for element in types.iter()]
    if any("macroenabled" in kind.casefold() or "vbaproject" in kind.casefold() for kind in kinds):
        raise RefusedFileError(Reason.ACTIVE)
    if _DOCX_MAIN not in kinds:
        raise RefusedFileError(Reason.KIND)
    for name in archive.namelist():
        if name.casefold().endswith(".rels") and _fetches(_xml(archive, name)):
            raise RefusedFileError(Reason.ACTIVE)
    return Kind.DOCX


def _fetches(relations: ElementTree.Element) -> bool:
    """Whether opening the document would fetch a template or an object from elsewhere."""
    return any(
        relation.get("TargetMode", "").casefold() == "external"
        and relation.get("Type", "").endswith(_REMOTE_TYPES)
        for relation in relations.iter()
    )


def _check_odt(archive: zipfile.ZipFile) -> Kind:
    if archive.read("mimetype").strip() != Kind.ODT.media_type.encode():
        raise RefusedFileError(Reason.KIND)
    if "META-INF/manifest.xml" not in archive.namelist():
        raise RefusedFileError(Reason.DAMAGED)
    manifest = _xml(archive, "META-INF/manifest.xml")
    if any(element.tag.endswith("}encryption-data") for element in manifest.iter()):
        raise RefusedFileError(Reason.PROTECTED)
    return Kind.ODT


def _xml(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """A small XML part, read as UTF-8 and without a document type, so without entities."""
    if archive.getinfo(name).file_size > _SMALL_PART:
        raise RefusedFileError(Reason.ARCHIVE)
    text = archive.read(name).decode("utf-8-sig")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise RefusedFileError(Reason.ARCHIVE)
    return ElementTree.fromstring(text)  # noqa: S314 - what makes it dangerous was refused above.
