"""When an emergency happened: which of the times a text tells is the event's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailbot.records.verdicts import EventTime
from mailbot.rules.time_expressions import TO, expressions, legible, times_ago
from mailbot.rules.time_resolution import CHINA, Instant, Told, join, resolve, resolve_ago

_MOST_TIMES = 200  # a report tells a dozen; a list of thousands is no report
_STALE = timedelta(days=7)
_NEAR, _FAR = 12, 60
_SOON = 30  # a later time belongs to what directly follows it

_UNTIL = re.compile(
    r"(?:截至|截止|截止到|截至到|预计|计划|拟于|将于|定于|力争|确保|有望|至迟)[^，。；\n]{0,6}$|[，。；、]至$"
)
_HAPPENED = re.compile(
    r"(?:事发|发生|案发|出险|出事|事故|起火|着火|失火|爆炸|坍塌|泄漏|发现)的?(?:时间|时刻|日期|于)"
    r"(?:大约|大概|约|为|是|在|于|:){0,3}[ ]{0,2}$"
    r"|(?:事发|案发|出事)[在于是约]{0,2}$|(?:发生|出现)[在于](?:了)?(?:大约|大概|约)?[ ]{0,2}$"
)
_REPORTED_BEFORE = re.compile(
    r"(?:接报|接警|报警|报告|来电|报案|上报)(?:时间|于|时刻)[为是:]?[ ]{0,2}约?$|(?:接报|接警)于?$"
    r"|(?:接报|接警|报警|来电|报案)[是在于][ ]{0,2}约?$"
)
_REPORTED_AFTER = re.compile(
    r"接到?[^，。；\n]{0,14}(?:报警|警情|报告|电话|来电|求助|举报|反映|通知|投诉|指令|警|报|信息|转办|派单)"
    r"|接(?:报|警)|收到[^，。；\n]{0,14}(?:报告|信息|求助|反映|派单|电话|警情)|(?:来电|报警|报案|打电话|致电)(?:称|说|反映|求助)?"
    r"|(?:市民|群众|居民|网友|业主|商户)[^，。；\n]{0,16}(?:反映|报料|投诉|求助)"
    r"|^[^，。；\n]{0,4}(?:上报|报告)|拨打(?:了)?(?:110|119|120|12345|热线|电话)|向[^，。；\n]{1,14}(?:报告|报警|求助|反映)"
)
_HAPPENS = re.compile(
    r"(?:发生|突发|起火|着火|失火|自燃|爆炸|爆燃|闪爆|闪燃|坍塌|垮塌|倒塌|塌陷|塌方|滑坡|坠落|脱落|掉落|坠|倒伏|倾倒|侧翻|追尾"
    r"|相撞|碰撞|撞|泄漏|泄露|爆裂|破裂|断裂|爆管|挖断|挖破|被困|被淹|积水|溺水|落水|触电|中毒|受伤|死亡|砸|冒烟|浓烟"
    r"|发现|出现|拔起|裂开|开裂|喷出|涌出|冒出|栽倒|滑倒|跌倒|失灵|被卡|被夹|被咬|呕吐|昏|沉降|失控|冲进|冲向|突然|突降|遭遇|遭|倾斜|失联|走失|停电|停水|停气|掉入|跌入|晕倒|冲突|聚集|打伤|被打|溢出|升腾|看见|看到|闻到|听见|漫|决口|管涌)(?!的[^，。；])"
)
_AFTERWARDS = re.compile(
    r"扑灭|浇灭|离开|散去|接回|上岸|到现场|人员到|扑救|救援|恢复|抵达|到达|赶到|赶赴|到场|救出|处置完毕|处置结束|抢修完|修复|解除|结束|通车|通行|抢通|预警|会议|清理完"
    r"|被控制|控制住|打捞|撤离|转移|疏散|送医|关闭|到位|熄灭|增援|封控|启动|预案|关阀|召开|印发|开展|复产|转运|责令|抽排|获悉|记者"
)
# “14时20分前全部离开” bounds something, it does not date the event.
_DEADLINE = re.compile(r"(?:许|左右)?(?:之?前|以前)(?!后)")
_ONCE = re.compile(r"^[^，。；\n]{0,8}(?:曾|原本|之前|此前)")
_WITNESSED = re.compile(r"听到|听见|看到|看见|路过|目击|发现|当时|突然|事发")
_UNHURT = re.compile(r"(?:无|没有|没|未)[^，。；\n]{0,6}(?:受伤|死亡|伤亡|被困|受困|砸)")
_RESCUED = re.compile(r"解救|救出|获救|脱困|脱险|救起|救上来")
_SENTENCE_END = re.compile(r"[。；！？\n]")


@dataclass(frozen=True, slots=True)
class _Candidate:
    instant: Instant
    time: EventTime
    score: float
    witnessed: bool


def find_times(text: str, reference: datetime) -> list[EventTime]:
    """Every past time a text tells, in its order (截至 and planned times left out).

    Args:
        text: A draft or a subject line.
        reference: When the mail was sent; decides years, 今晨, 半小时前. Timezone-aware.

    Returns:
        Times with both ends, in Asia/Shanghai.
    """
    return [candidate.time for candidate in _candidates(text, reference)]


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
    candidates = _candidates(text, reference)
    if not candidates:
        return None, None
    best = max(candidates, key=lambda candidate: candidate.score)
    told = [one.time for one in candidates if one.time.role == "report"]
    return _sharper(best, candidates).time, min(told, key=lambda t: t.earliest, default=None)


def _sharper(best: _Candidate, candidates: list[_Candidate]) -> _Candidate:
    """前天晚上…当晚6点50分许听到: the clock of a witness, within the vague time told."""
    if best.time.precision not in ("part_of_day", "day"):
        return best
    within = [
        one
        for one in candidates
        if one.witnessed
        and one.time.precision in ("minute", "hour")
        and one.time.role == "event"
        and best.time.earliest <= one.time.earliest <= best.time.latest
    ]
    return max(within, key=lambda one: one.score, default=best)


def _candidates(text: str, reference: datetime) -> list[_Candidate]:
    plain = legible(text)
    found = list(_instants(plain, reference.astimezone(CHINA)))
    follows = [*(instant.start for instant in found[1:]), len(plain)][: len(found)]
    told = []
    for place, (instant, until) in enumerate(zip(found, follows, strict=True)):
        before = plain[max(0, instant.start - _NEAR) : instant.start]
        if _UNTIL.search(before):
            continue
        after = _SENTENCE_END.split(plain[instant.end : min(until, instant.end + _FAR)])[0]
        reported = bool(_REPORTED_BEFORE.search(before)) or _reported_after(after)
        time = EventTime(
            instant.earliest, instant.latest, instant.precision,
            "report" if reported else "event", text[instant.start : instant.end].strip(" ，,"),
            instant.other,
        )  # fmt: skip
        score = _score(instant, before, after, place, reference, reported=reported)
        witnessed = bool(_WITNESSED.search(after.split("，", 2)[0][:_SOON]))
        told.append(_Candidate(instant, time, score, witnessed))
    return told


def _reported_after(after: str) -> bool:
    """Whether what follows tells of a report before it tells of the event itself."""
    report = _REPORTED_AFTER.search(after)
    if report is None or report.start() > 30:
        return False
    happens = _HAPPENS.search(after)
    return happens is None or happens.end() > report.start()


def _score(
    instant: Instant, before: str, after: str, place: int, reference: datetime, *, reported: bool
) -> float:
    """How likely a time is the event's: exact, early, followed by what happened."""
    score = {"minute": 4.0, "hour": 3.6, "range": 3.2, "part_of_day": 2.0, "day": 0.0}[
        instant.precision
    ]
    told = _UNHURT.sub("", after)
    happens = _HAPPENS.search(told[:_SOON] if place else told)
    afterwards = _AFTERWARDS.search("，".join(told.lstrip("，, ").split("，", 2)[:2]))
    rescued = _RESCUED.search(after[:30])
    if rescued and not (happens and happens[0] != "被困" and happens.start() < rescued.start()):
        score -= 4
    elif happens and not (afterwards and afterwards.start() < happens.start()):
        score += 1.0 if instant.precision == "day" else 3.0
    elif afterwards:
        score -= 4
    if _HAPPENED.search(before):
        score += 6
    elif _ONCE.search(after):
        score -= 4
    if _DEADLINE.match(after):
        score -= 3
    if reported:
        score -= 3.5
    if instant.earliest > reference:
        score -= 4
    if reference - instant.latest > _STALE:
        score -= 3
    return score - min(place, 6) * 0.5


def _instants(plain: str, reference: datetime) -> Iterator[Instant]:
    """Times and ranges in order; each date told anchors what follows it."""
    told = Told(reference)
    waiting: Instant | None = None
    for count, instant in enumerate(_raw(plain, reference, told)):
        if count >= _MOST_TIMES:
            break
        if waiting is not None and TO.fullmatch(plain, waiting.end, instant.start):
            waiting = join(waiting, instant)
            continue
        if waiting is not None:
            yield waiting
        waiting = instant
    if waiting is not None:
        yield waiting


def _raw(plain: str, reference: datetime, told: Told) -> Iterator[Instant]:
    ago = [i for f in times_ago(plain) if (i := resolve_ago(f, reference)) is not None]
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
