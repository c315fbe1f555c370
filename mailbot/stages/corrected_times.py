"""An emergency as the office knows it: its event time told, its 30 minutes judged anew (二·一)."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.records.verdicts import EventTime, Lateness, Stage
from mailbot.rules.elements import find_elements
from mailbot.rules.event_time import find_times, judge_lateness, pick_event_time
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
}


def is_doubt(draft: DraftRecord, sentence: str) -> bool:
    """Whether a doubt on file concerns the emergency: its level or its time."""
    return sentence.startswith(_SUSPECTED) or sentence in _told(draft)


def judged(
    draft: DraftRecord,
    values: Mapping[str, Any],
    happened: str | None,
    config: Config,
    now: datetime,
) -> dict[str, Any]:
    """`values` with all that follows for the emergency of a draft.

    Args:
        draft: As on file.
        values: Corrections so far; "emergency" and "needs_review" matter here.
        happened: What the office wrote after 事发=, None when it said nothing of it.
        config: The notice's limit, and when its clock starts.
        now: No event happens later.

    Raises:
        Refused: The time cannot be understood, lies ahead, or there is no emergency.
    """
    level = values.get("emergency", draft.emergency)
    doubts = [doubt for doubt in values["needs_review"] if not is_doubt(draft, doubt)]
    reasons = [r for r in draft.reasons if not str(r.get("verdict", "")).startswith(_LATENESS)]
    if level == "none":
        if happened is not None:
            raise Refused(f"#{draft.id} 没有登记为突发事件，请同时写 突发=是")
        return {**values, **_CALM, "needs_review": doubts, "reasons": reasons}
    if happened is None and draft.emergency != "none":
        # Judged on arrival: the text's own words (接报 or 事发) are not on file any more.
        return {**values, "needs_review": [*doubts, *_asked_of_time(draft, values)]}
    if happened is None:
        when = pick_event_time(draft.text, draft.received_at)
    else:
        when = told(happened.strip(), draft.received_at, now)
    stage = _STAGES.get(draft.stage, "首报")
    rule = config.emergency
    lateness = judge_lateness(
        when,
        draft.received_at,
        rule.report_within_minutes,
        stage,
        clock_starts_at_report=rule.clock_starts == "report",
    )
    if lateness.verdict == "时间待核":
        doubts += [reason.because for reason in lateness.reasons]
    _, missing, _ = find_elements(draft.text, when, draft.hazard)
    return {
        **values,
        "stage": stage,
        "event_earliest": when.earliest if when else None,
        "event_latest": when.latest if when else None,
        "minutes_to_report": lateness.minutes,
        "punctuality": lateness.verdict,
        "late": is_late(lateness),
        "elements_missing": list(missing),
        "needs_review": doubts,
        "reasons": [*reasons, *_reasons(lateness)],
    }


def told(words: str, received_at: datetime, now: datetime) -> EventTime | None:
    """The instant or range the office wrote after 事发=; None for 不明.

    Raises:
        Refused: Not one time, or one that lies after the report or ahead.
    """
    if words in UNKNOWN:
        return None
    found = _iso(words) or _one(find_times(_T.sub(" ", words), received_at))
    if found is None:
        example = "2023-04-19T08:05、4月19日8时5分 或 4月19日8时至8时30分；不清楚写 不明"
        raise Refused(f"事发时间“{words}”看不懂，请写成 {example}")
    if found.earliest > min(received_at, now):
        raise Refused(f"事发时间“{words}”晚于收到来信的时间，请核对")
    if found.latest < found.earliest:
        raise Refused(f"事发时间“{words}”先后颠倒，请核对")
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
