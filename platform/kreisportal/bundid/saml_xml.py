"""Strict reading of SAML's XML, before any library sees it.

XML has many ways to write one thing, and attacks on SAML live in the gaps between two programs that read it differently.
So what is not needed is refused: document types and entities, comments, CDATA, processing instructions, other encodings,
ids that are there twice, signatures and encrypted parts anywhere but in their places, algorithms that are not on the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from kreisportal.bundid.saml_errors import SamlRefusedError

LARGEST = 200_000
"""Bytes of an answer's XML."""

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
XENC = "{http://www.w3.org/2001/04/xmlenc#}"
XENC11 = "{http://www.w3.org/2009/xmlenc11#}"

ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
SIGNATURES = frozenset(
    {
        *(f"http://www.w3.org/2001/04/xmldsig-more#rsa-sha{bits}" for bits in (256, 384, 512)),
        *(f"http://www.w3.org/2007/05/xmldsig-more#sha{bits}-rsa-MGF1" for bits in (256, 384, 512)),
        *(f"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha{bits}" for bits in (256, 384, 512)),
    }
)
DIGESTS = frozenset(
    {
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    }
)
CONTENT_CIPHERS = frozenset(f"http://www.w3.org/2009/xmlenc11#aes{bits}-gcm" for bits in (128, 192, 256))
KEY_CIPHERS = frozenset(
    {"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", "http://www.w3.org/2009/xmlenc11#rsa-oaep"}
)

_DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*["']1\.0["'](\s+encoding\s*=\s*["'][uU][tT][fF]-8["'])?(\s+standalone\s*=\s*["']\w+["'])?\s*\?>"""
)
_ID_NAMES = frozenset({"ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id"})
_DEEPEST = 40
# What a signature or an encrypted part may hold; whatever points elsewhere is not among it.
_IN_KEY_INFO = frozenset(
    {
        f"{DS}{name}"
        for name in ("X509Data", "X509Certificate", "X509SubjectName", "X509IssuerSerial", "X509SKI")
    }
    | {f"{DS}{name}" for name in ("X509IssuerName", "X509SerialNumber", "KeyName", "KeyValue", "RSAKeyValue")}
    | {f"{DS}{name}" for name in ("Modulus", "Exponent")}
)


def parse(xml: bytes) -> Element:
    """The root of a document that holds nothing but elements, attributes and text. Raises SamlRefusedError."""
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    if len(xml) > LARGEST:
        raise SamlRefusedError("too large")
    try:
        xml.decode("utf-8")
    except UnicodeDecodeError:
        raise SamlRefusedError("not UTF-8") from None
    begun = _DECLARATION.match(xml)
    rest = xml[begun.end() :] if begun else xml
    if b"<!" in rest or b"<?" in rest or b"\0" in rest:
        raise SamlRefusedError("document type, comment, CDATA or processing instruction")
    try:
        root: Element = ElementTree.fromstring(
            xml, forbid_dtd=True, forbid_entities=True, forbid_external=True
        )
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        raise SamlRefusedError("not well-formed") from None
    _check_depth(root)
    _check_ids(root)
    return root


def the_one(parent: Element, tag: str) -> Element:
    """The one child with this tag. Raises SamlRefusedError if there is none, or more."""
    found = parent.findall(tag)
    if len(found) != 1:
        raise SamlRefusedError(f"{len(found)} of {tag.rpartition('}')[2]} where one must be")
    return found[0]


def at_most_one(parent: Element, tag: str) -> Element | None:
    """The child with this tag, or None. Raises SamlRefusedError if there are more."""
    return the_one(parent, tag) if parent.find(tag) is not None else None


def only(parent: Element, *tags: str) -> None:
    """Refuse an element that holds anything but these."""
    for child in parent:
        if child.tag not in tags:
            raise SamlRefusedError(f"{_short(child)} in {_short(parent)}")


def check_signatures(root: Element, places: list[Element]) -> list[Element]:
    """Those of ``places`` that are signed themselves, in the way of SAML. A signature anywhere else is refused."""
    signed = [place for place in places if at_most_one(place, f"{DS}Signature") is not None]
    if len(list(root.iter(f"{DS}Signature"))) != len(signed):
        raise SamlRefusedError("a signature where none may be")
    for place in signed:
        _check_signature(place, the_one(place, f"{DS}Signature"))
    return signed


def _check_signature(signed: Element, signature: Element) -> None:
    """A signature is of the element around it as a whole, by algorithms that are on the list."""
    only(signature, f"{DS}SignedInfo", f"{DS}SignatureValue", f"{DS}KeyInfo")
    info = the_one(signature, f"{DS}SignedInfo")
    the_one(signature, f"{DS}SignatureValue")
    only(info, f"{DS}CanonicalizationMethod", f"{DS}SignatureMethod", f"{DS}Reference")
    _algorithm(info, f"{DS}CanonicalizationMethod", frozenset({EXCLUSIVE}))
    _algorithm(info, f"{DS}SignatureMethod", SIGNATURES)
    reference = the_one(info, f"{DS}Reference")
    only(reference, f"{DS}Transforms", f"{DS}DigestMethod", f"{DS}DigestValue")
    own = signed.get("ID")
    if not own or reference.get("URI") != f"#{own}":
        raise SamlRefusedError("a signature over something else")
    _algorithm(reference, f"{DS}DigestMethod", DIGESTS)
    transforms = the_one(reference, f"{DS}Transforms")
    only(transforms, f"{DS}Transform")
    if [each.get("Algorithm") for each in transforms] not in ([ENVELOPED, EXCLUSIVE], [ENVELOPED]):
        raise SamlRefusedError("transforms")
    key_info = at_most_one(signature, f"{DS}KeyInfo")
    if key_info is not None:
        _check_key_info(key_info)


def check_encrypted(root: Element, encrypted: Element) -> None:
    """An encrypted assertion by AES-GCM, its key by RSA-OAEP, all of it in the document. Nothing else is encrypted."""
    only(encrypted, f"{XENC}EncryptedData", f"{XENC}EncryptedKey")
    data = the_one(encrypted, f"{XENC}EncryptedData")
    only(data, f"{XENC}EncryptionMethod", f"{DS}KeyInfo", f"{XENC}CipherData")
    _algorithm(data, f"{XENC}EncryptionMethod", CONTENT_CIPHERS)
    _check_cipher(data)
    key_info = the_one(data, f"{DS}KeyInfo")
    only(key_info, f"{XENC}EncryptedKey", f"{DS}RetrievalMethod", f"{DS}KeyName")
    for pointer in key_info.findall(f"{DS}RetrievalMethod"):
        if len(pointer) or not pointer.get("URI", "").startswith("#"):
            raise SamlRefusedError("a key that is elsewhere")
    keys = [*encrypted.findall(f"{XENC}EncryptedKey"), *key_info.findall(f"{XENC}EncryptedKey")]
    everywhere = [*root.iter(f"{XENC}EncryptedKey"), *root.iter(f"{XENC}EncryptedData")]
    if not 1 <= len(keys) <= 4 or len(everywhere) != len(keys) + 1:
        raise SamlRefusedError("encrypted keys or parts where none may be")
    for key in keys:
        only(key, f"{XENC}EncryptionMethod", f"{DS}KeyInfo", f"{XENC}CipherData", f"{XENC}ReferenceList")
        _algorithm(key, f"{XENC}EncryptionMethod", KEY_CIPHERS)
        _check_cipher(key)
        named = at_most_one(key, f"{DS}KeyInfo")
        if named is not None:
            _check_key_info(named)


def _check_cipher(part: Element) -> None:
    """The cipher text is here, and is fetched from nowhere."""
    cipher = the_one(part, f"{XENC}CipherData")
    only(cipher, f"{XENC}CipherValue")
    the_one(cipher, f"{XENC}CipherValue")


def _check_key_info(key_info: Element) -> None:
    """It may name a key, but not say where else to look for one. What it names is never believed."""
    for inner in key_info.iter():
        if inner is not key_info and inner.tag not in _IN_KEY_INFO:
            raise SamlRefusedError(f"{_short(inner)} in KeyInfo")


def _algorithm(parent: Element, tag: str, allowed: frozenset[str]) -> None:
    if the_one(parent, tag).get("Algorithm") not in allowed:
        raise SamlRefusedError(f"algorithm of {tag.rpartition('}')[2]}")


def _check_depth(root: Element) -> None:
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level for child in element]
        if not level:
            return
    raise SamlRefusedError("too deep")


def _check_ids(root: Element) -> None:
    ids = list(_ids(root))
    if len(ids) != len(set(ids)):
        raise SamlRefusedError("an id is there twice")


def _ids(root: Element) -> Iterator[str]:
    for element in root.iter():
        yield from (value for name, value in element.attrib.items() if name in _ID_NAMES)


def _short(element: Element) -> str:
    return element.tag.rpartition("}")[2][:40]
