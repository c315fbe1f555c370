"""Periods cut short: by the day the notice takes effect, by a new unit, by a long holiday."""

from datetime import date
from fractions import Fraction
from math import floor
from typing import Literal

from mailbot.notice import Notice, Unit
from mailbot.rules.calendar import Window, chinese_day

Rule = Literal["prorated", "exempt", "full"]
WHOLE = Fraction(1)


def first_day_of(notice: Notice, unit: Unit) -> date:
    """First day of which a unit owes anything: the notice's, or its own when later."""
    effective = notice.head.effective
    return max(unit.since or effective, effective)


def part_of(
    amount: int,
    window: Window,
    first_day: date,
    rule: Rule,
    *,
    share: Fraction = WHOLE,
    because: str = "",
    measure: str = "篇",
) -> tuple[int, str]:
    """How much of `amount` is owed in a window, and why it is less, in Chinese.

    `share` is what a holiday leaves, `because` its reason. Days count alike, working or
    not; halves are rounded up, so that half a period still owes one.
    """
    whys = [because] if because else []
    if first_day > window.last:
        return 0, f"自{first_day.year}年{chinese_day(first_day)}起计任务，本期在此之前，免除。"
    if first_day > window.first and rule != "full":
        since = f"自{chinese_day(first_day)}起计任务"
        if rule == "exempt":
            return 0, f"{since}，首个周期不完整，按设置免除。"
        days = (window.last - first_day).days + 1
        share *= Fraction(days, window.days)
        whys.append(f"{since}，本期{window.days}天中计{days}天")
    if not whys:
        return amount, ""
    exact = amount * share
    owed = floor(exact + Fraction(1, 2))
    outcome = f"计{owed}{measure}" if owed else "免除"
    return owed, f"{'；'.join(whys)}，折算{float(exact):.2f}{measure}，{outcome}。"
