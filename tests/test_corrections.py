"""The office's corrections: audited, undoable, and with all that follows for an emergency."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from duty_samples import at
from office_samples import CONFIG, DUTY, OFFICE, POST, emergency, keys, mail_of, opened

from mailbot.errors import Refused
from mailbot.rules.emergency_deadlines import alert_key
from mailbot.stages.corrected_events import Hand
from mailbot.stages.corrections import correct, undo, unit_or_refuse, withdraw
from store.records import DraftRecord, EventRecord
from store.unit_of_work import Store

RECEIVED = at("2023-04-19T09:05")
NOW = at("2023-04-19T09:20")
SENDER = "ygb@example.com"
TEXT = "4月19日8时50分，朝阳路一处燃气管道被挖断，造成泄漏，现场人员已疏散，无伤亡。"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as found:
        yield found


def filed(store: Store, sender: str = SENDER, **more: object) -> int:
    """A draft on record; the mail's sender is `sender`."""
    record = DraftRecord(
        0, 0, 1, RECEIVED, "扬尘办", "燃气管道挖断", "动态简讯", 1, 60, 60, 50, text=TEXT
    )
    with store.work() as uow:
        mail = mail_of(uow, RECEIVED, sender)
        ordinal = len(uow.drafts.of_message(mail)) + 1
        record = replace(record, message_id=mail, ordinal=ordinal, **more)  # type: ignore[arg-type]
        number = uow.drafts.add(record)
        uow.commit()
    return number


def corrected(store: Store, number: int, now: datetime = NOW, **wanted: str) -> int:
    with store.work() as uow:
        act = correct(uow, number, wanted, Hand(CONFIG, POST, "cli", now))
        uow.commit()
    return act


def undone(store: Store, act: int) -> None:
    with store.work() as uow:
        undo(uow, act, "cli", NOW)
        uow.commit()


def draft(store: Store, number: int) -> DraftRecord:
    with store.look() as uow:
        found = uow.drafts.get(number)
    assert found is not None
    return found


def events(store: Store) -> list[EventRecord]:
    with store.look() as uow:
        return list(uow.events.all())


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param(
            {"单位": "市政处"}, {"unit": "市政工程处", "unit_confidence": "certain"}, id="unit"
        ),
        pytest.param({"类型": "经验做法"}, {"kind": "经验做法", "column": 2}, id="kind"),
        pytest.param(
            {"类型": "非稿件"},
            {"kind": "非稿件", "column": None, "state": "not_counted"},
            id="no-draft-at-all",
        ),
        pytest.param({"栏目": "②"}, {"column": 2}, id="column"),
        pytest.param({"栏目": "无"}, {"column": None}, id="no-column"),
        pytest.param({"任务": "14"}, {"task": 14}, id="task"),
        pytest.param({"计数": "否"}, {"state": "not_counted"}, id="counted-no-more"),
        pytest.param({"任务": "14", "栏目": "②"}, {"task": 14, "column": 2}, id="two-at-once"),
    ],
)
def test_a_correction_is_applied_recorded_and_taken_back(
    store: Store, wanted: dict[str, str], expected: dict[str, object]
) -> None:
    number = filed(store)
    before = draft(store, number)

    act = corrected(store, number, **wanted)

    after = draft(store, number)
    assert {name: getattr(after, name) for name in expected} == expected
    with store.look() as uow:
        (recorded,) = uow.acts.of(f"draft:{number}")
    assert (recorded.id, recorded.by, recorded.verb, recorded.at) == (act, "cli", "correct", NOW)
    assert recorded.detail["after"] == expected

    undone(store, act)
    assert draft(store, number) == before


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        pytest.param({"单位": "交通局"}, "没有“交通局”这个单位", id="unknown-unit"),
        pytest.param({"单位": "宣汉县综合"}, "是否指：宣汉县综合执法局", id="a-unit-by-its-name"),
        pytest.param({"单位": "市政工程出"}, "是否指：市政工程处", id="misspelt-unit"),
        pytest.param({"类型": "通知"}, "可写：动态简讯、经验做法、问题反映、非稿件", id="kind"),
        pytest.param({"栏目": "④"}, "①、②、③ 或 无", id="column"),
        pytest.param({"任务": "27"}, "附件3没有第27项", id="task"),
        pytest.param({"突发": "可能"}, "是、疑似 或 否", id="emergency"),
        pytest.param({"计数": "半篇"}, "计数请写 是 或 否", id="counting"),
        pytest.param({"字数": "500"}, "可以更正：单位、类型", id="words-are-not-corrected"),
        pytest.param({"事发": "8时50分"}, "请同时写 突发=是", id="a-time-without-emergency"),
        pytest.param({"突发": "是", "事发": "很早"}, "看不懂", id="no-time"),
        pytest.param({"突发": "是", "事发": "9时10分"}, "晚于收到来信", id="after-the-report"),
        pytest.param({"突发": "是", "事发": "8时10分和8时20分"}, "看不懂", id="two-times"),
        pytest.param({"突发": "否"}, "没有改动", id="nothing-changes"),
        pytest.param({}, "没有写明改什么", id="nothing-asked"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    store: Store, wanted: dict[str, str], said: str
) -> None:
    number = filed(store)
    before = draft(store, number)
    with pytest.raises(Refused, match=said):
        corrected(store, number, **wanted)

    assert draft(store, number) == before
    assert keys(store) == []


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        pytest.param("4月19日8时50分，燃气管道被挖断。", "按时", id="event-told"),
        pytest.param(
            "4月19日8时50分，接群众报警，燃气管道被挖断。", "时间待核", id="only-the-report-told"
        ),
    ],
)
def test_a_corrected_report_time_does_not_make_an_event_of_a_report(
    store: Store, text: str, verdict: str
) -> None:
    """The text told 接报 alone: an earlier 接报, written by hand, proves nothing of the event."""
    told = at("2023-04-19T08:50")
    number = filed(
        store, text=text, emergency="alert", stage="首报", event_earliest=told, event_latest=told
    )

    corrected(store, number, 接报="8时48分")

    assert draft(store, number).punctuality == verdict


def test_a_draft_nobody_knows_is_refused(store: Store) -> None:
    with pytest.raises(Refused, match="没有 #9"):
        corrected(store, 9, 单位="扬尘办")


# --- counting ---


def test_a_withdrawn_draft_stays_withdrawn_whatever_is_corrected(store: Store) -> None:
    number = filed(store)
    with store.work() as uow:
        withdraw(uow, number, "写错了", "cli", NOW)
        uow.commit()
    corrected(store, number, 类型="经验做法")

    assert draft(store, number).state == "withdrawn"
    with store.work() as uow, pytest.raises(Refused, match="已经撤稿"):
        withdraw(uow, number, "再撤", "cli", NOW)


def test_a_repeat_is_not_counted_because_its_kind_is_corrected(store: Store) -> None:
    repeat = filed(store, state="not_counted", relation="exact", kind="待审", column=None)
    corrected(store, repeat, 类型="动态简讯")
    assert draft(store, repeat).state == "not_counted"

    corrected(store, repeat, 计数="是")
    assert draft(store, repeat).state == "counted"


def test_a_draft_taken_for_none_counts_when_its_kind_is_known(store: Store) -> None:
    number = filed(store, kind="非稿件", column=None, state="not_counted")
    corrected(store, number, 类型="动态简讯")
    assert (draft(store, number).state, draft(store, number).column) == ("counted", 1)


def test_the_offices_look_settles_its_doubts(store: Store) -> None:
    number = filed(store, needs_review=("类型拿不准",), kind="待审")
    act = corrected(store, number, 类型="动态简讯")
    assert draft(store, number).needs_review == ()

    undone(store, act)
    assert draft(store, number).needs_review == ("类型拿不准",)


def test_a_unit_confirmed_brings_the_task_proposed_with_it(store: Store) -> None:
    doubt = "可能是附件3第5项“城乡污水治理”，报送单位待确认，待核（如是，请更正 任务=5）"
    mine, other = (filed(store, needs_review=(doubt,)) for _ in range(2))
    act = corrected(store, mine, 单位="市政工程处")
    corrected(store, other, 单位="扬尘办", 类型="经验做法")

    assert (draft(store, mine).task, draft(store, other).task) == (5, None)

    undone(store, act)

    assert draft(store, mine).task is None


def test_a_corrected_unit_does_not_settle_a_suspected_emergency(store: Store) -> None:
    doubt = "疑似突发事件（5 分），请核"
    number = filed(store, needs_review=(doubt, "单位拿不准"), emergency="review")
    corrected(store, number, 单位="市政处")
    assert draft(store, number).needs_review == (doubt,)


# --- addresses ---


def test_the_sender_is_known_from_now_on_until_undone(store: Store) -> None:
    number = filed(store)
    act = corrected(store, number, 单位="市政处")
    with store.look() as uow:
        assert uow.contacts.units_by_address() == {SENDER: "市政工程处"}

    undone(store, act)
    with store.look() as uow:
        assert uow.contacts.units_by_address() == {}


@pytest.mark.parametrize("shared", [OFFICE, DUTY, "dzscgzfj@163.com"])
def test_the_offices_own_address_is_nobodys(store: Store, shared: str) -> None:
    """A clerk who forwards a unit's draft does not become that unit."""
    corrected(store, filed(store, sender=shared), 单位="市政处")
    with store.look() as uow:
        assert uow.contacts.units_by_address() == {}


# --- undoing ---


def test_acts_are_undone_from_the_last_back(store: Store) -> None:
    number = filed(store)
    first = corrected(store, number, 任务="14")
    second = corrected(store, number, 任务="15")
    with pytest.raises(Refused, match=f"之后又有操作 {second}"):
        undone(store, first)

    undone(store, second)
    assert draft(store, number).task == 14
    undone(store, first)
    assert draft(store, number).task is None


def test_acts_on_different_matters_are_undone_in_any_order(store: Store) -> None:
    number = filed(store)
    first = corrected(store, number, 任务="14")
    corrected(store, number, 类型="经验做法")
    undone(store, first)
    assert (draft(store, number).task, draft(store, number).kind) == (None, "经验做法")


def test_an_act_is_undone_once_and_only_if_it_can_be(store: Store) -> None:
    act = corrected(store, filed(store), 任务="14")
    undone(store, act)
    with pytest.raises(Refused, match="已经撤销过"):
        undone(store, act)
    with pytest.raises(Refused, match="没有可撤销的操作"):
        undone(store, act + 1)  # the undoing itself
    with pytest.raises(Refused, match="没有可撤销的操作"):
        undone(store, 99)


def test_undoing_a_withdrawal_counts_the_draft_again(store: Store) -> None:
    number = filed(store)
    with store.work() as uow:
        act = withdraw(uow, number, "写错了", "cli", NOW)
        uow.commit()
    undone(store, act)
    assert draft(store, number).state == "counted"


# --- emergencies ---


def test_an_emergency_found_by_hand_is_opened_and_alerted_like_one_that_arrived_so(
    store: Store,
) -> None:
    """The mail was filed as news at 9:05; the clerk sees at 9:20 what it is."""
    number = filed(store)
    corrected(store, number, 突发="是")

    after = draft(store, number)
    assert (after.emergency, after.stage, after.late) == ("alert", "首报", False)
    assert (after.minutes_to_report, after.punctuality) == (15, "按时")
    assert "联系人" in after.elements_missing
    (event,) = events(store)
    assert (event.state, event.level, event.unit) == ("open", "alert", "扬尘办")
    assert (event.draft_ids, event.written_at) == ((number,), RECEIVED)
    assert keys(store) == [alert_key(event.id, 0)]
    with store.look() as uow:
        (alert,) = uow.outbox.listing()
    assert (alert.lane, alert.to) == ("urgent", (DUTY,))
    assert SENDER in alert.text


def test_a_suspicion_confirmed_keeps_its_event_and_tells_the_duty(store: Store) -> None:
    number = filed(store, emergency="review", punctuality="时间待核")
    emergency(store, event_of(number, level="review"))
    corrected(store, number, 突发="是")

    (event,) = events(store)
    assert (event.level, event.state) == ("alert", "open")
    assert keys(store) == [f"alert/E{event.id}/draft-{number}"]
    assert draft(store, number).punctuality == "时间待核", "its time was not corrected"


def event_of(number: int, **more: object) -> EventRecord:
    values: dict[str, object] = {
        "unit": "扬尘办", "title": "燃气管道挖断", "hazard": "燃气泄漏", "level": "alert",
        "state": "open", "opened_at": RECEIVED, "opened_by": "mail", "written_at": RECEIVED,
        "last_report_at": RECEIVED, "draft_ids": (number,),
    }  # fmt: skip
    return EventRecord(0, **{**values, **more})  # type: ignore[arg-type]


def test_an_emergency_denied_is_dismissed_and_asked_of_nobody(store: Store) -> None:
    number = filed(
        store, emergency="alert", stage="首报", late=True, minutes_to_report=55,
        punctuality="超时", elements_missing=("联系人",), needs_review=("疑似突发事件，请核",),
    )  # fmt: skip
    before = draft(store, number)
    emergency(store, event_of(number))
    act = corrected(store, number, 突发="否")

    after = draft(store, number)
    assert (after.emergency, after.stage, after.late) == ("none", "", None)
    assert (after.punctuality, after.minutes_to_report) == ("不适用", None)
    assert (after.elements_missing, after.needs_review) == ((), ())
    assert [event.state for event in events(store)] == ["dismissed"]

    undone(store, act)
    assert draft(store, number) == before
    (event,) = events(store)
    assert (event.state, event.closed_at) == ("open", None)


def test_one_of_two_reports_denied_leaves_the_event_to_the_other(store: Store) -> None:
    later = RECEIVED + timedelta(hours=2)
    first = filed(store, emergency="alert")
    second = filed(store, emergency="alert", received_at=later)
    emergency(store, event_of(first, draft_ids=(first, second), last_report_at=later))
    act = corrected(store, second, 突发="否")

    (event,) = events(store)
    assert (event.state, event.draft_ids, event.last_report_at) == ("open", (first,), RECEIVED)
    assert event.written_at == RECEIVED
    undone(store, act)
    assert events(store)[0].draft_ids == (first, second)
    assert events(store)[0].last_report_at == later


def test_the_written_report_of_a_phoned_event_is_owed_again(store: Store) -> None:
    number = filed(store, emergency="alert")
    emergency(store, event_of(number, opened_by="cli", phoned_at=RECEIVED))
    corrected(store, number, 突发="否")
    (event,) = events(store)
    assert (event.state, event.written_at, event.draft_ids) == ("open", None, ())


def test_undoing_an_alarm_dismisses_its_event(store: Store) -> None:
    number = filed(store)
    before = draft(store, number)
    undone(store, corrected(store, number, 突发="是"))
    assert draft(store, number) == before
    assert [event.state for event in events(store)] == ["dismissed"]


def test_an_alarm_raised_again_reopens_its_event(store: Store) -> None:
    number = filed(store)
    corrected(store, number, 突发="是")
    corrected(store, number, 突发="否")
    corrected(store, number, 突发="是")
    assert [(event.state, event.closed_at) for event in events(store)] == [("open", None)]


def test_the_event_follows_its_drafts_unit(store: Store) -> None:
    """Otherwise 续报 would be asked of nobody."""
    number = filed(store, emergency="alert", unit="")
    emergency(store, event_of(number, unit=""))
    corrected(store, number, 单位="市政处")
    assert [event.unit for event in events(store)] == ["市政工程处"]


@pytest.mark.parametrize(
    ("told", "start", "end", "verdict", "minutes"),
    [
        pytest.param("2023-04-19T08:35", "08:35", "08:35", "按时", 30, id="iso-on-the-dot"),
        pytest.param("2023-04-19T00:34:00+00:00", "08:34", "08:34", "超时", 31, id="iso-with-zone"),
        pytest.param("4月19日8时50分", "08:50", "08:50", "按时", 15, id="in-words"),
        pytest.param("8:50", "08:50", "08:50", "按时", 15, id="time-of-the-day"),
        pytest.param("8时35分至8时50分", "08:35", "08:50", "按时", None, id="range-within"),
        pytest.param("8时至8时30分", "08:00", "08:30", "超时", 65, id="range-beyond"),
        pytest.param("8时30分至8时50分", "08:30", "08:50", "时间待核", None, id="range-astride"),
    ],
)
def test_a_told_time_is_judged(  # noqa: PLR0917  the columns of the table
    store: Store, told: str, start: str, end: str, verdict: str, minutes: int | None
) -> None:
    """30 minutes from the event to the provider's receipt at 9:05 (二·一)."""
    number = filed(store, emergency="alert", stage="首报", punctuality="时间待核", late=None)
    emergency(store, event_of(number))
    before = draft(store, number)
    act = corrected(store, number, 事发=told)

    after = draft(store, number)
    assert after.event_earliest == at(f"2023-04-19T{start}")
    assert after.event_latest == at(f"2023-04-19T{end}")
    assert after.punctuality == verdict
    assert after.late == {"按时": False, "超时": True}.get(verdict)
    if minutes is not None:
        assert after.minutes_to_report == minutes
    assert events(store)[0].happened_earliest == after.event_earliest
    assert any(reason["verdict"] == f"报送时限：{verdict}" for reason in after.reasons)
    assert bool(after.needs_review) == (verdict == "时间待核")

    undone(store, act)
    assert draft(store, number) == before
    assert events(store)[0].happened_earliest is None


def test_a_time_that_nobody_knows_is_to_be_asked(store: Store) -> None:
    """Never silently in time."""
    number = filed(
        store, emergency="alert", stage="首报", punctuality="按时", late=False,
        event_earliest=RECEIVED, event_latest=RECEIVED, minutes_to_report=0,
    )  # fmt: skip
    corrected(store, number, 事发="不明")
    after = draft(store, number)
    assert (after.event_earliest, after.punctuality, after.late) == (None, "时间待核", None)
    assert any("事发时间" in doubt for doubt in after.needs_review)


def test_a_told_time_settles_the_doubt_about_it(store: Store) -> None:
    doubt = "没有写明事发时间，请向单位核实"
    reason = {"verdict": "报送时限：时间待核", "because": doubt, "clause": "二·一"}
    number = filed(
        store, emergency="alert", punctuality="时间待核",
        needs_review=(doubt, "单位拿不准"), reasons=(reason,),
    )  # fmt: skip
    corrected(store, number, 事发="8时50分")
    assert draft(store, number).needs_review == ("单位拿不准",)


def test_a_follow_up_is_not_judged(store: Store) -> None:
    number = filed(store, emergency="alert", stage="续报")
    corrected(store, number, 事发="6时")
    assert (draft(store, number).punctuality, draft(store, number).late) == ("不适用", None)


def test_units_are_found_by_alias() -> None:
    assert unit_or_refuse("京环", CONFIG) == "环卫处（含京环）"
    assert RECEIVED.tzinfo is UTC
