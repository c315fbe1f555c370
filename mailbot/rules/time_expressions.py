"""The grammar of times in Chinese reports: which words of a text are a time.

Only recognises; what instant the words mean is for `event_time` to say.
"""

import re
from collections.abc import Iterator

from mailbot.rules.chinese_numerals import NUMERAL

_N = rf"(?:\d{{1,2}}|[{NUMERAL}]{{1,3}})"
_S = r"[ \t]{0,2}"
_PARTS = (
    "凌晨|清晨|清早|大清早|一大早|早晨|早上|早间|上午|中午|正午|午间|午后|下午|傍晚|黄昏|晚黑|晚上|晚间"
    "|夜晚|夜间|夜里|深夜|午夜|半夜|子夜|拂晓|黎明|晨间"
)
_SHORT_PARTS = "晨|早|晚|夜|午"
_WEEKDAY = "周|星期|礼拜"
_MEASURES = "项条方个大名人台处位种类件起米"
_HAPPENING = "起火|起雾|起风|起烟|大火|大雨|大风|大雾|大面积|大量|人员|位于"  # may follow a clock
_COUNTED = rf"(?!{_HAPPENING})[{_MEASURES}余多度元吨辆户只百千万.%]"

_DATE = rf"""(?:
  (?P<y1>\d{{4}})(?:-|/|\.)(?P<m1>\d{{1,2}})(?:-|/|\.)(?P<d1>\d{{1,2}})(?!\d)[Tt]?
 |(?:(?P<y2>\d{{4}}|[{NUMERAL}]{{4}}|今|去|前|本|同|当){_S}年度?{_S})?
  (?:(?P<m2>{_N}){_S}月份?|(?P<mrel>本|上|当|同|上个|这个)月){_S}(?P<d2>{_N}){_S}[日号]
 |(?P<d3>{_N}){_S}[日号](?![内后前均常报用产元游楼线门院仓井泵机车桥厅池]|以内|之内)
 |(?P<feast>除夕|大年三十|(?:正月|大年)初?[一二三四五六七八九十]{{1,2}})
 |(?P<rel>大前天|前天|前日|昨天|昨日|昨儿|今天|今日|今儿|当天|当日|同日|次日(?!常)|翌日|第二天|隔天
   |(?:今|昨|前|当|次|翌)(?={_SHORT_PARTS}|凌晨|傍晚|下午|上午))
 |(?P<week>上上个?|上个?|本|这个?)?(?:{_WEEKDAY})(?P<weekday>[一二三四五六日天])(?![一二三四五六七八九十])
)
(?:[(（](?:{_WEEKDAY})[一二三四五六日天][)）])?"""

_CLOCK = rf"""(?P<h>\d{{1,2}}|[{NUMERAL}]{{1,3}}){_S}(?:
  :{_S}(?P<mi1>[0-5]\d)(?!\d)(?::[0-5]\d(?!\d)(?:\.\d{{1,6}})?)?
 |(?P<unit>时|点)(?![间期代刻候常段效辰])
  (?:{_S}(?:(?P<half>半)|(?P<quarter>[一三13])刻
    |(?P<mi2>[0-5]?\d|[{NUMERAL}]{{1,3}}){_S}分
    |(?P<mi3>[0-5]\d|[{NUMERAL}]{{2,3}})(?![\d{NUMERAL}]|{_COUNTED})))?(?!{_S}\d{{1,3}}分)
  (?:{_S}\d{{1,2}}秒)?
)(?P<about>{_S}(?:整|钟|许|左右|多|过|前后|上下|光景)){{0,2}}"""

EXPRESSION = re.compile(
    rf"""(?=[\d{NUMERAL}大前昨今当同次翌第隔上本这周星礼去除正凌清早中正午下傍黄晚夜深半子拂黎晨约])
    (?<![\d.])(?<!\d:)
    (?:{_DATE}{_S}[的,，]?{_S})?
    (?P<part>{_PARTS}|{_SHORT_PARTS})?{_S}[的约]?{_S}
    (?:{_CLOCK})?""",
    re.VERBOSE,
)
BEFORE_NOW = re.compile(
    rf"""(?:(?P<hours>\d{{1,2}}|[{NUMERAL}]{{1,2}})个?(?:小时|钟头)[零又]?)?
    (?P<some>\d{{1,3}}(?:\.5)?|[{NUMERAL}]{{1,3}}|半|十几|几)(?P<more>多|余)?个?(?P<half>半)?(?:多|余)?
    (?P<unit>小时|钟头|分钟|刻钟|天)(?:多|左右)?(?P<ago>以前|之前|前)(?![往后面提期])""",
    re.VERBOSE,
)
TO = re.compile(r"[ \t]{0,2}(?:至|到|—{1,2}|-{1,2}|~|～|–|―)[ \t]{0,2}")
_CLOCK_NOT = re.compile(
    rf"[ \t]{{0,2}}(?!{_HAPPENING})"
    rf"(?:[{_MEASURES}]|意见|要求|建议|措施|体会|思考|做法|共识|希望|问题)"
)


def expressions(text: str) -> Iterator[re.Match[str]]:
    """Times in a half-width text (`narrow`), in order, not overlapping.

    第一时间, 一时, 三点要求, 24小时 and 2号楼 are none.
    """
    at = 0
    while at < len(text):
        found = EXPRESSION.search(text, at)
        if found is None:
            return
        if found.end() > found.start() and is_time(found):
            yield found
            at = found.end()
        else:
            at = found.start() + 1


def is_time(found: re.Match[str]) -> bool:
    """Whether the words matched are truly a time, judging by what is around them."""
    if found["h"] is not None and not _is_clock(found):
        return False
    dated = _is_dated(found)
    if found["h"] is not None:
        return dated is not False
    return dated is True


def _is_dated(found: re.Match[str]) -> bool | None:
    """True for a date, False for words that only look like one, None without any."""
    text, start = found.string, found.start()
    before = text[max(0, start - 1) : start]
    more = bool(found["h"] or found["part"])
    if found["d3"] is not None:
        return _is_day_of_month(found, before, more=more)
    if found["weekday"] is not None and found["week"] is None:
        return more and before not in tuple("四每一两上下")
    if found["rel"] in ("前", "次", "当", "今", "昨", "翌"):
        return before not in tuple("目之以此应相恰") if found["part"] else False
    if (
        found["feast"]
        or found["rel"]
        or found["weekday"]
        or found["m2"]
        or found["mrel"]
        or found["m1"]
    ):
        return True
    return None


def _is_day_of_month(found: re.Match[str], before: str, *, more: bool) -> bool:
    if before and before in "月第近每共用期零一二三四五六七八九十达后":
        return False
    if more:
        return True
    if found["d3"].isdigit() and found.string[found.end("d3") :].lstrip()[:1] == "日":
        after = found.string[found.end() : found.end() + 1]
        return not before or before in " ，,。；;：:、\n(（于在从自到至—-~月" or after in "，,"
    return False


def _is_clock(found: re.Match[str]) -> bool:
    if found["mi1"] is not None:
        return True
    text, hour = found.string, found["h"]
    alone = not (found["part"] or _is_dated(found))
    exact = found["mi2"] or found["mi3"] or found["half"] or found["quarter"]
    if exact or not alone:
        if found["about"]:
            return True
        return not (found["unit"] == "点" and not exact and _CLOCK_NOT.match(text, found.end()))
    before = text[max(0, found.start() - 1) : found.start()]
    if found["unit"] == "点":
        return bool(found["about"]) or (before != "" and before in "至到—-~～–")
    if text[max(0, found.start() - 2) : found.start()] in ("历时", "用时", "耗时", "限时"):
        return False
    return (hour.isdigit() or len(hour) > 1 or bool(found["about"]) or hour in "零〇") and (
        before not in tuple("第随同小历用")
    )
