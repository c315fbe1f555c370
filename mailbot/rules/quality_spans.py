"""Spans of time that do not fit their ends, averages that do not fit their totals (四（二）)."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from mailbot.records.verdicts import Hint
from mailbot.rules.chinese_numerals import small_number
from mailbot.rules.figures import Figure, Prose
from mailbot.rules.wordings import wording

_TO = r"(?:至|到|—{1,2}|-|~|～)"
_UNTIL = rf"(?:(?:开始|启动|起)?，?{_TO}|(?:开始|启动)，)"
_WEEKDAY = r"(?:[（(][^（）()\n]{1,8}[）)])?"
_HOURS = wording(
    rf"(上午|下午|晚上?|凌晨|清晨|中午)?(\d{{1,2}})[时点:：](?:(\d{{1,2}})分?)?许?{_UNTIL}(次日|翌日)?"
    r"(上午|下午|晚上?|凌晨|清晨|中午)?(\d{1,2})[时点:：](?:(\d{1,2})分?)?[^。；\n\d]{0,16}?"
    r"(?:历时|持续|用时|耗时|时长)(?:了|共|达|为)?(约|近|长达)?(\d{1,3}(?:\.\d)?)个?(半|多|余)?(小时|分钟)(半|多|左右)?(?:(\d{1,2})分钟?)?"
)
_LASTING = re.compile(
    r"(?:历时|持续|用时|耗时|时长)(?:了|共|达|为)?(?:约|近|长达)?\d"  # what _HOURS holds
)
_DAYS = re.compile(
    rf"(\d(?<!\d\d)\d?)月(\d{{1,2}})日{_WEEKDAY}{_UNTIL}(?:(\d{{1,2}})月)?(\d{{1,2}})日{_WEEKDAY}"
)
_GOES_ON = re.compile(rf"日{_WEEKDAY}{_UNTIL}\d")  # what _DAYS holds
_LASTED = re.compile(
    r"[^。\n]{0,24}?(?:为期|历时|持续|连续|放假)(?:了|共)?(\d{1,3}|[一二两三四五六七八九十]{1,3})天"
)
_THEN_DAYS = re.compile(r"(\d(?<![\d第前每近]\d)\d?)天(?:里|共|假期)")
_LATER = re.compile(r"(?:将于|拟于|计划于|预计于?|定于)(\d{1,2})月(?:底|初|[上中下]旬|\d{1,2}日)")
_FIRST_DAY = re.compile(r"(\d(?<![\d年至—-]\d)\d?)月\d{1,2}日")
_PER_UNIT = re.compile(r"平均每([个座处台辆户家人名条盏场件组栋])$")
_PER_DAY = re.compile(r"(?:日均|平均每[天日])$")
_SINCE = re.compile(r"以来|截至|目前|年初")
_GROUPS = re.compile(
    r"分(?:成|为|作)?(\d{1,2}|[两三四五六七八九十]{1,2})个?(?:小组|组|小队|队|路)，?每(?:个)?(?:小组|组|小队|队|路)(\d{1,3})[人名]"
)
_HALF_DAY = 12 * 60
_TURN = 10  # month from which a span may run into the next year


def disagreeing_spans(text: str) -> Iterator[Hint]:
    """8时30分至10时，历时2小时; 7月14日至3日; 5月16日至20日，为期3天."""
    for found in _HOURS.matches(text) if _LASTING.search(text) else ():
        yield from _hours(found)
    ranges = []
    for found in _DAYS.finditer(text) if _GOES_ON.search(text) else ():
        lasted = _length(found)
        if lasted is None:
            continue
        if lasted <= 0:
            yield Hint("日期", found[0], "结束的日子早于开始的日子，请核对")
            continue
        ranges.append(lasted)
        said = _LASTED.match(text, found.end())
        days = small_number(said[1]) if said else None
        if said and days and days not in (lasted, lasted - 1):
            yield Hint("日期", found[0] + said[0], f"起止相隔{lasted}天，文中是{said[1]}天，请核对")
    if len(ranges) == 1:
        for then in _THEN_DAYS.finditer(text):
            if int(then[1]) not in (ranges[0], ranges[0] - 1) and ranges[0] < 2 * int(then[1]):
                yield Hint("日期", then[0], f"文中的起止日期是{ranges[0]}天，请核对")


def passed_by(text: str) -> Iterator[Hint]:
    """将于3月底前, in a draft whose first day is 4月10日."""
    first = _FIRST_DAY.search(text)
    later = _LATER.search(text, first.end()) if first else None
    if first and later and 1 <= int(first[1]) - int(later[1]) <= 3:
        advice = f"文中日期已到{first[1]}月，这个时间已经过去，请核对"
        yield Hint("时间", later[0], advice)


def disagreeing_averages(prose: Prose) -> Iterator[Hint]:
    """8天共560人次，日均80人次; 64处共5120平方米，平均每处90平方米."""
    for mean in prose.figures:
        before = mean.before if mean.each else ""
        per = _PER_UNIT.search(before)
        if per:
            yield from _mean_of_units(prose, mean, per[1])
        elif _PER_DAY.search(before):
            yield from _mean_of_days(prose, mean)
    yield from _groups(prose)


def _mean_of_units(prose: Prose, mean: Figure, counter: str) -> Iterator[Hint]:
    counter = "人" if counter == "名" else counter
    totals = _near(prose, mean, mean.unit)
    counts = [one for one in _near(prose, mean, counter) if one.exact and one.value > 1]
    exact = [one for one in totals if not one.about]
    if not exact or len(counts) != 1 or exact[-1].clause + 1 < mean.clause:
        return
    if any(_may_be_mean(total, count.value, mean) for total in totals for count in counts):
        return
    total, count = exact[-1], counts[0]
    yield from _unless_far(prose, total, count.value, count.said(count.value), mean)


def _mean_of_days(prose: Prose, mean: Figure) -> Iterator[Hint]:
    totals = [one for one in _near(prose, mean, mean.unit) if not one.about]
    days = [one for one in _near(prose, mean, "天") if one.exact and one.value > 1]
    words = "".join(prose.words(one.clause) for one in prose.earlier(mean)[-6:])
    if len(days) != 1 or not totals or totals[-1].clause + 1 < mean.clause or _SINCE.search(words):
        return
    if not any(_may_be_mean(total, days[0].value, mean) for total in totals):
        yield from _unless_far(prose, totals[-1], days[0].value, days[0].said(days[0].value), mean)


def _near(prose: Prose, figure: Figure, unit: str) -> list[Figure]:
    """Figures of a counter before one, in its sentence or the sentence before."""
    here = figure.sentence
    found = prose.before_place(unit, figure.at)
    return [one for one in found if here - one.sentence <= 1]


def _may_be_mean(total: Figure, count: float, mean: Figure) -> bool:
    slack = mean.step + 1e-9
    return total.low / count - slack <= mean.high and total.high / count + slack >= mean.low


def _unless_far(
    prose: Prose, total: Figure, count: float, counted: str, mean: Figure
) -> Iterator[Hint]:
    """A mean that is another altogether belongs to other figures."""
    real = total.value / count
    if 0.5 * real <= mean.value <= 2 * real and real and not mean.about:
        quote = prose.text[total.at : mean.end].partition("\n")[0][-60:]
        said = (
            f"{total.said(total.value)}除以{counted}为{real:.4g}，与文中{mean.said(mean.value)}不符"
        )
        yield Hint("数据", quote, f"{said}，请核对")


def _groups(prose: Prose) -> Iterator[Hint]:
    """出动96人，分成6组，每组15人."""
    for found in _GROUPS.finditer(prose.text):
        groups = small_number(found[1])
        people = prose.before_place("人", found.start())[-3:]
        index = prose.clause_at(found.start())
        near = [one for one in people if index - one.clause <= 3 and one.exact]
        if not groups or not near:
            continue
        product = groups * int(found[2])
        last = near[-1]
        if product not in {one.value for one in near} and (
            0.6 * last.value < product < 1.6 * last.value
        ):
            quote = prose.text[last.at : found.end()].partition("\n")[0][-60:]
            said = f"{found[1]}组每组{found[2]}人共{product}人，与{last.said(last.value)}不符"
            yield Hint("数据", quote, f"{said}，请核对")


def _hours(found: re.Match[str]) -> Iterator[Hint]:
    start, end = int(found[2]) * 60 + int(found[3] or 0), int(found[6]) * 60 + int(found[7] or 0)
    said = float(found[9]) * (60 if found[11] == "小时" else 1)
    said += 30 if "半" in (found[10], found[12]) else int(found[13] or 0)
    about = found[8] or found[10] in ("多", "余") or found[12] in ("多", "左右")
    slack = max(15.0, said * 0.25) if about else (6.0 if found[11] == "小时" else 1.0)
    real = [(end - start) % _HALF_DAY, (end - start) % (2 * _HALF_DAY)]
    if not any(abs(one - said) <= slack for one in real) and said < 2 * _HALF_DAY:
        hours, minutes = divmod(real[-1], 60)
        length = (f"{hours}小时" if hours else "") + (f"{minutes}分钟" if minutes else "")
        if length:
            yield Hint("时间", found[0], f"起止相隔{length}，与所写时长不符，请核对")


def _length(found: re.Match[str]) -> int | None:
    """Days from the first to the last, both counted; None for days that do not exist."""
    first, last = int(found[1]), int(found[3] or found[1])
    year = 2023 + (last < first and first >= _TURN and last <= 12 - _TURN + 1)
    try:
        span = date(year, last, int(found[4])) - date(2023, first, int(found[2]))
    except ValueError:
        return None
    return span // timedelta(days=1) + 1
