"""Is a draft an emergency report (突发事件信息, 二·一), and how sure are we?

Cues of the table add up to a score. Words of hazards count where they are asserted;
who reported, who came, who was hurt support them; drills, training and old cases
subtract but never veto. A hazard no list names is still caught when a text tells
a clock time, a report, a response and suddenness.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.records.verdicts import (
    EmergencyLevel,
    EmergencyVerdict,
    EventTime,
    Lateness,
    Reason,
    Stage,
)
from mailbot.rules.cues import CueTable, Fired, fire, total
from mailbot.rules.elements import find_elements
from mailbot.rules.emergency_circumstances import (
    SUPPORT,
    asserted_freshly,
    circumstances,
    danger_signs,
    happened_today,
    just_happened,
    says_just_now,
)
from mailbot.rules.emergency_excerpt import excerpts, may_hide_one
from mailbot.rules.emergency_frames import Parts, cut
from mailbot.rules.event_time import pick_times
from mailbot.rules.lateness import judge_lateness

CLAUSE = "二·一"
_ORDER: tuple[EmergencyLevel, ...] = ("none", "review", "alert")
_CORE = ("event", "declared")
_HAZARD = "hazard"
_EVERYDAY = "frame.minor"
_UNNAMED = "hazard.other"  # names what no other row names
_OF_WORK = re.compile(
    r"frame\.(?:minor|works|demolish|service|planned|routine|kind|check_\w+|vague|purpose)"
)
_FOLLOW_UP = re.compile(r"续报|续告")
_FINAL = re.compile(r"终报|结报|最终报告")
_FOLLOW_UP_LINE = re.compile(r"[^，。；\n]{0,24}续报(?:[（(〔\[一二三四五六七八九十\d）)：:\n]|$)")
_FINAL_LINE = re.compile(r"[^，。；\n]{0,24}(?:终报|结报)(?:[（(）)：:\n]|$)")


@dataclass(frozen=True, slots=True)
class _Scored:
    """One reading of the mail: the draft, or the mail's own words alone."""

    score: float
    fired: tuple[Fired, ...]
    extra: tuple[Reason, ...]
    hazard: str
    event_time: EventTime | None
    report_time: EventTime | None


def judge(
    *,
    subject: str,
    title: str,
    body: str,
    mail_body: str = "",
    tail: str = "",
    unreadable_attachment: bool = False,
    sent_at: datetime | None,
    received_at: datetime,
    report_within_minutes: int,
    cues: CueTable,
    clock_starts_at_report: bool = False,
) -> EmergencyVerdict:
    """Judge one draft, and the mail it came in; the higher level stands.

    Args:
        subject: Subject line of the mail.
        title: Title of the draft, "" if none.
        body: Text of the draft.
        mail_body: The sender's own words in the mail, "" when they are the draft itself.
        tail: Lines below the body (联系人, 签发, 落款): they may hold required elements.
        unreadable_attachment: A file of this mail could not be read.
        sent_at: The sender's Date; reads 今晨 and 半小时前. Never used for lateness.
        received_at: The provider's receipt; the 30 minutes run to it.
        report_within_minutes: Limit of the notice (30).
        cues: The emergency cue table.
        clock_starts_at_report: The office counts from 接报 (the notice leaves it open).
    """
    reference = _reference(sent_at, received_at)
    whole = cut(title, subject, body).with_head(cues)
    judged = _not_outweighed(_score(whole, reference, cues), reference, cues)
    best = _or_in_passing(judged, whole, reference, cues)
    if mail_body.strip() and mail_body.strip() != body.strip():
        alone = _score(cut("", subject, mail_body), reference, cues)
        best = _told_in_draft(alone, best) if alone.score > best.score else best
    level = _level(best.score, cues)
    if level == "none":
        if unreadable_attachment and not body.strip():
            return _unseen(best, cues)
        return EmergencyVerdict(
            "none", best.score, reasons=_reasons(best, level, cues), rules_version=cues.version
        )
    everything = f"{subject}\n{title}\n{body}\n{mail_body}\n{tail}"
    stage = find_stage(f"{subject}\n{title}", body or mail_body, level)
    lateness = judge_lateness(
        best.event_time,
        received_at,
        report_within_minutes,
        stage,
        clock_starts_at_report=clock_starts_at_report,
        reported=best.report_time,
    )
    reported = _reported(best, level, everything, lateness, cues)
    return replace(reported, stage=stage)


def _reference(sent_at: datetime | None, received_at: datetime) -> datetime:
    """The sender's clock where it is believable, else the provider's."""
    if sent_at is None or abs(received_at - sent_at) > timedelta(days=7):
        return received_at
    return sent_at


def _told_in_draft(alone: _Scored, draft: _Scored) -> _Scored:
    """The mail's own words alone, with the draft's times where they tell none themselves."""
    if alone.event_time is not None:
        return alone
    return replace(alone, event_time=draft.event_time, report_time=draft.report_time)


def _score(parts: Parts, reference: datetime, cues: CueTable) -> _Scored:
    fired = fire(cues, parts.scopes(cues))
    if any(one.cue.group == "event" for one in fired):
        fired += fire(cues, {"near": parts.near_events(cues)})
    hazards = (one for one in fired if one.cue.group == _HAZARD)
    named = min(hazards, key=lambda one: (one.cue.id == _UNNAMED, one.start), default=None)
    hazard = named.cue.reason if named else ""
    counted = tuple(one for one in fired if one.cue.group != _HAZARD)
    groups = {one.cue.group for one in counted}
    told = f"{parts.body}\n{parts.title}"
    event_time, report_time = pick_times(told, reference)
    extra = circumstances(parts, counted, event_time, reference, cues)
    if not groups & set(_CORE):
        counted, schema = _without_hazard(counted, event_time, parts.body, reference, cues)
        extra += schema
    score = total(counted, cues.caps) + sum(reason.points for reason in extra)
    return _Scored(score, counted, extra, hazard, event_time, report_time)


def _not_outweighed(whole: _Scored, reference: datetime, cues: CueTable) -> _Scored:
    """A fresh event that is asserted, however much everyday work is told around it."""
    review = cues.settings["review"]
    frames = [one for one in whole.fired if one.cue.group == "frame"]
    if whole.score >= review or any(not _OF_WORK.fullmatch(one.cue.id) for one in frames):
        return whole
    if not asserted_freshly(whole.fired, whole.event_time, reference, cues):
        return whole
    because = "写明刚刚出了事，日常工作的说法不能把它抵消，请核对"
    why = Reason("突发事件", because, CLAUSE, review - whole.score, "held")
    return replace(whole, score=review, extra=(*whole.extra, why))


def _or_in_passing(whole: _Scored, parts: Parts, reference: datetime, cues: CueTable) -> _Scored:
    """The draft as judged, or the sentences in it that alone ask for a look."""
    review, alert = cues.settings["review"], cues.settings["alert"]
    if whole.score >= review or not may_hide_one(whole.fired):
        return whole
    told, alone = "", whole
    for told in excerpts(parts, reference, cues):
        alone = _score(cut("", "", told), reference, cues)
        if alone.score >= review + cues.settings["passing_more"]:
            break
    if alone.score < review + cues.settings["passing_more"]:
        return whole
    because = f"夹在日常稿件里写到“{_short(told)}”，单看这几句像突发事件，只请核对，不作紧急"
    held = min(0.0, alert - 1 - alone.score)
    why = Reason("突发事件", because, CLAUSE, held, "passing")
    return replace(alone, score=alone.score + held, extra=(*alone.extra, why))


def _without_hazard(
    fired: tuple[Fired, ...],
    event_time: EventTime | None,
    body: str,
    reference: datetime,
    cues: CueTable,
) -> tuple[tuple[Fired, ...], tuple[Reason, ...]]:
    """No hazard word: support alone counts nothing, unless the whole schema stands."""
    groups = {one.cue.group for one in fired}
    said = event_time is None and says_just_now(body)
    clock = said or (event_time is not None and event_time.precision != "day")
    fresh = said or just_happened(event_time, reference, cues)
    today = clock and happened_today(event_time, reference)
    signs, enough = danger_signs(body, cues), cues.settings["signs" if fresh else "today_signs"]
    signed = (fresh or today) and len(signs) >= enough + said
    told = {
        "时间": clock,
        "刚刚发生": fresh,
        "一天之内": today and not fresh and "harm" in groups,
        "谁报告": "report" in groups,
        "谁处置": bool(groups & {"respond", "rescue"}),
        "急救、消防或公安到场": "rescue" in groups,
        "伤亡或损失": "harm" in groups,
        "事出突然": "sudden" in groups,
        f"险情常用字“{'、'.join(signs[:4])}”": signed,
    }
    witnessed = bool(groups & {"report", "harm", "rescue"}) or signed
    frames = _frames(fired, settled=not (fresh and witnessed))
    if not clock or not witnessed or sum(told.values()) < cues.settings["schema"]:
        return frames, ()
    words = "、".join(name for name, there in told.items() if there)
    because = f"没有灾种词，但写明了{words}，像突发事件"
    points = cues.settings["schema_points"] + (sum(told.values()) - cues.settings["schema"])
    return frames, (Reason("突发事件", because, CLAUSE, points, "schema"),)


def _frames(fired: tuple[Fired, ...], *, settled: bool) -> tuple[Fired, ...]:
    """What subtracts; 占道 and 渣土 only tell where it was, once something just happened."""
    return tuple(
        one
        for one in fired
        if one.cue.group not in SUPPORT and (settled or one.cue.id != _EVERYDAY)
    )


def _level(score: float, cues: CueTable) -> EmergencyLevel:
    if score >= cues.settings["alert"]:
        return "alert"
    return "review" if score >= cues.settings["review"] else "none"


def _reasons(scored: _Scored, level: EmergencyLevel, cues: CueTable) -> tuple[Reason, ...]:
    """Each cue that fired, in the clerk's words, then the sum against the thresholds."""
    verdict = {"alert": "突发事件：紧急", "review": "疑似突发，请核", "none": "不是突发事件"}[level]
    told = [
        Reason(
            verdict,
            f"“{_short(one.matched)}”：{one.cue.reason}（{one.cue.points:+g} 分）",
            CLAUSE,
            one.cue.points,
            one.cue.id,
        )
        for one in scored.fired
    ]
    if not told and not scored.extra:
        return ()
    limits = f"满 {cues.settings['review']:g} 分请核，满 {cues.settings['alert']:g} 分紧急"
    total_line = Reason(verdict, f"合计 {scored.score:g} 分（{limits}）", CLAUSE)
    return (*told, *scored.extra, total_line)


def _short(matched: str) -> str:
    words = " ".join(matched.split())
    return words if len(words) <= 24 else f"{words[:12]}…{words[-8:]}"


def _unseen(scored: _Scored, cues: CueTable) -> EmergencyVerdict:
    """An unreadable attachment and nothing else to judge by: somebody has to look."""
    because = "附件读不出来，邮件正文又是空的，不能排除突发事件，请打开附件核对"
    return EmergencyVerdict(
        "review",
        scored.score,
        lateness=Lateness("时间待核"),
        reasons=(Reason("疑似突发，请核", because, CLAUSE),),
        needs_review=(because,),
        rules_version=cues.version,
    )


def _reported(
    scored: _Scored,
    level: EmergencyLevel,
    everything: str,
    lateness: Lateness,
    cues: CueTable,
) -> EmergencyVerdict:
    present, missing, elements = find_elements(everything, scored.event_time, scored.hazard)
    return EmergencyVerdict(
        level,
        scored.score,
        hazard=scored.hazard,
        event_time=scored.event_time,
        report_time=scored.report_time,
        lateness=lateness,
        present=present,
        missing=missing,
        reasons=_reasons(scored, level, cues) + elements,
        needs_review=_needs_review(scored, level, lateness),
        rules_version=cues.version,
    )


def _needs_review(scored: _Scored, level: EmergencyLevel, lateness: Lateness) -> tuple[str, ...]:
    asked = []
    if level == "review":
        asked.append(f"疑似突发事件（{scored.score:g} 分），请核")
    if lateness.verdict == "时间待核":
        asked.extend(reason.because for reason in lateness.reasons)
    return tuple(asked)


def find_stage(heads: str, body: str, level: EmergencyLevel) -> Stage:
    """续报 or 终报 where a headline or the first line says so; any other emergency is a 首报.

    Args:
        heads: Subject and title.
        body: Text of the draft or mail; “情况续报” at its end only promises one.
        level: "none" has no stage.
    """
    if level == "none":
        return ""
    if "首报" in heads:
        return "首报"
    opening = body.lstrip()[:60]
    if _FINAL.search(heads) or _FINAL_LINE.match(opening):
        return "终报"
    return "续报" if _FOLLOW_UP.search(heads) or _FOLLOW_UP_LINE.match(opening) else "首报"
