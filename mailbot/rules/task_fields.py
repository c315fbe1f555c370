"""Which task a text serves by how many of a topic's words it uses, where its headline is silent.

One word says little: 材料 or 拆除 stand anywhere. Ten different ones, some at the start, and far
more than of the unit's other tasks, are a topic, whichever of them the author chose.
"""

from collections.abc import Sequence
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


def leading(tasks: Sequence[Task], heading: str, body: str, cues: CueTable) -> Field | None:
    """The task whose topic a text is about, if it leads those given by the margin."""
    topics = {task.no: cues.words_in(task.content) for task in tasks}
    spoken = _by_topic(heading[:_HEADING], body[:_TEXT], frozenset().union(*topics.values()), cues)
    points = {no: sum(sum(spoken[t].values()) for t in topics[no] if t in spoken) for no in topics}
    best = max(tasks, key=lambda task: points[task.no], default=None)
    if best is None or not points[best.no]:
        return None
    second = max((points[no] for no in points if no != best.no), default=0)
    words = {word: one for t in topics[best.no] for word, one in spoken.get(t, {}).items()}
    early = sum(one > 1 for one in words.values())
    if early < _LEAST_EARLY or points[best.no] - second < cues.settings["field_margin"]:
        return None
    return Field(best, points[best.no], early, tuple(sorted(words, key=lambda w: -words[w])))


def _by_topic(
    heading: str, text: str, wanted: frozenset[str], cues: CueTable
) -> dict[str, dict[str, int]]:
    """Topic → its words and what each counts; 执法 within 执法监督 is no second word."""
    first: dict[str, int] = {}
    for number, at, _ in cues.field_words.places(f"{heading}\n{text}"):
        first.setdefault(cues.field_words.words[number], at)
    spoken: dict[str, dict[str, int]] = {}
    told: dict[str, str] = {}
    ends = len(heading)
    for word in sorted(first, key=len, reverse=True):
        for topic in cues.topics_of[word]:
            if topic in wanted and word not in told.get(topic, ""):
                told[topic] = f"{told.get(topic, '')} {word}"
                at = first[word]
                points = _NAMED if at < ends else _EARLY if at <= ends + _OPENING else 1
                spoken.setdefault(topic, {})[word] = points
    return spoken
