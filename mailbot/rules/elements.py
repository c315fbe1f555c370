"""Required elements of an emergency report (二·一): which are told, each with its words."""

import re
from dataclasses import replace

from mailbot.records.verdicts import EventTime, Lateness, Reason
from mailbot.rules.wordings import wording

ELEMENTS = ("时间", "地点", "经过", "性质", "伤亡", "损失", "措施", "趋势", "联系人", "签发")
_PATTERNS = {
    "地点": (
        r"(?:位于|地点[为是:：]|在)?[\u4e00-\u9fa5\d]{1,12}(?:路|街|巷|大道|广场|桥|隧道|社区|小区|村|镇|乡|街道|公司"
        r"|工地|项目|学校|小学|医院|公园|商场|市场|片区|高速|国道|河|江|湖|站|厂|馆|场|楼|县|区|段|口|花园|苑|家园|城)"
    ),
    "经过": r"[^。！？\n]{25,400}",
    "伤亡": (
        r"(?:伤亡|受伤|死亡|遇难|身亡|轻伤|重伤|被困|失联|失踪|失去联系|中毒|骨折|[灼擦划挫烧烫碰摔外]伤|被蜇|流血"
        r"|[伤死]者|伤员|伤[情势]|致[伤死]|\d{1,4}[人死名位]?[伤死]|[一二两三四五六七八九十]{1,3}[人名][伤死]|见血|脑震荡|呛水|缝针|缝了|口子|烫红|麻倒"
        r"|吸氧|输液|打针|ICU|手术|抢救|住院|入院|留观|就医|送医|(?:医院|卫生院|诊所)(?!门|旁|附|路|对|北|南|东|西)|生命体征|脱险|救出|获救|救起"
        r"|拉上来|无大碍|人员安全|没有?伤|没事|平安|晕倒|昏迷|昏倒|休克|呕吐|腹泻|不适|无人受)[^，。；\n]{0,6}"
    ),
    "损失": (
        r"(?:损失|受损|损坏|毁坏|报废|过火面积|受影响|影响[^，。；\n]{0,8}[户人]|断水|(?<!连夜)(?<!立即)断电|停水|停电|停气|中断|断行"
        r"|被淹|灌满|受灾|倒塌|(?:被|已)封|[砸压烧撞打吹刮][坏毁穿烂破断]|砸瘪|熏黑|碎(?!石)|进水(?!闸)|凹陷|拥堵"
        r"|[撞砸冲压刮烧掀折毁][翻倒毁坏断烂破走穿]?[^，。；\n失]{0,8}(?:\d{1,4}|[一二两三四五六七八九十几数]{1,3})(?:余|多)?[张个辆台株块间处盏棵根座栋亩户家])"
        r"[^，。；\n]{0,6}"
    ),
    "措施": (
        r"(?:赶赴|赶到|赶来|到场|到现场|已到|率[^，。；\n]{0,6}到|疏散|疏导|劝[离散返说]|分流|撤[出空离]|(?<!伤员)(?<!伤者)转移(?!过)|扑灭|浇灭|扑救"
        r"|救出|救援|施救|搜救|搜寻|打捞|抢修|抢险|处置|封[闭路锁存]|已封|警戒|围挡|围起|设卡|关阀|关闭|断电|切断|断网|停[工泵抽航课业]|急停|救治|送医|抽排|抽水"
        r"|沙袋|清[理除障扫场]|拆除|拆卸|采样|取样|查漏|开挖|稀释|隔离带|气垫|支撑|支护|调度|派[出往人]|出动(?!现)|启[动用](?!中)|巡查|带走|控制(?!室|着)|缓解|通知[^，。；\n]{1,12}(?:局|所|队|公司))"
        r"[^，。；\n]{0,8}"
    ),
    "趋势": (
        r"(?:目前|截至|现场(?:已|仍|尚|正|秩序|交通|情况|火|险|无)|险情(?!报告|快报|信息|专报)|火势|明火|预计|下一步|后续|正在|已(?:全部|基本)?恢复"
        r"|已得到|恢复(?:正常|通行|供|通|营)|暂(?:无|未|停|时)|仍(?:在|有|未|处)|还在|未解除|有无[^，。；\n]{1,10}待)[^，。；\n]{0,20}"
    ),
    "联系人": (
        r"(?:联系人|联系电话|联系方式|报告人|报送人|值班电话|值班室|电话)[:：]?[^，。；\n]{0,16}"
    ),
    "签发": r"(?:签发|审核|审签|批准|审定|签批)(?:人)?[:：]?[^，。；\n]{0,10}",
}
_LED = ("伤亡", "损失", "措施")  # quoted with what stands before them in their clause
_LEAD_LENGTH = 10
_LEAD = rf"[^，。；\n]{{0,{_LEAD_LENGTH}}}"
_LEAD_AT_END = re.compile(rf"{_LEAD}\Z")
_TELLING = {name: wording(_PATTERNS[name]) for name in _LED}
_QUOTED = {
    name: re.compile(_LEAD + words if name in _LED else words) for name, words in _PATTERNS.items()
}
_BEFORE_PLACE = re.compile(
    r"^[^，。；\n]{0,10}(?:关于|位于|地点[为是:：]|在|于|接|到|向|从|由)(?=[一-龥\d]{2})"
)
_LONGEST_QUOTE = 30
_LOOKED_AT = 4000  # characters; elements stand at the head of a report or its foot


def find_elements(
    text: str, event_time: EventTime | None, hazard: str
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Reason, ...]]:
    """Elements present, elements missing, and the words each was found in.

    Args:
        text: Title, body and whatever else the mail says (contacts often stand outside).
        event_time: The time already found, None when there is none.
        hazard: The hazard already named, "" if none.
    """
    if len(text) > _LOOKED_AT:
        half = _LOOKED_AT // 2
        text = f"{text[:half]}\n{text[-half:]}"
    quotes = {"时间": event_time.matched if event_time else "", "性质": hazard}
    for name in _PATTERNS:
        found = _first(name, text)
        quotes[name] = found[0].strip()[:_LONGEST_QUOTE] if found else ""
    quotes["地点"] = _BEFORE_PLACE.sub("", quotes["地点"])
    present = tuple(name for name in ELEMENTS if quotes[name])
    missing = tuple(name for name in ELEMENTS if not quotes[name])
    reasons = [Reason("突发要素", f"{name}：“{quotes[name]}”", "二·一") for name in present]
    if missing:
        reasons.append(Reason("突发要素", f"没有写明：{'、'.join(missing)}", "二·一"))
    return present, missing, tuple(reasons)


def _first(name: str, text: str) -> re.Match[str] | None:
    """Where an element is told first: the telling words are looked for, then what leads to them."""
    if name not in _LED:
        return _QUOTED[name].search(text)
    found = next(_TELLING[name].matches(text), None)
    if found is None:
        return None
    lead = _LEAD_AT_END.search(text, max(0, found.start() - _LEAD_LENGTH), found.start())
    return _QUOTED[name].match(text, lead.start() if lead else found.start())


def completed(lateness: Lateness, missing: tuple[str, ...], *, incomplete_counts: bool) -> Lateness:
    """The 30-minute verdict where a report that lacks elements is none (the office's choice).

    By default what is known is reported and counts; else "in time" waits for the rest.
    """
    if incomplete_counts or not missing or lateness.verdict != "按时":
        return lateness
    words = f"首报要素不全，缺{'、'.join(missing)}，补齐前不认定按时，请补报"
    why = Reason("报送时限：时间待核", words, "二·一")
    return replace(lateness, verdict="时间待核", reasons=(*lateness.reasons, why))
