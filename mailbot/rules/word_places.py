"""Where a text has any of many words, found by one walk through it."""

import re
from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick

_HALF = re.compile(r"[\ud800-\udfff]")  # half of a character: no UTF-8 can write it


class Words:
    """Words to be found, of thousands as fast as of a few (Aho and Corasick's automaton).

    Attributes:
        words: The words, in the order that numbers them.
    """

    def __init__(self, words: Iterable[str]) -> None:
        """`words`: none of them empty."""
        self.words = tuple(words)
        self._automaton = AhoCorasick([_written(word) for word in self.words])

    def places(self, text: str) -> list[tuple[int, int, int]]:
        """Number of a word, where it begins and ends; for each one, by where they end."""
        try:
            return self._automaton.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:
            return self._automaton.find_matches_as_indexes(_written(text), overlapping=True)


def _written(text: str) -> str:
    return _HALF.sub("\ufffd", text)
