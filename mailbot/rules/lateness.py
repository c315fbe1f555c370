"""Whether an emergency was reported in time (二·一, 30 minutes)."""

from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.records.verdicts import EventTime, Lateness, Reason, Stage
from mailbot.rules.calendar import chinese_moment

_MINUTE = timedelta(minutes=1)
_STALE = timedelta(days=7)


def judge_lateness(
    event: EventTime | None,
    received_at: datetime,
    within_minutes: int,
    stage: Stage,
    *,
    clock_starts_at_report: bool = False,
    reported: EventTime | None = None,
) -> Lateness:
    """Whether the report came within the limit (二·一, counted from the event).

    Args:
        event: When it happened, or only when it was reported; None when untold.
        received_at: The provider's receipt of the mail, never the sender's Date.
        within_minutes: The notice's limit (30).
        stage: 续报 and 终报 are not judged.
        clock_starts_at_report: The office has settled that 接报 starts the clock.
        reported: 接报 as told beside the event's own time; matters only then.
    """
    if stage in ("续报", "终报"):
        return Lateness("不适用", reasons=(_why("不适用", f"{stage}不计 {within_minutes} 分钟"),))
    if clock_starts_at_report and reported is not None:
        event = reported
    if event is not None and event.other is not None:
        return _either(event, received_at, within_minutes, stage, clock_starts_at_report)
    if event is None:
        return Lateness("时间待核", reasons=(_why("时间待核", "没有写明事发时间，请向单位核实"),))
    most = int((received_at - event.earliest) / _MINUTE)
    least = max(0, int((received_at - event.latest) / _MINUTE))
    doubt = _doubt(event, received_at)
    if doubt:
        unknown = Lateness("时间待核", reasons=(_why("时间待核", doubt),))
        known = replace(unknown, minutes_least=least, minutes_most=most)
        return unknown if event.earliest > received_at else known
    if event.role == "event" and clock_starts_at_report:
        return _from_event_alone(event, least, most, within_minutes)
    only_reported = event.role == "report" and not clock_starts_at_report
    return _compare(event, least, most, within_minutes, only_reported=only_reported)


def _doubt(event: EventTime, received_at: datetime) -> str:
    """What speaks against the time itself, "" for nothing."""
    if event.earliest > received_at:
        return f"写明的时间“{event.matched}”在收到邮件之后，请核实"
    if received_at - event.latest > _STALE:
        return f"写明的时间“{event.matched}”距收到超过 7 天，请核实"
    return ""


def _either(
    event: EventTime, received_at: datetime, limit: int, stage: Stage, at_report: bool
) -> Lateness:
    """Words with two readings: the verdict both agree on, else both are shown to be settled."""
    first = replace(event, other=None)
    second = (
        replace(first, earliest=event.other[0], latest=event.other[1]) if event.other else first
    )
    judged = [
        judge_lateness(one, received_at, limit, stage, clock_starts_at_report=at_report)
        for one in (first, second)
    ]
    if judged[0].verdict == judged[1].verdict:
        return judged[0]
    words = (
        f"写明的时间“{event.matched}”可以是{chinese_moment(first.earliest)}，"
        f"也可以是{chinese_moment(second.earliest)}，请向单位核实"
    )
    return Lateness("时间待核", reasons=(_why("时间待核", words),))


def _from_event_alone(event: EventTime, least: int, most: int, limit: int) -> Lateness:
    """The clock starts at 接报, which is not told: it cannot have been before the event."""
    took = f"{most} 分钟" if least == most else f"{least}～{most} 分钟"
    told = (
        f"只写明事发时间“{event.matched}”，到邮箱收到历时 {took}，时限 {limit} 分钟（从接报起算）"
    )
    if most <= limit:
        words = f"{told}；接报只会更晚，按时"
        return Lateness("按时", most, None, most, (_why("按时", words),))
    words = f"{told}；接报时间不明，请补报接报时间"
    return Lateness("时间待核", None, None, most, (_why("时间待核", words),))


def _compare(
    event: EventTime, least: int, most: int, limit: int, *, only_reported: bool
) -> Lateness:
    took = f"{most} 分钟" if least == most else f"{least}～{most} 分钟"
    what = "接报" if event.role == "report" else "事发"
    told = f"{what}时间“{event.matched}”，到邮箱收到历时 {took}，时限 {limit} 分钟"
    minutes = most if least == most else None
    if only_reported:
        told = f"只写明接报时间“{event.matched}”，到邮箱收到历时 {took}，时限 {limit} 分钟"
        if least > limit:
            words = f"{told}；事发只会更早，已超时"
            return Lateness("超时", minutes or least, least, None, (_why("超时", words),))
        words = f"{told}；事发时间不明，不能认定按时"
        return Lateness("时间待核", None, None, None, (_why("时间待核", words),))
    if most <= limit:
        return Lateness("按时", most, least, most, (_why("按时", told),))
    if least > limit:
        return Lateness("超时", minutes or most, least, most, (_why("超时", told),))
    words = f"{told}；写得不够细，无法判定"
    return Lateness("时间待核", None, least, most, (_why("时间待核", words),))


def _why(verdict: str, because: str) -> Reason:
    return Reason(f"报送时限：{verdict}", because, "二·一")
