"""Tables of scored cues: the wording that speaks for or against a verdict, as data.

A cue is one row of an editable file (mailbot/cues/*.toml). This module knows how
rows fire and add up; it never reads a file and knows nothing of what is judged.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from operator import itemgetter

from mailbot.rules.passages import Passage, Signs
from mailbot.rules.word_places import Words
from mailbot.rules.wordings import Places, Wording, wording

_MOST_TASKS = 512
_MOST_HITS = 200  # hits of one cue examined in one text: a text of nothing else stays cheap


@dataclass(frozen=True, slots=True)
class Cue:
    """One row of a cue file.

    Attributes:
        id: Unique name, such as "event.fire".
        pattern: Regular expression, only with bounded repeats.
        scope: Name of the part of the draft it is looked for in, such as "title".
        points: Score when it fires; negative for frames that speak against.
        reason: Chinese words for the clerk; the quoted match is put before them.
        unless: A hit whose own clause matches this does not count ("" = none).
        unless_sentence: Likewise for the whole sentence.
        group: What comes before the first dot of `id`; cues of one group share a cap.
    """

    id: str
    pattern: str
    scope: str
    points: float
    reason: str
    unless: str = ""
    unless_sentence: str = ""
    group: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "group", self.id.partition(".")[0])


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
    words: Wording
    unless: Wording | None
    unless_sentence: Wording | None


class _Scope:
    """The cues of one scope, by what their matches hold."""

    def __init__(self, rules: Iterable[tuple[int, _Compiled]]) -> None:
        self._always: list[int] = []
        self._by_sign: dict[str, list[int]] = {}
        for number, rule in rules:
            held = rule.words.marks.held
            if not held:
                self._always.append(number)
            for sign in held:
                self._by_sign.setdefault(sign, []).append(number)

    def possible(self, places: Places) -> dict[int, list[str]]:
        """Numbers of the cues that may match in a text, and what it has of that which they hold."""
        found: dict[int, list[str]] = {number: [] for number in self._always}
        for sign in self._by_sign.keys() & places.keys():
            for number in self._by_sign[sign]:
                if number in found:
                    found[number].append(sign)
                else:
                    found[number] = [sign]
        return found


@dataclass(frozen=True)
class CueTable:
    """All cues of one file.

    Attributes:
        version: Short digest of the file's bytes, stored with every verdict.
        settings: Thresholds and other numbers of the file.
        caps: Group → most its cues may add up to, in either direction.
        words: Named word sets of the file, as the rows use them.
        fields: Topic → plain words that texts about it use.
    """

    version: str
    cues: tuple[Cue, ...]
    settings: Mapping[str, float] = field(default_factory=dict)
    caps: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def compiled(self) -> tuple[_Compiled, ...]:
        """Patterns, compiled once for the life of the table."""
        return tuple(
            _Compiled(c, wording(c.pattern), _maybe(c.unless), _maybe(c.unless_sentence))
            for c in self.cues
        )

    @cached_property
    def signs(self) -> Signs:
        """What any of `compiled` holds, to be found in a text by one walk."""
        return Signs(
            words
            for rule in self.compiled
            for words in (rule.words, rule.unless, rule.unless_sentence)
            if words is not None
        )

    @cached_property
    def field_words(self) -> Words:
        """The words of all `fields`, to be found in a text by one walk."""
        return Words(self.topics_of)

    @cached_property
    def topics_of(self) -> Mapping[str, tuple[str, ...]]:
        """Word → the topics it speaks of."""
        topics: dict[str, tuple[str, ...]] = {}
        for topic, words in self.fields.items():
            for word in words:
                topics[word] = (*topics.get(word, ()), topic)
        return topics

    @cached_property
    def by_scope(self) -> Mapping[str, _Scope]:
        """Which of `compiled` are looked for in which scope."""
        scopes: dict[str, list[tuple[int, _Compiled]]] = {}
        for number, rule in enumerate(self.compiled):
            scopes.setdefault(rule.cue.scope, []).append((number, rule))
        return {scope: _Scope(rules) for scope, rules in scopes.items()}

    @cached_property
    def by_id(self) -> Mapping[str, _Compiled]:
        """The same by the name of the cue."""
        return {rule.cue.id: rule for rule in self.compiled}

    @cached_property
    def word_patterns(self) -> Mapping[str, re.Pattern[str]]:
        """Named word sets, compiled once."""
        return {name: re.compile(words) for name, words in self.words.items()}

    @cached_property
    def words_in(self) -> Callable[[str], frozenset[str]]:
        """Names of the word sets that a text holds; remembered for the few tasks of a notice."""

        @lru_cache(maxsize=_MOST_TASKS)
        def names(text: str) -> frozenset[str]:
            found = (name for name, words in self.word_patterns.items() if words.search(text))
            return frozenset(found)

        return names


def _maybe(pattern: str) -> Wording | None:
    return wording(pattern) if pattern else None


def _hits(
    rule: _Compiled, passage: Passage, signs: Signs, held: Sequence[str]
) -> Iterator[re.Match[str]]:
    """Matches of one cue that its own clause and sentence do not cancel."""
    for found in islice(passage.matches(rule.words, signs, held), _MOST_HITS):
        start, end = found.span()
        if rule.unless and passage.clause_has(rule.unless, start, end, signs):
            continue
        if rule.unless_sentence and passage.sentence_has(rule.unless_sentence, start, end, signs):
            continue
        yield found


def fire(table: CueTable, texts: Mapping[str, str | Passage]) -> tuple[Fired, ...]:
    """Every cue that fires, once each, at its first uncancelled match, in the table's order.

    Args:
        table: The cues.
        texts: Scope → text; a cue whose scope is not given stays silent.
    """
    fired: list[tuple[int, Fired]] = []
    for scope, given in texts.items():
        passage = given if isinstance(given, Passage) else Passage(given)
        cues = table.by_scope.get(scope)
        if cues is None or not passage.text:
            continue
        for number, held in cues.possible(passage.places(table.signs)).items():
            rule = table.compiled[number]
            found = next(_hits(rule, passage, table.signs, held), None)
            if found is not None:
                fired.append((number, Fired(rule.cue, found[0], *found.span())))
    return tuple(one for _, one in sorted(fired, key=itemgetter(0)))


def asserted(table: CueTable, cue_id: str, passage: Passage, most: int) -> list[int]:
    """Where the uncancelled matches of one cue begin, the first `most` of them."""
    rule = table.by_id.get(cue_id)
    if rule is None:
        return []
    held = passage.held(rule.words, table.signs)
    if rule.words.marks.held and not held:
        return []
    hits = _hits(rule, passage, table.signs, held)
    return [found.start() for found in islice(hits, most)]


def total(fired: Iterable[Fired], caps: Mapping[str, float]) -> float:
    """Sum of the points, each group held within plus and minus its cap."""
    groups: dict[str, float] = {}
    for one in fired:
        groups[one.cue.group] = groups.get(one.cue.group, 0.0) + one.cue.points
    return sum(
        max(-caps[group], min(caps[group], points)) if group in caps else points
        for group, points in groups.items()
    )
