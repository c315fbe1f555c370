"""What every match of a pattern shows: some of what it holds, and how it begins.

Any match of 挖断|泄漏 holds one of the pairs 挖断 and 泄漏 and begins with 挖 or 泄: a text
without these pairs need not be searched, and elsewhere no match need be tried.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mailbot.rules.cue_patterns import GROUP_HEAD, class_end, repeats

# Ways of writing that `fault_of` may let through and this module does not read.
_BEYOND = re.compile(r"\\[xuUN\d]|\(\?(?!:|=|!|<[=!]|P<\w)|[?}]\+")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_CLASS_ITEM = re.compile(r"\\?.-\\?.|\\.|.", re.DOTALL)
_EDGES = "bBAZ"  # \b and its like take no character
_MOST_PAIRS = 400
_RARER = 10  # a text of 1,000 characters holds a given one about ten times as often as a given pair


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of a pattern, as written, and how its matches begin.

    Attributes:
        first: The characters it begins with; None where they cannot be listed.
        second: Items of a class for what follows; empty where nobody can say.
    """

    words: str
    first: frozenset[str] | None
    second: frozenset[str]


@dataclass(frozen=True, slots=True)
class Marks:
    r"""What every match of a pattern shows; nothing where nobody can say.

    Attributes:
        held: Characters and pairs of them; a match holds at least one.
        first: Items of a class that it begins with: characters, or such as \d.
        second: Likewise for what follows that.
        longest: Most characters a match has.
        plain: Every branch begins with a character as it stands: no group, no class.
        branches: The pattern's branches, in order.
    """

    held: frozenset[str] = frozenset()
    first: frozenset[str] = frozenset()
    second: frozenset[str] = frozenset()
    longest: int = 0
    plain: bool = False
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    r"""A stretch of a pattern.

    Attributes:
        first: Items of a class it begins with: characters, or such as \d; None: anything.
        second: Likewise for what follows that, as far as the stretch itself goes on.
        last: Likewise for its end.
        empty: It may match no character at all.
        short: It may match a single character.
        held: As in `Marks`; None: nobody can say.
        longest: Most characters it matches.
        plain: It begins with a character as it stands: no group, no class, no assertion.
    """

    first: frozenset[str] | None = frozenset()
    second: frozenset[str] | None = frozenset()
    last: frozenset[str] | None = frozenset()
    empty: bool = True
    short: bool = False
    held: frozenset[str] | None = None
    longest: int = 0
    plain: bool | None = None


_NOTHING = _Part()
_EDGE = _Part(plain=False)
_ANYTHING = _Part(None, frozenset(), None, empty=False, short=True, longest=1, plain=False)


def marks_of(pattern: str) -> Marks:
    """The marks of a pattern that `fault_of` has nothing against."""
    pattern = _ESCAPED.sub(_as_it_stands, pattern)
    if _BEYOND.search(pattern):
        return Marks()
    branches, _ = _branches(pattern, 0)
    whole = _together(branches)
    begins = not whole.empty and whole.first is not None
    return Marks(
        held=whole.held or frozenset(),
        first=(whole.first if begins else None) or frozenset(),
        second=_second(whole) if begins else frozenset(),
        longest=whole.longest,
        plain=bool(whole.plain),
        branches=tuple(Branch(w, _listed(part), _second(part)) for w, part in branches),
    )


def _as_it_stands(found: re.Match[str]) -> str:
    r"""The character that \u4e00 means; any other escape unchanged."""
    return re.escape(chr(int(found[1], 16))) if found[1] else found[0]


def _second(part: _Part) -> frozenset[str]:
    return frozenset() if part.short or part.second is None else part.second


def _listed(part: _Part) -> frozenset[str] | None:
    r"""The characters it begins with, unless such as \d are among them."""
    if part.empty or part.first is None or any(len(item) > 1 for item in part.first):
        return None
    return part.first


def _branches(pattern: str, at: int) -> tuple[list[tuple[str, _Part]], int]:
    """Each branch from `at` to the closing bracket, as written and as read; where they end."""
    found: list[tuple[str, _Part]] = []
    begin, whole = at, _NOTHING
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            found.append((pattern[begin:at], whole))
            at += 1
            begin, whole = at, _NOTHING
            continue
        part, at = _part(pattern, at)
        least, most, at = repeats(pattern, at)
        whole = _after(whole, _repeated(part, least, most))
    return [*found, (pattern[begin:at], whole)], at


def _together(branches: Sequence[tuple[str, _Part]]) -> _Part:
    """What any of these branches shows."""
    parts = [part for _, part in branches]
    return _Part(
        first=_united(one.first for one in parts),
        second=_united(one.second for one in parts),
        last=_united(one.last for one in parts),
        empty=any(one.empty for one in parts),
        short=any(one.short for one in parts),
        held=_united(one.held for one in parts),
        longest=max(one.longest for one in parts),
        plain=all(one.plain for one in parts),
    )


def _repeated(part: _Part, least: int, most: int) -> _Part:
    if most > 1 and part.short:
        short = part.empty or least < 2
        part = replace(part, second=_united((part.first, part.second)), short=short)
    part = replace(part, longest=part.longest * most)
    return part if least else replace(part, empty=True, held=None, plain=False)


def _after(before: _Part, part: _Part) -> _Part:
    """Two stretches, one after the other."""
    held = before.held
    if not part.empty:
        held = _rarer(_rarer(held, part.held), _pairs(before, part))
    seconds = [before.second]
    seconds += [part.first] if before.short else []
    seconds += [part.second] if before.empty else []
    return _Part(
        first=_united((before.first, part.first)) if before.empty else before.first,
        second=_united(seconds),
        last=_united((before.last, part.last)) if part.empty else part.last,
        empty=before.empty and part.empty,
        short=(before.short and part.empty) or (before.empty and part.short),
        held=held,
        longest=before.longest + part.longest,
        plain=part.plain if before.plain is None else before.plain,
    )


def _pairs(before: _Part, part: _Part) -> frozenset[str] | None:
    """Characters that meet where one stretch ends and the next begins."""
    if before.empty or before.last is None or part.first is None:
        return None
    if len(before.last) * len(part.first) > _MOST_PAIRS:
        return None
    pairs = frozenset(left + right for left in before.last for right in part.first)
    return pairs if all(len(pair) == 2 for pair in pairs) else None


def _rarer(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The one that fewer texts hold by chance."""
    if not one or not other:
        return one or other
    return min(one, other, key=lambda signs: sum(_RARER if len(s) == 1 else 1 for s in signs))


def _united(all_: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    known = list(all_)
    told = [one for one in known if one is not None]
    return frozenset().union(*told) if len(told) == len(known) else None


def _part(pattern: str, at: int) -> tuple[_Part, int]:
    """One character, class, group or assertion, and where it ends."""
    char = pattern[at]
    if char == "\\":
        after = pattern[at + 1]
        if after in _EDGES:
            return _EDGE, at + 2
        return _one_of(frozenset([pattern[at : at + 2] if after.isalnum() else after])), at + 2
    if char == "[":
        end = class_end(pattern, at)
        return _class(pattern[at + 1 : end - 1]), end
    if char == "(":
        head = GROUP_HEAD.match(pattern, at)
        assert head is not None
        branches, end = _branches(pattern, head.end())
        looks_around = head[0].endswith(("=", "!"))
        return (_EDGE if looks_around else replace(_together(branches), plain=False)), end + 1
    if char in "^$":
        return _EDGE, at + 1
    return (_ANYTHING if char == "." else replace(_one_of(frozenset(char)), plain=True)), at + 1


def _class(inside: str) -> _Part:
    if inside.startswith("^"):
        return _ANYTHING
    items = (found[0] for found in _CLASS_ITEM.finditer(inside))
    return _one_of(frozenset(i[1:] if _is_escaped_sign(i) else i for i in items))


def _is_escaped_sign(item: str) -> bool:
    return len(item) == 2 and item[0] == "\\" and not item[1].isalnum()


def _one_of(items: frozenset[str]) -> _Part:
    return _Part(
        items,
        frozenset(),
        items,
        empty=False,
        short=True,
        held=items if all(len(item) == 1 for item in items) else None,
        longest=1,
        plain=False,
    )
