"""Periods tile time without gap or overlap; working days are those of the State Council."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from duty_samples import at
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rules.calendar import (
    DAY,
    PeriodKind,
    WeekStart,
    Window,
    chinese_moment,
    is_provisional,
    is_working_day,
    local_day,
    midnight,
    next_working_moment,
    period_of,
    periods_between,
    previous_working_day,
    provisional_note,
    ten_days,
    ten_days_of,
    working_days,
    working_moment,
)

DAYS = st.dates(date(2004, 1, 1), date(2099, 12, 31))
INSTANTS = st.datetimes(
    datetime(2004, 1, 2),  # noqa: DTZ001  the strategy adds the zone
    datetime(2099, 12, 30),  # noqa: DTZ001  likewise
    timezones=st.just(UTC),
)
KINDS = st.sampled_from(["week", "month", "quarter", "year"])
STARTS = st.sampled_from(["monday", "sunday"])
HOURS = (time(9, 0), time(17, 30))
EDGES = [
    pytest.param(date(2023, 12, 31), id="last-day-of-2023"),
    pytest.param(date(2024, 1, 1), id="first-day-of-2024"),
    pytest.param(date(2024, 2, 29), id="leap-day"),
    pytest.param(date(2024, 12, 30), id="week-1-of-2025-begins-in-2024"),
    pytest.param(date(2027, 1, 1), id="friday-in-week-53-of-2026"),
    pytest.param(date(2100, 2, 28), id="no-leap-day-in-2100"),
]


@given(INSTANTS, KINDS, STARTS)
def test_every_instant_lies_in_its_period(
    instant: datetime, kind: PeriodKind, start: WeekStart
) -> None:
    period = period_of(kind, local_day(instant), start)
    assert period.start <= instant < period.end


@given(DAYS, KINDS, STARTS)
def test_periods_meet_without_gap_or_overlap(day: date, kind: PeriodKind, start: WeekStart) -> None:
    period = period_of(kind, day, start)
    following = period_of(kind, period.last + DAY, start)
    assert following.first == period.last + DAY
    assert following.start == period.end
    assert period_of(kind, period.first, start) == period == period_of(kind, period.last, start)


@given(DAYS, st.integers(1, 15), st.integers(16, 25))
def test_ten_day_windows_tile_the_month(day: date, first_end: int, second_end: int) -> None:
    parts = ten_days(day.year, day.month, first_end, second_end)
    whole = period_of("month", day)
    assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)
    assert [one.end for one in parts[:-1]] == [one.start for one in parts[1:]]
    assert sum(one.first <= day <= one.last for one in parts) == 1
    assert ten_days_of(day, first_end, second_end) in parts


@given(DAYS, st.integers(0, 800), KINDS, STARTS)
def test_a_run_of_periods_covers_every_day_once(
    first: date, length: int, kind: PeriodKind, start: WeekStart
) -> None:
    last = first + length * DAY
    found = periods_between(kind, first, last, start)
    assert found[0].first <= first
    assert found[-1].last >= last
    assert sum(one.days for one in found) == (found[-1].last - found[0].first).days + 1


@pytest.mark.parametrize("day", EDGES)
def test_codes_sort_as_time_does(day: date) -> None:
    for kind in ("week", "month", "quarter", "year"):
        before = period_of(kind, period_of(kind, day).first - DAY)
        assert before.code < period_of(kind, day).code


@pytest.mark.parametrize(
    ("kind", "day", "code", "first", "last"),
    [
        pytest.param("week", "2023-04-20", "2023-W16", "2023-04-17", "2023-04-23", id="plain-week"),
        pytest.param("week", "2024-12-31", "2025-W01", "2024-12-30", "2025-01-05", id="year-end"),
        pytest.param("week", "2027-01-03", "2026-W53", "2026-12-28", "2027-01-03", id="week-53"),
        pytest.param("month", "2024-02-01", "2024-02", "2024-02-01", "2024-02-29", id="leap-month"),
        pytest.param("month", "2023-12-31", "2023-12", "2023-12-01", "2023-12-31", id="december"),
        pytest.param("quarter", "2023-05-01", "2023-Q2", "2023-04-01", "2023-06-30", id="quarter"),
    ],
)
def test_named_periods(kind: PeriodKind, day: str, code: str, first: str, last: str) -> None:
    period = period_of(kind, date.fromisoformat(day))
    assert (period.code, str(period.first), str(period.last)) == (code, first, last)


def test_a_week_from_sunday_keeps_the_number_of_most_of_its_days() -> None:
    week = period_of("week", date(2023, 4, 20), "sunday")
    assert (week.code, week.first, week.last) == ("2023-W16", date(2023, 4, 16), date(2023, 4, 22))


def test_the_day_is_shanghais() -> None:
    assert local_day(at("2023-04-24 00:00")) == date(2023, 4, 24)
    assert local_day(datetime(2023, 4, 23, 15, 59, 59, tzinfo=UTC)) == date(2023, 4, 23)
    assert midnight(date(2023, 4, 24)) == datetime(2023, 4, 23, 16, tzinfo=UTC)
    assert chinese_moment(at("2023-04-24 09:05")) == "4月24日09:05"


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        local_day(datetime(2023, 4, 24))  # noqa: DTZ001  the very mistake


@pytest.mark.parametrize(
    ("day", "working"),
    [
        pytest.param(date(2023, 4, 20), True, id="thursday"),
        pytest.param(date(2023, 4, 22), False, id="saturday"),
        pytest.param(date(2023, 4, 23), True, id="sunday-made-up-for-1-May"),
        pytest.param(date(2023, 5, 1), False, id="labour-day"),
        pytest.param(date(2023, 5, 3), False, id="wednesday-of-the-holiday"),
        pytest.param(date(2023, 5, 6), True, id="saturday-made-up"),
        pytest.param(date(2023, 10, 7), True, id="saturday-after-national-day"),
        pytest.param(date(2023, 6, 22), False, id="dragon-boat-thursday"),
    ],
)
def test_working_days_of_2023(day: date, working: bool) -> None:
    assert is_working_day(day) is working


def test_years_not_announced_count_weekends_and_say_so() -> None:
    assert is_provisional(2098)
    assert not is_provisional(2023)
    assert is_working_day(date(2098, 10, 1)) is True  # a Wednesday
    assert is_working_day(date(2098, 10, 4)) is False  # a Saturday
    assert "2098" in provisional_note(date(2098, 1, 1), date(2098, 1, 7))
    assert "暂定" in provisional_note(date(2023, 12, 28), date(2098, 1, 7))
    assert provisional_note(date(2023, 1, 1), date(2023, 1, 7)) == ""


def test_spring_festival_week_of_2024_has_one_working_day() -> None:
    week: Window = period_of("week", date(2024, 2, 14))
    assert working_days(week.first, week.last) == 1  # Sunday 18 February, made up
    assert previous_working_day(date(2024, 2, 15)) == date(2024, 2, 9)


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        pytest.param("2023-04-20 08:59:59", "2023-04-20 09:00", id="before-hours"),
        pytest.param("2023-04-20 09:00", "2023-04-20 09:00", id="on-the-dot"),
        pytest.param("2023-04-20 17:29:59", "2023-04-20 17:29:59", id="last-second"),
        pytest.param("2023-04-20 17:30", "2023-04-21 09:00", id="closing-time-is-over"),
        pytest.param("2023-04-21 18:00", "2023-04-23 09:00", id="made-up-sunday"),
        pytest.param("2023-04-28 18:00", "2023-05-04 09:00", id="over-the-long-holiday"),
    ],
)
def test_next_working_moment(now: str, moment: str) -> None:
    assert next_working_moment(at(now), HOURS) == at(moment)


@given(INSTANTS)
def test_the_next_working_moment_is_one_and_is_the_first(now: datetime) -> None:
    moment = next_working_moment(now, HOURS)
    assert moment >= now
    assert working_moment(moment, HOURS)
    assert moment == now or not working_moment(moment - timedelta(microseconds=1), HOURS)
