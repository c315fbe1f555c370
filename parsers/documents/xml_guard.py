"""XML of strangers: no DTD, no entities, no network, no bottomless depth."""

from lxml import etree


class XmlRefused(Exception):
    """XML that we will not read.

    Attributes:
        reason: Why, in Chinese, for the office.
        suspicious: True where a DTD was found: office formats never carry one.
    """

    def __init__(self, reason: str, suspicious: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.suspicious = suspicious


def _refuse_doctype(data: bytes) -> None:
    # UTF-16 spells the same letters with NULs between them.
    upper = data.replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in upper or b"<!ENTITY" in upper:
        raise XmlRefused("XML 含有 DTD 声明，疑似恶意文件", suspicious=True)


def parse_xml(data: bytes, *, tolerant: bool = False) -> etree._Element:
    """The root element.

    Args:
        data: One XML file.
        tolerant: Mend slips of the producer (undeclared prefixes, unescaped
            ampersands) where strict parsing fails.

    Raises:
        XmlRefused: A DTD, deeper than 256 levels, or not well-formed.
    """
    _refuse_doctype(data)
    for recover in (False, True) if tolerant else (False,):
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, huge_tree=False, recover=recover
        )
        try:
            root = etree.fromstring(data, parser)
        except (etree.LxmlError, ValueError, LookupError):
            continue
        if root is not None:
            return root
    raise XmlRefused("XML 结构损坏")


def local_name(element: etree._Element) -> str:
    """The tag without its namespace; "" for comments and processing instructions."""
    # Not etree.QName: it refuses the o:p of Word's HTML.
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
