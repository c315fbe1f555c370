"""An emergency told in passing: the sentences of a long draft that report one (二·一).

An activity report may mention in its fourth paragraph that somebody was hurt that
morning. Judged as a whole it is news of an activity; judged by those sentences alone
it is a report. Only what can be today's is cut out: a clock time within the day before
the mail, and somebody harmed. It asks for a look, it never alarms by itself.
"""

import re
from datetime import datetime, timedelta

from mailbot.rules.cues import CueTable, Fired, asserted
from mailbot.rules.emergency_frames import Parts
from mailbot.rules.event_time import pick_event_time

_SENTENCE = re.compile(r"[^。！？\n]{1,400}[。！？\n]{0,3}")
_PERSON = ("event.person", "harm.people", "harm.body")
_UNREAL = re.compile(
    r"frame\.(?:drill_\w+|case_body|lesson\w*|relayed|advice|study|warn\w*|rules_\w+|summary|count)"
)
_HURT = ("event", "harm", "rescue")
_FRESH = timedelta(hours=24)
_FOLLOWING = 2  # sentences that tell what became of it
_MORE = 40  # characters a draft must have besides, else it is the report itself


def may_hide_one(fired: tuple[Fired, ...]) -> bool:
    """Whether hazards, harm or rescuers stand in a draft not about drills, cases or rules."""
    told = any(one.cue.group in _HURT for one in fired)
    return told and not any(_UNREAL.fullmatch(one.cue.id) for one in fired)


def excerpt(parts: Parts, reference: datetime, cues: CueTable) -> str:
    """Sentences of a fresh event with somebody harmed, "" where there are none.

    Args:
        parts: The draft as cut for the cues.
        reference: The sender's clock, or the provider's.
        cues: Tells which words assert an event or a harm.
    """
    sentences = list(_SENTENCE.finditer(parts.body))
    for at in sorted({place for cue in _PERSON for place in asserted(cues, cue, parts.body, 20)}):
        here = next((n for n, one in enumerate(sentences) if one.end() > at), None)
        if here is None:
            continue
        first = here if _fresh(sentences[here][0], reference) else max(0, here - 1)
        last = min(len(sentences), first + 1 + _FOLLOWING)
        told = parts.body[sentences[first].start() : sentences[last - 1].end()]
        if len(told) + _MORE <= len(parts.body) and _fresh(sentences[first][0], reference):
            return told.strip()
    return ""


def _fresh(words: str, reference: datetime) -> bool:
    time = pick_event_time(words, reference)
    if time is None or time.precision not in ("minute", "hour", "range"):
        return False
    return timedelta(0) <= reference - time.earliest <= _FRESH
