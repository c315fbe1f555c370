"""Characters of symbol fonts (Wingdings …) as the Unicode a reader sees.

Word stores them in the private use area, F020–F0FF; forms tick their boxes so.
"""

import re
from typing import Final

_WINGDINGS: Final = {
    0x28: "☎", 0x2A: "✉", 0x46: "☞", 0x4A: "☺", 0x6C: "●", 0x6E: "■", 0x6F: "□", 0x70: "□",
    0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖", 0x77: "◆", 0x9F: "•", 0xA1: "○", 0xA7: "▪",
    0xA8: "□", 0xAB: "★", 0xB2: "☆", 0xD8: "➢", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗",
    0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip

_WINGDINGS_2: Final = {
    0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x2A: "□", 0xA3: "□",
}  # fmt: skip

_GREEK: Final = dict(
    zip(
        (*range(0x41, 0x5B), *range(0x61, 0x7B)),
        "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ",
        strict=True,
    )
)
_SIGNS: Final = {
    0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xA3: "≤", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠",
    0xBB: "≈", 0xAE: "→", 0xAC: "←", 0xD6: "√", 0xA5: "∞", 0x6D: "μ", 0x61: "α", 0x62: "β",
}  # fmt: skip
_SYMBOL: Final = {
    **{code: chr(code) for code in range(0x21, 0x40)}, **_GREEK, **_SIGNS,
    0x22: "∀", 0x24: "∃", 0x2A: "∗", 0x2D: "−", 0x5B: "[", 0x5D: "]", 0x5F: "_", 0x7B: "{",
    0x7C: "|", 0x7D: "}",
}  # fmt: skip

_WEBDINGS: Final = {0x61: "✔", 0x63: "□", 0x67: "■", 0x6E: "●", 0x72: "✖", 0xC9: "☎"}

_FONTS: Final = {
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "wingdings 3": dict[int, str](),
    "webdings": _WEBDINGS,
    "symbol": _SYMBOL,
}

_TYPED: Final = {**_SIGNS, **_WINGDINGS}  # whose font we do not know: ticks and bullets
_PRIVATE: Final = re.compile("[\uf020-\uf0ff]")

UNKNOWN: Final = "\u25a1"
"""Shown for a symbol we have no name for: one mark stays one mark."""


def symbol(font: str, code: int) -> str:
    """The character that `font` draws for `code` (with or without the F000 offset)."""
    known = _FONTS.get(font.strip().lower())
    if known is not None:
        return known.get(code & 0xFF, UNKNOWN)
    if 0xE000 <= code <= 0xF8FF or not 0x20 < code < 0x110000 or 0xD800 <= code < 0xE000:
        return UNKNOWN
    return chr(code)


def without_private_symbols(text: str) -> str:
    """Characters of symbol fonts typed as text, as the Unicode they look like."""
    if _PRIVATE.search(text) is None:
        return text
    return _PRIVATE.sub(lambda found: _TYPED.get(ord(found[0]) & 0xFF, UNKNOWN), text)


def symbol_font(name: str | None) -> str:
    """The font's name where it draws symbols for letters, else ""."""
    return name if name and name.strip().lower() in _FONTS else ""


def as_drawn(text: str, font: str) -> str:
    """Letters typed in a symbol font as what the reader sees; Chinese has a font of its own."""
    return "".join(
        symbol(font, ord(char)) if "!" <= char <= "ÿ" and char.isprintable() else char
        for char in text
    )
