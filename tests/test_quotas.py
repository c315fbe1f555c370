"""Quotas of annex 2: what is asked of a unit in a period, what counts, what is exempt."""

from datetime import date

import pytest
from duty_samples import NOTHING, NOTICE, SCHEDULE, ask, asking, at, changed, draft, only
from hypothesis import given
from hypothesis import strategies as st

from mailbot.notice import Notice
from mailbot.records.ledger import Adopted, Ledger, MediaCount
from mailbot.rules.desk import records_since
from mailbot.rules.forecast import forecast
from mailbot.rules.obligations import all_obligations
from store.records import DraftRecord, ExemptionRecord

TEAM = "直属一大队"  # ① 1 a week, ② 1 a quarter (guess), ③ 3 a week
COUNTY = "大竹县住建局"  # ① 2 a month
WEEK_17 = f"quota/1/{TEAM}/2023-W17"  # 24 to 30 April
APRIL, MAY = f"quota/1/{COUNTY}/2023-04", f"quota/1/{COUNTY}/2023-05"
QUARTER = f"quota/2/{TEAM}/2023-Q2"


def drafts(*some: DraftRecord) -> Ledger:
    return Ledger(drafts=some)


ONE = drafts(draft(1, TEAM, "2023-04-25 10:00"))


@pytest.mark.parametrize(
    ("now", "ledger", "state"),
    [
        pytest.param("2023-04-24 10:00", NOTHING, "未到期", id="monday"),
        pytest.param("2023-04-27 08:59", NOTHING, "未到期", id="before-the-reminder"),
        pytest.param("2023-04-27 09:00", NOTHING, "临期", id="thursday-nine"),
        pytest.param("2023-04-30 23:59:59", NOTHING, "临期", id="last-second"),
        pytest.param("2023-05-01 00:00", NOTHING, "逾期", id="the-week-is-over"),
        pytest.param("2023-04-27 09:00", ONE, "已完成", id="delivered"),
        pytest.param("2023-05-01 00:00", ONE, "已完成", id="delivered-and-over"),
    ],
)
def test_states_of_a_weekly_quota(now: str, ledger: Ledger, state: str) -> None:
    assert ask(now, ledger)[WEEK_17].state == state


@pytest.mark.parametrize(
    ("received", "week"),
    [
        pytest.param("2023-04-23 23:59:59", "2023-W16", id="last-second-of-the-week-before"),
        pytest.param("2023-04-24 00:00", "2023-W17", id="first-instant"),
        pytest.param("2023-04-30 23:59:59", "2023-W17", id="last-second"),
        pytest.param("2023-05-01 00:00", "2023-W18", id="midnight-belongs-to-the-next-week"),
    ],
)
def test_the_receipt_time_decides_the_week(received: str, week: str) -> None:
    duties = ask("2023-05-02 10:00", drafts(draft(1, TEAM, received)))
    fulfilled = [key for key, duty in duties.items() if duty.fulfilled_by and duty.unit == TEAM]
    assert fulfilled == [f"quota/1/{TEAM}/{week}"]


@pytest.mark.parametrize(
    ("more", "done"),
    [
        pytest.param({}, 1, id="plain"),
        pytest.param({"state": "not_counted"}, 0, id="a-repeat-counts-once"),
        pytest.param({"state": "withdrawn"}, 0, id="withdrawn"),
        pytest.param({"state": "returned"}, 0, id="returned-for-revision"),
        pytest.param({"column": 2, "kind": "经验做法"}, 0, id="another-column"),
        pytest.param({"column": None, "kind": "非稿件"}, 0, id="no-draft"),
        pytest.param({"unit_confidence": "unsure"}, 1, id="unsure-sender-still-counts"),
        pytest.param({"emergency": "alert"}, 1, id="an-emergency-counts-too"),
        pytest.param({"unit": COUNTY, "joint": (COUNTY, TEAM)}, 1, id="joint-counts-for-each"),
    ],
)
def test_what_counts(more: dict[str, object], done: int) -> None:
    unit = str(more.pop("unit", TEAM))
    duty = ask("2023-04-27 09:00", drafts(draft(1, unit, "2023-04-25 10:00", **more)))[WEEK_17]
    assert (duty.done, len(duty.fulfilled_by)) == (done, done)


def test_a_draft_of_undecided_kind_stops_the_reminder() -> None:
    waiting = draft(1, TEAM, "2023-04-25 10:00", kind="待审", column=None)
    duty = ask("2023-04-27 09:00", drafts(waiting))[WEEK_17]
    assert (duty.state, duty.remindable) == ("待确认", False)
    assert "待核" in duty.explanation


def test_a_surplus_is_not_carried_into_the_next_week() -> None:
    two = drafts(draft(1, TEAM, "2023-04-25 10:00"), draft(2, TEAM, "2023-04-26 10:00"))
    duties = ask("2023-05-11 10:00", two)
    assert duties[WEEK_17].done == 2
    assert duties[f"quota/1/{TEAM}/2023-W18"].state == "逾期"


def test_a_draft_after_the_week_stops_the_nagging_but_not_the_record() -> None:
    late = drafts(draft(1, TEAM, "2023-05-01 08:00"))
    duty = ask("2023-05-04 10:00", late)[WEEK_17]
    assert (duty.state, duty.done, duty.remindable) == ("逾期", 0, False)
    assert "不再催报" in duty.explanation


@pytest.mark.parametrize(
    ("rule", "needed", "word"),
    [
        pytest.param("prorated", 1, "11天", id="11-of-30-days-of-2"),
        pytest.param("exempt", 0, "免除", id="exempt"),
        pytest.param("full", 2, "", id="full"),
    ],
)
def test_the_first_month_is_cut_by_the_notice(rule: str, needed: int, word: str) -> None:
    """The notice takes effect on 20 April."""
    duty = ask("2023-04-27 09:00", notice=asking(first_period=rule))[APRIL]
    assert duty.needed == needed
    assert word in duty.explanation
    assert (duty.state == "免除") is (needed == 0)


def test_nothing_is_asked_before_the_notice() -> None:
    assert not any(key.endswith("2023-W15") for key in ask("2023-04-21 10:00"))
    assert not [duty for duty in ask("2023-04-10 10:00").values() if duty.kind == "quota"]


def test_a_new_unit_owes_from_its_first_day() -> None:
    units = tuple(
        unit.model_copy(update={"since": date(2023, 5, 20)}) if unit.name == COUNTY else unit
        for unit in NOTICE.units
    )
    duties = ask("2023-05-29 10:00", notice=changed(NOTICE, units=units))
    assert APRIL not in duties
    assert duties[MAY].needed == 1  # 12 of 31 days of 2
    assert "5月20日" in duties[MAY].explanation


SPRING = f"quota/1/{TEAM}/2025-W05"  # 27 January to 2 February 2025: one working day
GOLDEN = f"quota/1/{TEAM}/2020-W40"  # 28 September to 4 October 2020


@pytest.mark.parametrize(
    ("rule", "needed"),
    [
        pytest.param("exempt_without_working_days", 1, id="one-working-day-is-enough"),
        pytest.param("prorated", 0, id="a-fifth-of-one"),
        pytest.param("full", 1, id="full"),
    ],
)
def test_weeks_of_a_long_holiday(rule: str, needed: int) -> None:
    duty = ask("2025-02-05 10:00", notice=asking(holiday_weeks=rule))[SPRING]
    assert duty.needed == needed


def test_a_week_without_any_working_day_is_exempt() -> None:
    """From Sunday, the first week of October 2012 had none: 30 September to 6 October."""
    head = NOTICE.head.model_copy(update={"effective": date(2012, 9, 1)})
    notice = changed(asking(week_starts_on="sunday"), head=head)
    duty = ask("2012-10-09 10:00", notice=notice)[f"quota/1/{TEAM}/2012-W40"]
    assert (duty.needed, duty.state) == (0, "免除")
    assert "无工作日" in duty.explanation


def test_the_reminder_of_a_holiday_thursday_moves_to_a_working_day() -> None:
    """5 October 2023 is a holiday; the only working days of that week are 7 and 8 October."""
    duty = ask("2023-10-05 10:00")[f"quota/1/{TEAM}/2023-W40"]
    assert duty.remind_at == (at("2023-10-07 09:00"),)


def test_a_guessed_quota_is_never_overdue_until_confirmed() -> None:
    assert ask("2023-07-03 10:00")[QUARTER].state == "待确认"
    assert ask("2023-07-03 10:00")[QUARTER].remindable is False
    delivered = drafts(draft(1, TEAM, "2023-05-08 10:00", column=2, kind="经验做法"))
    assert ask("2023-07-03 10:00", delivered)[QUARTER].state == "已完成"
    confirmed = confirming(TEAM)
    assert ask("2023-07-03 10:00", notice=confirmed)[QUARTER].state == "逾期"
    assert ask("2023-07-03 10:00", notice=confirmed)[QUARTER].remindable is True


def confirming(name: str) -> Notice:
    units = tuple(
        unit.model_copy(update={"long": unit.long.model_copy(update={"confirmed": True})})
        if unit.name == name
        else unit
        for unit in NOTICE.units
    )
    return changed(NOTICE, units=units)


def test_column_3_counts_what_the_office_enters_and_is_not_chased() -> None:
    key = f"quota/3/{TEAM}/2023-W17"
    entered = Ledger(
        media=(MediaCount(TEAM, date(2023, 4, 25), 2), MediaCount(TEAM, date(2023, 4, 30)))
    )
    assert ask("2023-04-28 10:00", entered)[key].state == "已完成"
    over = ask("2023-05-04 10:00")[key]
    assert (over.state, over.remindable) == ("待确认", False)
    chased = ask("2023-05-04 10:00", notice=asking(remind_media_column=True))[key]
    assert (chased.state, chased.remindable) == ("逾期", True)


def test_a_draft_the_office_corrects_into_column_3_counts_there() -> None:
    moved = draft(5, TEAM, "2023-04-25 10:00", column=3)
    duty = ask("2023-04-28 10:00", drafts(moved))[f"quota/3/{TEAM}/2023-W17"]
    assert (duty.done, duty.fulfilled_by) == (1, (5,))


@pytest.mark.parametrize(
    ("now", "since", "first"),
    [
        pytest.param("2023-05-04 10:00", None, "2022-12-25", id="the-quarter-before-and-a-week"),
        pytest.param("2023-01-04 10:00", None, "2022-09-24", id="in-january-too"),
        pytest.param("2023-12-04 10:00", None, "2023-01-01", id="tasks-since-new-year"),
        pytest.param("2023-12-04 10:00", "2023-05-20", "2023-03-25", id="as-asked"),
    ],
)
def test_loaders_may_leave_out_older_drafts(now: str, since: str | None, first: str) -> None:
    asked = date.fromisoformat(since) if since else None
    assert records_since(at(now), asked) == date.fromisoformat(first)


def test_sections_have_no_number_in_column_3_but_the_next_day_rule() -> None:
    assert not any(key.startswith("quota/3/执法监督科") for key in ask("2023-05-04 10:00"))


def test_adoption_is_shown_per_year_and_never_reminded() -> None:
    adopted = tuple(Adopted(TEAM, date(2023, 6, day), "市委办公室", 1, 2, day) for day in (1, 2))
    duty = ask("2023-12-28 10:00", Ledger(adoptions=adopted))[f"adoption/1/{TEAM}/2023"]
    assert (duty.needed, duty.done, duty.fulfilled_by) == (8, 2, (1, 2))
    assert duty.remindable is False


def test_the_joint_row_has_one_quota_unless_the_office_reads_it_otherwise() -> None:
    """The five bodies of the last row (机关党委、机关纪委、工会、妇委会、火管办)."""
    row = NOTICE.units[-1].name
    assert ask("2023-05-29 10:00")[f"quota/1/{row}/2023-05"].needed == 1
    each = asking(joint_row_shares_quota=False)
    assert ask("2023-05-29 10:00", notice=each)[f"quota/1/{row}/2023-05"].needed == 5


def test_quotas_carry_on_until_a_new_notice_unless_told_not_to() -> None:
    key = f"quota/1/{TEAM}/2026-W17"
    assert key in ask("2026-04-22 10:00")
    assert key not in ask("2026-04-22 10:00", notice=asking(quotas_carry_on=False))


def test_the_office_may_exempt_and_take_it_back() -> None:
    released = ExemptionRecord(1, WEEK_17, TEAM, "全员抗洪", at("2023-04-26 09:00"), "cli")
    duty = ask("2023-05-04 10:00", Ledger(exemptions=(released,)))[WEEK_17]
    assert (duty.state, duty.remindable) == ("免除", False)
    assert "全员抗洪" in duty.explanation
    taken_back = ExemptionRecord(
        1, WEEK_17, TEAM, "误", at("2023-04-26 09:00"), "cli", revoked=True
    )
    assert ask("2023-05-04 10:00", Ledger(exemptions=(taken_back,)))[WEEK_17].state == "逾期"


def test_a_year_not_announced_yet_is_marked_provisional() -> None:
    duty = ask("2098-10-02 10:00")[f"quota/1/{TEAM}/2098-W40"]
    assert "暂定" in duty.explanation


@pytest.mark.untraced
@given(
    st.lists(
        st.datetimes(
            at("2023-04-24 00:00").replace(tzinfo=None), at("2023-06-30 00:00").replace(tzinfo=None)
        ),
        max_size=25,
    )
)
def test_each_draft_counts_in_exactly_one_week(instants: list) -> None:
    some = tuple(
        draft(number, TEAM, moment.replace(tzinfo=at("2023-04-24 00:00").tzinfo))
        for number, moment in enumerate(instants, 1)
    )
    duties = all_obligations(
        only(TEAM), Ledger(drafts=some), at("2023-06-30 10:00"), SCHEDULE, date(2023, 4, 20)
    )
    counted = [
        one
        for duty in duties
        if duty.kind == "quota" and duty.column == 1
        for one in duty.fulfilled_by
    ]
    assert sorted(counted) == [one.id for one in some]


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        all_obligations(NOTICE, NOTHING, at("2023-05-04 10:00").replace(tzinfo=None), SCHEDULE)


def test_forecast_names_who_will_miss_the_month_while_it_can_still_be_met() -> None:
    now = at("2023-05-22 09:00")
    some = (draft(1, TEAM, "2023-05-08 10:00"), draft(2, "市政工程处", "2023-05-08 10:00"))
    some += tuple(draft(2 + n, "市政工程处", f"2023-05-{9 + n:02} 10:00") for n in range(1, 4))
    lines = {line.unit: line for line in forecast(NOTICE, SCHEDULE, Ledger(drafts=some), now)}
    assert lines[TEAM].missing == 3  # four weeks end in May
    assert "还须每周报2篇" in lines[TEAM].what
    assert "市政工程处" not in lines
    assert "扬尘办" not in lines  # its number is a guess
    (last,) = [
        line
        for line in forecast(NOTICE, SCHEDULE, Ledger(drafts=some), at("2023-05-31 09:00"))
        if line.unit == TEAM
    ]
    assert "本月只剩1个工作日" in last.what, "no pace by the week"


def test_forecast_is_silent_when_no_working_day_is_left() -> None:
    assert forecast(NOTICE, SCHEDULE, NOTHING, at("2023-04-29 09:00")) == ()
