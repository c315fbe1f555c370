r"""Text that only a field's code holds: characters printed over one another.

Word sets 拼音指南 and 带圈字符 as EQ fields, `EQ \* jc2 \o\ad(\s\up 10(pīn),拼)` and
`eq \o\ac(○,注)`: there is no result, the last argument is the character itself.
"""

import re
from typing import Final

_OVERSTRIKE: Final = re.compile(
    r"\s*eq\b.{0,200}?\\o(?:\s*\\a[a-z])?\s*\(", re.IGNORECASE | re.DOTALL
)
_FUNCTION: Final = re.compile(r"\\[a-z]{1,3}[^()\\,]{0,20}\(", re.IGNORECASE)
_LONGEST: Final = 1_000


def overstruck(code: str) -> str:
    """The character under its ring or pinyin; "" for every other field."""
    found = _OVERSTRIKE.match(code[:_LONGEST])
    if found is None:
        return ""
    last, depth, at = found.end(), 1, found.end()
    while at < min(len(code), _LONGEST):
        char = code[at]
        depth += (char == "(") - (char == ")")
        if depth == 0:
            break
        if char in ",;" and depth == 1:
            last = at + 1
        at += 1
    argument = code[last:at]
    return "" if _FUNCTION.search(argument) else argument.strip()
