"""XML of strangers: no entities, no network, no repair, no mountains."""

from typing import Final

from lxml import etree

from parsers.documents.refusals import RESEND_AS_DOCX, Refused, too_large

MAX_BYTES: Final = 40_000_000
"""Largest XML part; the longest real reports stay below a quarter of it."""

MAX_TAGS: Final = 1_500_000
"""A tag of six bytes costs libxml2 some 120: what bounds bytes does not bound memory."""

MAX_ATTRIBUTES: Final = 4_000_000

# Repair would silently drop what follows the defect; namespaces stay as they are.
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    recover=False,
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
)

_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))


def parse_xml(data: bytes) -> etree._Element:
    """The root element of one part.

    Raises:
        Refused: Not well-formed, nested absurdly deep, larger than any document,
            or with a document type (entity bombs and file inclusion need one).
    """
    if len(data) > MAX_BYTES or data.count(b"<") > MAX_TAGS or data.count(b"=") > MAX_ATTRIBUTES:
        raise too_large()
    if any(mark in data for mark in _DOCTYPES):
        raise Refused("文件含外部实体声明，疑似恶意文件", RESEND_AS_DOCX, suspicious=True)
    try:
        return etree.fromstring(data, _PARSER)
    except (etree.XMLSyntaxError, ValueError, LookupError) as exc:
        raise Refused("文件内部结构损坏", RESEND_AS_DOCX) from exc


def local_name(element: etree._Element) -> str:
    """The tag without its namespace; "" for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
