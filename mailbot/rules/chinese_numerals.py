"""Small numbers as Chinese texts write them: 8, ８, 八, 二十三, 廿三, 两, 〇."""

import re
from functools import lru_cache

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "○": 0, "两": 2, "俩": 2,
}  # fmt: skip
_KEPT = 1024  # short strings, the same in every text
_TENS = {"十": 1, "廿": 2, "卅": 3}
NUMERAL = "〇○零一二两三四五六七八九十廿卅"
_NARROW = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_NARROW |= {"\u3000": " ", "\xa0": " "}
_WIDE = re.compile("[\uff01-\uff5e\u3000\xa0]")
_MOST_WIDE = "，：；（）"  # nine in ten of those in Chinese texts


def narrow(text: str) -> str:
    """The text with full-width letters, digits and signs made half-width, length unchanged."""
    for sign in _MOST_WIDE:
        if sign in text:
            text = text.replace(sign, _NARROW[sign])
    return _WIDE.sub(lambda found: _NARROW[found[0]], text)


@lru_cache(maxsize=_KEPT)
def small_number(written: str) -> int | None:
    """The number below 10,000 that a string of digits or numerals means, None for any other.

    Reads both 二十三 and digit by digit 二〇二三.
    """
    if written.isascii():
        return int(written) if written.isdigit() and len(written) < 5 else None
    if not any(c in _TENS for c in written):
        if not written or any(c not in _DIGITS for c in written):
            return None
        return int("".join(str(_DIGITS[c]) for c in written))
    return _with_tens(written)


def _with_tens(written: str) -> int | None:
    at = next(i for i, c in enumerate(written) if c in _TENS)
    head, sign, tail = written[:at], written[at], written[at + 1 :]
    if len(head) > 1 or len(tail) > 1 or (head and sign != "十"):
        return None
    if any(c not in _DIGITS for c in head + tail):
        return None
    tens = _DIGITS[head] if head else _TENS[sign]
    return tens * 10 + (_DIGITS[tail] if tail else 0)


@lru_cache(maxsize=_KEPT)
def consecutive(written: str) -> tuple[int, int] | None:
    """The two numbers of 八九, 两三, 十一二, 二三十, 三五; None for a single number."""
    tens, twenty = written.startswith("十"), written.endswith("十")
    digits = written.removeprefix("十").removesuffix("十")
    if len(digits) != 2 or any(c not in _DIGITS for c in digits):
        return None
    first, second = _DIGITS[digits[0]], _DIGITS[digits[1]]
    if not first or not (second == first + 1 or (first, second) == (3, 5)):
        return None
    if twenty:
        return first * 10, second * 10
    return (first + 10, second + 10) if tens else (first, second)
