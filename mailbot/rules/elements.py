"""Required elements of an emergency report (二·一): which are told, each with its words."""

import re
from dataclasses import replace

from mailbot.records.verdicts import EventTime, Lateness, Reason

ELEMENTS = ("时间", "地点", "经过", "性质", "伤亡", "损失", "措施", "趋势", "联系人", "签发")
_PATTERNS = {
    "地点": (
        r"(?:位于|地点[为是:：]|在)?[\u4e00-\u9fa5\d]{1,12}(?:路|街|巷|大道|广场|桥|隧道|社区|小区|村|镇|乡|街道|公司"
        r"|工地|项目|学校|小学|医院|公园|商场|市场|片区|高速|国道|河|江|湖|站|厂|馆|场|楼|县|区|段|口|花园|苑|家园|城)"
    ),
    "经过": r"[^。！？\n]{25,400}",
    "伤亡": (
        r"[^，。；\n]{0,10}(?:伤亡|受伤|死亡|遇难|身亡|轻伤|重伤|被困|失联|失踪|中毒|骨折|[灼擦划挫烧烫碰摔外]伤|被蜇|流血"
        r"|见血|脑震荡|留观|送医|住院|抢救|生命|救出|获救|脱险|无大碍|人员安全|没有伤|没伤|没事|平安|晕倒|昏迷|呕吐|腹泻)"
        r"[^，。；\n]{0,6}"
    ),
    "损失": (
        r"[^，。；\n]{0,10}(?:损失|受损|损坏|过火面积|受影响|断水|断电|停水|停电|停气|中断|被淹|受灾|倒塌|[砸压烧撞打][坏毁穿烂破断]"
        r"|砸瘪|压住|熏黑|碎|进水|凹陷)[^，。；\n]{0,6}"
    ),
    "措施": (
        r"[^，。；\n]{0,10}(?:赶赴|赶到|赶来|到场|疏散|疏导|转移|撤[出空离]|扑灭|扑救|救出|救援|搜救|打捞|抢修|抢险|处置|封[闭路锁]"
        r"|警戒|围挡|围起|关阀|关闭|断电|切断|停工|叫停|停泵|救治|送医|抽排|清[理除障]|拆除|采样|调度|巡查|带走|控制|缓解)"
        r"[^，。；\n]{0,8}"
    ),
    "趋势": (
        r"(?:目前|截至|现场?|险情|火势|明火|预计|下一步|后续|暂|仍|正在|已恢复|已得到|恢复)[^，。；\n]{1,20}"
    ),
    "联系人": (
        r"(?:联系人|联系电话|联系方式|报告人|报送人|值班电话|值班室|电话)[:：]?[^，。；\n]{0,16}"
    ),
    "签发": r"(?:签发|审核|审签|批准|审定|签批)(?:人)?[:：]?[^，。；\n]{0,10}",
}
_COMPILED = {name: re.compile(pattern) for name, pattern in _PATTERNS.items()}
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
    for name, pattern in _COMPILED.items():
        found = pattern.search(text)
        quotes[name] = found[0].strip()[:_LONGEST_QUOTE] if found else ""
    present = tuple(name for name in ELEMENTS if quotes[name])
    missing = tuple(name for name in ELEMENTS if not quotes[name])
    reasons = [Reason("突发要素", f"{name}：“{quotes[name]}”", "二·一") for name in present]
    if missing:
        reasons.append(Reason("突发要素", f"没有写明：{'、'.join(missing)}", "二·一"))
    return present, missing, tuple(reasons)


def completed(lateness: Lateness, missing: tuple[str, ...], *, incomplete_counts: bool) -> Lateness:
    """The 30-minute verdict where a report that lacks elements is none (the office's choice).

    By default what is known is reported and counts; else "in time" waits for the rest.
    """
    if incomplete_counts or not missing or lateness.verdict != "按时":
        return lateness
    words = f"首报要素不全，缺{'、'.join(missing)}，补齐前不认定按时，请补报"
    why = Reason("报送时限：时间待核", words, "二·一")
    return replace(lateness, verdict="时间待核", reasons=(*lateness.reasons, why))
