"""An emergency as the office knows it: its event time told, its 30 minutes judged anew (二·一)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.records.verdicts import EventTime, Lateness, Stage
from mailbot.rules.elements import completed, find_elements
from mailbot.rules.event_time import find_times, pick_event_time, pick_report_time
from mailbot.rules.lateness import judge_lateness
from mailbot.stages.draft_rows import is_late
from store.records import DraftRecord

_T = re.compile(r"(?<=\d)T(?=\d)")
UNKNOWN = ("不明", "待核")
_LATENESS = "报送时限"
_SUSPECTED = ("疑似突发", "附件读不出来")
_STAGES: Mapping[str, Stage] = {"续报": "续报", "终报": "终报"}
_CALM: Mapping[str, Any] = {
    "stage": "",
    "minutes_to_report": None,
    "punctuality": "不适用",
    "late": None,
    "elements_missing": [],
    "reported_at": None,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the office wrote after 事发= and 接报=, None where it said nothing."""

    happened: str | None = None
    reported: str | None = None

    @property
    def nothing(self) -> bool:
        """Whether neither was written."""
        return self.happened is None and self.reported is None


def is_doubt(draft: DraftRecord, sentence: str) -> bool:
    """Whether a doubt on file concerns the emergency: its level or its time."""
    return sentence.startswith(_SUSPECTED) or sentence in _told(draft)


def judged(
    draft: DraftRecord,
    values: Mapping[str, Any],
    times: Told,
    config: Config,
    now: datetime,
) -> dict[str, Any]:
    """`values` with all that follows for the emergency of a draft.

    Args:
        draft: As on file.
        values: Corrections so far; "emergency" and "needs_review" matter here.
        times: What the office wrote of 事发 and 接报.
        config: The notice's limit, and when its clock starts.
        now: No event happens later.

    Raises:
        Refused: The time cannot be understood, lies ahead, or there is no emergency.
    """
    level = values.get("emergency", draft.emergency)
    doubts = [doubt for doubt in values["needs_review"] if not is_doubt(draft, doubt)]
    reasons = [r for r in draft.reasons if not str(r.get("verdict", "")).startswith(_LATENESS)]
    if level == "none":
        if not times.nothing:
            raise Refused(f"#{draft.id} 没有登记为突发事件，请同时写 突发=是")
        return {**values, **_CALM, "needs_review": doubts, "reasons": reasons}
    if times.nothing and draft.emergency != "none":
        # Judged on arrival: the text's own words (接报 or 事发) are not on file any more.
        return {**values, "needs_review": [*doubts, *_asked_of_time(draft, values)]}
    when, report = _times(draft, times, now)
    rule = config.emergency
    lateness = judge_lateness(
        when,
        draft.received_at,
        rule.report_within_minutes,
        _STAGES.get(draft.stage, "首报"),
        clock_starts_at_report=rule.clock_starts == "report",
        reported=report,
    )
    _, missing, _ = find_elements(draft.text, when, draft.hazard)
    counts = config.open_questions.incomplete_first_report_counts
    lateness = completed(lateness, missing, incomplete_counts=counts)
    if lateness.verdict == "时间待核":
        doubts += [reason.because for reason in lateness.reasons]
    return {
        **values,
        "stage": _STAGES.get(draft.stage, "首报"),
        "event_earliest": when.earliest if when else None,
        "event_latest": when.latest if when else None,
        "reported_at": report.latest if report else None,
        "minutes_to_report": lateness.minutes,
        "punctuality": lateness.verdict,
        "late": is_late(lateness),
        "elements_missing": list(missing),
        "needs_review": doubts,
        "reasons": [*reasons, *_reasons(lateness)],
    }


def _times(
    draft: DraftRecord, times: Told, now: datetime
) -> tuple[EventTime | None, EventTime | None]:
    """事发 and 接报: what the office wrote, else what is on file or in the text."""
    if times.happened is not None:
        when = told(times.happened.strip(), draft.received_at, now)
    elif draft.emergency == "none" or draft.event_earliest is None or draft.event_latest is None:
        when = pick_event_time(draft.text, draft.received_at)
    else:
        when = _on_file(draft, draft.event_earliest, draft.event_latest)
    if times.reported is not None:
        report = told(times.reported.strip(), draft.received_at, now, "接报")
        return when, replace(report, role="report") if report else None
    return when, pick_report_time(draft.text, draft.received_at)


def _on_file(draft: DraftRecord, earliest: datetime, latest: datetime) -> EventTime:
    """The registered time, as the text tells it where it is the text's.

    The record does not say that only the report was told, nor that the words allow a second
    reading: both keep the verdict from being 按时.
    """
    picked = pick_event_time(draft.text, draft.received_at)
    if picked is not None and (picked.earliest, picked.latest) == (earliest, latest):
        return picked
    return EventTime(earliest, latest, "range", "event", "已登记")


def told(words: str, received_at: datetime, now: datetime, name: str = "事发") -> EventTime | None:
    """The instant or range the office wrote after 事发= (or `name`=); None for 不明.

    Raises:
        Refused: Not one time, or one that lies after the report or ahead.
    """
    if words in UNKNOWN:
        return None
    found = _iso(words) or _one(find_times(_T.sub(" ", words), received_at))
    if found is None:
        example = "2023-04-19T08:05、4月19日8时5分 或 4月19日8时至8时30分；不清楚写 不明"
        raise Refused(f"{name}时间“{words}”看不懂，请写成 {example}")
    if found.earliest > min(received_at, now):
        raise Refused(f"{name}时间“{words}”晚于收到来信的时间，请核对")
    if found.latest < found.earliest:
        raise Refused(f"{name}时间“{words}”先后颠倒，请核对")
    return found


def _iso(words: str) -> EventTime | None:
    """An instant with its zone; without one the rules read it as the office's clock."""
    try:
        instant = datetime.fromisoformat(words)
    except ValueError:
        return None
    if instant.tzinfo is None:
        return None
    return EventTime(instant, instant, "minute", "event", words)


def _one(found: list[EventTime]) -> EventTime | None:
    return found[0] if len(found) == 1 else None


def _asked_of_time(draft: DraftRecord, values: Mapping[str, Any]) -> list[str]:
    """Doubts about the time alone: they stay while the level is settled."""
    return [doubt for doubt in values["needs_review"] if doubt in _told(draft)]


def _told(draft: DraftRecord) -> set[str]:
    return {
        str(reason.get("because", ""))
        for reason in draft.reasons
        if str(reason.get("verdict", "")).startswith(_LATENESS)
    }


def _reasons(lateness: Lateness) -> list[dict[str, object]]:
    return [
        {"verdict": reason.verdict, "because": reason.because, "clause": reason.clause}
        for reason in lateness.reasons
    ]
