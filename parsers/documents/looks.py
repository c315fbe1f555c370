"""How a paragraph looks, whatever the format: heading, title, centred, bold.

Word stores built-in style names in English whatever its language; WPS, LibreOffice
and home-made templates also write 标题 1, 公文标题 or 题注.
"""

import re
from dataclasses import dataclass
from typing import Final

from parsers.facts import BlockKind

BODY_LEVEL: Final = 9
"""Outline level "body text" of w:outlineLvl; 0 to 8 are headings 1 to 9."""

_HEADING: Final = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_TITLES: Final = frozenset(
    {"title", "subtitle", "标题", "副标题", "大标题", "主标题", "正标题", "公文标题", "文档标题"}
)
_CAPTIONS: Final = frozenset({"caption", "题注", "图注", "图片说明"})


@dataclass(frozen=True, slots=True)
class Look:
    """What a style says of a paragraph or run; None where it says nothing."""

    kind: BlockKind | None = None
    outline: int | None = None  # 0 to 9 as stored
    centred: bool | None = None
    bold: bool | None = None

    def over(self, base: "Look") -> "Look":
        """This look with the gaps filled from the style it is based on."""
        return Look(
            base.kind if self.kind is None else self.kind,
            base.outline if self.outline is None else self.outline,
            base.centred if self.centred is None else self.centred,
            base.bold if self.bold is None else self.bold,
        )


PLAIN: Final = Look()


def named_look(name: str) -> Look:
    """What a style's name alone gives away."""
    plain = name.split(",", 1)[0].strip()
    heading = _HEADING.match(plain)
    if heading:
        return Look("heading", int(heading[1]) - 1)
    if plain.casefold() in _TITLES:
        return Look("title")
    if plain.casefold() in _CAPTIONS:
        return Look("caption")
    return PLAIN


def kind_and_level(look: Look, place: BlockKind) -> tuple[BlockKind, int]:
    """Kind of a block and its heading level (0 where it is none).

    What stands in a cell, note or text box is that, however it looks.
    """
    if place != "paragraph":
        return place, 0
    if look.kind in {"title", "caption"}:
        return look.kind or place, 0
    if look.outline is not None and look.outline < BODY_LEVEL:
        return "heading", look.outline + 1
    return place, 0
