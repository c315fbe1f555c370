"""The grammar of times in Chinese reports: which words of a text are a time.

Only recognises; what instant the words mean is for `time_resolution` to say.
"""

import re
from collections.abc import Iterator

from mailbot.rules.chinese_numerals import NUMERAL, consecutive, narrow

_N = rf"(?:\d{{1,2}}|[{NUMERAL}]{{1,3}})"
_S = r"[ \t]{0,2}"
_PARTS = (
    "凌晨|清晨|清早|大清早|一大早|一早|早晨|早上|早间|上午|中午|正午|午间|晌午|午后|下午|傍晚|黄昏"
    "|晚黑|晚上|晚间|夜晚|夜间|夜里|深夜|午夜|大半夜|下半夜|后半夜|上半夜|前半夜|半夜|子夜|入夜|拂晓|黎明|晨间"
    "|天?(?:刚|快|蒙蒙|麻麻)亮|天?(?:刚|快|擦|麻麻)黑|擦黑"
)
_SHORT_PARTS = "晨|早|晚|夜|午"
_WEEKDAY = "周|星期|礼拜"
_MEASURES = "项条方个大名人台处位种类件起米"
_HAPPENING = "起火|起雾|起风|起烟|大火|大雨|大风|大雾|大面积|大量|人员|位于"  # may follow a clock
_COUNTED = rf"(?!{_HAPPENING})[{_MEASURES}余多度元吨辆户只百千万.%]"
_HOUR_NEXT = rf"{_S}\d{{1,2}}{_S}[:时点]"
_FEASTS = "元宵|清明|端午|中秋|元旦|五一|劳动节|国庆"

_DATE = rf"""(?:
  (?P<numeric>(?P<y1>\d{{4}})(?:-|/|\.)(?P<m1>\d{{1,2}})(?:-|/|\.)(?P<d1>\d{{1,2}})(?!\d)[Tt]?
   |(?P<y4>20\d\d)(?P<m4>0[1-9]|1[0-2])(?P<d4>0[1-9]|[12]\d|3[01])
    (?=(?:[Tt ]{{0,2}}(?:[01]\d|2[0-3])(?::?[0-5]\d){{1,2}})?(?!\d))[Tt]?)
 |(?<![-/])(?P<m5>1[0-2]|0?[1-9])[-/.](?P<d5>[12]\d|3[01]|0?[1-9])
   (?=[ ]{{1,2}}\d{{1,2}}[:时点]|{_S}(?:{_PARTS}|[早晚]){_S}\d{{1,2}}[:时点])
 |(?:(?P<y2>\d{{4}}|[12]\d(?=年)|[{NUMERAL}]{{4}}|今|去|前|本|同|当){_S}年度?{_S})?
  (?:(?P<m2>{_N}){_S}月份?|(?P<mrel>本|上|当|同|上个|这个)月){_S}(?P<d2>{_N})
  (?:{_S}[日号]|(?={_S}(?:{_PARTS})|[早晚]|{_HOUR_NEXT}))
 |(?P<d3>{_N}){_S}[日号](?![内后前均常报用产元游楼线门院仓井泵机车桥厅池]|以内|之内)
 |(?P<d7>\d\d)(?=(?:{_PARTS}|[早晚]){_S}\d{{1,2}}[:时点])
 |(?P<feast>除夕|大年三十|(?:正月|大年)初?[一二三四五六七八九十]{{1,2}})
 |(?P<fest>{_FEASTS})节?(?:当天|当日|这天|那天|(?=当晚|当夜|[夜晚]|{_PARTS}|{_HOUR_NEXT}))
 |(?P<lunar>农历[{NUMERAL}闰正冬腊]{{1,3}}月[初{NUMERAL}]{{1,3}})
 |(?P<rel>大前天|前天|前日|昨天|昨日|昨儿个?|今天|今日|今儿个?|当天|当日|同日|次日(?!常)|翌日|第二天|隔天
   |头天|前一[天日]|前一(?=晚|夜)|头(?=晚|夜里)|(?:今|昨)(?={_PARTS}|\d{{1,2}}[:时点])
   |(?:今|昨|前|当|次|翌)(?={_SHORT_PARTS}|凌晨|傍晚|下午|上午))
 |(?P<week>上上个?|上个?|本|这个?)?(?:{_WEEKDAY})(?P<weekday>[一二三四五六日天])(?![一二三四五六七八九十])
)
(?:[(（](?:(?:{_WEEKDAY})[一二三四五六日天]|[\d\u4e00-\u9fa5]{{1,10}}(?=[)）](?:{_PARTS}|{_HOUR_NEXT})))[)）])?"""

# 差五分九点, 九点差五分, 九点过五分; 快九点, 不到九点; 八九点 and 8至9时 are an hour from … to.
_CLOCK = rf"""(?:
 (?P<ch>[01]\d|2[0-3])(?P<cm>[0-5]\d)
  (?:时|(?(numeric)(?:[0-5]\d)?(?!\d)|(?<=[日号]0\d\d\d)(?![\d{_MEASURES}余多])))
|(?:(?P<near>快到?|将近|接近|临近|近|还?不到)|(?P<roughly>大约|大概|约莫|约|差不多|刚过)
   |(?<![A-Za-z])(?P<pm>[AaPp][Mm])(?=[ ]?\d?\d:))?{_S}
 (?:差(?P<less1>[一1]刻|{_N}{_S}分)钟?{_S}到?{_S})?
 (?:(?P<h0>\d{{1,2}}|[{NUMERAL}]{{1,3}}){_S}(?:至|到|[-~–]|—{{1,2}}){_S})?
 (?P<h>\d{{1,2}}|[{NUMERAL}]{{1,3}}){_S}(?:
  :{_S}(?P<mi1>[0-5]\d)(?!\d)(?::[0-5]\d(?!\d)(?:\.\d{{1,6}})?(?:(?P<utc>[Zz])|\+08:?00)?)?
   (?:{_S}(?P<ampm>[AaPp][Mm])(?![A-Za-z]))?
 |(?P<unit>时|点)(?![间期代刻候常段效辰])
  (?:{_S}(?:(?P<half>半)|(?P<quarter>[一二两三123])刻
    |[差缺欠](?P<less2>[一1]刻|{_N}{_S}分)钟?
    |过(?P<past>{_N}){_S}分
    |(?P<tens>[1-5]0|[二三四五]?十)[多几来](?:分|(?!{_COUNTED}))
    |(?P<mi2>[0-5]?\d|[{NUMERAL}]{{1,3}}){_S}分
    |[零〇](?P<mi4>[1-9])(?![\d{NUMERAL}]|{_COUNTED})
    |(?P<mi3>[0-5]\d|[{NUMERAL}]{{2,3}})(?![\d{NUMERAL}]|{_COUNTED})))?(?!{_S}\d{{1,3}}分)
  (?:{_S}\d{{1,2}}秒)?
)(?P<about>{_S}(?:整|正(?=[，。；、,\s发]|$)|来?钟|多钟?|把钟|许|左右|不到(?![位场岗达现])|出头|刚过|过|前后|上下|光景|的样子)){{0,2}})"""

# What may follow the first character of a time. Texts are scanned for these alone: the grammar
# below is tried at one character in sixty.
_CLOCK_AHEAD = rf"[ \t]{{0,2}}(?:[\d{NUMERAL}]|差)"
_NUMBER_AHEAD = rf"[ \t]{{0,2}}[\d{NUMERAL}]"
_YEAR = rf"年(?=度?(?:{_NUMBER_AHEAD}|[ \t]{{0,2}}[本当同上这]))"
_UNIT = rf"(?:[日号时点]|{_YEAR}|月(?=份?{_NUMBER_AHEAD})|[至到~–—-](?=—?{_NUMBER_AHEAD}))"
_FIRST = {
    "0123456789": r"(?<![\d.]\d)(?:\d{7}|\d{0,3}+[ \t]{0,2}"
    rf"(?:{_UNIT}|[:早晚凌清中正下傍上深半]|[/.](?=\d)))",
    NUMERAL: rf"[{NUMERAL}]{{0,3}}+[ \t]{{0,2}}{_UNIT}|大?早",
    "大": "前天|清早|年|半夜|[约概]" + _CLOCK_AHEAD,
    "前": "[天日年晨早晚夜午凌傍下上]|一[天日晚夜]|半夜",
    "当": "[天日年月晨早晚夜午凌傍下上]",
    "次": "[日晨早晚夜午凌傍下上]",
    "同": "[日年月]",
    "去": _YEAR,
    "本": "[月年周星礼]",
    "上": "午|半夜|个?[月周星礼上]",
    "这": "个?[月周星礼]",
    "第": "二天",
    "隔": "天",
    "周": "[一二三四五六日天]",
    "星": "期",
    "礼": "拜",
    "除": "夕",
    "正": "月|午",
    "凌": "晨",
    "清": "晨|早|明",
    "中": "午|秋",
    "下": "午|半夜",
    "傍": "晚",
    "黄": "昏",
    "深半": "夜",
    "子": "夜",
    "拂": "晓",
    "黎": "明",
    "头": "[天晚夜]",
    "端": "午",
    "元": "旦|宵",
    "劳": "动节",
    "国": "庆",
    "农": "历",
    "天": "[刚快擦]|蒙蒙|麻麻",
    "刚": "亮|黑|过" + _CLOCK_AHEAD,
    "快": "亮|黑|到?" + _CLOCK_AHEAD,
    "蒙": "蒙",
    "麻": "麻",
    "擦": "黑",
    "入": "夜",
    "后": "半夜",
    "晌": "午",
    "将": "近",
    "接": "近",
    "临": "近",
    "近约差": _CLOCK_AHEAD + "|[不莫]",
    "还": "不到",
    "不": "到",
    "AaPp": "[Mm]",
}
_SHORT = "昨今翌晨早晚夜午"
_FIRST[_SHORT] = rf"(?=[ \t的天日儿间里黑\d{_SHORT}{''.join(_FIRST)}]|{_YEAR})"
_START = re.compile(
    "|".join(f"{sign}(?:{then})" for first, then in _FIRST.items() for sign in first)
)
EXPRESSION = re.compile(
    rf"""(?<![\d.])(?<!\d:)
    (?P<date>{_DATE}{_S}[的,，]?{_S})?
    (?:(?P<part>{_PARTS}|{_SHORT_PARTS}){_S}(?P<later>{_PARTS})?)?{_S}[的]?{_S}
    (?P<clock>{_CLOCK})?(?(date)|(?(clock)|(?(part)(?=时分|[，,])|(?!))))""",
    re.VERBOSE,
)
_BEFORE_NOW = re.compile(
    rf"""(?:(?P<hours>\d{{1,2}}|[{NUMERAL}]{{1,2}})个?(?:小时|钟头)[零又]?)?
    (?P<less>不到|小(?=半))?(?P<most>大(?=半))?
    (?P<some>\d{{1,3}}(?:\.5)?|[{NUMERAL}]{{1,3}}|半|[二三四五]?十几|几)(?P<more>多|余|来)?个?(?P<half>半)?(?P<over>多|余)?
    (?P<unit>小时|钟头|分钟|min|刻钟|天)(?P<odd>多)?(?:左右)?(?:以|之)?前(?![往后面提期])""",
    re.VERBOSE,
)
_AGO = re.compile(r"(?:小时|钟头|分钟|min|刻钟|天)多?(?:左右)?(?:以|之)?前")
_LONGEST_AGO = 20  # characters before the unit of the longest “12个小时零20多分钟前”
TO = re.compile(r"[ \t]{0,2}(?P<began>开始|起)?(?:至|到|—{1,2}|-{1,2}|~|～|–|―)[ \t]{0,2}")
_TO_CLOCK = re.compile(rf"{TO.pattern}(?:{_PARTS})?{_N}{_S}[时点:]")
_CLOCK_NOT = re.compile(
    rf"[ \t]{{0,2}}(?!{_HAPPENING})"
    rf"(?:[{_MEASURES}]|意见|要求|建议|措施|体会|思考|做法|共识|希望|问题)"
)
_EXACT = ("mi2", "mi3", "mi4", "half", "quarter", "less1", "less2", "past", "tens")
_HINTS = ("about", "near", "roughly", "h0")
_SENTENCE_START = "。！？；\n"
_CLAUSE_START = " ，,。；;：:、\n(（“在从自于和"
_COLONS, _LETTERS = "∶︰﹕", "lIO|"
_MISREAD = re.compile(
    r"(?<![A-Za-z\d|])(?:[lI|O]\d|\d[lIO|])(?=[ \t]?[:时点分月日])"
    r"|(?<=[:时点])(?:[lI|O]\d|\d[lIO|])(?![A-Za-z\d|])"
)
_MEANT = str.maketrans("lI|O", "1110")


def legible(text: str) -> str:
    """The text as times are looked for in it: half-width, l5时2O分 mended, length unchanged."""
    plain = narrow(text)
    for odd in _COLONS:
        if odd in plain:
            plain = plain.replace(odd, ":")
    if not any(letter in plain for letter in _LETTERS):
        return plain
    return _MISREAD.sub(lambda found: found[0].translate(_MEANT), plain)


def expressions(text: str) -> Iterator[re.Match[str]]:
    """Times in a `legible` text, in order, not overlapping.

    第一时间, 一时, 三点要求, 24小时 and 2号楼 are none.
    """
    taken = 0
    for start in _START.finditer(text):
        if start.start() < taken:
            continue
        found = EXPRESSION.match(text, start.start())
        if found is not None and is_time(found):
            yield found
            taken = found.end()


def times_ago(text: str) -> Iterator[re.Match[str]]:
    """半小时前, 1小时20分钟前, 十来分钟前 of a `legible` text, in order."""
    taken = 0
    for unit in _AGO.finditer(text):
        found = _BEFORE_NOW.search(text, max(taken, unit.start() - _LONGEST_AGO), unit.end() + 1)
        if found is not None:
            yield found
            taken = found.end()


def is_time(found: re.Match[str]) -> bool:
    """Whether the words matched are truly a time, judging by what is around them."""
    if found["clock"] is not None and not _is_clock(found):
        return False
    dated = _is_dated(found)
    if found["clock"] is not None:
        return dated is not False
    return dated if dated is not None else _is_part_alone(found)


def _is_part_alone(found: re.Match[str]) -> bool:
    """傍晚时分， or 天刚亮， at the head of a sentence: of the day told last, or of today."""
    before = found.string[max(0, found.start() - 1) : found.start()]
    return len(found["part"]) > 1 and (not before or before in _SENTENCE_START)


def _is_dated(found: re.Match[str]) -> bool | None:
    """True for a date, False for words that only look like one, None without any."""
    if found["date"] is None:
        return None
    text, start = found.string, found.start()
    before = text[max(0, start - 1) : start]
    more = bool(found["clock"] or found["part"])
    if found["d3"] is not None:
        return _is_day_of_month(found, before, more=more)
    if found["d7"] is not None:
        return not before or before not in "早晚午夜点第每"
    if found["weekday"] is not None and found["week"] is None:
        heads = (not before or before in _SENTENCE_START) and found[0].rstrip()[-1:] in "，,"
        return (more and before not in tuple("四每一两上下")) or heads
    return _is_relative(found["rel"], before, more=more) if found["rel"] else True


def _is_relative(word: str, before: str, *, more: bool) -> bool:
    if word in ("前", "次", "当", "今", "昨", "翌"):
        return more and before not in tuple("目之以此应相恰")
    if word in ("头天", "头", "前一天", "前一日", "前一"):
        return not before or before in _CLAUSE_START
    return True


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
    if found["ch"] is not None or found["mi1"] is not None:
        return True
    text, hour = found.string, found["h"]
    exact = any(found.group(*_EXACT))
    hinted = any(found.group(*_HINTS)) or consecutive(hour) is not None
    if found["unit"] == "点" and not exact and not found["about"]:
        if _CLOCK_NOT.match(text, found.end()):
            return False
        hinted = hinted or _TO_CLOCK.match(text, found.end()) is not None
    if exact or found["part"] or _is_dated(found):
        return True
    before = text[max(0, found.start() - 1) : found.start()]
    if found["unit"] == "点":
        spoken_of = hour.isdigit() and int(hour) > 12  # 22点交接班; nobody counts 22 points
        return hinted or spoken_of or (before != "" and before in "至到—-~～–")
    if text[max(0, found.start() - 2) : found.start()] in ("历时", "用时", "耗时", "限时"):
        return False
    return (hour.isdigit() or len(hour) > 1 or hinted or hour in "零〇") and (
        before not in tuple("第随同小历用")
    )
