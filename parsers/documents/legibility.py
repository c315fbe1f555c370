"""Is this text, or what a wrong decoder makes of it?

Mojibake raises no error, so it has to be recognised by what it looks like: the
characters that Chinese writing really uses stand in the first level of GB 2312
(3,755 characters, over 99 % of running text); a wrong decoder scatters over the
other twenty-odd thousand.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

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

_PER_ODD_CHARACTER: Final = 200
"""So many characters make up for one that is out of the ordinary."""

_MANY_KINDS: Final = 60

_REPLACED_IN_GBK: Final = "锟斤拷"
_PER_FILLER: Final = 100

# First level of GB 2312 (the 3,755 commonest characters), ASCII, Chinese punctuation.
_ORDINARY: Final = frozenset(
    bytes(b for lead in range(0xB0, 0xD8) for t in range(0xA1, 0xFF) for b in (lead, t)).decode(
        "gb2312", "ignore"
    )
    + "".join(map(chr, range(0x20, 0x7F)))
    + "\t\n\u00a0\u3000、。〈〉《》「」『』【】〔〕“”‘’—…·×○□①②③④⑤⑥⑦⑧⑨⑩〇℃％"
    + "".join(map(chr, range(0xFF01, 0xFF5F)))
)

_HAN = re.compile("[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\U00020000-\U0003ffff]")

# GBK or UTF-8 read as Latin-1 ("Ê±Ç°"); no European language writes four such in a row.
_LATIN_RUN = re.compile("[\u0080-\u00ff\u0152-\u017e\u2018-\u203a\u20ac]{4,}")
_LATIN_LETTER = re.compile("[\u00a1-\u00af\u00b8-\u00d6\u00d8-\u00f6\u00f8-\u00ff]")
_MAX_LATIN_RUNS = 0.05

# What wrong decoders love and Chinese offices hardly write: rare Latin letters and
# combining marks (pinyin's own, Romanian and Vietnamese excepted), Hebrew, Arabic, Thai,
# Ethiopic, Yi and Hangul syllables, half-width kana, and the half-double box corners of
# code page 437 (text tables use the others).
_FOREIGN = re.compile(
    "[\u0180-\u019f\u01a2-\u01ae\u01b1-\u01cc\u01dd-\u0217\u021c-\u0370\u0530-\u08ff"
    "\u0e00-\u0eff\u1200-\u137f\ua000-\ua48f\uac00-\ud7af\ufb00-\ufdff\ufe70-\ufefe"
    "\uff61-\uff9f╒╓╕╖╘╙╛╜╞╟╡╢╤╥╧╨╪╫]"
)
_MAX_FOREIGN = 0.25  # of all characters beyond ASCII
_FEW_FOREIGN = 12  # a visitor's name, a line on a bilingual board

# Whole words of one script are somebody's language; wrong decoders mix scripts, Latin
# letters and signs in one breath. Marks of direction and joining belong to every script.
_WORD = re.compile("[^\x00-\xa0\u2000-\u2069\u3000-\u3020\uff01-\uff20\u060c\u061b\u061f]+")
_LANGUAGES = re.compile(
    "[\u0590-\u05ff\ufb1d-\ufb4f]+|[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefe]+"
    "|[\u0e00-\u0e7f]+|[\u1200-\u137f]+|[\ua000-\ua48f]+|[\uac00-\ud7af]+"
)
_MIN_WHOLE = 0.9
_LONGEST_WORD = 12  # on average
_THAI = re.compile("[\u0e01-\u0e5b]")  # puts no blanks between words

# Letters where no writer puts them: final forms inside a Hebrew or Arabic word, vowels of
# Thai and Arabic without their consonant, Thai consonants given up a century ago (they
# are what GBK's commas turn into).
_ASTRAY = re.compile(
    "[ךםןףץ](?=[א-ת])|[\u0629\u0649](?=[\u0621-\u064a])"
    "|(?:^|[^\u0610-\u06ff])[\u064b-\u0652]|[\u0e03\u0e05]"
    "|(?:^|[^\u0e01-\u0e2e\u0e31\u0e34-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
    "|[\u0e40-\u0e44](?![\u0e01-\u0e2e])"
)
_MAX_ASTRAY = 0.02
_FEW_ASTRAY = 1
_HANGUL = re.compile("[\uac00-\ud7af]")
_MIN_USUAL_HANGUL = 0.95  # syllables of the standard's list; a wrong decoder hits any of 11,172

# Cyrillic and Greek may be genuine, but nobody writes capitals inside words.
_CASED = re.compile("[Ѐ-џΆ-ώ]")
_CAPITAL_INSIDE = re.compile("[а-џά-ώ](?=[Ѐ-ЯΆ-Ϋ])")
_MAX_CAPITALS = 0.05
_FEW_CAPITALS = 3

# GBK read as Big5, or from its second byte: every comma becomes a phonetic letter.
_PHONETIC = re.compile("[\u3105-\u312f]")
_MAX_PHONETIC = 0.01
_FEW_PHONETIC = 2

_MAX_LOST = 0.15  # question marks: a program without Chinese saved it
_FEW_LOST = 6


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
    beyond_ascii = sum(not char.isascii() for char in sample)
    foreign = len(_FOREIGN.findall(sample))
    return (
        (
            _exceed(foreign, _FEW_FOREIGN, _MAX_FOREIGN * beyond_ascii)
            and not _is_another_language(sample, foreign)
        )
        or _exceed(
            len(_CAPITAL_INSIDE.findall(sample)),
            _FEW_CAPITALS,
            _MAX_CAPITALS * len(_CASED.findall(sample)),
        )
        or _exceed(len(_PHONETIC.findall(sample)), _FEW_PHONETIC, _MAX_PHONETIC * len(sample))
    )


def _is_another_language(sample: str, foreign: int) -> bool:
    """Whether nearly all foreign characters stand in whole words of one script."""
    words = [word for word in _WORD.findall(sample) if _LANGUAGES.fullmatch(word)]
    whole = sum(map(len, words))
    if whole < _MIN_WHOLE * foreign:
        return False
    if _exceed(len(_ASTRAY.findall(sample)), _FEW_ASTRAY, _MAX_ASTRAY * whole):
        return False
    hangul = _HANGUL.findall(sample)
    if sum(_common_in(char, "euc_kr", 0xB0, 0xC8) for char in hangul) < _MIN_USUAL_HANGUL * len(
        hangul
    ):
        return False
    return len(_THAI.findall(sample)) * 2 > whole or whole <= _LONGEST_WORD * len(words)


def _exceed(number: int, few: int, share: float) -> bool:
    return number > few and number > share


def _lost(text: str) -> bool:
    """Question marks in place of characters: whatever saved the text knew no Chinese."""
    return _exceed(text.count("?"), _FEW_LOST, _MAX_LOST * len(text))


def _overwritten(text: str) -> bool:
    """Replacement characters saved in GBK: the author's file held no better already."""
    return text.count(_REPLACED_IN_GBK) * _PER_FILLER > len(text)


def _plainly_legible(text: str) -> bool:
    """Most texts: true only where the other judges would agree, at a tenth of the time."""
    odd = set(text) - _ORDINARY
    if len(odd) > _MANY_KINDS:
        return False
    return sum(map(text.count, odd)) * _PER_ODD_CHARACTER <= len(text)


def legible(text: str) -> bool:
    """Whether people could read this; False for mojibake and for binary data."""
    if _overwritten(text) or _lost(text):
        return False
    if _plainly_legible(text):
        return True
    if _too_strange(text):
        return False
    if _looks_like_latin_mojibake(text) or _looks_foreign(text):
        return False
    few = len(han_of(text[:_SAMPLE_CHARS])) < MIN_SAMPLE
    return few or common_share(text) >= MIN_COMMON
