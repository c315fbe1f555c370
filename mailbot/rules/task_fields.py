"""Which task a text serves by how many of a topic's words it uses, where its headline is silent.

One word says little: 材料 or 拆除 stand anywhere. Ten different ones, some at the start, and far
more than of the unit's other tasks, are a topic, whichever of them the author chose.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailbot.notice import Task
from mailbot.rules.cues import CueTable

_TEXT = 800  # a longer text uses some words of every topic
_HEADING, _OPENING = 300, 120
_SHOWN = 4
_LEAST_EARLY = 2
_NAMED, _EARLY = 3, 2  # points of a word in the headline, at the start


@dataclass(frozen=True, slots=True)
class Field:
    """A task with the words of its topic that a draft uses.

    Attributes:
        points: One for a word, one more where it stands early, one more in the headline.
        early: Words in the headline or at the start of the text.
        words: The words, those of the headline and the start first.
    """

    task: Task
    points: float
    early: int
    words: tuple[str, ...]

    @property
    def because(self) -> str:
        """What was found, for the office."""
        return "写到" + "、".join(f"“{word}”" for word in self.words[:_SHOWN]) + "等"


def leading(tasks: Iterable[Task], heading: str, body: str, cues: CueTable) -> Field | None:
    """The task whose topic a text is about, if it leads those given by the margin."""
    spoken = _by_topic(heading[:_HEADING], body[:_TEXT], cues)
    fields = [_field(task, spoken, cues) for task in tasks]
    fields.sort(key=lambda one: -one.points)
    if not fields or fields[0].early < _LEAST_EARLY:
        return None
    second = fields[1].points if len(fields) > 1 else 0
    return fields[0] if fields[0].points - second >= cues.settings["field_margin"] else None


def _by_topic(heading: str, text: str, cues: CueTable) -> dict[str, dict[str, int]]:
    """Topic → its words and what each counts; 执法 within 执法监督 is no second word."""
    first: dict[str, int] = {}
    for number, at, _ in cues.field_words.places(f"{heading}\n{text}"):
        first.setdefault(cues.field_words.words[number], at)
    spoken: dict[str, dict[str, int]] = {}
    for word in sorted(first, key=len, reverse=True):
        at = first[word]
        points = _NAMED if at < len(heading) else _EARLY if at <= len(heading) + _OPENING else 1
        for topic in cues.topics_of[word]:
            mine = spoken.setdefault(topic, {})
            if not any(word in longer for longer in mine):
                mine[word] = points
    return spoken


def _field(task: Task, spoken: Mapping[str, Mapping[str, int]], cues: CueTable) -> Field:
    words: dict[str, int] = {}
    for topic in cues.words_in(task.content):
        words.update(spoken.get(topic, {}))
    early = sum(points > 1 for points in words.values())
    first = sorted(words, key=lambda word: -words[word])
    return Field(task, sum(words.values()), early, tuple(first))
