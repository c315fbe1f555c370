"""Tasks of annex 3, 约稿, activities, emergencies and the office's own duties."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from duty_samples import NOTHING, NOTICE, SCHEDULE, ask, asking, at, changed, draft
from hypothesis import given
from hypothesis import strategies as st

from mailbot.notice import OpenQuestions, Task
from mailbot.records.ledger import Adopted, Ledger, Upward
from mailbot.records.obligations import BUREAU, EmergencyDuty, Nudge
from mailbot.rules.emergency_deadlines import (
    alert_key,
    emergency_duties,
    followup_key,
    remind_key,
)
from mailbot.rules.hindsight import as_of
from mailbot.rules.obligations import all_obligations
from mailbot.rules.task_windows import reading
from mailbot.rules.unit_names import canonical
from store.records import ActivityRecord, CommissionRecord, DraftRecord, EventRecord

CLEANING = "环卫处（含京环）"
TOILETS = f"task/7/{CLEANING}/2023-04-21/2023-04-30"  # 推广5G公厕, 4月下旬
TEAM, WORKS, CENTRE = "直属一大队", "市政工程处", "投诉指挥中心"
UNDERGROUND = f"task/16/{WORKS}/2023-05"  # 地下安全达州, 每月一篇


def drafts(*some: DraftRecord) -> Ledger:
    return Ledger(drafts=some)


# ---- names


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        pytest.param("执法一大队", (TEAM,), id="alias"),
        pytest.param("指挥中心", (CENTRE,), id="alias-that-counts-inside-the-notice"),
        pytest.param("环卫处(含京环)", (CLEANING,), id="narrow-brackets"),
        pytest.param("党 建 办", ("人事科（党建办）",), id="blanks"),
        pytest.param("法规科", ("政策法规科（行政审批科）",), id="half-of-a-section"),
        pytest.param("县住建局", (), id="fits-several-rows"),
        pytest.param("园林处", (), id="unknown"),
        pytest.param("", (), id="empty"),
        pytest.param(
            "局属各单位",
            (TEAM, WORKS, CLEANING, "直属二大队", CENTRE),
            id="all-units-of-the-bureau-by-their-owners",
        ),
    ],
)
def test_names_of_annex_3_are_rows_of_annex_2(name: str, rows: tuple[str, ...]) -> None:
    assert canonical(name, NOTICE) == rows


def test_every_unit_of_annex_3_is_found() -> None:
    assert all(canonical(name, NOTICE) for task in NOTICE.tasks for name in task.units)


# ---- dated tasks


@pytest.mark.parametrize(
    ("when", "questions", "window"),
    [
        pytest.param("4月上旬", {}, ("2023-04-01", "2023-04-10"), id="first-ten-days"),
        pytest.param("4月中旬", {}, ("2023-04-11", "2023-04-20"), id="second"),
        pytest.param("5月下旬", {}, ("2023-05-21", "2023-05-31"), id="third-to-the-31st"),
        pytest.param("2月下旬", {}, ("2023-02-21", "2023-02-28"), id="february"),
        pytest.param("4月底", {}, ("2023-04-21", "2023-04-30"), id="month-end-as-last-ten-days"),
        pytest.param(
            "4月底", {"month_end_means": "last_day"}, ("2023-04-30", "2023-04-30"), id="last-day"
        ),
        pytest.param(
            "4月中旬", {"second_ten_days_end": 21}, ("2023-04-11", "2023-04-21"), id="other-limits"
        ),
        pytest.param("13月上旬", {}, None, id="no-such-month"),
        pytest.param("常态推进", {}, None, id="no-window"),
    ],
)
def test_reading_of_windows(
    when: str, questions: dict[str, object], window: tuple[str, str] | None
) -> None:
    found = reading(when, 2023, OpenQuestions.model_validate(questions))
    assert (tuple(map(str, found)) if found else None) == window


def test_the_notices_dates_are_the_default_reading() -> None:
    dated = [task for task in NOTICE.tasks if task.kind == "dated"]
    assert len(dated) == 12
    for task in dated:
        assert reading(task.when, 2023, OpenQuestions()) == (task.start, task.due)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        pytest.param("2023-04-26 10:00", "未到期", id="early"),
        pytest.param("2023-04-27 09:00", "临期", id="three-days-before"),
        pytest.param("2023-04-30 23:59:59", "临期", id="last-second"),
        pytest.param("2023-05-01 00:00", "逾期", id="over"),
    ],
)
def test_states_of_a_dated_task(now: str, state: str) -> None:
    assert ask(now)[TOILETS].state == state


@pytest.mark.parametrize(
    ("received", "word"),
    [
        pytest.param("2023-04-03 10:00", "", id="early-is-no-failure"),
        pytest.param("2023-04-30 23:59:59", "", id="last-second"),
        pytest.param("2023-05-01 00:00", "迟交：5月1日00:00", id="late-but-done"),
    ],
)
def test_delivery_of_a_dated_task(received: str, word: str) -> None:
    duty = ask("2023-05-04 10:00", drafts(draft(9, CLEANING, received, task=7)))[TOILETS]
    assert (duty.state, duty.fulfilled_by) == ("已完成", (9,))
    assert word in duty.explanation
    assert bool(word) is bool(duty.explanation)


def test_the_task_of_another_unit_is_not_fulfilled_by_mine() -> None:
    duties = ask("2023-05-04 10:00", drafts(draft(9, CLEANING, "2023-04-25 10:00", task=7)))
    assert duties["task/7/市容环卫科/2023-04-21/2023-04-30"].state == "逾期"


def test_tasks_before_the_notice_are_exempt() -> None:
    duty = ask("2023-04-27 09:00")["task/3/市容环卫科/2023-04-01/2023-04-10"]
    assert duty.state == "免除"
    assert "4月20日" in duty.explanation


def test_a_window_almost_over_when_the_notice_came_is_exempt() -> None:
    """4月中旬 ended on the very day the notice took effect."""
    key = "task/6/市容环卫科/2023-04-11/2023-04-20"
    assert ask("2023-04-21 09:00")[key].state == "免除"
    assert ask("2023-04-21 09:00", notice=asking(first_period="full"))[key].state == "逾期"


def test_the_flood_season_is_due_at_its_end() -> None:
    key = "task/15/市政管理科/2023-05-01/2023-10-31"
    assert ask("2023-07-03 10:00")[key].state == "未到期"
    assert ask("2023-10-30 10:00")[key].state == "临期"
    delivered = drafts(draft(3, "市政管理科", "2023-06-30 10:00", task=15))
    assert ask("2023-10-30 10:00", delivered)[key].state == "已完成"


def test_ongoing_tasks_are_shown_and_never_due() -> None:
    duty = ask("2023-12-29 10:00")["task/11/投诉指挥中心/2023"]
    assert (duty.state, duty.due, duty.remindable) == ("未到期", None, False)
    told = drafts(draft(3, CENTRE, "2023-06-30 10:00", task=11))
    assert ask("2023-12-29 10:00", told)["task/11/投诉指挥中心/2023"].fulfilled_by == (3,)


def test_monthly_tasks_fall_due_every_month_of_the_year() -> None:
    assert ask("2023-05-31 10:00")[UNDERGROUND].state == "临期"
    assert ask("2023-06-01 00:00")[UNDERGROUND].state == "逾期"
    assert f"task/16/{WORKS}/2024-01" not in ask("2024-01-15 10:00")
    carried = asking(dated_tasks_carry_on=True)
    assert f"task/16/{WORKS}/2024-01" in ask("2024-01-15 10:00", notice=carried)
    assert f"task/7/{CLEANING}/2024-04-21/2024-04-30" in ask("2024-04-22 10:00", notice=carried)


def test_a_task_the_notice_leaves_unclear_reproaches_nobody() -> None:
    """No. 25: one article for all or one each is not said."""
    duty = ask("2023-06-05 10:00")[f"task/25/{TEAM}/2023-05"]
    assert (duty.state, duty.confidence, duty.remindable) == ("待确认", "guess", False)
    assert "不明" in duty.explanation


def test_a_weekly_task_falls_due_every_week() -> None:
    weekly = Task.model_validate(
        {
            "no": 90,
            "content": "每周一图",
            "units": ["执法一大队"],
            "when": "阶段推进",
            "kind": "recurring",
            "start": date(2023, 5, 1),
            "every": {"freq": "weekly", "count": 2},
        }
    )
    notice = changed(NOTICE, tasks=(weekly,))
    some = drafts(*(draft(n, TEAM, f"2023-05-{8 + n:02} 10:00", task=90) for n in (1, 2)))
    duties = ask("2023-05-15 10:00", some, notice)
    found = {duty.period: duty.state for duty in duties.values() if duty.kind == "task"}
    assert found == {"2023-W18": "逾期", "2023-W19": "已完成", "2023-W20": "未到期"}


def test_a_monthly_task_made_up_for_in_the_next_month_is_no_longer_chased() -> None:
    duty = ask("2023-06-05 10:00", drafts(draft(1, WORKS, "2023-06-02 10:00", task=16)))[
        UNDERGROUND
    ]
    assert (duty.state, duty.remindable) == ("逾期", False)
    assert "不再催报" in duty.explanation


# ---- pictures by the 25th


def pictures(number: int, unit: str, received: str, *digests: object) -> DraftRecord:
    shown = tuple(str(digest) for digest in digests)
    return draft(number, unit, received, column=None, kind="非稿件", distinct_images=shown)


MAY = f"task/26/{TEAM}/2023-05"


@pytest.mark.parametrize(
    ("mails", "done", "state"),
    [
        pytest.param([], 0, "逾期", id="none"),
        pytest.param([pictures(1, TEAM, "2023-05-25 23:59", *range(10))], 10, "已完成", id="ten"),
        pytest.param([pictures(1, TEAM, "2023-05-20 10:00", *range(9))], 9, "逾期", id="nine"),
        pytest.param(
            [
                pictures(1, TEAM, "2023-05-20 10:00", *range(6)),
                pictures(2, TEAM, "2023-05-24 10:00", *range(3, 9)),
            ],
            9,
            "逾期",
            id="a-picture-sent-twice-counts-once",
        ),
        pytest.param(
            [
                pictures(1, TEAM, "2023-04-28 10:00", *range(5)),
                pictures(2, TEAM, "2023-05-24 10:00", *range(10)),
            ],
            5,
            "逾期",
            id="nor-does-one-of-last-month-count-again",
        ),
        pytest.param(
            [
                pictures(1, TEAM, "2023-05-20 10:00", *range(6)),
                pictures(2, TEAM, "2023-05-26 00:00", *range(6, 10)),
            ],
            10,
            "已完成",
            id="completed-late",
        ),
        pytest.param(
            [
                replace(pictures(1, TEAM, "2023-05-20 10:00", *range(10)), unit=WORKS),
            ],
            0,
            "逾期",
            id="of-another-unit",
        ),
    ],
)
def test_pictures(mails: list[DraftRecord], done: int, state: str) -> None:
    duty = ask("2023-05-26 10:00", drafts(*mails))[MAY]
    assert (duty.done, duty.needed, duty.state, duty.measure) == (done, 10, state, "张")


def test_pictures_completed_late_say_when() -> None:
    late = pictures(2, TEAM, "2023-05-26 00:00", *range(10))
    assert "迟交：5月26日00:00" in ask("2023-05-27 10:00", drafts(late))[MAY].explanation


def test_thirty_for_the_others_is_only_one_reading() -> None:
    duty = ask("2023-05-26 10:00")[f"task/26/{WORKS}/2023-05"]
    assert (duty.needed, duty.state, duty.remindable) == (30, "待确认", False)
    confirmed = tuple(
        task.model_copy(update={"confirmed": True}) if task.no == 26 else task
        for task in NOTICE.tasks
    )
    notice = changed(NOTICE, tasks=confirmed)
    assert ask("2023-05-26 10:00", notice=notice)[f"task/26/{WORKS}/2023-05"].state == "逾期"


def test_the_31st_of_a_short_month_is_its_last_day() -> None:
    number = next(index for index, task in enumerate(NOTICE.tasks) if task.no == 26)
    task: Task = NOTICE.tasks[number]
    assert task.every is not None
    moved = task.model_copy(update={"every": task.every.model_copy(update={"day": 31})})
    tasks = (*NOTICE.tasks[:number], moved, *NOTICE.tasks[number + 1 :])
    duty = ask("2023-06-05 10:00", notice=changed(NOTICE, tasks=tasks))
    assert duty[f"task/26/{TEAM}/2023-06"].due == at("2023-07-01 00:00")


# ---- 约稿 and activities

ASKED = CommissionRecord(4, TEAM, "夜市治理", at("2023-05-08 09:30"), at("2023-05-12 17:00"))


@pytest.mark.parametrize(
    ("now", "state"),
    [
        pytest.param("2023-05-08 10:00", "未到期", id="just-asked"),
        pytest.param("2023-05-09 09:00", "临期", id="three-days-before"),
        pytest.param("2023-05-12 16:59", "临期", id="last-minute"),
        pytest.param("2023-05-12 17:00", "逾期", id="over"),
    ],
)
def test_states_of_a_commission(now: str, state: str) -> None:
    assert ask(now, Ledger(commissions=(ASKED,)))["commission/4"].state == state


@pytest.mark.parametrize(
    ("received", "state", "late"),
    [
        pytest.param("2023-05-12 17:00", "counted", False, id="on-the-dot"),
        pytest.param("2023-05-12 17:01", "counted", True, id="a-minute-late"),
    ],
)
def test_a_commission_is_done_by_its_draft(received: str, state: str, late: bool) -> None:
    done = replace(ASKED, state="done", draft_id=7)
    ledger = Ledger(commissions=(done,), drafts=(draft(7, TEAM, received, state=state),))
    duty = ask("2023-05-15 10:00", ledger)["commission/4"]
    assert duty.state == "已完成"
    assert ("迟交" in duty.explanation) is late


def test_a_draft_returned_reopens_its_commission() -> None:
    done = replace(ASKED, state="done", draft_id=7)
    returned = draft(7, TEAM, "2023-05-12 10:00", state="returned")
    duty = ask("2023-05-15 10:00", Ledger(commissions=(done,), drafts=(returned,)))["commission/4"]
    assert (duty.state, duty.done) == ("逾期", 0)


def test_a_cancelled_commission_is_exempt() -> None:
    cancelled = replace(ASKED, state="cancelled")
    assert ask("2023-05-15 10:00", Ledger(commissions=(cancelled,)))["commission/4"].state == "免除"


def test_a_commission_at_short_notice_is_reminded_half_way() -> None:
    today = replace(ASKED, asked_at=at("2023-05-12 09:00"))
    duty = ask("2023-05-12 10:00", Ledger(commissions=(today,)))["commission/4"]
    assert duty.remind_at == (at("2023-05-12 13:00"),)


MEETING = ActivityRecord(2, "执法监督科", "全市城管工作会", date(2023, 5, 10))


@pytest.mark.parametrize(
    ("until", "due"),
    [
        pytest.param("24:00", "2023-05-12 00:00", id="end-of-the-next-day"),
        pytest.param("18:00", "2023-05-11 18:00", id="evening"),
        pytest.param("12:00", "2023-05-11 12:00", id="noon"),
    ],
)
def test_an_activity_is_due_the_next_day(until: str, due: str) -> None:
    ledger = Ledger(activities=(MEETING,))
    duty = ask("2023-05-11 09:00", ledger, asking(next_day_until=until))["activity/2"]
    assert (duty.due, duty.state) == (at(due), "临期")


# ---- emergencies

OPENED = at("2023-07-04 02:00")
PHONED_IN = EventRecord(
    3,
    TEAM,
    "燃气泄漏",
    "燃气",
    "alert",
    "open",
    OPENED,
    "cli",
    happened_latest=at("2023-07-04 01:50"),
)


def event_state(event: EventRecord, now: str, *keys: tuple[str, str]) -> EmergencyDuty:
    nudges = tuple(Nudge(key, at(queued)) for key, queued in keys)
    return emergency_duties(NOTICE, Ledger(events=(event,), nudges=nudges), at(now))[0]


@pytest.mark.parametrize(
    ("now", "keys", "number"),
    [
        pytest.param("2023-07-04 02:00", [], 0, id="first-at-once"),
        pytest.param("2023-07-04 01:58", [], 0, id="whatever-the-clock-says"),
        pytest.param("2023-07-04 02:09", [(alert_key(3, 0), "2023-07-04 02:00")], None, id="wait"),
        pytest.param("2023-07-04 02:10", [(alert_key(3, 0), "2023-07-04 02:00")], 1, id="repeat"),
        pytest.param(
            "2023-07-04 02:10",
            [(alert_key(3, 0), "2023-07-04 05:00")],
            1,
            id="sent-under-a-clock-that-was-ahead",
        ),
        pytest.param(
            "2023-07-04 05:00", [(alert_key(3, 0), "2023-07-04 02:00")], 1, id="one-after-an-outage"
        ),
        pytest.param(
            "2023-07-04 05:00",
            [(alert_key(3, 0), "2023-07-04 02:00"), (alert_key(3, 1), "2023-07-04 04:55")],
            None,
            id="the-last-one-counts",
        ),
    ],
)
def test_alerts_until_acknowledged(
    now: str, keys: list[tuple[str, str]], number: int | None
) -> None:
    assert event_state(PHONED_IN, now, *keys).alert_number == number


def test_an_acknowledgement_expires_while_the_event_is_open() -> None:
    known = replace(PHONED_IN, acknowledged_at=at("2023-07-04 02:05"))
    sent = (alert_key(3, 0), "2023-07-04 02:00")
    assert event_state(known, "2023-07-04 14:04", sent).alert_number is None
    assert event_state(known, "2023-07-04 14:05", sent).alert_number == 1
    again = (alert_key(3, 1), "2023-07-04 14:05")
    assert event_state(known, "2023-07-04 14:14", sent, again).alert_number is None
    assert event_state(known, "2023-07-04 14:15", sent, again).alert_number == 2


def test_a_suspected_emergency_is_alerted_as_fast_and_repeated_less_often() -> None:
    suspected = replace(PHONED_IN, level="review", title="树木倒伏", hazard="树木倒伏")
    assert event_state(suspected, "2023-07-04 02:00").alert_number == 0
    sent = (alert_key(3, 0), "2023-07-04 02:00")
    assert event_state(suspected, "2023-07-04 02:59", sent).alert_number is None
    assert event_state(suspected, "2023-07-04 03:00", sent).alert_number == 1


@pytest.mark.parametrize(
    ("topics", "number"),
    [
        pytest.param(("安全", "防汛", "燃气"), 1, id="named-by-the-notice"),
        pytest.param(("防汛",), None, id="not-named"),
        pytest.param((), None, id="nothing-named"),
    ],
)
def test_a_suspected_emergency_the_notice_names_is_repeated_as_a_certain_one(
    topics: tuple[str, ...], number: int | None
) -> None:
    """emergency.topics (二·一: 安全、防汛、燃气等突发事件)."""
    notice = changed(NOTICE, emergency=NOTICE.emergency.model_copy(update={"topics": topics}))
    suspected = replace(PHONED_IN, level="review")
    nudges = (Nudge(alert_key(3, 0), at("2023-07-04 02:00")),)
    (duty,) = emergency_duties(
        notice, Ledger(events=(suspected,), nudges=nudges), at("2023-07-04 02:10")
    )
    assert duty.alert_number == number
    assert ("属通知点名的“燃气”类" in duty.explanation) == (number is not None)


def test_closed_and_dismissed_events_ask_for_nothing() -> None:
    some = tuple(replace(PHONED_IN, state=state) for state in ("closed", "dismissed"))
    assert emergency_duties(NOTICE, Ledger(events=some), at("2023-07-04 05:00")) == ()


@pytest.mark.parametrize(
    ("now", "keys", "due"),
    [
        pytest.param("2023-07-04 02:14", [], (), id="not-yet"),
        pytest.param("2023-07-04 02:15", [], (15,), id="at-15"),
        pytest.param("2023-07-04 02:16", [(remind_key(3, 15), "2023-07-04 02:15")], (), id="once"),
        pytest.param("2023-07-04 02:30", [(remind_key(3, 15), "2023-07-04 02:15")], (30,), id="30"),
        pytest.param("2023-07-04 02:50", [], (30,), id="after-an-outage-only-the-latest"),
        pytest.param("2023-07-04 02:50", [(remind_key(3, 30), "2023-07-04 02:31")], (), id="done"),
    ],
)
def test_the_unit_is_reminded_at_15_and_30_minutes(
    now: str, keys: list[tuple[str, str]], due: tuple[int, ...]
) -> None:
    assert event_state(PHONED_IN, now, *keys).unit_reminders_due == due


@pytest.mark.parametrize(
    ("change", "now", "missed"),
    [
        pytest.param({}, "2023-07-04 02:29", False, id="still-time"),
        pytest.param({}, "2023-07-04 02:30", True, id="nobody-reported"),
        pytest.param(
            {"phoned_at": at("2023-07-04 01:59")}, "2023-07-04 02:30", False, id="phoned-in-time"
        ),
        pytest.param(
            {"written_at": at("2023-07-04 02:20")}, "2023-07-04 02:30", False, id="written"
        ),
        pytest.param(
            {"opened_by": "mail", "written_at": OPENED}, "2023-07-04 09:30", False, id="by-mail"
        ),
    ],
)
def test_candidates_for_missed(change: dict[str, object], now: str, missed: bool) -> None:
    assert event_state(replace(PHONED_IN, **change), now).missed_candidate is missed  # type: ignore[arg-type]


REPORTED = replace(
    PHONED_IN, opened_by="mail", written_at=OPENED, last_report_at=OPENED, draft_ids=(11,)
)


@pytest.mark.parametrize(
    ("now", "keys", "number"),
    [
        pytest.param("2023-07-04 05:59", [], None, id="not-yet"),
        pytest.param("2023-07-04 06:00", [], 0, id="four-hours-later"),
        pytest.param(
            "2023-07-04 06:10", [(followup_key(3, OPENED, 0), "2023-07-04 06:00")], None, id="once"
        ),
        pytest.param(
            "2023-07-04 10:00", [(followup_key(3, OPENED, 0), "2023-07-04 06:00")], 1, id="again"
        ),
        pytest.param("2023-07-04 15:00", [], 2, id="after-an-outage-only-the-latest"),
        pytest.param(
            "2023-07-05 15:00",
            [(followup_key(3, OPENED, 2), "2023-07-04 14:00")],
            None,
            id="three-times-and-no-more",
        ),
    ],
)
def test_follow_ups_are_chased(now: str, keys: list[tuple[str, str]], number: int | None) -> None:
    assert event_state(REPORTED, now, *keys).followup_number == number


def test_a_follow_up_starts_the_next_interval() -> None:
    again = replace(REPORTED, last_report_at=at("2023-07-04 05:50"))
    duty = event_state(again, "2023-07-04 06:00")
    assert (duty.followup_number, duty.followup_due) == (None, at("2023-07-04 09:50"))


@pytest.mark.parametrize(
    ("change", "state", "word"),
    [
        pytest.param({"phoned_at": at("2023-07-04 02:10")}, "已完成", "", id="phoned-in-time"),
        pytest.param({"phoned_at": at("2023-07-04 02:40")}, "已完成", "50分钟", id="phoned-late"),
        pytest.param(
            {"phoned_at": at("2023-07-04 02:10"), "happened_latest": None},
            "待确认",
            "事发时间待核",
            id="time-unknown-is-never-silently-in-time",
        ),
        pytest.param(
            {
                "phoned_at": at("2023-07-04 02:10"),
                "happened_earliest": at("2023-07-04 01:00"),
            },
            "待确认",
            "20至70分钟",
            id="a-vague-time-is-not-either",
        ),
        pytest.param({}, "临期", "", id="still-owed"),
    ],
)
def test_the_thirty_minutes_of_a_first_report(
    change: dict[str, object], state: str, word: str
) -> None:
    event = replace(PHONED_IN, **change)  # type: ignore[arg-type]
    duty = ask("2023-07-04 02:15", Ledger(events=(event,)))["event/3/first"]
    assert duty.state == state
    assert word in duty.explanation


def test_a_phone_report_leaves_the_written_one_owed() -> None:
    event = replace(PHONED_IN, phoned_at=at("2023-07-04 01:59"))
    duties = ask("2023-07-04 02:31", Ledger(events=(event,)))
    assert duties["event/3/first"].state == "已完成"
    assert duties["event/3/written"].state == "逾期"
    stays = asking(phone_report_stops_clock=False)
    assert ask("2023-07-04 02:31", Ledger(events=(event,)), stays)["event/3/first"].state == "逾期"


@pytest.mark.parametrize(
    ("starts", "reported", "state", "word"),
    [
        pytest.param("event", "01:55", "已完成", "距事发35分钟，超时", id="from-the-event"),
        pytest.param("report", "01:55", "已完成", "", id="from-the-report-in-time"),
        pytest.param("report", "01:52", "已完成", "距接报33分钟，超时", id="from-the-report-late"),
        pytest.param("report", None, "待确认", "接报时间待核", id="report-untold"),
    ],
)
def test_the_clock_starts_where_the_office_decides(
    starts: str, reported: str | None, state: str, word: str
) -> None:
    """emergency.clock_starts; 事发 1:50, written report at 2:25."""
    rule = NOTICE.emergency.model_copy(update={"clock_starts": starts})
    event = replace(
        PHONED_IN,
        happened_earliest=at("2023-07-04 01:50"),
        reported_at=at(f"2023-07-04 {reported}") if reported else None,
        written_at=at("2023-07-04 02:25"),
    )
    notice = changed(NOTICE, emergency=rule)
    duty = ask("2023-07-04 03:00", Ledger(events=(event,)), notice)["event/3/first"]
    assert duty.state == state
    assert word in duty.explanation
    assert bool(word) == bool(duty.explanation)


def test_from_the_report_an_event_long_before_it_is_no_fault() -> None:
    rule = NOTICE.emergency.model_copy(update={"clock_starts": "report"})
    early = replace(PHONED_IN, written_at=at("2023-07-04 02:15"))
    duties = ask("2023-07-04 03:00", Ledger(events=(early,)), changed(NOTICE, emergency=rule))
    assert duties["event/3/first"].state == "已完成", "25 minutes from the event are in time anyway"


@pytest.mark.parametrize(
    ("counts", "missing", "state"),
    [
        pytest.param(True, ("损失",), "已完成", id="what-is-known-counts"),
        pytest.param(False, ("损失",), "待确认", id="incomplete-does-not-count"),
        pytest.param(False, (), "已完成", id="complete-counts"),
    ],
)
def test_a_first_report_that_lacks_elements(
    counts: bool,
    missing: tuple[str, ...],
    state: str,
) -> None:
    """open_questions.incomplete_first_report_counts."""
    first = draft(8, TEAM, "2023-07-04 02:10", emergency="alert", elements_missing=missing)
    event = replace(
        PHONED_IN,
        opened_by="mail",
        happened_earliest=PHONED_IN.happened_latest,
        written_at=first.received_at,
        draft_ids=(8,),
    )
    notice = asking(incomplete_first_report_counts=counts)
    ledger = Ledger(events=(event,), drafts=(first,))
    duty = ask("2023-07-04 03:00", ledger, notice)["event/3/first"]
    assert duty.state == state
    assert ("要素不全" in duty.explanation) == (state == "待确认")
    rest = draft(9, TEAM, "2023-07-04 02:18", emergency="alert")
    event = replace(event, draft_ids=(8, 9))
    later = ask("2023-07-04 03:00", Ledger(events=(event,), drafts=(first, rest)), notice)
    assert later["event/3/first"].state == "已完成", "completed in time"


def test_what_is_dismissed_or_long_closed_is_shown_no_more() -> None:
    dismissed = replace(PHONED_IN, id=4, state="dismissed")
    closed = replace(PHONED_IN, id=5, state="closed", written_at=OPENED)
    duties = ask("2023-07-20 10:00", Ledger(events=(dismissed, closed)))
    assert [key for key in duties if key.startswith("event/")] == [
        "event/5/first",
        "event/5/written",
    ]
    later = ask("2023-10-20 10:00", Ledger(events=(dismissed, closed)))
    assert not any(key.startswith("event/") for key in later)


def test_a_suspected_emergency_owes_no_follow_up() -> None:
    suspected = replace(REPORTED, level="review")
    duties = ask("2023-07-04 10:00", Ledger(events=(suspected,)))
    assert [key for key in duties if "followup" in key] == []
    assert event_state(suspected, "2023-07-04 10:00").followup_number is None


def test_emergencies_come_first() -> None:
    duties = list(ask("2023-07-04 02:31", Ledger(events=(PHONED_IN,))).values())
    assert [duty.kind for duty in duties[:2]] == ["emergency", "emergency"]


# ---- the office upward


def test_what_the_bureau_owes_upward() -> None:
    sent = (Upward("市委办公室", date(2023, 5, 9)), Upward("市政府办公室", date(2023, 5, 9), 2))
    adopted = (
        Adopted(TEAM, date(2023, 5, 3), "市委办公室", 1, 2),
        Adopted(WORKS, date(2023, 5, 4), "市政府办公室", 1, 5.5),
    )
    duties = ask("2023-05-31 10:00", Ledger(upward=sent, adoptions=adopted))
    found = {
        key: (duty.done, duty.needed, duty.state)
        for key, duty in duties.items()
        if duty.unit == BUREAU and key[-3:] in ("W19", "W21", "-05", "023")
    }
    assert found == {
        "office/市委办公室/2023-W19": (1, 1, "已完成"),
        "office/市委办公室/2023-W21": (0, 1, "逾期"),
        "office/市政府办公室/2023-05": (2, 2, "已完成"),
        "office/市政府办公室/2023": (2, 30, "未到期"),
        "office/市委办公室/points/2023": (2, 50, "未到期"),
        "office/市政府办公室/points/2023": (5, 40, "未到期"),
    }
    assert not any(duty.remindable for duty in duties.values() if duty.unit == BUREAU)


# ---- the past


def test_hindsight_knows_only_what_was_on_record() -> None:
    done = replace(ASKED, state="done", draft_id=7)
    event = replace(REPORTED, acknowledged_at=at("2023-07-04 03:00"), state="closed")
    event = replace(event, closed_at=at("2023-07-04 08:00"))
    ledger = Ledger(
        drafts=(draft(7, TEAM, "2023-05-12 10:00"),),
        commissions=(done,),
        events=(event,),
        nudges=(Nudge("reminder/x", at("2023-05-12 09:00")),),
    )
    before = as_of(ledger, at("2023-05-11 10:00"))
    assert (before.drafts, before.events, before.nudges) == ((), (), ())
    assert ask("2023-05-11 10:00", before)["commission/4"].state == "临期"
    night = as_of(ledger, at("2023-07-04 02:30")).events[0]
    assert (night.state, night.acknowledged_at, night.closed_at) == ("open", None, None)
    assert as_of(ledger, at("2023-07-05 02:30")) == ledger


@pytest.mark.untraced
@given(st.integers(0, 400), st.sampled_from([0, 1, 9 * 60, 24 * 60 - 1]))
def test_states_agree_with_their_numbers_on_any_day(day: int, minute: int) -> None:
    now = at("2023-04-20 00:00") + timedelta(days=day, minutes=minute)
    for duty in all_obligations(NOTICE, NOTHING, now, SCHEDULE):
        assert (duty.state == "已完成") <= (duty.done >= duty.needed)
        assert (duty.state == "逾期") <= (duty.due is not None and now >= duty.due)
        assert duty.remindable <= duty.open
        assert list(duty.remind_at) == sorted(duty.remind_at)
        assert all(duty.due is not None and told < duty.due for told in duty.remind_at)
