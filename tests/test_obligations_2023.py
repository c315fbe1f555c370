"""Everything the notice asks in 2023, against tables made by hand from a printed calendar.

The notice takes effect on Thursday 20 April 2023. Days of a table are last days in time
(24:00); "½" marks a period cut short by the notice. Nothing is delivered in most tests, so
the state at New Year is 逾期 where the notice is clear and 待确认 where it was guessed.
"""

from datetime import date, timedelta

import pytest
from duty_samples import NOTHING, NOTICE, SCHEDULE, at, draft

from mailbot.records.ledger import Ledger
from mailbot.records.obligations import BUREAU, Obligation
from mailbot.rules.calendar import chinese_moment, local_day
from mailbot.rules.obligations import all_obligations

pytestmark = pytest.mark.untraced

NEW_YEAR = at("2024-01-01 00:00")
SUNDAYS = [
    "04-23",
    "04-30",
    "05-07",
    "05-14",
    "05-21",
    "05-28",
    "06-04",
    "06-11",
    "06-18",
    "06-25",
    "07-02",
    "07-09",
    "07-16",
    "07-23",
    "07-30",
    "08-06",
    "08-13",
    "08-20",
    "08-27",
    "09-03",
    "09-10",
    "09-17",
    "09-24",
    "10-01",
    "10-08",
    "10-15",
    "10-22",
    "10-29",
    "11-05",
    "11-12",
    "11-19",
    "11-26",
    "12-03",
    "12-10",
    "12-17",
    "12-24",
    "12-31",
]
MONTH_ENDS = ["04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31"]
QUARTER_ENDS = ["06-30", "09-30", "12-31"]
THE_25TH = ["04-25", "05-25", "06-25", "07-25", "08-25", "09-25", "10-25", "11-25", "12-25"]

Row = tuple[str, str, int, str]  # what, last day, needed, state at New Year


def rows(
    what: str, days: list[str], needed: int, state: str, first: int | None = None
) -> list[Row]:
    """One row a day; `first` is what the cut period asks, 0 meaning 免除."""
    found = [(what, day, needed, state) for day in days]
    if first is not None:
        found[0] = (what, days[0], first, state if first else "免除")
    return found


# ① weekly 1: 4/7 of 1 is 0.57, rounded to 1. ③ weekly 3: 4/7 of 3 is 1.71, rounded to 2.
# ① monthly 2: 11/30 of 2 is 0.73, rounded to 1. ② quarterly 1: 72/91 is 0.79, rounded to 1.
# Monthly tasks: 11/30 of 1 is 0.37, rounded to none. Pictures: 6/25 of 10 is 2.4, rounded to 2.
WEEKLY = rows("①", SUNDAYS, 1, "逾期")
MONTHLY = rows("①", MONTH_ENDS, 2, "逾期", first=1)
QUARTERLY = rows("②", QUARTER_ENDS, 1, "待确认")
ONCE_A_WEEK = rows("③", SUNDAYS, 1, "待确认")
MONTHS_OF_TASKS = ["03-31", *MONTH_ENDS]

BY_HAND: dict[str, list[Row]] = {
    "直属一大队": [
        *WEEKLY,
        *QUARTERLY,
        *rows("③", SUNDAYS, 3, "待确认", first=2),
        ("采用①", "12-31", 8, "逾期"),
        ("采用②", "12-31", 1, "待确认"),
        ("第4项", "04-10", 0, "免除"),
        ("第23项", "", 0, "未到期"),
        ("第25项", "03-31", 0, "免除"),
        *rows("第25项", MONTH_ENDS, 1, "待确认", first=0),
        ("第26项", "03-25", 0, "免除"),
        *rows("第26项", THE_25TH, 10, "逾期", first=2),
    ],
    "大竹县住建局": [
        *MONTHLY,
        *QUARTERLY,
        *ONCE_A_WEEK,
        ("采用①", "12-31", 4, "逾期"),
        ("采用②", "12-31", 1, "待确认"),
    ],
    "市政管理科": [
        *WEEKLY,
        *QUARTERLY,
        ("采用①", "12-31", 8, "逾期"),
        ("采用②", "12-31", 1, "待确认"),
        ("第5项", "04-20", 0, "免除"),  # one day of ten is left
        ("第12项", "05-31", 1, "逾期"),
        ("第14项", "06-10", 1, "逾期"),
        ("第15项", "10-31", 1, "逾期"),
        ("第16项", "03-31", 0, "免除"),
        *rows("第16项", MONTH_ENDS, 1, "逾期", first=0),
        ("第17项", "", 0, "未到期"),
        ("第21项", "", 0, "未到期"),
        ("第22项", "", 0, "未到期"),
    ],
    "投诉指挥中心": [
        *MONTHLY,
        *QUARTERLY,
        *ONCE_A_WEEK,
        ("采用①", "12-31", 5, "逾期"),
        ("采用②", "12-31", 1, "待确认"),
        ("第11项", "", 0, "未到期"),
        ("第25项", "03-31", 0, "免除"),
        *rows("第25项", MONTH_ENDS, 1, "待确认", first=0),
        ("第26项", "03-25", 0, "免除"),
        *rows("第26项", THE_25TH, 10, "逾期", first=2),
    ],
    "市政工程处": [
        *WEEKLY,
        *QUARTERLY,
        *ONCE_A_WEEK,
        ("采用①", "12-31", 8, "逾期"),
        ("采用②", "12-31", 1, "待确认"),
        ("第5项", "04-20", 0, "免除"),
        ("第12项", "05-31", 1, "逾期"),
        ("第16项", "03-31", 0, "免除"),
        *rows("第16项", MONTH_ENDS, 1, "逾期", first=0),
        ("第25项", "03-31", 0, "免除"),
        *rows("第25项", MONTH_ENDS, 1, "待确认", first=0),
        ("第26项", "03-25", 0, "免除"),
        *rows("第26项", THE_25TH, 30, "待确认", first=7),  # 6/25 of 30 is 7.2
    ],
    "政策法规科（行政审批科）": [
        *MONTHLY,
        *QUARTERLY,
        ("采用①", "12-31", 5, "逾期"),
        ("采用②", "12-31", 1, "待确认"),
        ("第17项", "", 0, "未到期"),
        ("第24项", "03-31", 0, "免除"),
        *rows("第24项", MONTH_ENDS, 1, "逾期", first=0),
    ],
    "机关党委、机关纪委、工会、妇委会、火管办": [
        *rows("①", MONTH_ENDS, 1, "待确认", first=0),
        *QUARTERLY,
        ("采用①", "12-31", 1, "待确认"),
        ("采用②", "12-31", 1, "待确认"),
    ],
}
# Rows whose ① is weekly; the others of annex 2 are monthly.
WEEKLY_UNITS = {
    *("达川区综合执法局", "万源市综合执法局", "大竹县综合执法局", "宣汉县综合执法局"),
    *("渠县综合执法局", "开江县综合执法局", "办公室", "人事科（党建办）", "执法监督科"),
    *("市政管理科", "市容环卫科", "创建办（局整治办）", "直属一大队", "市政工程处"),
    *("环卫处（含京环）", "直属二大队", "扬尘办"),
}


def year_2023(ledger: Ledger = NOTHING) -> list[Obligation]:
    """Every obligation of 2023, asked for at New Year."""
    duties = all_obligations(NOTICE, ledger, NEW_YEAR, SCHEDULE, date(2023, 1, 1))
    return [duty for duty in duties if duty.period_start is None or duty.period_start < NEW_YEAR]


def as_row(duty: Obligation) -> Row:
    """An obligation as the tables write it."""
    what = {"quota": "", "media": "", "adoption": "采用"}.get(duty.kind)
    name = (
        duty.clause.removeprefix("附件3") if what is None else what + "①②③"[(duty.column or 0) - 1]
    )
    last = local_day(duty.due - timedelta(seconds=1)) if duty.due else None
    return name, f"{last:%m-%d}" if last else "", duty.needed, duty.state


@pytest.mark.parametrize("unit", BY_HAND)
def test_the_year_of_a_unit(unit: str) -> None:
    found = sorted(as_row(duty) for duty in year_2023() if duty.unit == unit)
    assert found == sorted(BY_HAND[unit])


def test_the_quotas_of_all_thirty_rows() -> None:
    counts: dict[str, tuple[int, int]] = {}
    for unit in NOTICE.units:
        mine = [duty for duty in year_2023() if duty.unit == unit.name and duty.kind == "quota"]
        by_column = (sum(duty.column == 1 for duty in mine), sum(duty.column == 2 for duty in mine))
        counts[unit.name] = by_column
    assert len(counts) == 30
    assert counts == {name: (37 if name in WEEKLY_UNITS else 9, 3) for name in counts}


def test_what_the_bureau_owes_upward_in_2023() -> None:
    found = [(duty.what, duty.needed) for duty in year_2023() if duty.unit == BUREAU]
    assert found.count(("每周向市委办公室报送1条", 1)) == 37
    assert found.count(("每月向市政府办公室报送2条", 2)) == 8
    assert found.count(("每月向市政府办公室报送2条", 1)) == 1  # April
    assert sorted(what for what, _ in found if what.startswith("年度")) == [
        "年度向市政府办公室报送30条",
        "年度市委办公室采用得分50分",
        "年度市政府办公室采用得分40分",
    ]


def test_every_due_instant_turns_the_state_and_not_a_second_earlier() -> None:
    for due in sorted({duty.due for duty in year_2023() if duty.due is not None}):
        for moment, over in ((due - timedelta(seconds=1), False), (due, True)):
            duties = all_obligations(NOTICE, NOTHING, moment, SCHEDULE, date(2023, 1, 1))
            states = {duty.state for duty in duties if duty.due == due}
            assert ("逾期" in states) <= over
            assert not states & {"临期", "未到期"} or not over


THURSDAYS_OFF = {"2023-W25": "6月21日09:00", "2023-W40": "10月7日09:00"}


def test_weekly_reminders_fall_on_thursday_or_the_working_day_beside_it() -> None:
    mine = [duty for duty in year_2023() if duty.key.startswith("quota/1/直属一大队/")]
    told = {duty.period: [chinese_moment(moment) for moment in duty.remind_at] for duty in mine}
    assert {week: told[week][0] for week in THURSDAYS_OFF} == THURSDAYS_OFF
    others = [
        moment for week, moments in told.items() if week not in THURSDAYS_OFF for moment in moments
    ]
    assert len(others) == 35
    assert others[:4] == ["4月20日09:00", "4月27日09:00", "5月4日09:00", "5月11日09:00"]


MONTHLY_REMINDERS = {
    "2023-04": ["4月25日09:00", "4月28日09:00"],
    "2023-05": ["5月26日09:00", "5月29日09:00"],
    "2023-06": ["6月25日09:00", "6月28日09:00"],  # a Sunday, made up
    "2023-07": ["7月26日09:00", "7月28日09:00"],  # 29 July is a Saturday
    "2023-08": ["8月25日09:00", "8月29日09:00"],  # 26 August is a Saturday
    "2023-09": ["9月25日09:00", "9月28日09:00"],
    "2023-10": ["10月26日09:00", "10月27日09:00"],  # 29 October is a Sunday
    "2023-11": ["11月24日09:00", "11月28日09:00"],  # 25 November is a Saturday
    "2023-12": ["12月26日09:00", "12月29日09:00"],
}


def test_monthly_reminders_five_and_two_days_before_the_end() -> None:
    mine = [duty for duty in year_2023() if duty.key.startswith("quota/1/大竹县住建局/")]
    told = {duty.period: [chinese_moment(moment) for moment in duty.remind_at] for duty in mine}
    assert told == MONTHLY_REMINDERS


ARRIVALS = [
    "04-21 10:00",
    "04-30 23:59",
    "05-01 00:00",
    "05-16 09:00",
    "05-17 09:00",
    "12-31 20:00",
]


def test_a_year_of_arrivals_fulfils_exactly_these_weeks() -> None:
    some = tuple(draft(n, "直属一大队", f"2023-{when}") for n, when in enumerate(ARRIVALS, 1))
    done = {
        duty.period: duty.fulfilled_by
        for duty in year_2023(Ledger(drafts=some))
        if duty.column == 1 and duty.kind == "quota" and duty.fulfilled_by
    }
    assert done == {
        "2023-W16": (1,),
        "2023-W17": (2,),
        "2023-W18": (3,),
        "2023-W20": (4, 5),
        "2023-W52": (6,),
    }
