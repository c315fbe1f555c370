"""Days that reports name instead of dating them: 除夕, 正月初五, 国庆当天, 中秋夜."""

from datetime import date, timedelta

from mailbot.rules.chinese_numerals import small_number

# The lunar calendar's days, of the years from 2015 on.
_FIRST_YEAR = 2015
_FIRST_DAYS = (
    "2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25",
    "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17",
    "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03", "2031-01-23", "2032-02-11",
    "2033-01-31", "2034-02-19", "2035-02-08",
)  # fmt: skip
_DRAGON_BOAT = (
    "06-20", "06-09", "05-30", "06-18", "06-07", "06-25", "06-14", "06-03", "06-22", "06-10",
    "05-31", "06-19", "06-09", "05-28", "06-16", "06-05", "06-24", "06-12", "06-01", "06-20",
    "06-10",
)  # fmt: skip
_MID_AUTUMN = (
    "09-27", "09-15", "10-04", "09-24", "09-13", "10-01", "09-21", "09-10", "09-29", "09-17",
    "10-06", "09-25", "09-15", "10-03", "09-22", "09-12", "10-01", "09-19", "09-08", "09-27",
    "09-16",
)  # fmt: skip
_FIXED = {"元旦": "01-01", "五一": "05-01", "劳动节": "05-01", "国庆": "10-01"}
_EVES = ("除夕", "大年三十")
_AHEAD = timedelta(days=3)
_YEAR = timedelta(days=390)  # a lunar year may be that long


def named_day(written: str, today: date) -> date | None:
    """The latest day of that name not ahead of `today`; None outside 2015–2035.

    Args:
        written: 除夕, 大年三十, 正月初五, 大年初一, 元宵, 清明, 端午, 中秋, 元旦, 五一, 国庆.
        today: The day of the mail.
    """
    near = (day for day in _days(written) if today - _YEAR <= day <= today + _AHEAD)
    return max(near, default=None)


def _days(written: str) -> list[date]:
    years = range(_FIRST_YEAR, _FIRST_YEAR + len(_FIRST_DAYS))
    if written in _FIXED:
        return [date.fromisoformat(f"{year}-{_FIXED[written]}") for year in years]
    if written == "清明":  # the sun's calendar: a day earlier in leap years and those after them
        return [date(year, 4, 4 if year % 4 < 2 else 5) for year in years]
    lunar = {"端午": _DRAGON_BOAT, "中秋": _MID_AUTUMN}.get(written)
    if lunar:
        pairs = zip(years, lunar, strict=True)
        return [date.fromisoformat(f"{year}-{day}") for year, day in pairs]
    number = _of_first_month(written)
    if number is None or not 0 <= number <= 30:
        return []
    return [date.fromisoformat(first) + timedelta(days=number - 1) for first in _FIRST_DAYS]


def _of_first_month(written: str) -> int | None:
    if written in _EVES:
        return 0
    if written == "元宵":
        return 15
    return small_number(written[2:].removeprefix("初"))
