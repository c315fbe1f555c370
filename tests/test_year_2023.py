"""2023 through the real stages: every letter that leaves, against tables made by hand.

The office's calendar of 2023: days off 4/29-5/3, 6/22-24, 9/29-10/6; working week-ends 4/23,
5/6, 6/25, 10/7, 10/8. MAILBOT_YEAR=1 lives all 30 rows to New Year (`make histories`).
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest
from duty_samples import NOTICE, SCHEDULE, at, changed, draft
from office_samples import OFFICE, opened
from year_model import END, START, Left, Year, by, days, hasten, lived

from mailbot.rules.calendar import is_working_day, working_moment
from store.records import DraftRecord

pytestmark = [
    pytest.mark.timeout(900),  # a year is lived through before its first letter is looked at
    pytest.mark.untraced,
]

TEAM, COUNTY, SECTION = "直属一大队", "大竹县住建局", "市政管理科"
CENTRE, BODIES = "投诉指挥中心", "机关党委、机关纪委、工会、妇委会、火管办"

Row = tuple[str, int, int, str]  # day, overdue, still in time, "加发" when the second address too

BY_HAND: dict[str, list[Row]] = {
    # ① weekly: a draft every Wednesday, but none in W21 (5/22-28), on Saturday in W40 (Thursday
    # is off, so it is told on 10/7). Pictures on the 20th; July's last six on the 27th.
    TEAM: [
        ("04-20", 0, 1, ""),  # Thursday, first day of the notice; the draft comes on Friday
        ("05-25", 0, 1, ""),  # Thursday of W21
        ("05-29", 1, 0, ""),  # W21 overdue: day 1
        ("05-31", 1, 0, ""),  # day 3, in the morning; the draft of the next week comes at ten
        ("06-21", 0, 1, ""),  # W25: Thursday is off, so the day before; the draft comes at ten
        ("07-21", 0, 1, ""),  # pictures: three days before the 25th is a Saturday
        ("07-24", 0, 1, ""),  # a day before
        ("07-26", 1, 0, ""),  # day 1; day 3 finds all ten
        ("10-07", 0, 1, ""),  # W40
        ("10-20", 0, 1, ""),  # pictures: 10/22 is a Sunday; they come this day at ten
    ],
    # ① two a month. April asks one, sent on the 26th. May: none, so all four letters, and the
    # third to the second address too. June's two on 6/20. September's second on the 30th, a day
    # off. December: one.
    COUNTY: [
        ("04-25", 0, 1, ""),  # five days before 4/30
        ("05-26", 0, 1, ""),  # five days before 5/31
        ("05-29", 0, 1, ""),  # two days before
        ("06-01", 1, 0, ""),  # day 1
        ("06-05", 1, 0, ""),  # day 3 is a Saturday
        ("06-07", 1, 0, "加发"),  # day 7, after two letters in vain
        ("06-14", 1, 0, "加发"),  # day 14, the last
        ("09-25", 0, 1, ""),
        ("09-28", 0, 1, ""),
        ("12-26", 0, 1, ""),
        ("12-29", 0, 1, ""),
    ],
    # ① weekly on Wednesdays; task 16 in each month; task 14 in time, task 15 in July; task 12
    # (5/21-31) on 6/6.
    SECTION: [
        ("04-20", 0, 1, ""),
        ("05-26", 0, 1, ""),  # task 12: three days before 5/31 is a Sunday
        ("05-30", 0, 1, ""),  # a day before
        ("06-01", 1, 0, ""),  # day 1
        ("06-05", 1, 0, ""),  # day 3 is a Saturday
        ("06-21", 0, 1, ""),  # W25, as above
    ],
    # ① two a month, ten pictures by the 25th: in time, but nothing in August until 9/20.
    CENTRE: [
        ("08-22", 0, 1, ""),  # pictures: three days before
        ("08-24", 0, 1, ""),  # a day before
        ("08-25", 0, 2, ""),  # ①: five days before 8/31 is a Saturday
        ("08-28", 1, 1, ""),  # pictures: days 1 and 3 both come to this Monday
        ("08-29", 1, 1, ""),  # ①: two days before
        ("09-01", 2, 0, "加发"),  # pictures: day 7, after two letters; ①: day 1
        ("09-04", 2, 0, ""),  # ①: day 3 is a Sunday
        ("09-07", 2, 0, "加发"),  # ①: day 7
        ("09-08", 2, 0, "加发"),  # pictures: day 14
        ("09-14", 2, 0, "加发"),  # ①: day 14
    ],
    # Every number of this row is a guess: nobody is reproached before the office confirms.
    BODIES: [],
}

NUMBER = count(1)


def came(unit: str, when: str, **more: object) -> DraftRecord:
    return draft(next(NUMBER), unit, f"2023-{when}", **more)


def pictures(unit: str, when: str, amount: int) -> DraftRecord:
    shots = tuple(f"{unit}{when}{number}" for number in range(amount))
    return came(unit, when, kind="图集", column=None, distinct_images=shots)


def wednesdays(unit: str, *but: str) -> Iterator[DraftRecord]:
    """A draft every Wednesday at ten."""
    yield came(unit, "04-21 10:00")
    for day in days(date(2023, 4, 26), END):
        if day.weekday() == 2 and f"{day:%m-%d}" not in but:
            yield came(unit, f"{day:%m-%d} 10:00")


def team() -> Iterator[DraftRecord]:
    yield from wednesdays(TEAM, "05-24", "10-04")
    yield came(TEAM, "10-07 15:00")
    yield pictures(TEAM, "04-20 08:50", 2)
    for month in (5, 6, 8, 9, 10, 11, 12):
        yield pictures(TEAM, f"{month:02}-20 10:00", 10)
    yield pictures(TEAM, "07-20 10:00", 4)
    yield pictures(TEAM, "07-27 10:00", 6)


def county() -> Iterator[DraftRecord]:
    yield came(COUNTY, "04-26 10:00")
    for day in ("06-20 10:00", "06-20 11:00", "09-03 10:00", "09-30 10:00", "12-03 10:00"):
        yield came(COUNTY, day)
    for month in (7, 8, 10, 11):
        yield came(COUNTY, f"{month:02}-03 10:00")
        yield came(COUNTY, f"{month:02}-04 10:00")


def section() -> Iterator[DraftRecord]:
    yield from wednesdays(SECTION)
    for month in range(5, 13):
        yield came(SECTION, f"{month:02}-09 10:00", task=16)
    yield came(SECTION, "06-06 10:00", task=12)
    yield came(SECTION, "06-05 10:00", task=14)
    yield came(SECTION, "07-12 10:00", task=15)


def centre() -> Iterator[DraftRecord]:
    for month in (4, 5, 6, 7, 9, 10, 11, 12):
        day = {4: 20, 9: 20}.get(month, 10)
        clock = "08:50" if month == 4 else "10:00"
        yield came(CENTRE, f"{month:02}-{day} {clock}")
        yield came(CENTRE, f"{month:02}-{day + 1} 10:00")
        yield pictures(CENTRE, f"{month:02}-{day} {clock}", 20)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    coming = [*team(), *county(), *section(), *centre()]
    return lived(tmp_path_factory.mktemp("year"), BY_HAND, coming)


def row(letter: Left) -> Row:
    overdue, soon = (re.search(rf"(\d+)项{word}", letter.subject) for word in ("逾期", "将到期"))
    second = any(address.startswith("leader") for address in letter.to)
    numbers = (int(found[1]) if found else 0 for found in (overdue, soon))
    return letter.day, *numbers, "加发" if second else ""  # type: ignore[return-value]


@pytest.mark.parametrize("unit", BY_HAND)
def test_every_letter_of_the_year_stands_in_the_table(year: Year, unit: str) -> None:
    assert [row(letter) for letter in year.letters_to(unit)] == BY_HAND[unit]


def test_every_digest_of_the_year_leaves_once_and_in_time(year: Year) -> None:
    """Daily all days; weekly on Mondays; monthly and quarterly on the first working day after."""
    found = Counter(letter.key.split("/")[1] for letter in year.left if "digest/" in letter.key)
    assert found == {"daily": 256, "weekly": 36, "monthly": 8, "quarterly": 2}
    assert not [letter for letter in year.left if "补发" in letter.subject]
    months = [letter.day for letter in year.left if letter.key.startswith("digest/monthly")]
    assert months == ["05-04", "06-01", "07-03", "08-01", "09-01", "10-07", "11-01", "12-01"]
    quarters = [letter.day for letter in year.left if letter.key.startswith("digest/quarterly")]
    assert quarters == ["07-03", "10-07"]


# ---- all 30 rows

LONG = bool(os.environ.get("MAILBOT_YEAR"))
LAST = END if LONG else date(2023, 5, 26)
SILENT = "达川区综合执法局"  # weekly ①: never sends anything


def at_random(seed: int) -> Iterator[DraftRecord]:
    """Units that send when they please; one that never does."""
    chance = Random(seed)
    for unit in NOTICE.units:
        pace = chance.choice([0.05, 0.2, 0.6])
        for day in days(START, LAST):
            if unit.name != SILENT and chance.random() < pace:
                clock = f"{chance.randrange(24):02}:{chance.randrange(60):02}"
                column = chance.choice([1, 1, 1, 2])
                yield came(unit.name, f"{day:%m-%d} {clock}", column=column)


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> tuple[Year, list[DraftRecord]]:
    coming = list(at_random(2023))
    return lived(tmp_path_factory.mktemp("all"), None, coming, LAST), coming


Lived = tuple[Year, list[DraftRecord]]


def routine(year: Year) -> list[Left]:
    return [letter for letter in year.left if letter.key.startswith("reminder/")]


def test_the_year_is_worth_looking_at(everybody: Lived) -> None:
    year, _ = everybody
    units = {letter.key.split("/")[1] for letter in routine(year)}
    assert len(units) > 15
    assert any(letter.to[-1].startswith("leader") for letter in routine(year))


def test_no_letter_leaves_twice(everybody: Lived) -> None:
    doubled = [
        key for key, number in Counter(one.key for one in everybody[0].left).items() if number > 1
    ]
    assert not doubled


def test_a_unit_gets_one_routine_letter_a_day_at_most(everybody: Lived) -> None:
    days_of = Counter((letter.key.split("/")[1], letter.day) for letter in routine(everybody[0]))
    assert set(days_of.values()) == {1}


def test_no_unit_is_written_to_at_night_or_on_days_off(everybody: Lived) -> None:
    for letter in routine(everybody[0]):
        assert working_moment(letter.at, SCHEDULE.working_hours), (letter.key, letter.at)


def test_nobody_is_reminded_of_what_it_sent(everybody: Lived) -> None:
    """Counted anew from the mails alone: at the instant of sending, too few had come."""
    year, coming = everybody
    for letter in routine(year):
        for key in letter.concerns:
            kind, column, unit, code = key.split("/")[:4]
            if kind == "quota":
                first, last = span(code)
                sent = [
                    one.received_at
                    for one in coming
                    if (one.unit, str(one.column)) == (unit, column)
                    and first <= one.received_at <= letter.at
                ]
                inside = [when for when in sent if when < last]
                lacking = NOTICE.unit(unit).short.submit - len(inside)
                assert lacking > 0, (letter.at, key)
                # What came after the period ends its reminders, though not the shortfall.
                assert len(sent) - len(inside) < lacking, (letter.at, key)


def span(code: str) -> tuple[datetime, datetime]:
    """First and last instant of 2023-W17 or 2023-05."""
    if "W" in code:
        monday = date.fromisocalendar(2023, int(code[-2:]), 1)
        return at(f"{monday} 00:00"), at(f"{monday + timedelta(days=7)} 00:00")
    month = int(code[-2:])
    following = date(2023 + month // 12, month % 12 + 1, 1)
    return at(f"2023-{month:02}-01 00:00"), at(f"{following} 00:00")


def test_what_is_overdue_is_told_told_again_escalated_and_listed(everybody: Lived) -> None:
    """The unit that never sends: every week of it takes this road."""
    year, _ = everybody
    letters = year.letters_to(SILENT)
    digests = [letter for letter in year.left if letter.key.startswith("digest/daily")]
    for monday in days(date(2023, 4, 24), LAST - timedelta(days=21)):
        if monday.weekday() != 0:
            continue
        key = f"quota/1/{SILENT}/2023-W{monday.isocalendar().week:02}"
        end = at(f"{monday + timedelta(days=7)} 00:00")
        before = [one for one in letters if key in one.concerns and one.at < end]
        after = [one for one in letters if key in one.concerns and one.at >= end]
        assert before, f"{key}: not told in time"
        assert len(after) >= 3, f"{key}: not told again"
        assert any(one.to[-1].startswith("leader") for one in after), f"{key}: not escalated"
        first_working = next(day for day in days(end_day(end), LAST) if is_working_day(day))
        assert after[0].day == f"{first_working:%m-%d}"
        told = [one for one in digests if end <= one.at < end + timedelta(days=1)]
        assert told
        for digest in told:
            assert SILENT in digest.text, f"{key}: not listed to the office"


def end_day(end: datetime) -> date:
    return (end + timedelta(hours=8)).date()


def test_a_unit_without_address_is_listed_to_the_office(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        hasten(store)
        config = by([COUNTY, TEAM])
        rows = tuple(
            unit.model_copy(update={"reminders_to": (), "escalate_to": ()})
            if unit.name == TEAM
            else unit
            for unit in config.notice.units
        )
        notice = changed(config.notice, units=rows)
        config = config.model_copy(update={"notice": notice, "units": rows})
        year = Year(store, config, [])
        year.live(date(2023, 5, 12))
    lists = [letter for letter in year.left if "办公室名单" in letter.key]
    assert lists
    assert all(letter.to == (OFFICE,) for letter in lists)
    assert all(TEAM in letter.text for letter in lists)
    assert not [letter for letter in year.left if letter.key.startswith(f"reminder/{TEAM}")]
    assert max(Counter(letter.day for letter in lists).values()) == 1
