"""Is this text, or what a wrong decoder makes of it?

Mojibake raises no error, so it has to be recognised by what it looks like: the
characters that Chinese writing really uses stand in the first level of GB 2312
(3,755 characters, over 99 % of running text); a wrong decoder scatters over the
other twenty-odd thousand.
"""

import re
import unicodedata
from functools import lru_cache

MAX_STRANGE = 0.01
"""Share of replacement, control and private-use characters that a text may hold."""

MANY_STRANGE = 0.2
"""The share that condemns even a text so short that one or two characters are 1 %."""

FEW_STRANGE = 4
"""So many odd characters are overlooked: a tick box, a broken last byte."""

MIN_COMMON = 0.6
"""Share of everyday characters among the Chinese ones of a text in Chinese."""

MIN_SAMPLE = 12
"""Below this many Chinese characters their mix says nothing."""

_SAMPLE_CHARS = 50_000

_HAN = re.compile("[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\U00020000-\U0003ffff]")

# GBK or UTF-8 read as Latin-1 ("Ê±Ç°"); no European language writes four such in a row.
_LATIN_RUN = re.compile("[\u0080-\u00ff\u0152-\u017e\u2018-\u203a\u20ac]{4,}")
_LATIN_LETTER = re.compile("[\u00a1-\u00af\u00b8-\u00d6\u00d8-\u00f6\u00f8-\u00ff]")
_MAX_LATIN_RUNS = 0.05

# What wrong decoders love and Chinese offices never write: Hangul and Yi syllables,
# Ethiopic, and the half-double box corners of code page 437 (text tables use the others).
_FOREIGN = re.compile("[\uac00-\ud7af\ua000-\ua48f\u1200-\u137f╒╓╕╖╘╙╛╜╞╟╡╢╤╥╧╨╪╫]")
_MAX_FOREIGN = 0.2


@lru_cache(maxsize=65536)
def _common_in(char: str, charset: str, first: int, last: int) -> bool:
    try:
        return first <= char.encode(charset)[0] <= last
    except UnicodeEncodeError:
        return False


@lru_cache(maxsize=65536)
def _is_strange(char: str) -> bool:
    if char in "\t\n\r\f\v" or "\uf020" <= char <= "\uf0ff":
        return False  # the latter are ticks and bullets of the symbol fonts
    return char == "\ufffd" or unicodedata.category(char) in {"Cc", "Co", "Cs", "Cn"}


def han_of(text: str) -> list[str]:
    """Every CJK ideograph of a text, extensions and compatibility forms included."""
    return _HAN.findall(text)


def _too_strange(text: str) -> bool:
    """Too many characters that no writer types: U+FFFD, controls, private use, unassigned."""
    sample = text[:_SAMPLE_CHARS]
    strange = sum(map(_is_strange, sample))
    if strange <= FEW_STRANGE:
        return strange > MANY_STRANGE * len(sample)
    return strange > MAX_STRANGE * len(sample)


def common_share(text: str) -> float:
    """Share of everyday characters among the Chinese ones; 1.0 where there are none.

    Everyday by the simplified or by the traditional list, whichever fits better.
    """
    han = han_of(text[:_SAMPLE_CHARS])
    if not han:
        return 1.0
    simplified = sum(_common_in(char, "gb2312", 0xB0, 0xD7) for char in han)
    traditional = sum(_common_in(char, "big5", 0xA4, 0xC6) for char in han)
    return max(simplified, traditional) / len(han)


def _looks_like_latin_mojibake(text: str) -> bool:
    sample = text[:_SAMPLE_CHARS]
    runs = [run for run in _LATIN_RUN.findall(sample) if len(_LATIN_LETTER.findall(run)) >= 3]
    return sum(map(len, runs)) > _MAX_LATIN_RUNS * len(sample)


def _looks_foreign(text: str) -> bool:
    sample = text[:_SAMPLE_CHARS]
    return len(_FOREIGN.findall(sample)) > _MAX_FOREIGN * len(sample)


def legible(text: str) -> bool:
    """Whether people could read this; False for mojibake and for binary data."""
    if _too_strange(text):
        return False
    if _looks_like_latin_mojibake(text) or _looks_foreign(text):
        return False
    few = len(han_of(text[:_SAMPLE_CHARS])) < MIN_SAMPLE
    return few or common_share(text) >= MIN_COMMON
