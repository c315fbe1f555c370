"""A cue's pattern ready to be looked for: most texts need no search, the others a short one.

One look at the characters of a text, and at the pairs they stand in, tells which patterns it
may hold at all; the characters a match begins with tell where it may begin; and of hundreds of
branches only those that begin so are tried there.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mailbot.rules.cue_marks import Branch, Marks, marks_of

_CODES = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
_FEW = 24  # branches, or characters they begin with: so few `re` tries fast enough


def pairs_of(text: str) -> set[int]:
    """The pairs in which the characters of a text stand, as numbers."""
    codes = memoryview(text.encode(_CODES, "surrogatepass"))
    pairs = codes[: len(text) // 2 * 8].cast("Q")
    between = codes[4 : 4 + (len(text) - 1) // 2 * 8].cast("Q")
    return {*pairs, *between}


def _number(pair: str) -> int:
    """A pair as `pairs_of` tells it."""
    return int.from_bytes(pair.encode(_CODES, "surrogatepass"), sys.byteorder)


@dataclass(frozen=True, slots=True)
class Wording:
    """A pattern, compiled, and what is known of every match of it.

    Attributes:
        marks: What every match shows.
        opening: Finds where a match may begin, such as [挖泄](?=[断漏]); None where nobody can
            say, or where `re` finds such places fast enough by itself.
        pairs: Pairs of `marks.held`, by the numbers of `pairs_of`.
        singles: The single characters of it.
    """

    pattern: re.Pattern[str]
    marks: Marks
    opening: re.Pattern[str] | None
    pairs: Mapping[int, str]
    singles: tuple[str, ...]
    _beginning: dict[str, re.Pattern[str]] = field(default_factory=dict)

    def held_in(self, text: str, pairs: set[int]) -> list[str]:
        """What of `marks.held` is in a text of these `pairs_of`; without any it has no match."""
        found = [sign for sign in self.singles if sign in text]
        return found + [self.pairs[number] for number in self.pairs.keys() & pairs]

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """What `finditer` finds, without trying where no match begins."""
        return self.pattern.finditer(text) if self.opening is None else self._opened(text)

    def _opened(self, text: str) -> Iterator[re.Match[str]]:
        assert self.opening is not None
        many, end = len(self.marks.branches) > _FEW, 0
        pattern = self.pattern
        for place in self.opening.finditer(text):
            start = place.start()
            if start < end:
                continue
            if many:
                pattern = self._beginning_with(text[start])
            if found := pattern.match(text, start):
                yield found
                end = found.end()

    def _beginning_with(self, sign: str) -> re.Pattern[str]:
        """The branches that may begin with this character, in their order."""
        known = self._beginning.get(sign)
        if known is None:
            able = [b.words for b in self.marks.branches if b.first is None or sign in b.first]
            known = self._beginning[sign] = re.compile("|".join(able) or "(?!)")
        return known


@lru_cache(maxsize=1024)  # many cues share what cancels them
def wording(pattern: str) -> Wording:
    """A pattern that `fault_of` has nothing against, ready to be looked for."""
    marks = marks_of(pattern)
    pairs = {_number(sign): sign for sign in marks.held if len(sign) > 1}
    singles = tuple(sign for sign in marks.held if len(sign) == 1)
    return Wording(re.compile(pattern), marks, _opening(marks), pairs, singles)


def _opening(marks: Marks) -> re.Pattern[str] | None:
    if not marks.first or _is_wide(marks.first) or (marks.plain and len(marks.first) <= _FEW):
        return None
    if len(marks.first) > _FEW and all(branch.first for branch in marks.branches):
        return re.compile("|".join(_each_opening(marks.branches)))
    return re.compile(_as_class(marks.first) + _followed_by(marks.second))


def _each_opening(branches: Sequence[Branch]) -> Iterator[str]:
    """A character and what may follow it, for every one that a match begins with."""
    follows: dict[str, frozenset[str]] = {}
    for branch in branches:
        for sign in branch.first or ():
            before = follows.get(sign, branch.second)
            follows[sign] = before | branch.second if before and branch.second else frozenset()
    for sign, second in follows.items():
        yield re.escape(sign) + _followed_by(second)


def _followed_by(items: frozenset[str]) -> str:
    return f"(?={_as_class(items)})" if items and not _is_wide(items) else ""


def _is_wide(items: frozenset[str]) -> bool:
    """Whether a range such as 一-龥 is among them: nearly every character would do."""
    return any(len(item) == len("a-z") for item in items)


def _as_class(items: frozenset[str]) -> str:
    return f"[{''.join(sorted(map(_in_class, items)))}]"


def _in_class(item: str) -> str:
    return re.escape(item) if len(item) == 1 else item
