"""Which task a text serves by how many of a topic's words it uses, where its headline is silent.

One word says little: 材料 or 拆除 stand anywhere. Ten different ones, some at the start, and far
more than of the unit's other tasks, are a topic, whichever of them the author chose.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.notice import Task
from mailbot.rules.cues import CueTable

_TEXT = 1200  # a longer text uses some words of every topic
_OPENING = 120
_SHOWN = 4
_LEAST_EARLY = 2


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
    text = body[:_TEXT]
    fields = sorted(
        (_field(one, heading, text, cues) for one in tasks), key=lambda one: -one.points
    )
    if not fields or fields[0].early < _LEAST_EARLY:
        return None
    second = fields[1].points if len(fields) > 1 else 0
    return fields[0] if fields[0].points - second >= cues.settings["field_margin"] else None


def _field(task: Task, heading: str, text: str, cues: CueTable) -> Field:
    opening = text[:_OPENING]
    named, early, later = [], [], []
    told = ""
    for topic in sorted(cues.words_in(task.content)):
        for word in cues.fields.get(topic, ()):
            if word in told:  # 执法 within 执法监督 is no second word
                continue
            if word in heading:
                named.append(word)
            elif word in opening:
                early.append(word)
            elif word in text:
                later.append(word)
            else:
                continue
            told += f" {word}"
    points = 3 * len(named) + 2 * len(early) + len(later)
    return Field(task, points, len(named) + len(early), (*named, *early, *later))
