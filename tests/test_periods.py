"""Periods as people type them."""

import pytest

from mailbot.errors import Refused
from mailbot.stages.periods import period


@pytest.mark.parametrize(
    ("typed", "code", "first", "last"),
    [
        pytest.param("2023", "2023", "2023-01-01", "2023-12-31", id="year"),
        pytest.param("2023年", "2023", "2023-01-01", "2023-12-31", id="year-in-chinese"),
        pytest.param("2023-Q2", "2023-Q2", "2023-04-01", "2023-06-30", id="quarter"),
        pytest.param("2023年第二季度", "2023-Q2", "2023-04-01", "2023-06-30", id="quarter-in-chinese"),
        pytest.param("2023q4", "2023-Q4", "2023-10-01", "2023-12-31", id="quarter-in-haste"),
        pytest.param("2023-04", "2023-04", "2023-04-01", "2023-04-30", id="month"),
        pytest.param("2024年2月", "2024-02", "2024-02-01", "2024-02-29", id="month-in-chinese"),
        pytest.param("２０２３－０４", "2023-04", "2023-04-01", "2023-04-30", id="full-width"),
        pytest.param("2023-W17", "2023-W17", "2023-04-24", "2023-04-30", id="week"),
        pytest.param("2023年第1周", "2023-W01", "2023-01-02", "2023-01-08", id="week-in-chinese"),
        pytest.param("2023年12周", "2023-W12", "2023-03-20", "2023-03-26", id="week-not-month"),
        pytest.param("2023-04-19", "2023-04-19", "2023-04-19", "2023-04-19", id="day"),
        pytest.param(" 2023 年 4 月 19 日 ", "2023-04-19", "2023-04-19", "2023-04-19", id="day-in-chinese"),
    ],
)  # fmt: skip
def test_understood(typed: str, code: str, first: str, last: str) -> None:
    found = period(typed)
    assert (found.code, f"{found.first}", f"{found.last}") == (code, first, last)


def test_weeks_may_start_on_sunday() -> None:
    assert f"{period('2023-W17', 'sunday').first}" == "2023-04-23"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param("四月", id="no-year"),
        pytest.param("2023-13", id="no-such-month"),
        pytest.param("2023-Q5", id="no-such-quarter"),
        pytest.param("2023-W60", id="no-such-week"),
        pytest.param("2023-02-30", id="no-such-day"),
        pytest.param("0000", id="no-such-year"),
        pytest.param("9999", id="no-day-after-the-last"),
        pytest.param("2023-04; DROP", id="noise"),
    ],
)
def test_anything_else_is_refused_with_the_right_forms(typed: str) -> None:
    with pytest.raises(Refused, match="请写成 2023"):
        period(typed)
