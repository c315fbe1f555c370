"""What a single line of a draft is, taken by itself.

Every recogniser wants the whole line: a unit, a date or a 供稿 inside a sentence
is text. Lines longer than `MAX_LINE` are text without being looked at, which
also keeps every pattern here cheap.
"""

import re

from parsers.segment_names import is_unit

MAX_LINE = 160
_BLANK = r"[ \t\u3000\u00a0]*"
_CHINESE_NUMBER = "〇○零一二三四五六七八九十"

_DAY = (
    rf"(?:\d{{4}}{_BLANK}年{_BLANK}\d{{1,2}}{_BLANK}月(?:{_BLANK}\d{{1,2}}{_BLANK}[日号])?"
    rf"|[{_CHINESE_NUMBER}]{{4}}年[{_CHINESE_NUMBER}]{{1,2}}月(?:[{_CHINESE_NUMBER}]{{1,3}}日)?"
    r"|\d{4}[.．/-]\d{1,2}[.．/-]\d{1,2}日?|\d{8}"
    rf"|\d{{1,2}}{_BLANK}月{_BLANK}\d{{1,2}}{_BLANK}[日号])"
)
_CLOCK = (
    rf"(?:{_BLANK}(?:上午|下午|晚上?)?{_BLANK}\d{{1,2}}(?:[:：]\d{{2}}|[时点](?:\d{{1,2}}分)?))?"
)
_WEEKDAY = rf"(?:{_BLANK}[（(]?星期[一二三四五六日天][）)]?)?"
_DATE = re.compile(rf"[（(]?({_DAY}{_CLOCK}{_WEEKDAY})[）)]?")
_PUBLISHED = re.compile(
    rf"(?:发布)?(?:时间|日期)[：:]{_BLANK}{_DAY}[\d:：\s]{{0,12}}"
    r"(?:[|｜\s]*(?:点击|浏览|阅读|来源|作者|编辑|字号|访问)\S{0,4}[：:].{0,60})?"
)
_UNIT_AND_DATE = re.compile(rf"(\S.{{1,40}}?){_BLANK}[，,（(]?({_DAY}{_CLOCK})[）)]?")

_PAGE = re.compile(
    r"(?:[-—–－―]{1,2}\s*\d{1,3}\s*[-—–－―]{1,2}"
    r"|第\s*\d{1,3}\s*页(?:\s*[，,/／]?\s*共\s*\d{1,3}\s*页)?|\d{1,3}\s*[/／]\s*\d{1,3}"
    r"|[^\w“”]{3,})"
)
_CAPTION = re.compile(
    r"[（(\[【△▲▼◆↑↓]{0,2}\s*(?:图为|图片为|照片为|上图|下图为|图片?说明|照片说明"
    r"|(?:图片?|照片)\s*[（(]?[\d一二三四五六七八九十]{1,2}[）)]?\s*(?:[：:、.．\s]|为|$)|(?:配图|图片)[：:]).*"
)
_TABLE_CAPTION = re.compile(r"表\s*[\d一二三四五六七八九十]")
_LONGEST_CAPTION = 120

_ATTACHMENT = re.compile(
    r"(?:附件|附)\s*[\d一二三四五六七八九十]{0,2}\s*[：:].*|附件\s*\d{1,2}[.．、\s].*"
    r"|[（(]?附(?:现场)?(?:图片?|照片|相关)[^。]{0,16}[）)]?"
)
_ATTACHMENT_HEAD = re.compile(r"附件\s*[\d一二三四五六七八九十]{0,2}\s*[：:]?")
_ITEM = re.compile(r"[（(]?\d{1,2}[）)]?\s*[.．、]?\s*\S.{0,60}")

_DOCUMENT_NUMBER = re.compile(
    rf"[\u4e00-\u9fff]{{1,20}}{_BLANK}[〔\[［【（(]\s*\d{{4}}\s*[〕\]］】）)]{_BLANK}第?{_BLANK}\d{{1,4}}{_BLANK}号"
    rf"(?:\s*签发人?{_BLANK}[：:].{{0,20}})?"
)
_ISSUE = re.compile(
    rf".{{0,24}}?[（(〔\[]?{_BLANK}(?:总|增刊)?{_BLANK}第{_BLANK}[\d{_CHINESE_NUMBER}百]{{1,6}}{_BLANK}期{_BLANK}[）)〕\]]?(?:.{{0,30}})"
)
_MASTHEAD_WORD = re.compile(
    r"(?:内部(?:资料|刊物|情况)|注意保存|内部资料[，,\s]*注意保存|秘密|机密|特急|加急|急件|平急|普通|"
    r"(?:本期要目|本期导读|目\s*录))(?:[★☆].{0,10})?"
)
_PUBLICATION = re.compile(
    r".{0,30}(?:文\s*件|信\s*息|简\s*报|专\s*报|动\s*态|快\s*报|快\s*讯|要\s*情|信息稿件?|稿件|报送稿"
    r"|审[批签核][表单](?:附稿)?|[送报]审单|呈批[表件]|稿签|发文稿纸|拟稿纸)"
)
_FOOTER = re.compile(
    rf"(?:抄{_BLANK}[送报]|主{_BLANK}送|分{_BLANK}送|呈{_BLANK}[送报]|报{_BLANK}送?|送|发){_BLANK}[：:].*"
)
_PRINTED = re.compile(rf"(?:.{{0,40}}?\s*{_DAY}\s*印发|[（(]?\s*共印\s*\d+\s*份\s*[）)]?)")

_ORGAN_END = (
    "办公室|信息科|宣传科|局|厅|委|部|府|办|科|处|室|中心|大队|支队|单位|部门|领导|同志|主任|局长|科长|处长|"
    "老师|女士|先生|编辑部|编辑|科室|街道|乡镇|同仁|同事"
)
_ADDRESSEE = re.compile(
    rf"(?:尊敬的|各位?)?[^。！？；：:]{{0,60}}?(?:{_ORGAN_END})[：:]|(?:主{_BLANK}送|呈报|呈送|报送)[：:].{{2,60}}"
)
_HELLO = (
    r"(?:(?:各位)?(?:领导|老师|同事|同志|编辑)们?(?:您|你|大家)?(?:上午|下午|早上|中午|晚上)?好|您好|你们?好|"
    r"大家好|(?:早上|上午|中午|下午|晚上)好)"
)
_GREETING = re.compile(
    rf"(?:尊敬的)?[^。！？；，,：:]{{0,24}}?[：:，,]?\s*{_HELLO}[!！。，,：:~～\s]*"
)
_COVER = re.compile(
    # A hand-over asks, counts, or ends like a sentence; a title about 报送信息 does not.
    r"(?!关于)(?=[^。！？]*(?:请|附件|现将|现报|现送|现把|如下|[\d一二两三四五六七八九十几]\s*篇)|.*[。！!：:，,]$)"
    r"[^。！？]{0,60}?"
    r"(?:请(?:予|予以|您|各位领导|领导)?"
    r"(?:查收|查阅|审阅|审核|审定|审签|采用|采纳|收阅|收悉|指正|斧正|批评指正|刊发|接收)"
    r"|(?:报送|上报|报上|呈上|呈报|发来|发送|提交|附上|投稿|推送)[^。！？]{0,24}?"
    r"(?:稿件|信息稿|信息|简讯|材料|文章|[一二两三四五六七八九十\d]\s*篇)"
    r"|(?:稿件|信息|简讯|材料)(?:内容)?如下)[^。！？]{0,30}[。！!：:，,]?(?:谢谢[!！。]?)?"
)
_LONGEST_COVER = 60
_CLOSING = re.compile(
    r"(?:此致|敬礼|顺颂.{0,6}|顺祝.{0,8}|祝.{0,14}(?:顺利|愉快|好|安|祺|康|快乐)|谢谢(?:您|大家|领导|支持)?|"
    r"辛苦了?|感谢.{0,10}|[（(]?完毕?[）)]|[-—]{0,3}\s*(?:END|end|完)\s*[-—]{0,3}|(?:以上)?.{0,12}请(?:审阅|审核|查收|指正|采用|批评指正))[!！。~～，,]*"
)
_BODY_MARK = re.compile(r"[【\[（(]?\s*正\s*文\s*[】\]）)]?\s*[：:]?\s*")
_TITLE_MARK = re.compile(r"[【\[]?\s*(?:标\s*题|题\s*目)\s*[】\]]?\s*[：:]\s*")

KIND_WORDS = (
    "动态简讯|动态信息|工作动态|动态类|简讯|经验做法|经验信息|典型经验|经验交流|经验类|问题反映|问题建议|"
    "问题信息|问题类|调研报告|调研信息|调研类|突发事件信息|突发事件|突发信息|突发紧急|紧急信息|信息首报|首报|"
    "续报|终报"
)
_KIND_LINE = re.compile(
    rf"[【\[（(〔]?\s*({KIND_WORDS})(?:类?(?:信息|稿件))?\s*[】\]）)〕]?\s*[：:]?"
)
_KIND_MARK = re.compile(rf"[【\[（(〔]\s*({KIND_WORDS})(?:类?(?:信息|稿件))?\s*[】\]）)〕]\s*")
_KIND_ANYWHERE = re.compile(KIND_WORDS)


def is_page_furniture(text: str) -> bool:
    """Page numbers that the reader of a PDF or a copied text carried along."""
    return _PAGE.fullmatch(text) is not None


def is_caption(text: str) -> bool:
    """图片说明: "图为…", "图1：…", "（图片说明：…）"."""
    return len(text) <= _LONGEST_CAPTION and _CAPTION.fullmatch(text) is not None


def is_table_caption(text: str) -> bool:
    """Title of a table: "表1 …". It goes with the table, and tables count."""
    return _TABLE_CAPTION.match(text) is not None


def date_of(text: str) -> str:
    """The date, where the line is nothing but a date; else ""."""
    match = _DATE.fullmatch(text)
    return match[1].strip() if match else ""


def is_published_line(text: str) -> bool:
    """What web pages print below a title: "时间：2023-07-04 23:12 点击率：25"."""
    return len(text) <= 100 and _PUBLISHED.fullmatch(text) is not None


def unit_and_date(text: str) -> tuple[str, str] | None:
    """Unit and date on one line."""
    match = _UNIT_AND_DATE.fullmatch(text)
    if match and is_unit(match[1].rstrip("，, ")):
        return match[1].rstrip("，, "), match[2].strip()
    return None


def is_attachment(text: str) -> bool:
    """The line that opens a list of attachments: "附件：1.…"."""
    return len(text) <= MAX_LINE and _ATTACHMENT.fullmatch(text) is not None


def is_attachment_head(text: str) -> bool:
    """Nothing but "附件1": what follows is the attachment, not the draft."""
    return _ATTACHMENT_HEAD.fullmatch(text) is not None


def is_item(text: str) -> bool:
    """An item of an attachment list."""
    return "。" not in text and _ITEM.fullmatch(text) is not None


def masthead_label(text: str) -> str:
    """Which part of a 报头 the line is, "文号" or "报头"; "" for any other line."""
    if len(text) > MAX_LINE or "。" in text:
        return ""
    if _DOCUMENT_NUMBER.fullmatch(text):
        return "文号"
    if len(text) <= 50 and (_ISSUE.fullmatch(text) or _MASTHEAD_WORD.fullmatch(text)):
        return "报头"
    return ""


def is_publication(text: str) -> bool:
    """A line that may be the name of a publication or form: "城管信息", "信息专报"."""
    longest = 40 if text.endswith("件") else 24  # 红头: two full names before 文件
    return len(text) <= longest and _PUBLICATION.fullmatch(text) is not None


def is_footer(text: str) -> bool:
    """报送/抄送 and printing lines of a 版记."""
    if len(text) > MAX_LINE:
        return False
    return _FOOTER.fullmatch(text) is not None or _PRINTED.fullmatch(text) is not None


def is_addressee(text: str) -> bool:
    """主送 or 称呼: a body or person, then a colon and nothing."""
    return len(text) <= 70 and _ADDRESSEE.fullmatch(text) is not None


def greeting(text: str) -> int:
    """Length of the greeting a line starts with; 0 if it does not."""
    match = _GREETING.match(text[:60])
    return match.end() if match else 0


def is_cover(text: str) -> bool:
    """A sentence that hands a draft over: "现报上稿件一篇，请查收。"."""
    return len(text) <= _LONGEST_COVER and _COVER.fullmatch(text) is not None


def is_closing(text: str) -> bool:
    """Courtesies at the end of a letter."""
    return len(text) <= 30 and _CLOSING.fullmatch(text) is not None


def mark_length(text: str) -> int:
    """Length of a leading "正文：", 0 without one."""
    match = _BODY_MARK.match(text)
    if match is None or (match.end() < len(text) and not match[0].rstrip().endswith((":", "："))):
        return 0
    return match.end()


def title_mark_length(text: str) -> int:
    """Length of a leading "标题：", 0 without one."""
    match = _TITLE_MARK.match(text)
    return match.end() if match else 0


def kind_line(text: str) -> str:
    """The kind where the line is nothing but a declared kind."""
    match = _KIND_LINE.fullmatch(text)
    return match[1] if match else ""


def kind_mark(text: str) -> tuple[str, str]:
    """A bracketed kind at the start of a title, and the title without it."""
    match = _KIND_MARK.match(text)
    return (match[1], text[match.end() :]) if match else ("", text)


def kind_in(name: str) -> str:
    """The kind a subject or file name declares anywhere, "" if none."""
    match = _KIND_ANYWHERE.search(name)
    return match[0] if match else ""
