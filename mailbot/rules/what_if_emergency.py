"""What would turn the emergency verdict and the 30-minute verdict (二·一)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from mailbot.notice import Notice
from mailbot.records.verdicts import EmergencyVerdict, Reason
from mailbot.rules.calendar import SHANGHAI
from mailbot.rules.cues import CueTable

_CLAUSE = "二·一"
_ABOUT, _LATE = "突发事件", "报送时限"
_EXAMPLES = 2
_NAMES = {"alert": "紧急", "review": "疑似突发，请核", "none": "不是突发"}
_SUPPORTS = {  # group → what a sender would have to write
    "declared": "标题写明首报、险情",
    "harm": "写明人员伤亡",
    "report": "写明谁报告",
    "respond": "写明谁赶到现场",
}


def emergency_turns(verdict: EmergencyVerdict, cues: CueTable) -> Iterator[Reason]:
    """How far the score is from the next level, and what alone would cross."""
    scored = [reason for reason in verdict.reasons if reason.cue]
    review, alert = cues.settings["review"], cues.settings["alert"]
    if not scored:
        if verdict.level == "none":
            words = f"没有一条突发线索，满 {review:g} 分才请核"
            yield Reason(_ABOUT, words, _CLAUSE)
        return
    now = _total(scored, cues)
    level = _level(now, cues)
    if level != verdict.level:  # an unreadable attachment, a correction by hand: no score tells
        return
    limits = {"none": (review, "请核"), "review": (alert, "紧急")}
    if level in limits:
        limit, name = limits[level]
        yield Reason(_ABOUT, f"{now:g} 分，离{name}（{limit:g} 分）差 {limit - now:g} 分", _CLAUSE)
    else:
        yield Reason(_ABOUT, f"{now:g} 分，高出紧急线 {now - alert:g} 分", _CLAUSE)
    yield from _without(scored, level, cues)
    if level != "alert":
        yield from _with_more(scored, level, cues)
    if verdict.missing and level != "none":
        words = f"补报{'、'.join(verdict.missing)}，要素即齐全"
        yield Reason("突发要素", words, _CLAUSE)


def _without(scored: list[Reason], level: str, cues: CueTable) -> Iterator[Reason]:
    """Single reasons whose absence would give another level, the heaviest first."""
    told = 0
    for reason in sorted(scored, key=lambda one: -abs(one.points)):
        other = _level(_total([one for one in scored if one is not reason], cues), cues)
        if other != level and told < _EXAMPLES:
            told += 1
            words = f"若没有这一条——{reason.because}——则为“{_NAMES[other]}”"
            yield Reason(_ABOUT, words, _CLAUSE)
    if not told:
        words = f"去掉任何一条线索，仍是“{_NAMES[level]}”"
        yield Reason(_ABOUT, words, _CLAUSE)


def _with_more(scored: list[Reason], level: str, cues: CueTable) -> Iterator[Reason]:
    """What a sender might add that alone would lift the level."""
    there = {_group(reason) for reason in scored}
    ways = []
    for group, words in _SUPPORTS.items():
        if group in there:
            continue
        points = max((c.points for c in cues.cues if c.group == group), default=0.0)
        more = Reason(_ABOUT, words, _CLAUSE, points, f"{group}.more")
        if _level(_total([*scored, more], cues), cues) != level:
            ways.append((words, points))
    if ways:
        listed = "，或".join(f"{words}（+{points:g} 分）" for words, points in ways[:_EXAMPLES])
        higher = "紧急" if level == "review" else "请核"
        yield Reason(_ABOUT, f"若{listed}，即升为{higher}", _CLAUSE)


def _group(reason: Reason) -> str:
    return reason.cue.partition(".")[0]


def _total(scored: list[Reason], cues: CueTable) -> float:
    """The sum the verdict was reached by: cues within their groups' caps, the rest as it is."""
    groups: dict[str, float] = {}
    for reason in scored:
        groups[_group(reason)] = groups.get(_group(reason), 0.0) + reason.points
    return sum(
        max(-cues.caps[name], min(cues.caps[name], points)) if name in cues.caps else points
        for name, points in groups.items()
    )


def _level(score: float, cues: CueTable) -> str:
    if score >= cues.settings["alert"]:
        return "alert"
    return "review" if score >= cues.settings["review"] else "none"


def lateness_turns(
    verdict: EmergencyVerdict, received_at: datetime, notice: Notice
) -> Iterator[Reason]:
    """Which time, or which word, would make 按时 of 时间待核 or 超时."""
    lateness = verdict.lateness
    if lateness.verdict == "不适用":
        return
    limit = notice.emergency.report_within_minutes
    earliest = received_at - timedelta(minutes=limit)
    since, told = _clock(earliest), verdict.event_time
    received = f"收到时间 {_clock(received_at)}，往前 {limit} 分钟是 {since}"
    if lateness.verdict == "按时":
        most = lateness.minutes_most if lateness.minutes_most is not None else lateness.minutes
        spare = f"，还有 {limit - most} 分钟余量" if most is not None else ""
        words = f"{received}{spare}；事发早于 {since} 即超时"
    elif lateness.verdict == "超时":
        words = f"{received}；事发不早于 {since}，或有 {limit} 分钟内的电话首报记录，才是按时"
    elif told is None:
        words = f"{received}；写明事发钟点，不早于 {since} 为按时，早于则超时"
    elif told.role == "report":
        words = f"{received}；现只有接报时间，补写事发时间，不早于 {since} 为按时"
    else:
        wanted = "写明是两个钟点中的哪一个" if told.other else "写到几时几分"
        words = f"{received}；现写作“{told.matched}”，{wanted}，不早于 {since} 为按时"
    yield Reason(_LATE, words, _CLAUSE)


def _clock(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日{local:%H:%M}"
