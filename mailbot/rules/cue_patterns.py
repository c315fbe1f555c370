"""What patterns a cue file may hold: bounded work at every place of a text.

An office may edit its cue files; a slip there must be told in one line and never
make the daemon hang over a long text.
"""

import re

_MOST_PATHS = 4000  # ways one pattern may be tried from one place
_COUNTED = re.compile(r"\{(\d{1,4})(?:,(\d{0,4}))?\}")
GROUP_HEAD = re.compile(r"\((?:\?(?::|[=!]|<[=!]|P<\w{1,30}>))?")


class _Unsafe(Exception):
    """Carries the Chinese words for what is wrong."""


def fault_of(pattern: str) -> str:
    """Why a pattern may not be used, in Chinese; "" when it may."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"不是正确的正则表达式（{error}）"
    try:
        paths, _ = _alternatives(pattern, 0)
    except _Unsafe as unsafe:
        return str(unsafe)
    if paths > _MOST_PATHS:
        return "可变长度的部分太多，长文会很慢，请缩小 {m,n} 的范围"
    return ""


def _alternatives(pattern: str, at: int) -> tuple[int, int]:
    """Most paths of any branch from `at` to the closing bracket, and where it ends."""
    most = paths = 1
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            most, paths, at = max(most, paths), 1, at + 1
            continue
        inner, at = _item(pattern, at)
        least, most_often, at = repeats(pattern, at)
        if most_often > 1 and inner > 1:
            raise _Unsafe("重复里面又有可变重复，长文会卡死")
        paths *= inner * (most_often - least + 1)
    return max(most, paths), at


def _item(pattern: str, at: int) -> tuple[int, int]:
    """Paths through one character, class or group, and where it ends."""
    if pattern[at] == "\\":
        if pattern[at + 1].isdigit():
            raise _Unsafe("不能使用反向引用")
        return 1, at + 2
    if pattern[at] == "[":
        return 1, class_end(pattern, at)
    if pattern[at] == "(":
        head = GROUP_HEAD.match(pattern, at)
        if head is None or pattern.startswith("(?P=", at) or pattern.startswith("(?(", at):
            raise _Unsafe("不能使用这种括号写法")
        paths, end = _alternatives(pattern, head.end())
        return paths, end + 1
    return 1, at + 1


def class_end(pattern: str, at: int) -> int:
    """Where the class [...] that begins at `at` ends."""
    end = at + 2 if pattern.startswith("[^", at) else at + 1
    end += pattern.startswith("]", end)
    while pattern[end] != "]":
        end += 2 if pattern[end] == "\\" else 1
    return end + 1


def repeats(pattern: str, at: int) -> tuple[int, int, int]:
    """Least and most times a quantifier at `at` allows (1, 1 without one), and where it ends."""
    sign = pattern[at : at + 1]
    if sign and sign in "*+":
        raise _Unsafe("不能用 * 或 +，请写成 {0,20} 这样有上限的次数")
    found = _COUNTED.match(pattern, at)
    if sign == "?":
        least, most, end = 0, 1, at + 1
    elif found is None:
        return 1, 1, at
    elif found[2] == "":
        raise _Unsafe("{n,} 没有上限，请写成 {n,m}")
    else:
        least, most, end = int(found[1]), int(found[2] or found[1]), found.end()
    return least, most, end + (pattern[end : end + 1] == "?")
