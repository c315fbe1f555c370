"""周报, 月报, 季报 and the letters to units: what their lines say, read as the office reads them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from duty_samples import NOTICE, at, changed, draft
from office_samples import opened
from year_model import Left, Year, by, came_in, hasten

from mailbot.config import Config
from mailbot.rules.obligations import all_obligations
from mailbot.stages.entries import Counted, enter_media
from mailbot.stages.foresight import ledger_at
from store.records import CommissionRecord, ExemptionRecord
from store.unit_of_work import Store

TEAM, COUNTY, BODIES = "直属一大队", "大竹县住建局", "机关党委、机关纪委、工会、妇委会、火管办"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as found:
        hasten(found)
        yield found


def told(year: Year, kind: str) -> Left:
    return [one for one in year.left if one.key.startswith(f"digest/{kind}")][-1]


def line_of(text: str, unit: str) -> str:
    return next(line.strip() for line in text.splitlines() if line.strip().startswith(f"{unit}："))


def under(config: Config, **schedule: object) -> Config:
    return config.model_copy(update={"schedule": config.schedule.model_copy(update=schedule)})


# ---- the board of an overview


def test_the_month_adds_up_its_weeks(store: Store) -> None:
    """Four weeks end in May 2023 (7, 14, 21, 28); two drafts of one week make up for no other."""
    year = Year(store, by([TEAM, COUNTY]), [])
    for number, day in enumerate(("05-02", "05-03", "05-09", "05-25"), 1):
        came_in(store, draft(number, TEAM, f"2023-{day} 10:00"))
    came_in(store, draft(9, COUNTY, "2023-05-30 10:00"))
    year.tick(at("2023-06-01 09:01"))
    text = told(year, "monthly").text
    assert line_of(text, TEAM).startswith(f"{TEAM}：① 3/4；")
    assert line_of(text, COUNTY).startswith(f"{COUNTY}：① 1/2；")


def test_the_quarter_adds_up_weeks_and_months_from_its_first_day(store: Store) -> None:
    """Thirteen Sundays lie in July to September 2023; the quarter itself is one of column ②."""
    year = Year(store, by([TEAM, COUNTY]), [])
    for number, day in enumerate(("07-05", "08-16", "09-20"), 1):
        came_in(store, draft(number, TEAM, f"2023-{day} 10:00"))
    for number, day in enumerate(("07-06", "07-07", "08-08", "09-19"), 11):
        came_in(store, draft(number, COUNTY, f"2023-{day} 10:00"))
    came_in(store, draft(20, COUNTY, "2023-09-20 10:00", kind="经验做法", column=2))
    year.tick(at("2023-10-07 09:01"))
    text = told(year, "quarterly").text
    assert line_of(text, TEAM).startswith(f"{TEAM}：① 3/13；② 0/1*")
    assert line_of(text, COUNTY) == f"{COUNTY}：① 4/6；② 1/1*"


def test_a_guessed_number_is_marked_in_its_own_column_and_the_mark_explained(store: Store) -> None:
    year = Year(store, by([TEAM, BODIES]), [])
    year.tick(at("2023-05-08 09:01"))
    text = told(year, "weekly").text
    assert line_of(text, TEAM) == f"{TEAM}：① 0/1；② 0/1*"
    assert line_of(text, BODIES) == f"{BODIES}：① 0/1*；② 0/1*"
    assert "* 任务数是按通知推测的" in text


def test_a_confirmed_number_bears_no_mark(store: Store) -> None:
    unit = NOTICE.unit(TEAM)
    sure = unit.model_copy(update={"long": unit.long.model_copy(update={"confirmed": True})})
    notice = changed(NOTICE, units=(sure,))
    config = by([TEAM]).model_copy(update={"notice": notice, "units": notice.units})
    year = Year(store, config, [])
    year.tick(at("2023-05-08 09:01"))
    assert "*" not in told(year, "weekly").text


def test_only_who_owes_something_beyond_doubt_is_listed_as_having_sent_nothing(
    store: Store,
) -> None:
    """The county sent both drafts of May before; the five bodies' numbers are guessed."""
    year = Year(store, by([TEAM, COUNTY, BODIES]), [])
    for number in (1, 2):
        came_in(store, draft(number, COUNTY, f"2023-05-0{number + 3} 10:00"))
    year.tick(at("2023-05-22 09:01"))
    weekly = told(year, "weekly")
    assert "本期没有来稿、任务未完成的单位：直属一大队\n" in weekly.text
    assert "1个单位应报未报" in weekly.subject


def test_a_period_released_by_a_setting_is_shown_as_exempt(store: Store) -> None:
    """The notice came on a Thursday: its first week is released where the office so decides."""
    config = by([TEAM])
    notice = config.notice
    questions = notice.open_questions.model_copy(update={"first_period": "exempt"})
    notice = changed(notice, open_questions=questions)
    year = Year(store, config.model_copy(update={"notice": notice}), [])
    year.tick(at("2023-04-24 09:01"))
    assert line_of(told(year, "weekly").text, TEAM).startswith(f"{TEAM}：① 免；")


def test_a_released_week_makes_up_for_no_missed_one(store: Store) -> None:
    """Two drafts of a week that is released, none of the three others: none of three is done."""
    config = by([TEAM])
    year = Year(store, config, [])
    for number, day in enumerate(("05-02", "05-03"), 1):
        came_in(store, draft(number, TEAM, f"2023-{day} 10:00"))
    now = at("2023-05-05 09:00")
    with store.work() as uow:
        duties = all_obligations(config.notice, ledger_at(uow, now), now, config.schedule)
        (week,) = (
            duty
            for duty in duties
            if (duty.kind, duty.unit, duty.column) == ("quota", TEAM, 1)
            and duty.period_start is not None
            and duty.due is not None
            and duty.period_start <= now < duty.due
        )
        uow.acts.exempt(ExemptionRecord(0, week.key, TEAM, "抗洪", now, "cli"))
        uow.commit()
    year.tick(at("2023-06-01 09:01"))
    assert line_of(told(year, "monthly").text, TEAM).startswith(f"{TEAM}：① 0/3；")


# ---- letters to units


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        pytest.param("04-27 09:01", "还有3天", id="three-days-before"),
        pytest.param("05-04 09:01", "已逾期4天", id="after-a-holiday"),
    ],
)
def test_days_are_days_of_the_calendar(store: Store, moment: str, words: str) -> None:
    """Week 17 ends on Sunday 30 April, 24:00; offices are closed until Thursday 4 May."""
    year = Year(store, under(by([TEAM]), overdue_again_days=(1,)), [])
    came_in(store, draft(1, TEAM, "2023-04-21 10:00"))
    year.tick(at(f"2023-{moment}"))
    lines = [line for line in year.letters_to(TEAM)[-1].text.splitlines() if "第17周" in line]
    assert len(lines) == 1
    assert words in lines[0]


def test_the_morning_after_is_one_day_late_and_the_last_day_is_today(store: Store) -> None:
    year = Year(store, by([TEAM]), [])
    year.tick(at("2023-04-24 09:01"))
    overdue = year.letters_to(TEAM)[-1]
    assert overdue.subject.startswith("【催报】")
    assert "已逾期1天" in overdue.text
    assert "0天" not in overdue.text
    with store.work() as uow:
        asked = CommissionRecord(0, TEAM, "防汛", at("2023-05-17 10:00"), at("2023-05-19 17:00"))
        uow.commissions.add(asked)
        uow.commit()
    config = under(by([TEAM]), task_remind_days=(), overdue_again_days=(60,))
    later = Year(store, config, [])
    later.tick(at("2023-05-19 09:01"))
    line = next(one for one in later.letters_to(TEAM)[-1].text.splitlines() if "防汛" in one)
    assert "今天截止" in line


def test_before_the_due_time_the_letter_is_no_reproach(store: Store) -> None:
    year = Year(store, by([TEAM]), [])
    year.tick(at("2023-04-20 09:01"))
    letter = year.letters_to(TEAM)[-1]
    assert letter.subject.startswith(f"【提醒】{TEAM}：")
    assert "逾期" not in letter.text
    assert "催" not in letter.text


def test_less_than_the_notice_says_is_explained_and_pictures_are_counted_as_such(
    store: Store,
) -> None:
    """Annex 3 no. 26 in the six days of April: 10 pictures become 2."""
    year = Year(store, by([TEAM]), [])
    year.tick(at("2023-04-26 09:01"))
    text = year.letters_to(TEAM)[-1].text
    assert "应报2张，已报0张" in text
    assert "说明：自4月20日起计任务，本期25天中计6天，折算2.40张，计2张。" in text
    assert "要求：" in text
    assert "和图片（可打成一个压缩包）" in text


def test_column_3_is_never_asked_for_by_mail(store: Store) -> None:
    """Where the office turned its reminders on, the unit is told where ③ goes."""
    config = by([COUNTY])
    questions = config.notice.open_questions.model_copy(update={"remind_media_column": True})
    notice = changed(config.notice, open_questions=questions)
    year = Year(store, config.model_copy(update={"notice": notice}), [])
    year.tick(at("2023-05-11 09:01"))
    text = year.letters_to(COUNTY)[-1].text
    line = text.partition("③类新闻媒体信息1篇")[2]
    assert "要求：③类报工作群，不发到本邮箱" in line
    with store.work() as uow:
        item = Counted(COUNTY, date(2023, 5, 10), 1)
        enter_media(uow, item, by="cli", now=at("2023-05-11 10:00"))
        uow.commit()
    year.tick(at("2023-05-12 09:01"))
    assert len(year.letters_to(COUNTY)) == 1


@pytest.mark.parametrize("second", [True, False], ids=["second-address", "none"])
def test_an_escalation_says_who_else_reads_it_only_when_somebody_does(
    store: Store, second: bool
) -> None:
    unit = NOTICE.unit(TEAM)
    if not second:
        unit = unit.model_copy(update={"escalate_to": ()})
    notice = changed(NOTICE, units=(unit,), tasks=())
    year = Year(store, by([TEAM]).model_copy(update={"notice": notice, "units": (unit,)}), [])
    for day in ("04-24", "04-26", "05-04"):
        year.tick(at(f"2023-{day} 09:01"))
    letter = year.letters_to(TEAM)[-1]
    assert "此前已催报2次，尚未收到" in letter.text
    assert "列入办公室逾期名单" in letter.text
    assert ("第二联系人" in letter.text) is second
    assert len(letter.to) == 1 + second
    year.tick(at("2023-05-05 08:31"))
    assert "已催3次仍未报" in told(year, "daily").text
