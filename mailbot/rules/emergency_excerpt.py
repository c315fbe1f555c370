"""An emergency told in passing: the sentences of a draft that report one (二·一).

An activity report may mention in its fourth paragraph that somebody was hurt that
morning. Judged as a whole it is news of an activity; judged by those sentences alone
it is a report. Only what can be today's is cut out: somebody harmed at a clock time
within the day before the mail, or signs of a hazard at one just before it. It asks for
a look, it never alarms by itself.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice

from mailbot.rules.cues import CueTable, Fired, asserted
from mailbot.rules.emergency_circumstances import danger_signs, just_happened, since_yesterday
from mailbot.rules.emergency_frames import Parts
from mailbot.rules.event_time import pick_event_time

_SENTENCE = re.compile(r"[^。！？\n]{1,400}[。！？\n]{0,3}")
_PERSON = ("event.person", "harm.people", "harm.body")
_UNREAL = re.compile(
    r"frame\.(?:drill_\w+|case_body|lesson\w*|relayed|advice|study|warn\w*|rules_\w+|summary|count)"
)
_MAY_TELL_A_CLOCK = re.compile(r"[\d点时前]")
_FOLLOWING = 2  # sentences that tell what became of it
_MOST = 60  # sentences looked at


def may_hide_one(fired: tuple[Fired, ...]) -> bool:
    """False for drafts about drills, cases, rules or forecasts, whatever they tell."""
    return not any(_UNREAL.fullmatch(one.cue.id) for one in fired)


def excerpts(parts: Parts, reference: datetime, cues: CueTable) -> Iterator[str]:
    """Sentences that report a fresh event: with those that follow, then without them.

    Args:
        parts: The draft as cut for the cues.
        reference: The sender's clock, or the provider's.
        cues: Tells which words assert harm, and which characters hazards are made of.
    """
    sentences = list(_SENTENCE.finditer(parts.body))[:_MOST]
    found = chain(
        _of_persons(sentences, parts, reference, cues), _just_now(sentences, reference, cues)
    )
    for first, here in islice(found, 1):
        for last in dict.fromkeys((min(len(sentences) - 1, first + _FOLLOWING), here)):
            yield parts.body[sentences[first].start() : sentences[last].end()].strip()


def _of_persons(
    sentences: list[re.Match[str]], parts: Parts, reference: datetime, cues: CueTable
) -> Iterator[tuple[int, int]]:
    """Sentences of today's that tell of somebody harmed, or are followed by one that does."""
    for at in sorted({place for cue in _PERSON for place in asserted(cues, cue, parts.told, 20)}):
        here = next((n for n, one in enumerate(sentences) if one.end() > at), None)
        if here is None:
            continue
        for first in (here, max(0, here - 1)):
            if since_yesterday(pick_event_time(sentences[first][0], reference), reference):
                yield first, here


def _just_now(
    sentences: list[re.Match[str]], reference: datetime, cues: CueTable
) -> Iterator[tuple[int, int]]:
    """Sentences with a clock time just before the mail and signs of a hazard."""
    for at, sentence in enumerate(sentences):
        if not _MAY_TELL_A_CLOCK.search(sentence[0]):
            continue
        after = sentences[at + 1][0] if at + 1 < len(sentences) else ""
        if len(danger_signs(sentence[0] + after, cues)) < cues.settings["passing_signs"]:
            continue
        if just_happened(pick_event_time(sentence[0], reference), reference, cues):
            yield at, at
