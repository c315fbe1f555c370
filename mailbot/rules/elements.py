"""Required elements of an emergency report (二·一): which are told, each with its words."""

import re

from mailbot.records.verdicts import EventTime, Reason

ELEMENTS = ("时间", "地点", "经过", "性质", "伤亡", "损失", "措施", "趋势", "联系人", "签发")
_PATTERNS = {
    "地点": (
        r"(?:位于|地点[为是:：]|在)?[\u4e00-\u9fa5\d]{1,12}(?:路|街|巷|大道|广场|桥|隧道|社区|小区|村|镇|乡|街道|公司|工地"
        r"|项目|学校|医院|公园|商场|市场|片区|高速|国道|河|江|站|厂|花园|华庭|苑|家园|城)"
    ),
    "经过": r"发生|突发|突然|接到|接报|发现|导致|造成|时许|左右|过程中|期间|因",
    "伤亡": (
        r"[^，。；\n]{0,10}(?:伤亡|受伤|死亡|遇难|身亡|轻伤|重伤|被困|失联|失踪|中毒|骨折|灼伤|擦伤|划伤|送医|获救|脱险|无大碍)"
        r"[^，。；\n]{0,6}"
    ),
    "损失": (
        r"[^，。；\n]{0,10}(?:损失|受损|损坏|烧毁|过火面积|受影响|断水|断电|停水|停电|停气|中断|被淹|砸坏|受灾|倒塌)[^，。；\n]{0,6}"
    ),
    "措施": (
        r"[^，。；\n]{0,10}(?:赶赴|赶到|到场|疏散|转移|扑灭|扑救|救出|抢修|抢险|处置|封闭|警戒|关阀|关闭|救治|抽排|清理|清除)"
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
        quotes[name] = found[0].strip() if found else ""
    present = tuple(name for name in ELEMENTS if quotes[name])
    missing = tuple(name for name in ELEMENTS if not quotes[name])
    reasons = [Reason("突发要素", f"{name}：“{quotes[name]}”", "二·一") for name in present]
    if missing:
        reasons.append(Reason("突发要素", f"没有写明：{'、'.join(missing)}", "二·一"))
    return present, missing, tuple(reasons)
