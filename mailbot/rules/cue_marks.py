"""What tells without a search that a pattern matches nowhere, or where a match may begin.

Most cues speak of what a text does not touch at all. Any match of 挖断|泄漏 holds one of the
pairs 挖断 and 泄漏: a text without both needs no search. And a match can begin only with the
characters that some branch begins with: elsewhere nothing need be tried.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import add

from mailbot.rules.cue_patterns import GROUP_HEAD, class_end, repeats

# Ways of writing that `fault_of` may let through and this module does not read.
_BEYOND = re.compile(r"\\[xuUN\d]|\(\?(?!:|=|!|<[=!]|P<\w)|[?}]\+")
_CLASS_ITEM = re.compile(r"\\?.-\\?.|\\.|.", re.DOTALL)
_EDGES = "bBAZ"  # \b and its like take no character
_MOST_PAIRS = 400
_RARER = 10  # a text of 1,000 characters holds a given one about ten times as often as a given pair


@dataclass(frozen=True, slots=True)
class Wording:
    """A pattern, compiled, and what every match of it shows.

    Attributes:
        held: Characters and pairs of them; a match holds at least one. Empty: nobody can say.
        opening: A class such as [挖泄] that a match begins with; None where nobody can say, or
            where `re` goes from one such place to the next by itself.
    """

    pattern: re.Pattern[str]
    held: frozenset[str] = frozenset()
    opening: re.Pattern[str] | None = None

    def may_be_in(self, signs: set[str]) -> bool:
        """False where a text of these `signs_of` cannot hold a match."""
        return not self.held or not self.held.isdisjoint(signs)

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """What `finditer` finds, without trying where no match begins."""
        if self.opening is None:
            yield from self.pattern.finditer(text)
            return
        end = 0
        for place in self.opening.finditer(text):
            if place.start() >= end and (found := self.pattern.match(text, place.start())):
                yield found
                end = found.end()


@dataclass(frozen=True, slots=True)
class _Part:
    r"""A stretch of a pattern.

    Attributes:
        first: Items of a class it begins with: characters, or such as \d; None: anything.
        last: Likewise for its end.
        empty: It may match no character at all.
        held: As in `Wording`; None: nobody can say.
        plain: It begins with a character as it stands: no group, no class.
    """

    first: frozenset[str] | None = frozenset()
    last: frozenset[str] | None = frozenset()
    empty: bool = True
    held: frozenset[str] | None = None
    plain: bool = False


_ANYTHING = _Part(None, None, empty=False)
_NOTHING = _Part()


def signs_of(text: str) -> set[str]:
    """The characters of a text and the pairs they stand in."""
    return {*text, *map(add, text, text[1:])}


def wording(pattern: str) -> Wording:
    """A pattern that `fault_of` has nothing against, ready to be looked for."""
    compiled = re.compile(pattern)
    if _BEYOND.search(pattern):
        return Wording(compiled)
    whole, _ = _branches(pattern, 0)
    return Wording(compiled, whole.held or frozenset(), _opening(whole))


def _opening(whole: _Part) -> re.Pattern[str] | None:
    if not whole.first or whole.empty or whole.plain:
        return None
    if any(len(item) == len("a-z") for item in whole.first):
        return None  # nearly every character begins a match
    return re.compile(f"[{''.join(sorted(map(_in_class, whole.first)))}]")


def _in_class(item: str) -> str:
    return re.escape(item) if len(item) == 1 else item


def _branches(pattern: str, at: int) -> tuple[_Part, int]:
    """All branches from `at` to the closing bracket together, and where they end."""
    found = [_NOTHING]
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            found.append(_NOTHING)
            at += 1
            continue
        part, at = _part(pattern, at)
        least, _, at = repeats(pattern, at)
        if part is not None:
            found[-1] = _after(found[-1], part, optional=least == 0)
    together = _Part(
        _united([one.first for one in found]),
        _united([one.last for one in found]),
        any(one.empty for one in found),
        _united([one.held for one in found]),
        all(one.plain for one in found),
    )
    return together, at


def _after(before: _Part, part: _Part, *, optional: bool) -> _Part:
    """Two stretches, one after the other."""
    empty = part.empty or optional
    held = before.held
    if not empty:
        held = _rarer(_rarer(held, part.held), _pairs(before, part))
    return _Part(
        _united([before.first, part.first]) if before.empty else before.first,
        _united([before.last, part.last]) if empty else part.last,
        before.empty and empty,
        held,
        before.plain or (part.plain and before == _NOTHING and not optional),
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


def _united(all_: list[frozenset[str] | None]) -> frozenset[str] | None:
    told = [one for one in all_ if one is not None]
    return frozenset().union(*told) if len(told) == len(all_) else None


def _part(pattern: str, at: int) -> tuple[_Part | None, int]:
    """One character, class or group, None where it takes no character; and where it ends."""
    char = pattern[at]
    if char == "\\":
        after = pattern[at + 1]
        if after in _EDGES:
            return None, at + 2
        return _one_of(frozenset([pattern[at : at + 2] if after.isalnum() else after])), at + 2
    if char == "[":
        end = class_end(pattern, at)
        return _class(pattern[at + 1 : end - 1]), end
    if char == "(":
        head = GROUP_HEAD.match(pattern, at)
        assert head is not None
        group, end = _branches(pattern, head.end())
        looks_around = head[0].endswith(("=", "!"))
        return (None if looks_around else replace(group, plain=False)), end + 1
    if char in "^$":
        return None, at + 1
    return (_ANYTHING if char == "." else replace(_one_of(frozenset(char)), plain=True)), at + 1


def _class(inside: str) -> _Part:
    if inside.startswith("^"):
        return _ANYTHING
    items = (found[0] for found in _CLASS_ITEM.finditer(inside))
    return _one_of(frozenset(i[1:] if _is_escaped_sign(i) else i for i in items))


def _is_escaped_sign(item: str) -> bool:
    return len(item) == 2 and item[0] == "\\" and not item[1].isalnum()


def _one_of(items: frozenset[str]) -> _Part:
    plain = all(len(item) == 1 for item in items)
    return _Part(items, items, empty=False, held=items if plain else None)
