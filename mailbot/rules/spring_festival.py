"""Days that reports of the New Year holidays name by the lunar calendar."""

from datetime import date, timedelta

from mailbot.rules.chinese_numerals import small_number

_FIRST_DAYS = (
    "2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25",
    "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17",
    "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03", "2031-01-23", "2032-02-11",
    "2033-01-31", "2034-02-19", "2035-02-08",
)  # fmt: skip
_EVES = ("除夕", "大年三十")
_AHEAD = timedelta(days=3)


def spring_festival_day(written: str, today: date) -> date | None:
    """The latest 除夕, 正月初五, 大年初一 … not ahead of `today`; None outside 2015–2035."""
    number = 0 if written in _EVES else small_number(written[2:].removeprefix("初"))
    if number is None or not 0 <= number <= 30:
        return None
    days = (date.fromisoformat(first) + timedelta(days=number - 1) for first in _FIRST_DAYS)
    return max((day for day in days if day <= today + _AHEAD), default=None)
