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
_WIDE = 100  # characters of a range
_FEW = 24  # branches, or characters they begin with: so few `re` tries fast enough


def pairs_of(text: str) -> set[int]:
    """The pairs in which the characters of a text stand, as numbers."""
    codes = memoryview(text.encode(_CODES, "surrogatepass"))
    pairs = codes[: len(text) // 2 * 8].cast("Q")
    between = codes[4 : 4 + (len(text) - 1) // 2 * 8].cast("Q")
    return {*pairs, *between}


def pair_number(pair: str) -> int:
    """A pair as `pairs_of` tells it."""
    return int.from_bytes(pair.encode(_CODES, "surrogatepass"), sys.byteorder)


@dataclass(frozen=True, slots=True)
class Wording:
    """A pattern, compiled, and what is known of every match of it.

    Attributes:
        marks: What every match shows.
        opening: Finds where a match may begin, such as [挖泄](?=[断漏]); None: nobody can say.
        quick: `re` finds such places as fast by itself.
        pairs: Pairs of `marks.held`, by the numbers of `pairs_of`.
        singles: The single characters of it.
    """

    pattern: re.Pattern[str]
    marks: Marks
    opening: re.Pattern[str] | None
    quick: bool
    pairs: Mapping[int, str]
    singles: tuple[str, ...]
    _beginning: dict[str, re.Pattern[str]] = field(default_factory=dict)

    def held_in(self, text: str, pairs: set[int]) -> list[str]:
        """What of `marks.held` is in a text of these `pairs_of`; without any it has no match."""
        found = [sign for sign in self.singles if sign in text]
        return found + [self.pairs[number] for number in self.pairs.keys() & pairs]

    def matches(self, text: str, held: Sequence[str] = ()) -> Iterator[re.Match[str]]:
        """What `finditer` finds, without trying where no match can be.

        Args:
            text: Any text.
            held: What `held_in` told of it, if asked: matches lie around these.
        """
        if self.quick:
            return self.pattern.finditer(text)
        windows = _around(text, held, self.marks.longest) if held else None
        if windows is None:
            if self.opening is None:
                return self.pattern.finditer(text)
            windows = [(0, len(text))]
        return self._opened(text, windows)

    def _opened(self, text: str, windows: list[tuple[int, int]]) -> Iterator[re.Match[str]]:
        many, end = len(self.marks.branches) > _FEW, 0
        pattern = self.pattern
        for start in self._starts(text, windows):
            if start < end:
                continue
            if many:
                pattern = self._beginning_with(text[start])
            if found := pattern.match(text, start):
                yield found
                end = found.end()

    def _starts(self, text: str, windows: list[tuple[int, int]]) -> Iterator[int]:
        for left, right in windows:
            if self.opening is None:
                yield from range(left, right)
                continue
            for place in self.opening.finditer(text, left, right + 1):  # it looks one ahead
                if place.start() < right:
                    yield place.start()

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
    pairs = {pair_number(sign): sign for sign in marks.held if len(sign) > 1}
    singles = tuple(sign for sign in marks.held if len(sign) == 1)
    quick = _is_quick(marks)
    return Wording(re.compile(pattern), marks, _opening(marks), quick, pairs, singles)


def _is_quick(marks: Marks) -> bool:
    """Whether `re` goes by itself from one place to the next where a match may begin."""
    return marks.plain and len(marks.first) <= _FEW


def _around(text: str, held: Sequence[str], longest: int) -> list[tuple[int, int]] | None:
    """Where a match may begin that holds one of these; None where that is much of the text."""
    most = len(text) // (2 * longest)
    places: list[int] = []
    for sign in held:
        at = text.find(sign)
        while at >= 0:
            places.append(at)
            if len(places) > most:
                return None
            at = text.find(sign, at + 1)
    windows: list[tuple[int, int]] = []
    behind = 0
    for at in sorted(places):
        windows.append((max(behind, at - longest + 1), at + 1))
        behind = at + 1
    return windows


def _opening(marks: Marks) -> re.Pattern[str] | None:
    if not marks.first or _is_wide(marks.first) or _is_quick(marks):
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
    ranges = [item for item in items if len(item) == len("a-z")]
    return any(ord(item[2]) - ord(item[0]) > _WIDE for item in ranges)


def _as_class(items: frozenset[str]) -> str:
    return f"[{''.join(sorted(map(_in_class, items)))}]"


def _in_class(item: str) -> str:
    return re.escape(item) if len(item) == 1 else item
