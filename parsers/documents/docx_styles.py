"""Styles of a Word document: which paragraphs are headings, titles, centred, bold.

The names are judged in `looks`; here are the inheritance and what the XML says.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from lxml import etree

from parsers.documents.looks import PLAIN, Look, named_look
from parsers.documents.refusals import Refused
from parsers.documents.xml_parts import parse_xml

WORD_NAMESPACES: Final = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # strict
    "http://schemas.microsoft.com/office/word/2003/wordml",  # XML of Word 2003
)

_CENTRED: Final = frozenset({"center", "centre"})
_OFF: Final = frozenset({"0", "false", "off", "none"})
_MAX_CHAIN: Final = 20
_MAX_KEPT: Final = 1_000_000


_NAMES: Final[dict[str, tuple[str, ...]]] = {
    name: (*(f"{{{space}}}{name}" for space in WORD_NAMESPACES), name)
    for name in ("val", "styleId", "type", "id", "char", "font", "fldCharType", "instr", "dropCap")
}


def value_of(element: etree._Element, attribute: str = "val") -> str | None:
    """An attribute in any of the three Word namespaces."""
    for name in _NAMES[attribute]:
        value = element.get(name)
        if value is not None:
            return value
    return None


def switched_on(element: etree._Element) -> bool:
    """A toggle such as w:b: present means on unless its value says off."""
    return (value_of(element) or "1").lower() not in _OFF


def outline_value(element: etree._Element) -> int | None:
    """The level of w:outlineLvl, None where it is no level."""
    value = value_of(element) or ""
    return int(value) if len(value) == 1 and value.isascii() and value.isdigit() else None


@dataclass(slots=True)
class Styles:
    """Looks by style id, inheritance resolved on first use."""

    own: dict[str, tuple[Look, str]] = field(default_factory=dict)  # id → look, base id
    default: str = ""  # the paragraph style of paragraphs that name none
    _resolved: dict[str, Look] = field(default_factory=dict)

    def look(self, style_id: str | None) -> Look:
        """The full look of a style; of the default paragraph style for None."""
        wanted = self.default if style_id is None else style_id
        found = self._resolved.get(wanted)
        if found is None:
            found = self._resolved[wanted] = self._resolve(wanted)
        return found

    def _resolve(self, style_id: str) -> Look:
        result, current = PLAIN, style_id
        for _ in range(_MAX_CHAIN):  # a style may be based on itself in a made-up file
            if current not in self.own:
                break
            look, current = self.own[current]
            result = result.over(look)
        return result


def read_styles(root: etree._Element) -> Styles:
    """All styles of a styles part (or of w:styles in XML of Word 2003)."""
    styles = Styles()
    for namespace in WORD_NAMESPACES:
        prefix = f"{{{namespace}}}"
        for style in root.iterchildren(f"{prefix}style"):
            style_id = style.get(f"{prefix}styleId") or ""
            styles.own[style_id] = _own_look(style)
            is_default = style.get(f"{prefix}default") in {"1", "true", "on"}
            if is_default and style.get(f"{prefix}type") == "paragraph":
                styles.default = style_id
    return styles


def parse_styles(data: bytes) -> Styles:
    """Styles of a styles part; none where it is broken. Raises Refused for bombs.

    Units write on one template for years, so the same bytes come again and again.
    """
    return _parse_and_keep(data) if len(data) <= _MAX_KEPT else _parse(data)


def _parse(data: bytes) -> Styles:
    try:
        return read_styles(parse_xml(data))
    except Refused as why:
        if why.suspicious:
            raise
        return Styles()


_parse_and_keep = lru_cache(maxsize=16)(_parse)


def _own_look(style: etree._Element) -> tuple[Look, str]:
    look, base = PLAIN, ""
    for child in style:
        local = str(child.tag).rpartition("}")[2]
        if local == "name":
            look = look.over(named_look(value_of(child) or ""))
        elif local == "basedOn":
            base = value_of(child) or ""
        elif local == "pPr":
            look = _paragraph_look(child).over(look)
        elif local == "rPr":
            look = _run_look(child).over(look)
    return look, base


def _paragraph_look(properties: etree._Element) -> Look:
    outline: int | None = None
    centred: bool | None = None
    for child in properties:
        local = str(child.tag).rpartition("}")[2]
        if local == "outlineLvl":
            outline = outline_value(child)
        elif local == "jc":
            centred = value_of(child) in _CENTRED
    return Look(None, outline, centred)


def _run_look(properties: etree._Element) -> Look:
    for child in properties:
        if str(child.tag).rpartition("}")[2] == "b":
            return Look(bold=switched_on(child))
    return PLAIN
