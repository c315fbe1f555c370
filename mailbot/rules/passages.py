"""A text that cues are looked for in: what several of them ask of it is found once."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from mailbot.rules.word_places import Words
from mailbot.rules.wordings import Places, Wording

_CLAUSE_END = re.compile(r"[，。；！？,;!?\n]")
_SENTENCE_END = re.compile(r"[。；！？;!?\n]")
_REACH = 60  # characters looked at on each side: a text without punctuation stays cheap


class Signs:
    """What the patterns of a cue table hold, found in a text by one walk through it."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        """`wordings`: every pattern that will be looked for in such a text."""
        self._signs = Words(sorted({sign for one in wordings for sign in one.marks.held}))

    def places(self, text: str) -> Places:
        """Sign → where it stands in a text, in order; signs the text has not are left out."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for number, start, _ in self._signs.places(text):
            found[number].append(start)
        return {self._signs.words[number]: starts for number, starts in found.items()}


class Passage:
    """A text with its clauses, sentences, and the places of what cues hold.

    Attributes:
        text: The text itself.
    """

    def __init__(self, text: str, within: "Passage | None" = None, at: int = 0) -> None:
        """`within`: a passage that this one is most of, from `at`; it is walked for both."""
        self.text = text
        self._within = within
        self._at = at
        self._places: dict[Signs, Places] = {}
        self._present: dict[int, list[str]] = {}
        self._known: dict[tuple[int, int, int], bool] = {}

    def places(self, signs: Signs) -> Places:
        """What of the cues of a table the text has, and perhaps a little more; walked once."""
        if self._within is not None:
            return self._within.places(signs)
        if signs not in self._places:
            self._places[signs] = signs.places(self.text)
        return self._places[signs]

    def matches(self, words: Wording, signs: Signs, held: Sequence[str]) -> Iterator[re.Match[str]]:
        """Matches of a pattern that is among those of `signs`, found around what it holds."""
        if not words.marks.held:
            return words.matches(self.text)
        return words.matches_around(self.text, self.places(signs), held, self._at)

    @cached_property
    def _clause_ends(self) -> list[int]:
        return [found.start() for found in _CLAUSE_END.finditer(self.text)]

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [found.start() for found in _SENTENCE_END.finditer(self.text)]

    def clause_has(self, words: Wording, start: int, end: int, signs: Signs) -> bool:
        """Whether the clause of a match holds these words, which are among those of `signs`."""
        return self._may_hold(words, signs) and self._has(words, self._clause_ends, start, end)

    def sentence_has(self, words: Wording, start: int, end: int, signs: Signs) -> bool:
        """Whether the sentence of a match holds these words, which are among those of `signs`."""
        return self._may_hold(words, signs) and self._has(words, self._sentence_ends, start, end)

    def _may_hold(self, words: Wording, signs: Signs) -> bool:
        """False where no part of the text can hold the words."""
        return bool(self.held(words, signs) or not words.marks.held)

    def held(self, words: Wording, signs: Signs) -> list[str]:
        """What the text has of that which the words hold; asked once."""
        key = id(words)
        if key not in self._present:
            self._present[key] = list(words.marks.held.keys() & self.places(signs).keys())
        return self._present[key]

    def _has(self, words: Wording, ends: list[int], start: int, end: int) -> bool:
        """Many cues ask the same of the same clause: each answer is kept."""
        left, right = self._around(ends, start, end)
        key = (id(words), left, right)
        if key not in self._known:
            self._known[key] = self._searched(words, self.text[left:right])
        return self._known[key]

    def _searched(self, words: Wording, part: str) -> bool:
        """Few clauses hold any sign of the words: only these are searched."""
        if words.marks.held and not any(sign in part for sign in self._present[id(words)]):
            return False
        return words.pattern.search(part) is not None

    def _around(self, ends: list[int], start: int, end: int) -> tuple[int, int]:
        before = bisect_right(ends, start - 1)
        after = bisect_left(ends, end)
        left = ends[before - 1] + 1 if before else 0
        right = ends[after] if after < len(ends) else len(self.text)
        return max(left, start - _REACH), min(right, end + _REACH)
