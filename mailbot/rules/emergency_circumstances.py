"""What speaks for or against an emergency that no pattern can see (二·一).

A text without any time, an event long past, a text too long for a report, words of
a hazard with nothing beside them: each gives its points as a reason of its own.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from mailbot.records.verdicts import EventTime, Reason
from mailbot.rules.cues import CueTable, Fired
from mailbot.rules.emergency_frames import Parts
from mailbot.rules.instants import CHINA

SUPPORT = ("harm", "respond", "rescue", "report", "sudden")
_VERDICT = "突发事件"
_CLAUSE = "二·一"
_CLAUSE_END = re.compile(r"[，。；！？,;!?\n]")
_TODAY = timedelta(hours=24)
_JUST_NOW = re.compile(
    r"刚才|刚刚(?!过去|结束|好|召开|闭幕|成立|投入|建成|完成|完工|起步|开始|毕业)|这会儿|就在刚"
    r"|刚接到?[^，。；\n]{0,6}(?:电话|报告|消息|报)"
)
_IN_HEADLINE = ("event.title", "event.person_title")
_WITNESSED = ("harm", "rescue", "report", "sudden")
_TALK = ("respond.act", "respond.plan", "declared.first_body")  # plans speak so, too
_HEAD = 80  # characters
_SIGNS_IN = 400  # characters; a report tells what happened at its head
_DECLARED = ("declared.first", "declared.follow")


def circumstances(
    parts: Parts,
    fired: tuple[Fired, ...],
    event_time: EventTime | None,
    reference: datetime,
    cues: CueTable,
) -> tuple[Reason, ...]:
    """Reasons with points, in the order a clerk reads them.

    Args:
        parts: The draft as cut for the cues.
        fired: Cues that fired, hazards' names left out.
        event_time: When it happened, as far as the text tells.
        reference: The sender's clock, or the provider's.
        cues: Holds the points (`untimed_points`, `old_points`, …).
    """
    found = [
        *_time(parts, fired, event_time, reference, cues),
        *_length(parts, cues),
        *_bareness(parts, fired, cues),
    ]
    return tuple(
        Reason(_VERDICT, because, _CLAUSE, cues.settings[f"{name}_points"], name)
        for name, because in found
    )


def _time(
    parts: Parts,
    fired: tuple[Fired, ...],
    event_time: EventTime | None,
    reference: datetime,
    cues: CueTable,
) -> Iterator[tuple[str, str]]:
    declared = any(one.cue.id in _DECLARED for one in fired)
    if event_time is None:
        if parts.body and not parts.terse and not declared and not says_just_now(parts.body):
            yield "untimed", "通篇没有写时间"
        return
    age = reference - event_time.latest
    if just_happened(event_time, reference, cues) and {"event", "declared"} & {
        one.cue.group for one in fired
    }:
        yield "fresh", f"写明的时间“{event_time.matched}”就在来信之前不久"
    told = f"写明的时间“{event_time.matched}”早于来信 {age.days} 天"
    if age > timedelta(days=cues.settings["ancient_days"]) and not declared:
        yield "ancient", f"{told}，是往年的事"
    elif age > timedelta(days=cues.settings["old_days"]):
        yield "old", f"{told}，像往事"
    elif age > timedelta(days=cues.settings["stale_days"]) and not declared:
        yield "stale", f"{told}，不像刚发生"
    groups = {one.cue.group for one in fired}
    if event_time.precision == "day" and not groups & {"declared", "harm", "report"}:
        yield "day", f"时间只写到“{event_time.matched}”，也没有写报告和伤亡"


def just_happened(event_time: EventTime | None, reference: datetime, cues: CueTable) -> bool:
    """A clock time within hours before the mail: ordinary drafts hardly ever tell one.

    Measured on the development texts: nine emergencies in ten, one ordinary draft in fifty.
    """
    if event_time is None or event_time.precision not in ("minute", "hour", "range"):
        return False
    age = reference - event_time.earliest
    return timedelta(0) <= age <= timedelta(minutes=cues.settings["fresh_minutes"])


def happened_today(event_time: EventTime | None, reference: datetime) -> bool:
    """A time within the day before the mail."""
    return event_time is not None and timedelta(0) <= reference - event_time.earliest <= _TODAY


def since_yesterday(event_time: EventTime | None, reference: datetime) -> bool:
    """A time of today or yesterday, by the calendar of the office."""
    if event_time is None or event_time.earliest > reference:
        return False
    return event_time.earliest.date() >= (reference.astimezone(CHINA) - _TODAY).date()


def asserted_freshly(
    fired: tuple[Fired, ...], event_time: EventTime | None, reference: datetime, cues: CueTable
) -> bool:
    """An event at a clock just before the mail, or in the headline at one since yesterday."""
    if event_time is None or event_time.precision not in ("minute", "hour"):
        return False
    ids, groups = {one.cue.id for one in fired}, {one.cue.group for one in fired}
    if "event.lead" in ids and just_happened(event_time, reference, cues):
        return True
    titled = not ids.isdisjoint(_IN_HEADLINE) and not groups.isdisjoint(_WITNESSED)
    return titled and since_yesterday(event_time, reference)


def says_just_now(body: str) -> bool:
    """刚才, 这会儿, 刚接到电话 at the head of a message: no clock, but a time."""
    return _JUST_NOW.search(body, 0, _HEAD) is not None


def danger_signs(body: str, cues: CueTable) -> tuple[str, ...]:
    """Characters that words for hazards are made of, in clauses that assert something.

    A hazard nobody listed is named by the same characters in another compound: 崴伤, 漏氨, 燎伤.
    """
    denied, signs = cues.word_patterns["not_asserted"], cues.word_patterns["danger"]
    found: dict[str, None] = {}
    for clause in _CLAUSE_END.split(body[:_SIGNS_IN]):
        told = signs.findall(clause)
        if told and not denied.search(clause):
            found |= dict.fromkeys(told)
    return tuple(found)


def _length(parts: Parts, cues: CueTable) -> Iterator[tuple[str, str]]:
    if len(parts.body) > cues.settings["long_words"]:
        yield "long", f"正文约 {len(parts.body)} 字，比突发信息长得多"


def _bareness(parts: Parts, fired: tuple[Fired, ...], cues: CueTable) -> Iterator[tuple[str, str]]:
    """Words of a hazard and nothing beside them: talk of hazards more often than a report."""
    groups = {one.cue.group for one in fired if one.cue.id not in _TALK}
    timed = says_just_now(parts.body) or any(one.cue.scope == "near" for one in fired)
    if not parts.body or timed or "event" not in groups or groups & {*SUPPORT, "declared"}:
        return
    if "bare_points" in cues.settings:
        yield "bare", "只提到险情，没有写钟点、报告、处置、伤亡"
