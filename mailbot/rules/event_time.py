"""When an emergency happened: which of the times a text tells is the event's."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from mailbot.records.verdicts import EventTime
from mailbot.rules import time_context
from mailbot.rules.time_expressions import TO, expressions, legible, times_ago
from mailbot.rules.time_resolution import CHINA, Instant, Told, join, resolve, resolve_ago

_MOST_TIMES = 200  # a report tells a dozen; a list of thousands is no report
_STALE = timedelta(days=7)
_LONG = timedelta(hours=3)  # a longer range tells no more than a part of the day
_NEAR, _FAR = 12, 60
_PRECISE = {"minute": 4.0, "hour": 3.6, "range": 3.2, "part_of_day": 2.0, "day": 0.0}  # points
_VAGUE = ("part_of_day", "day")
_AFTER_REPORT = 6  # points against what is told to have happened after the first report


class _Candidate(NamedTuple):
    """A time told, and the words around it.

    Attributes:
        place: How many times were told before it.
        labelled: The words before it say that it is the event's.
        reported: It is the time of a report of the event.
    """

    instant: Instant
    before: str
    after: str
    place: int
    labelled: bool
    reported: bool


def find_times(text: str, reference: datetime) -> list[EventTime]:
    """Every past time a text tells, in its order (截至 and planned times left out).

    Args:
        text: A draft or a subject line.
        reference: When the mail was sent; decides years, 今晨, 半小时前. Timezone-aware.

    Returns:
        Times with both ends, in Asia/Shanghai.
    """
    return [_time(one, text) for one in _candidates(legible(text), reference.astimezone(CHINA))]


def pick_event_time(text: str, reference: datetime) -> EventTime | None:
    """The time the event happened; with only 接报 known, that one with role "report".

    None when the text tells no time.
    """
    return pick_times(text, reference)[0]


def pick_report_time(text: str, reference: datetime) -> EventTime | None:
    """The earliest 接报 a text tells, for offices that start the clock there; None for none."""
    return pick_times(text, reference)[1]


def pick_times(text: str, reference: datetime) -> tuple[EventTime | None, EventTime | None]:
    """Both of them, reading the text once."""
    reference = reference.astimezone(CHINA)
    candidates = _candidates(legible(text), reference)
    if not candidates:
        return None, None
    told = (one for one in candidates if one.reported)
    report = min(told, key=lambda one: one.instant.earliest, default=None)
    best = candidates[0]
    if len(candidates) > 1:
        best = max(candidates, key=lambda one: _weighed(one, report, reference))
        best = _sharper(best, candidates, reference)
        best = _at_least_reported(best, report, reference)
    return _time(best, text), None if report is None else _time(report, text)


def _at_least_reported(
    best: _Candidate, report: _Candidate | None, reference: datetime
) -> _Candidate:
    """昨日发生…当天10时53分接警: a day tells less than the report made within it."""
    told = best.instant
    if report is None or report.instant.precision not in ("minute", "hour"):
        return best
    vague = told.precision == "day" or (told.precision in _VAGUE and _score(best, reference) < 0)
    return report if vague and told.earliest <= report.instant.earliest <= told.latest else best


def _weighed(one: _Candidate, report: _Candidate | None, reference: datetime) -> float:
    """What is told to have happened after the first report of it is hardly the event."""
    score = _score(one, reference)
    if report is None or one.labelled or one.instant.earliest <= report.instant.latest:
        return score
    return score - _AFTER_REPORT


def _sharper(best: _Candidate, candidates: list[_Candidate], reference: datetime) -> _Candidate:
    """前天晚上…当晚6点50分许听到: the clock of a witness, within the vague time told."""
    vague = best.instant
    if vague.precision not in _VAGUE:
        return best
    within = [
        one
        for one in candidates
        if one.instant.precision in ("minute", "hour")
        and not one.reported
        and vague.earliest <= one.instant.earliest <= vague.latest
        and time_context.is_witnessed(one.after)
    ]
    return max(within, key=lambda one: _score(one, reference), default=best)


def _candidates(plain: str, reference: datetime) -> list[_Candidate]:
    found = list(_instants(plain, reference))
    follows = [*(instant.start for instant in found[1:]), len(plain)][: len(found)]
    told = []
    for place, (instant, until) in enumerate(zip(found, follows, strict=True)):
        before = plain[max(0, instant.start - _NEAR) : instant.start]
        if time_context.is_bound(before):
            continue
        after = time_context.sentence_after(plain[instant.end : min(until, instant.end + _FAR)])
        labelled = time_context.is_labelled(before)
        reported = time_context.is_report(before, after, labelled=labelled)
        told.append(_Candidate(instant, before, after, place, labelled, reported))
    return told


def _time(one: _Candidate, text: str) -> EventTime:
    """A candidate as the verdict tells it, in the words of the text."""
    instant = one.instant
    return EventTime(
        instant.earliest, instant.latest, instant.precision,
        "report" if one.reported else "event", text[instant.start : instant.end].strip(" ，,"),
        instant.other,
    )  # fmt: skip


def _score(one: _Candidate, reference: datetime) -> float:
    """How likely a time is the event's: exact, early, followed by what happened."""
    instant = one.instant
    score = _PRECISE[instant.precision]
    if instant.precision == "range" and instant.latest - instant.earliest > _LONG:
        score = 2.0
    score += time_context.points(
        one.before,
        one.after,
        first=not one.place,
        day_only=instant.precision == "day",
        labelled=one.labelled,
    )
    if one.reported:
        score -= 3.5
    if instant.earliest > reference:
        score -= 4
    if reference - instant.latest > _STALE:
        score -= 3
    return score - min(one.place, 6) * 0.5


def _instants(plain: str, reference: datetime) -> Iterator[Instant]:
    """Times and ranges in order; each date told anchors what follows it."""
    told = Told(reference)
    waiting: Instant | None = None
    for count, instant in enumerate(_raw(plain, reference, told)):
        if count >= _MOST_TIMES:
            break
        to = TO.fullmatch(plain, waiting.end, instant.start) if waiting is not None else None
        if waiting is not None and to is not None:
            waiting = join(waiting, instant, began=to["began"] is not None)
            continue
        if waiting is not None:
            yield waiting
        waiting = instant
    if waiting is not None:
        yield waiting


def _raw(plain: str, reference: datetime, told: Told) -> Iterator[Instant]:
    counted = islice(times_ago(plain), _MOST_TIMES)
    ago = [i for f in counted if (i := resolve_ago(f, reference)) is not None]
    taken = 0
    for found in expressions(plain):
        while taken < len(ago) and ago[taken].start < found.start():
            yield ago[taken]
            taken += 1
        instant = resolve(found, told)
        if instant is None:
            continue
        anchor: date | None = instant.day if instant.dated else told.anchor
        told = Told(reference, anchor, instant)
        yield instant
    yield from ago[taken:]
