"""Never wrong silently: text that came out garbled is refused, not counted.

A wrong decoding gives code points that real text hardly uses: replacement and
control characters, private use, accented Latin where Chinese should be, or rare
Han characters without the common ones. Short texts and texts without Han are
judged only by what cannot be right in any language.
"""

import unicodedata
from collections import Counter
from dataclasses import replace
from typing import Final

from parsers.documents.refusals import RESEND_AS_DOCX, Refused
from parsers.facts import DocumentText

_BAD_SHARE: Final = 0.01
_BAD_LEAST: Final = 3  # one or two odd characters do not spoil a text, however short
_LATIN_SHARE: Final = 0.3
_LATIN_LEAST: Final = 12
_COMMON_SHARE: Final = 0.12
_HAN_LEAST: Final = 12

NO_TEXT: Final = "文件内没有文字。"
ONLY_PICTURES: Final = "文件内只有图片，没有可读取的文字。"

_COMMON_HAN: Final = frozenset(
    # The commonest characters of written Chinese, of official writing and of names.
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实"
    "日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政"
    "美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员"
    "解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件"
    "计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象"
    "完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔源报际院"
    "城委局办厅县乡镇村街综执督查检改革创优服企商税农林土环卫建设施工程项目投招引贸易供应急救灾防汛消火警"
    "案件安全稳定责任落实推抓整治专行动宣传组织部署会议召开强调指示精神习近平总书记党委政府群众干部纪律廉洁"
    "千百亿元同增长率占均米吨户亩个起名号网络数字智慧平台模式机制体系质量效益标准流域水利河湖库生态绿色低碳"
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文伟芳娜"
    "秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂香玉兰红梅春华建国志晓东海波宁宇鹏飞辉斌峰燕玲丹萍鑫健帅婷雪莹"
    # Traditional and Japanese forms of common ones.
    "國個們這時來會說對為學發後經過現當沒動與長機問無開關點業將兩間產實員體義區東氣電報結變數條總辦縣鄉鎮設"
    "務應據選舉書記發會社事業対気県図経済"
    # Forms and figures.
    "零〇二三四五六七八九十甲乙丙丁单双左右元角分姓名性别籍贯民族出生职务职称单位部门电话地址邮编备注序号合计"
)


def admit(document: DocumentText) -> DocumentText:
    """The document, with a warning where it holds no text.

    Raises:
        Refused: Its text is garbled: a decoding went wrong, in our reader or before.
    """
    reason = garbled(document.text)
    if reason:
        raise Refused(f"文字读取出来是乱码（{reason}）", RESEND_AS_DOCX)
    if any(block.text.strip() for block in document.blocks):
        return document
    warning = ONLY_PICTURES if document.images else NO_TEXT
    return replace(document, warnings=(*document.warnings, warning))


def garbled(text: str) -> str:
    """Why the text cannot be what the author wrote, in Chinese; "" where it can."""
    if text.isascii() and not _CONTROL_BYTES & set(text):
        return ""
    counts = Counter(text)
    for char in " \t\r\n\u3000\u00a0":
        counts.pop(char, None)
    total = counts.total()
    bad = sum(n for char, n in counts.items() if _impossible(char))
    if bad >= _BAD_LEAST and bad > total * _BAD_SHARE:
        return "含大量无效字符"
    latin = sum(n for char, n in counts.items() if "\u00a1" <= char <= "\u024f")
    if latin >= _LATIN_LEAST and latin > total * _LATIN_SHARE:
        return "中文变成了西文字符"
    return _rare_han(counts)


def _rare_han(counts: Counter[str]) -> str:
    han = sum(n for char, n in counts.items() if _is_han(char))
    common = sum(n for char, n in counts.items() if char in _COMMON_HAN)
    if han >= _HAN_LEAST and common < han * _COMMON_SHARE:
        return "几乎没有常用汉字"
    classic = sum(counts[char] for char in "锟烫屯")  # decoders' and debuggers' fillers
    if classic >= _HAN_LEAST and classic > han * _LATIN_SHARE:
        return "文字已被替换"
    return ""


def _is_han(char: str) -> bool:
    """Ideographs, and Yi, which only wrong decodings produce here."""
    return "\u3400" <= char <= "\u9fff" or "\ua000" <= char <= "\ua4cf" or char >= "\U00020000"


def _impossible(char: str) -> bool:
    if char < "\x20" or "\x7f" <= char <= "\x9f" or char == "\ufffd":
        return True
    if char < "\u0370" or "\u2000" <= char <= "\u206f" or "\u4e00" <= char <= "\u9fff":
        return False
    return unicodedata.category(char) in {"Co", "Cn", "Cs"}


_CONTROL_BYTES: Final = frozenset(map(chr, range(32))) - frozenset("\t\r\n\x0b\x0c")
