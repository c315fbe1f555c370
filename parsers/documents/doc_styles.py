"""Style sheet and font names of a binary Word document ([MS-DOC] 2.9.271, 2.9.286)."""

from typing import Final

from parsers.documents.doc_container import WordFile, u16
from parsers.documents.doc_formatting import character_look, paragraph_look
from parsers.documents.looks import PLAIN, Look, named_look

_STYLE_SHEET: Final = 0xA2
_FONTS: Final = 0x112
_MAX_STYLES: Final = 4096
_NO_BASE: Final = 0xFFF
_NAME_OFFSET: Final = 40
_MAX_CHAIN: Final = 20

# Built-in styles by number: the same whatever language the names are in.
_BUILT_IN: Final = {
    **{number: Look("heading", number - 1) for number in range(1, 10)},
    34: Look("caption"),
    62: Look("title"),
    74: Look("title"),
}


def style_looks(file: WordFile) -> list[Look]:
    """Looks by style number, inheritance resolved."""
    sheet = file.part(_STYLE_SHEET)
    header_size = u16(sheet, 0)
    base_size = u16(sheet, 4)
    own: list[tuple[Look, int]] = []
    at = 2 + header_size
    while at + 2 <= len(sheet) and len(own) < min(u16(sheet, 2), _MAX_STYLES):
        size = u16(sheet, at)
        own.append(_style(sheet[at + 2 : at + 2 + size], base_size))
        at += 2 + size + size % 2
    return [_resolve(own, number) for number in range(len(own))]


def _resolve(own: list[tuple[Look, int]], number: int) -> Look:
    result = PLAIN
    for _ in range(_MAX_CHAIN):
        if number >= len(own):
            break
        look, number = own[number]
        result = result.over(look)
    return result


def _style(style: bytes, base_size: int) -> tuple[Look, int]:
    if len(style) < base_size + 2:
        return PLAIN, _NO_BASE
    kind, base = u16(style, 2) & 0xF, u16(style, 2) >> 4
    name_size = u16(style, base_size)
    name = style[base_size + 2 : base_size + 2 + 2 * name_size].decode("utf-16-le", "replace")
    look = _BUILT_IN.get(u16(style, 0) & 0xFFF, PLAIN).over(named_look(name))
    if kind != 1:  # not a paragraph style
        return look, base
    at = base_size + 2 + 2 * name_size + 2
    size = u16(style, at)
    paragraph = paragraph_look(style[at + 4 : at + 2 + size])
    at += 2 + size + size % 2
    run = character_look(style[at + 2 : at + 2 + u16(style, at)])
    return Look(None, paragraph.outline, paragraph.centred, run.bold).over(look), base


def font_names(file: WordFile) -> list[str]:
    """Fonts by number; needed for symbols only."""
    table = file.part(_FONTS)
    names: list[str] = []
    at = 4
    while at < len(table) and len(names) < u16(table, 0):
        size = table[at] + 1
        raw = table[at + _NAME_OFFSET : at + size]
        text = raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace")
        names.append(text.partition("\x00")[0])
        at += size
    return names
