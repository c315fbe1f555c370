"""Windows of dated tasks (annex 3): 上旬, 中旬, 下旬, 月底, as the office reads them."""

import calendar
import re
from datetime import date
from functools import lru_cache

from mailbot.notice import Notice, OpenQuestions, Task
from mailbot.rules.calendar import TEN_DAYS, Window, chinese_day, month, ten_days, window

_WHEN = re.compile(r"(\d{1,2})月(上旬|中旬|下旬|月?底|末)")
_AS_PRINTED = OpenQuestions()


def dated_window(task: Task, year: int, notice: Notice) -> Window:
    """The window of a dated or seasonal task, moved to `year`.

    The dates of the task stand, unless they are merely the default reading of its words
    ("4月下旬") and the office reads those words otherwise (open_questions).
    """
    assert task.start is not None
    assert task.due is not None
    return _window(task.when, task.start, task.due, year, notice.open_questions)


@lru_cache(maxsize=1024)  # every draft asks for the windows of the same few tasks
def _window(when: str, first: date, last: date, year: int, questions: OpenQuestions) -> Window:
    if (first, last) == reading(when, first.year, _AS_PRINTED):
        first, last = reading(when, first.year, questions) or (first, last)
    years = year - first.year
    first, last = _in_year(first, first.year + years), _in_year(last, last.year + years)
    label = f"{when}（{chinese_day(first)}至{chinese_day(last)}）"
    return window(f"{first.isoformat()}/{last.isoformat()}", label, first, last)


def reading(when: str, year: int, questions: OpenQuestions) -> tuple[date, date] | None:
    """First and last day of "4月下旬" or "4月底"; None for other words."""
    found = _WHEN.fullmatch(when.strip())
    if found is None or not 1 <= int(found[1]) <= 12:
        return None
    number, part = int(found[1]), found[2]
    if part not in TEN_DAYS:
        if questions.month_end_means == "last_day":
            last = month(year, number).last
            return last, last
        part = "下旬"
    parts = ten_days(year, number, questions.first_ten_days_end, questions.second_ten_days_end)
    chosen = parts[TEN_DAYS.index(part)]
    return chosen.first, chosen.last


def _in_year(day: date, year: int) -> date:
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))
