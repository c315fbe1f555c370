"""A text that cues are looked for in: what several of them ask of it is found once."""

import re
from bisect import bisect_left, bisect_right
from functools import cached_property

from mailbot.rules.wordings import Wording, pairs_of

_CLAUSE_END = re.compile(r"[，。；！？,;!?\n]")
_SENTENCE_END = re.compile(r"[。；！？;!?\n]")
_REACH = 60  # characters looked at on each side: a text without punctuation stays cheap


class Passage:
    """A text with its pairs of characters, clauses and sentences.

    Attributes:
        text: The text itself.
    """

    def __init__(self, text: str, within: "Passage | None" = None) -> None:
        """`within`: a passage this one is most of; its pairs tell enough of this one, too."""
        self.text = text
        self._within = within
        self._known: dict[tuple[int, int, int], bool] = {}
        self._present: dict[int, list[str]] = {}

    @cached_property
    def pairs(self) -> set[int]:
        """The pairs its characters stand in, and perhaps a few more."""
        return self._within.pairs if self._within else pairs_of(self.text)

    @cached_property
    def _clause_ends(self) -> list[int]:
        return [found.start() for found in _CLAUSE_END.finditer(self.text)]

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [found.start() for found in _SENTENCE_END.finditer(self.text)]

    def clause_has(self, words: Wording, start: int, end: int) -> bool:
        """Whether the clause of a match holds these words."""
        return self.may_hold(words) and self._has(words, self._clause_ends, start, end)

    def sentence_has(self, words: Wording, start: int, end: int) -> bool:
        """Whether the sentence of a match holds these words."""
        return self.may_hold(words) and self._has(words, self._sentence_ends, start, end)

    def may_hold(self, words: Wording) -> bool:
        """False where no part of the text can hold the words."""
        return bool(self.held(words) or not words.marks.held)

    def held(self, words: Wording) -> list[str]:
        """What the text has of that which the words hold; asked once."""
        key = id(words)
        if key not in self._present:
            self._present[key] = words.held_in(self.text, self.pairs)
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
        if words.marks.held and not any(sign in part for sign in self.held(words)):
            return False
        return words.pattern.search(part) is not None

    def _around(self, ends: list[int], start: int, end: int) -> tuple[int, int]:
        before = bisect_right(ends, start - 1)
        after = bisect_left(ends, end)
        left = ends[before - 1] + 1 if before else 0
        right = ends[after] if after < len(ends) else len(self.text)
        return max(left, start - _REACH), min(right, end + _REACH)
