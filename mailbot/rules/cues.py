"""Tables of scored cues: the wording that speaks for or against a verdict, as data.

A cue is one row of an editable file (mailbot/cues/*.toml). This module knows how
rows fire and add up; it never reads a file and knows nothing of what is judged.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from mailbot.rules.cue_patterns import needed

_CLAUSE_END = re.compile(r"[，。；！？,;!?\n]")
_SENTENCE_END = re.compile(r"[。；！？;!?\n]")
_REACH = 60  # characters looked at on each side: a text without punctuation stays cheap
_MOST_HITS = 200  # hits of one cue examined in one text, for the same reason


@dataclass(frozen=True, slots=True)
class Cue:
    """One row of a cue file.

    Attributes:
        id: Unique name; what comes before the first dot is its group ("event.fire").
        pattern: Regular expression, only with bounded repeats.
        scope: Name of the part of the draft it is looked for in, such as "title".
        points: Score when it fires; negative for frames that speak against.
        reason: Chinese words for the clerk; the quoted match is put before them.
        unless: A hit whose own clause matches this does not count ("" = none).
        unless_sentence: Likewise for the whole sentence.
    """

    id: str
    pattern: str
    scope: str
    points: float
    reason: str
    unless: str = ""
    unless_sentence: str = ""

    @property
    def group(self) -> str:
        """Cues of one group share a cap."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Fired:
    """A cue that matched, and where: `start` and `end` index the text of its scope."""

    cue: Cue
    matched: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Compiled:
    cue: Cue
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    unless_sentence: re.Pattern[str] | None
    needed: frozenset[str]


@dataclass(frozen=True)
class CueTable:
    """All cues of one file.

    Attributes:
        version: Short digest of the file's bytes, stored with every verdict.
        settings: Thresholds and other numbers of the file.
        caps: Group → most its cues may add up to, in either direction.
        words: Named word sets of the file, as the rows use them.
    """

    version: str
    cues: tuple[Cue, ...]
    settings: Mapping[str, float] = field(default_factory=dict)
    caps: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def compiled(self) -> tuple[_Compiled, ...]:
        """Patterns, compiled once for the life of the table."""
        return tuple(
            _Compiled(
                c,
                re.compile(c.pattern),
                _maybe(c.unless),
                _maybe(c.unless_sentence),
                needed(c.pattern),
            )
            for c in self.cues
        )

    @cached_property
    def by_id(self) -> Mapping[str, _Compiled]:
        """The same by the name of the cue."""
        return {rule.cue.id: rule for rule in self.compiled}

    @cached_property
    def word_patterns(self) -> Mapping[str, re.Pattern[str]]:
        """Named word sets, compiled once."""
        return {name: re.compile(words) for name, words in self.words.items()}


def _maybe(pattern: str) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None


class _Bounds:
    """Clauses and sentences of one text, looked up by position."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[tuple[int, int, int], bool] = {}

    @cached_property
    def _clause_ends(self) -> list[int]:
        return [found.start() for found in _CLAUSE_END.finditer(self._text)]

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [found.start() for found in _SENTENCE_END.finditer(self._text)]

    def clause_has(self, pattern: re.Pattern[str], start: int, end: int) -> bool:
        return self._has(pattern, self._clause_ends, start, end)

    def sentence_has(self, pattern: re.Pattern[str], start: int, end: int) -> bool:
        return self._has(pattern, self._sentence_ends, start, end)

    def _has(self, pattern: re.Pattern[str], ends: list[int], start: int, end: int) -> bool:
        """Many cues ask the same of the same clause: each answer is kept."""
        left, right = self._around(ends, start, end)
        key = (id(pattern), left, right)
        if key not in self._known:
            self._known[key] = pattern.search(self._text[left:right]) is not None
        return self._known[key]

    def _around(self, ends: list[int], start: int, end: int) -> tuple[int, int]:
        before = bisect_right(ends, start - 1)
        after = bisect_left(ends, end)
        left = ends[before - 1] + 1 if before else 0
        right = ends[after] if after < len(ends) else len(self._text)
        return max(left, start - _REACH), min(right, end + _REACH)


def hits(rule: _Compiled, text: str, bounds: _Bounds) -> Iterator[re.Match[str]]:
    """Matches of one cue that its own clause and sentence do not cancel."""
    for count, found in enumerate(rule.pattern.finditer(text)):
        if count >= _MOST_HITS:
            return
        start, end = found.span()
        if rule.unless and bounds.clause_has(rule.unless, start, end):
            continue
        if rule.unless_sentence and bounds.sentence_has(rule.unless_sentence, start, end):
            continue
        yield found


def fire(table: CueTable, texts: Mapping[str, str]) -> tuple[Fired, ...]:
    """Every cue that fires, once each, at its first uncancelled match.

    Args:
        table: The cues.
        texts: Scope → text; a cue whose scope is not given stays silent.
    """
    bounds = {scope: _Bounds(text) for scope, text in texts.items()}
    characters = {scope: set(text) for scope, text in texts.items()}
    fired = []
    for rule in table.compiled:
        scope = rule.cue.scope
        text = texts.get(scope)
        if not text or (rule.needed and rule.needed.isdisjoint(characters[scope])):
            continue
        if rule.pattern.search(text) is None:
            continue
        found = next(hits(rule, text, bounds[scope]), None)
        if found is not None:
            fired.append(Fired(rule.cue, found[0], *found.span()))
    return tuple(fired)


def asserted(table: CueTable, cue_id: str, text: str, most: int) -> list[int]:
    """Where the uncancelled matches of one cue begin, the first `most` of them."""
    rule = table.by_id.get(cue_id)
    if rule is None or (rule.needed and rule.needed.isdisjoint(text)):
        return []
    return [found.start() for found in islice(hits(rule, text, _Bounds(text)), most)]


def total(fired: Iterable[Fired], caps: Mapping[str, float]) -> float:
    """Sum of the points, each group held within plus and minus its cap."""
    groups: dict[str, float] = {}
    for one in fired:
        groups[one.cue.group] = groups.get(one.cue.group, 0.0) + one.cue.points
    return sum(
        max(-caps[group], min(caps[group], points)) if group in caps else points
        for group, points in groups.items()
    )
