"""Signs, words and sentences written twice: 知知识, 环境境, 满意满意 (四（二） 多字).

Two words may well meet in one character (大队队员, 城管管理): such words before are named.
渐渐, 清清楚楚, 商量商量, 哗啦哗啦 and 中队中队长 are right.
"""

import re
from collections.abc import Iterator

from mailbot.records.verdicts import Hint
from mailbot.rules.quality_doubled_words import HEADS, TAILS

_TWICE = re.compile(r"([一-龥])\1")
_SLIP = re.compile(
    r"(?<![目有真])的的(?![确哥士姐])|(?<!为)了了(?!解|之|然|不起|结|却)|(?<![现存实所正潜])在在"
    r"|(?<![但只还就要若或凡总便都也])是是(?!非)"
    r"|(?<![温总平缓暖])和和(?!美|气|睦|谐|平|[^，。；]{1,3}[路街巷村镇园苑桥])|(?<![上中少大准名])将将(?!军)"
    r"|(?<![作因行认以])为为|(?<![核应针面反绝相一])对对|(?<![推跟促改先引])进进行|(?<![公放召])开开展"
    r"|(?<![合兼吞归])并并(?![入拢购])|(?<=[，。、；\n])组组织|(?<!调)整整治(?!理)|执执法|执法法(?!律|规|治)|积极极|工作作(?=[，。、；])"
    # small words at the head of a clause, counters after a figure
    r"|(?<=[，。；、\n])(?:([由都已也又且据因按])\1|把把(?![关脉])|还还(?![款清债了])|向向(?![阳上荣日])|到到(?![访场岗位处])|从从(?![容严])|被被(?![告动害子])"
    r"|与与(?!会)|共共(?![享产和])|及及|同同时)"
    r"|(?<=\d)([处件起次个名台辆座吨盏家户条份])\2(?=[，。；、）])"
    r"|(?<=清)理理(?![发由论想解顺清])|(?<=开)展展(?![示览演销会板望现播位品])|(?<=[法作])人人员"
)
# The first character again at most eight behind it: few places go on to the dearer rest.
_AGAIN = re.compile(
    r"([一-龥])(?=[一-龥]{1,7}\1)(?<![一逐层两三四五六七八九十])(?![了吧啊呀的着来])([一-龥]{1,7}?)\1\2"
)
_RIGHT_TWICE = frozenset(
    """
    商量 琢磨 溜达 打听 收拾 热闹 高兴 研究 考虑 休息 讨论 放松 凉快
    活动 锻炼 体验 体会 尝试 了解 学习 交流
    照顾 总结 见识 比较 意思 提醒 鼓励 那么 如何 大片 成片
    很多 非常 许多 好多 多少 滴答 哗啦 叮咚 叮当 咕咚 咕噜 呼噜 轰隆 吱嘎 吱呀 嘀嗒 淅沥 噼啪
    """.split()  # noqa: SIM905  a list of words reads better so
)
# 手拉手拉起人墙: what goes there and back ends before its second half.
_THERE_AND_BACK = frozenset(
    """
    手拉手 手牵手 手挽手 手把手 面对面 心连心 心贴心 肩并肩 背靠背 点对点 门对门 一对一
    实打实 硬碰硬 头碰头
    """.split()  # noqa: SIM905
)
_BODIES = frozenset("队组部区局科办室委会处村县镇乡市院校站所司心道")
_MEMBERS = frozenset("长书主副党干队人员成工办负支者所部站室处会")
_COMPOUNDS = frozenset("地口团")  # 根据根据地, 火山火山口
_DEGREES = frozenset("很最极老太好挺")  # 很远很远
_COLOURS = frozenset("红黄蓝绿白黑紫青亮长大小高")  # 碧蓝碧蓝
_SENTENCE = re.compile(r"[^。！？\n]{15,200}[。！？]")
_AROUND = 8
# A word, and after / the characters before its doubled head that make it two words.
_WORDS = """
知识/未通须告已熟深 推进 推动 推行 提高/前 提升/前 检查/体年抽安质 排查/安 宣传 宣讲 环境/循
卫生/环 城市/县全新老主古 群众/人 管理/城监主分保托代接尽不只别 治理/整综法自防 清理 清运 清扫 清洗
整改/调完 规范/法违常 建设/违新改扩住搭组修 施工/措实设 设施/建铺增开 服务 责任/负职追权 措施
制度/机体控限编法 机制/随 问题/慰询疑访 隐患 道路/街车通人盲 街道/临沿大小老上逛步 社区 垃圾
燃气 防汛/消 应急/供反响对 经营/曾已 商户/招经 居民 实施/落真扎切充严 强化/加 加强/参增更添
加大/参增更添 确保/明准精正 保障/环确担医社 召开 举办/列 知晓/未通须告已 学习/教大同上中小数入开
讲解/宣演 解决/化了调缓 联合/串并关互 协调 组织/小班作查导专攻队项 督促 监督 巡查 巡逻 落实 贯彻
传达 要求/主重需 重点/注尊严 保洁/环确担医社 绿化/翠 修复/维装整检抢 修缮/维装整检抢 投诉 投入
处罚/多各 处置/多各 劝导 劝离 拆除 取缔 取得 疏通 疏导 疏浚 疏散 畅通 营造/经 营商/经 营业/经
维护/运 维修/运
"""
_FOLLOWERS: dict[str, dict[str, str]] = {}
for _word, _, _before in (one.partition("/") for one in _WORDS.split()):
    _FOLLOWERS.setdefault(_word[0], {})[_word[1]] = _before


def doubled(text: str) -> Iterator[Hint]:
    """的的, 开展开展, 知知识: a character or a word that stands twice."""
    for hit in _TWICE.finditer(text):
        at = hit.start()
        slip = _SLIP.match(text, at) or (_SLIP.match(text, at - 1) if at else None)
        if slip is not None:
            yield Hint("叠字", _around(text, *slip.span()), f"“{slip[0]}”可能多字")
            continue
        span = (at, hit.end() + 1) if _heads_a_word(text, at) else _slip_of_word(text, at)
        if span is not None:
            yield Hint("叠字", _around(text, *span), f"“{text[slice(*span)]}”可能多字")
    yield from _again(text)
    yield from _said_again(text)


def _again(text: str) -> Iterator[Hint]:
    for hit in _AGAIN.finditer(text):
        word, after = hit[1] + hit[2], text[hit.end() : hit.end() + 1]
        member = (word[-1] in _BODIES and after in _MEMBERS) or (after and after in _COMPOUNDS)
        spoken = text[max(0, hit.start() - 1) : hit.start()] in ("“", "『")
        vivid = word[0] in _DEGREES or word[-1] in _COLOURS or "越" in word or "一" in word
        right = word in _RIGHT_TWICE or f"{word}{word[0]}" in _THERE_AND_BACK
        if not (len(set(word)) == 1 or member or spoken or vivid or right):
            yield Hint("叠字", _around(text, *hit.span()), f"“{hit[0]}”可能多字")


def _heads_a_word(text: str, at: int) -> bool:
    """知知识, but not 未知知识, where the first of the two ends a word of its own."""
    followers, after = _FOLLOWERS.get(text[at]), text[at + 2 : at + 3]
    if followers is None or after not in followers or not after:
        return False
    before = text[at - 1 : at] if at else ""
    return not (before and before in followers[after])


def _slip_of_word(text: str, at: int) -> tuple[int, int] | None:
    """The place of 知知识 or 环境境 around a doubled sign; None where it may be right."""
    sign, before, after = text[at], text[at - 1 : at], text[at + 2 : at + 3]
    if (
        sign in (before, after)
        or _pairs(text[at + 2 : at + 4])
        or _pairs(text[max(0, at - 2) : at])
    ):
        return None
    head, tail = HEADS.get(sign), TAILS.get(sign)
    if head and after in head[0] and before not in head[1]:
        return at, at + 3
    if tail and before and before in tail[0] and after not in tail[1]:
        return at - 1, at + 2
    return None


def _pairs(signs: str) -> bool:
    """Whether two signs are one twice, as in 干干净净."""
    return len(signs) == 2 and signs[0] == signs[1]


def _said_again(text: str) -> Iterator[Hint]:
    sentences = [told.strip() for told in _SENTENCE.findall(text)]
    if len(set(sentences)) == len(sentences):
        return
    seen: set[str] = set()
    for sentence in sentences:
        if sentence in seen:
            yield Hint("重复", sentence[:40], "这句话前面已有一句，一字不差，请核对是否重复")
        seen.add(sentence)


def _around(text: str, start: int, end: int) -> str:
    left = max(text.rfind("\n", max(0, start - _AROUND), start) + 1, start - _AROUND, 0)
    right = text.find("\n", end, end + _AROUND)
    return text[left : right if right >= 0 else end + _AROUND]
