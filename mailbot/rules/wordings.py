"""A pattern ready to be looked for: most texts need no search, the others a short one.

What every match holds, and where in it, tells at which few places of a text a match may
begin; the character there tells which of the pattern's branches to try. Where a text has not
been looked through for what patterns hold, the characters a match begins with must do.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from mailbot.rules.cue_marks import Branch, Marks, marks_of

_WIDE = 100  # characters of a range
_MOST_SIGNS = 1000  # remembered for one pattern, whatever texts hold
_FEW = 24  # branches, or characters they begin with: so few `re` tries fast enough

Places = Mapping[str, Sequence[int]]  # what patterns hold → where a text has it


class Wording:
    """A pattern and what is known of every match of it.

    Attributes:
        words: The pattern as written.
        marks: What every match shows.
    """

    def __init__(self, words: str) -> None:
        """`words`: a pattern that `fault_of` has nothing against."""
        self.words = words
        self.marks = marks_of(words)
        self._beginning = _Beginnings(self)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled when a text first asks for it."""
        return re.compile(self.words)

    @cached_property
    def opening(self) -> re.Pattern[str] | None:
        """Finds where a match may begin, such as [挖泄](?=[断漏]); None: nobody can say."""
        return _opening(self.marks)

    @cached_property
    def _first(self) -> re.Pattern[str] | None:
        """A character that a match may begin with; None: nearly any."""
        first = self.marks.first
        return re.compile(_as_class(first)) if first and not _is_wide(first) else None

    @cached_property
    def _quick(self) -> bool:
        return _is_quick(self.marks)

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """What `finditer` finds, without trying where no match can be."""
        if self._quick or self.opening is None:
            return self.pattern.finditer(text)
        return self._tried(text, (found.start() for found in self.opening.finditer(text)))

    def matches_around(
        self, text: str, places: Places, held: Collection[str], moved: int = 0
    ) -> Iterator[re.Match[str]]:
        """What `finditer` finds in a text looked through for what the pattern holds.

        Args:
            text: The text.
            places: Where a text that has this one in it has what patterns hold.
            held: What of `marks.held` is there at all.
            moved: Where in that text this one begins.
        """
        starts: set[int] = set()
        for sign in held:
            low, high = self.marks.held[sign]
            if low == high:
                starts.update([at - low - moved for at in places[sign]])
            else:
                for at in places[sign]:
                    starts.update(self._possible(text, at - high - moved, at - low - moved + 1))
        return self._tried(text, sorted(starts))

    def _possible(self, text: str, left: int, right: int) -> Iterable[int]:
        """Where from left to right a match may begin by its first character."""
        if self._first is None:
            return range(left, right)
        return [found.start() for found in self._first.finditer(text, max(0, left), max(0, right))]

    def _tried(self, text: str, starts: Iterable[int]) -> Iterator[re.Match[str]]:
        """Matches that begin at these places, in order, none within another."""
        many, end, length = len(self.marks.branches) > _FEW, 0, len(text)
        pattern: re.Pattern[str] | None = None if many else self.pattern
        for start in starts:
            if end <= start < length:
                if many:
                    pattern = self._beginning[text[start]]
                if pattern is not None and (found := pattern.match(text, start)):
                    yield found
                    end = found.end()


class _Beginnings(dict[str, "re.Pattern[str] | None"]):
    """Character → the branches that may begin with it, in their order; None: no branch does."""

    def __init__(self, words: Wording) -> None:
        self._of = words
        self._compiled: dict[str, re.Pattern[str]] = {}

    def __missing__(self, sign: str) -> re.Pattern[str] | None:
        if len(self) >= _MOST_SIGNS:
            self.clear()
        branches = self._of.marks.branches
        able = "|".join(branch.words for branch in branches if _may_begin(branch, sign))
        if able and able not in self._compiled:
            self._compiled[able] = re.compile(able)
        self[sign] = self._compiled.get(able)
        return self[sign]


def _may_begin(branch: Branch, sign: str) -> bool:
    if branch.first is None or sign in branch.first:
        return True
    kinds = frozenset(item for item in branch.first if len(item) > 1)
    return bool(kinds) and re.match(_as_class(kinds), sign) is not None


@lru_cache(maxsize=1024)  # many cues share what cancels them
def wording(pattern: str) -> Wording:
    """A pattern that `fault_of` has nothing against, ready to be looked for."""
    return Wording(pattern)


def _is_quick(marks: Marks) -> bool:
    """Whether `re` goes by itself from one place to the next where a match may begin."""
    return marks.plain and len(marks.first) <= _FEW


def _opening(marks: Marks) -> re.Pattern[str] | None:
    if not marks.first or _is_wide(marks.first) or _is_quick(marks):
        return None
    if len(marks.first) > _FEW and all(map(_are_signs, marks.branches)):
        return re.compile("|".join(_each_opening(marks.branches)))
    return re.compile(_as_class(marks.first) + _followed_by(marks.second))


def _are_signs(branch: Branch) -> bool:
    return bool(branch.first) and all(len(item) == 1 for item in branch.first or ())


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
