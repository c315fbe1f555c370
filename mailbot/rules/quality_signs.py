"""Signs that do not belong in a draft, and places left to be filled in (四（二）)."""

import re
from collections.abc import Iterator

from mailbot.records.verdicts import Hint
from mailbot.rules.wordings import wording

_AROUND = 8
_COUNTED = "名人件处起家户台辆项条份座吨元万亿%％"
_MARKUP = wording(
    r"(?m)</?[a-zA-Z][^<>\n]{0,30}>|&(?:nbsp|lt|gt|amp|quot|ldquo|rdquo);"
    r"|\*\*(?=[一-龥])[^*\n]{1,40}\*\*|^#{1,6} |`{3}"
)
_OF_MARKUP = "<&*#`"
_PICTURE = wording(r"[\U0001F300-\U0001FAFF]")
_GARBLED = wording(r"[\ufffd\ue000-\uf8ff]")
_SPACED = wording(r"[一-龥”）][ \u3000]{1,4}[，。；：、！？]")
_LONE = wording(
    r"(?<=[一-龥])(?:[a-df-hj-mo-uwyzａ-ｚ](?![位歌型形级字轨类座区栋盘点股照证本口])|[#$^`\\={}])(?=[一-龥])"
)
_LETTER_FOR_DIGIT = wording(
    r"(?<![A-Za-z\d])\d{1,4}[OolI]\d{0,3}(?=[年月日时人名件处起家户台辆项条份座吨])"
)
_TWO_POINTS = wording(r"\d\.\.\d|[%％]{2}")
# What any stray sign must show, found in one look.
_ODD = re.compile(
    r"[<&*#`$^\\={}A-Za-zａ-ｚ\ufffd\ue000-\uf8ff\U0001F300-\U0001FAFF.%％ \u3000]"
    r"(?:(?<![.%％ \u3000])|(?<=[.%％])[.%％]|(?<=[ \u3000])[，。；：、！？])"
)
_STRAYS = (  # words, what of `_ODD` they hold, advice
    (_GARBLED, r"[\ufffd\ue000-\uf8ff]", "有无法显示的字符，请核对"),
    (_MARKUP, r"[<&*#`]", "有网页或排版代码，请删去"),
    (_PICTURE, r"[\U0001F300-\U0001FAFF]", "有表情符号，请删去"),
    (_LONE, r"[a-zａ-ｚ#$^`\\={}]", "夹了一个多余的字符"),
    (_LETTER_FOR_DIGIT, r"[OolI]", "数字里混入了字母"),
    (_TWO_POINTS, r"[.%％]{2}", "数字的写法有误"),
    (_SPACED, r"[ \u3000]", "标点前有多余的空格"),
)
_STOP_AHEAD = re.compile(r"\n[ \t\u3000]{0,8}[，。；、！？）》]")
_LINE_HEAD = re.compile(r"([^\n]{1,8})\n[ \t\u3000]{0,8}([，。；、！？）》])")
_EMPTY = wording(r"（[ \u3000]{0,6}）|《[ \u3000]{0,6}》|“[ \u3000]{0,6}”|【[ \u3000]{0,6}】")
_GAP = wording(
    r"(?<![A-Za-z0-9·Xx×＊*])(?:[Xx×＊*]{2,12}(?![A-Za-z0-9%Xx×＊*])|_{2,9999}|﹡{2,9999}|□{2,9999}|＿{2,9999})"
    r"|(?<![一二三四五六七八九十○〇])[○〇]{2,9999}(?![一二三四五六七八九○〇年])"
    rf"|(?<![A-Za-z0-9])[XxNn×](?=[{_COUNTED}])|(?<![A-Za-z0-9])[Xx×](?=[年月日时点个次](?![A-Za-z]))|(?<=月)[*＊○〇]日|(?<=年)[*＊]月"
    r"|(?<!\d)\d{2}[Xx×*]{2}年"
    r"|(?<=[一-龥])[ \u3000]{2,8}(?=[人名台辆户家处次件吨份]次?[，。；、])"
    r"|(?:(?<![一-龥])|(?<=[于在至到自]))年[ \u3000]{0,4}月[ \u3000]{0,4}日(?!常|期|报|子|程)"
    r"|\d月[ \u3000]{1,4}日"
    rf"|[?？](?<![?？][?？])[?？]{{1,9999}}(?=[{_COUNTED}月日])"
    r"|[（(【\[][^（()）【】\]\n]{0,8}(?:待补|待定|待填|待核|待确认|此处|请填|请补|填写)[^（()）【】\]\n]{0,12}[）)】\]]"
    r"|(?<![有亟])待(?:补充|填写|核实数据)|此处(?:补充|填写)|TODO|TBD|某某某|某月某日"
    r"|(?<=由)[ \u3000]{1,8}(?=主持|带队)"
    r"|(?:(?<![一-龥])|(?<=[在对由与和向到]))某某(?=局|街道|单位|领导|同志|科室|县|区|乡|镇|社区|公司|项目)"
)
# Where a place left open must show itself; most texts have none of it.
_MAY_BE_GAP = re.compile(
    r"[Xx×＊*_﹡□＿○〇Nn?？待此请填某T年 \u3000](?:(?<=[Xx×＊*_﹡□＿○〇])"
    rf"|(?<=[Nn])[{_COUNTED}]|(?<=[?？])[?？]|(?<=[一-龥][ \u3000])[ \u3000月日主带]|(?<=年)月"
    r"|(?<=待)[补定填核确]|(?<=[此请])[处填补]|(?<=填)写|(?<=某)[某月]|(?<=T)[OB])"
)
_SOMEBODY = re.compile(
    r"(?:当事人|男子|女子|司机|驾驶[人员]|业主|店主|户主|商户|居民|市民|群众|村民|经营者|负责人|行为人|老板|经理|主任|职工|学生|老人|[员长])[一-龥]$"
)
_STOPS = re.compile(
    r"，，|。。(?!。)|、、|；；|：：|，。|。，|、，|，、|；。|。；|，；|：，|、。|：。|。、"
)


def left_open(text: str) -> Iterator[Hint]:
    """XX, ____, 【待补】, 20××年, 年 月 日, empty brackets."""
    marked = [hit.span() for hit in _MARKUP.matches(text)] if _may_be_marked(text) else []
    for words in (_GAP, _EMPTY) if _MAY_BE_GAP.search(text) else (_EMPTY,):
        for hit in words.matches(text):
            named = _SOMEBODY.search(text, max(0, hit.start() - 8), hit.start())
            if (
                not named
                and not _alone(text, hit)
                and not any(a < hit.end() and hit.start() < b for a, b in marked)
            ):
                advice = f"“{hit[0]}”像是没有填写的内容"
                yield Hint("缺内容", around(text, *hit.span()), advice)


def _alone(text: str, hit: re.Match[str]) -> bool:
    """A row of stars between paragraphs is an ornament."""
    head, tail = text[hit.start() - 1 : hit.start()], text[hit.end() : hit.end() + 1]
    return hit[0][0] in "＊*﹡○" and head in ("", "\n") and tail in ("", "\n")


def strays(text: str) -> Iterator[Hint]:
    """Markup, pictures, lone letters, blanks before a stop, what cannot be shown."""
    odd = "".join(_ODD.findall(text))
    for words, held, advice in _STRAYS if odd else ():
        hit = next(words.matches(text), None) if re.search(held, odd) else None
        if hit:
            about = "乱码" if words is _GARBLED else "多余字符"
            yield Hint(about, around(text, *hit.span()), advice)
    for hit in _LINE_HEAD.finditer(text) if _STOP_AHEAD.search(text) else ():
        yield Hint("多余字符", hit[1], f"其后的“{hit[2]}”落到了下一行行首，请核对")


def _may_be_marked(text: str) -> bool:
    return any(sign in text for sign in _OF_MARKUP)


def clashing_stops(text: str) -> Iterator[Hint]:
    """，， and 。，, and a text that ends with a comma."""
    for hit in _STOPS.finditer(text):
        yield Hint("标点", around(text, *hit.span()), f"“{hit[0]}”标点重复或冲突")
    end = len(text.rstrip())
    if end > _AROUND and text[end - 1] in "，、":
        advice = "全文以逗号、顿号结尾，是否没有写完"
        yield Hint("标点", around(text, end - 1, end), advice)


def around(text: str, start: int, end: int) -> str:
    """The place with a few characters on each side, within its line."""
    left = max(text.rfind("\n", 0, start) + 1, start - _AROUND)
    right = text.find("\n", end)
    return text[left : min(len(text) if right < 0 else right, end + _AROUND)]
