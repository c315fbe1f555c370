"""Names of strangers' files, made safe to show.

A name is only ever shown to people, never used as a path: files are stored by
their digest. What is left here is what a clerk can read.
"""

import unicodedata

MAX_CHARS = 120
"""Longest display name; the suffix survives the cut."""

_MAX_SUFFIX = 12

# Cc: C0, DEL and C1; Cf: bidi controls, zero-width, soft hyphen, BOM, tags;
# Cs: lone surrogates; Co: private use, which shows as boxes; Zl, Zp: line breaks.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})

# Fillers that Unicode calls letters although nothing is drawn, and the variation selectors.
_BLANK_LETTERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u034f")
_SELECTORS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))


def _visible(char: str) -> bool:
    if char in _BLANK_LETTERS or char in _SELECTORS:
        return False
    return unicodedata.category(char) not in _INVISIBLE


def _last_component(raw: str) -> str:
    parts = [part for part in raw.replace("\\", "/").split("/") if part.strip(" .")]
    return parts[-1] if parts else ""


def _shorten(name: str) -> str:
    if len(name) <= MAX_CHARS:
        return name
    stem, dot, suffix = name.rpartition(".")
    if dot and 0 < len(suffix) <= _MAX_SUFFIX:
        return stem[: MAX_CHARS - len(suffix) - 2].rstrip() + "…." + suffix
    return name[: MAX_CHARS - 1] + "…"


def display_name(raw: str) -> str:
    """A file's name as people may see it; "" where nothing visible is left.

    Path components (both slashes, drive letters), control, direction and
    zero-width characters, NUL and lone surrogates are removed; runs of blanks
    become one; Chinese, full-width and accented letters stay. At most
    `MAX_CHARS` characters, with the suffix kept.
    """
    # The line ends of folded headers stand for a blank; other controls for nothing.
    flat = "".join(" " if char in "\t\r\n" else char for char in raw)
    visible = "".join(char for char in flat if _visible(char))
    name = " ".join(_last_component(visible).split())
    while name[1:2] == ":" and name[:1].isascii() and name[:1].isalpha():
        name = name[2:].lstrip()
    return _shorten(name)
