"""约稿 and activities: asked by mail, delivered by mail, taken back, and their due times."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from duty_samples import NOTICE, SHIPPED, at, changed
from filing_samples import FilingDesk, draft_mail, filing_desk
from office_samples import CONFIG, POST, keys, stamp, watching

from mailbot.demo import texts
from mailbot.errors import Refused
from mailbot.rules.obligations import all_obligations
from mailbot.stages.corrected_events import Hand
from mailbot.stages.corrections import correct, send_back, withdraw
from mailbot.stages.ledgers import gather
from mailbot.stages.request_rows import reopen, request_key
from mailbot.stages.requests import activity, commission, settle
from mailbot.stages.undoing import undo
from store.records import ActivityRecord, CommissionRecord, DraftRecord
from store.unit_of_work import Store

UNIT, OTHER = "扬尘办", "市政工程处"
ASKED_AT, DUE = at("2023-05-08 10:00"), at("2023-05-12 18:00")
TOPIC = "扬尘治理经验"
TITLE = "扬尘治理经验交流"
WORDS = (
    "出动人员12人次、车辆3台次，查看工地5处，发现问题7个，当场整改6个，限期整改1个，并建立台账。"
)

VISIT = "调研组走进中控室和污泥脱水车间，听取扩建进度汇报，要求年内新增日处理能力2万吨，臭气收集率达到95%。"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[FilingDesk]:
    with filing_desk(tmp_path) as found:
        yield found


def asked(store: Store, topic: str = TOPIC, unit: str = UNIT) -> int:
    with store.work() as uow:
        item = CommissionRecord(0, unit, topic, ASKED_AT, DUE)
        number, told = commission(uow, CONFIG, POST, item, "cli")
        assert told
        uow.commit()
    return number


def held(store: Store, on: str = "2023-05-10", topic: str = "市领导调研污水处理厂") -> int:
    with store.work() as uow:
        item = ActivityRecord(0, UNIT, topic, date.fromisoformat(on))
        number, _ = activity(uow, CONFIG, POST, item, by="cli", now=ASKED_AT)
        uow.commit()
    return number


def item(store: Store, number: int) -> CommissionRecord:
    with store.look() as uow:
        found = uow.commissions.get(number)
    assert found is not None
    return found


def verbs(store: Store, subject: str) -> list[tuple[str, str]]:
    with store.look() as uow:
        return [(act.verb, act.by) for act in uow.acts.of(subject)]


def state(store: Store, key: str, now: datetime) -> str:
    with store.look() as uow:
        ledger = gather(uow, now)
    duties = all_obligations(CONFIG.notice, ledger, now, CONFIG.schedule)
    return next(duty.state for duty in duties if duty.key == key)


def reminders(store: Store) -> list[str]:
    return [key for key in keys(store) if key.startswith("reminder/扬尘办")]


def delivered(
    desk: FilingDesk,
    title: str = TITLE,
    when: str = "2023-05-09 15:00",
    *headers: tuple[str, str],
    unit: str = UNIT,
    rest: str = WORDS,
) -> DraftRecord:
    came = at(when)
    words = f"5月9日，{unit}组织人员，就{title}一事到现场查看，逐项核对台账。" + rest * 4
    mail = draft_mail(unit, title, came, *headers, body=words)
    (draft,) = desk.fetch(mail, came, came)
    return draft


def test_the_unit_is_told_at_once_what_is_asked_and_until_when(desk: FilingDesk) -> None:
    number = asked(desk.store)
    with desk.store.look() as uow:
        (letter,) = uow.outbox.listing()
        assert (letter.key, letter.lane) == (request_key("commission", number), "answer")
        assert letter.to == CONFIG.notice.unit(UNIT).reminder_addresses
        assert "5月12日 18:00" in letter.text
        assert TOPIC in letter.subject
        (act,) = uow.acts.of(f"commission:{number}")
    assert (act.verb, act.detail["topic"], act.detail["unit"]) == ("commission", TOPIC, UNIT)


def test_an_activity_is_due_at_the_end_of_the_next_day(desk: FilingDesk) -> None:
    held(desk.store)
    with desk.store.look() as uow:
        (letter,) = uow.outbox.listing()
    assert "5月11日 24:00" in letter.text
    assert "附件2备注" in letter.text
    assert state(desk.store, "activity/1", at("2023-05-11 23:59")) == "临期"
    assert state(desk.store, "activity/1", at("2023-05-12 00:00")) == "逾期"


def test_a_unit_without_address_is_not_written_to(desk: FilingDesk) -> None:
    notice = changed(NOTICE, units=SHIPPED.units)
    mute = CONFIG.model_copy(update={"notice": notice})
    with desk.store.work() as uow:
        record = CommissionRecord(0, UNIT, TOPIC, ASKED_AT, DUE)
        _, told = commission(uow, mute, POST, record, "cli")
        uow.commit()
    assert not told
    assert keys(desk.store) == []


@pytest.mark.parametrize(
    ("topic", "due"),
    [
        pytest.param("  ", DUE, id="no-topic"),
        pytest.param(TOPIC, ASKED_AT, id="due-at-once"),
        pytest.param(TOPIC, at("2023-05-07 10:00"), id="due-before-asked"),
    ],
)
def test_what_cannot_be_met_is_refused(desk: FilingDesk, topic: str, due: datetime) -> None:
    with desk.store.work() as uow, pytest.raises(Refused):
        commission(uow, CONFIG, POST, CommissionRecord(0, UNIT, topic, ASKED_AT, due), "cli")
    assert keys(desk.store) == []


def test_a_plain_answer_closes_it_and_stops_the_reminders(desk: FilingDesk) -> None:
    number = asked(desk.store)
    watch = watching(desk.store)
    watch.watch(at("2023-05-09 09:30"))
    assert len(reminders(desk.store)) == 1, "three days before it is due"

    draft = delivered(desk)

    assert (item(desk.store, number).state, item(desk.store, number).draft_id) == ("done", draft.id)
    assert any(reason["verdict"] == "约稿：已交" for reason in draft.reasons)
    assert verbs(desk.store, "commission:1") == [
        ("commission", "cli"),
        ("commission-done", "system"),
    ]
    assert state(desk.store, "commission/1", at("2023-05-13 10:00")) == "已完成"
    with desk.store.look() as uow:
        letter = next(one for one in uow.outbox.listing() if one.key.startswith("reminder/"))
        assert watch.still_due(uow, letter, at("2023-05-09 15:01")), "not even the queued one goes"


def test_the_receipt_says_that_the_request_is_met(desk: FilingDesk) -> None:
    asked(desk.store)
    with desk.store.work() as uow:
        uow.contacts.learn(f"{len(UNIT)}@u.example", UNIT, ASKED_AT, "cli")
        uow.commit()
    delivered(desk)
    delivered(desk, "扬尘办召开党员大会", "2023-05-09 16:00")
    with desk.store.look() as uow:
        told = [one.text for one in uow.outbox.listing() if one.key.startswith("receipt/")]
    assert "任务：与约稿1“扬尘治理经验”相符，登记为已交" in told[1]
    assert "约稿" not in told[0]


def test_a_doubt_keeps_it_open_and_the_office_is_asked(desk: FilingDesk) -> None:
    number = asked(desk.store)
    draft = delivered(desk, "扬尘办开展扬尘治理专项行动")
    assert item(desk.store, number).state == "open"
    (doubt,) = [one for one in draft.needs_review if one.startswith("可能是约稿1“扬尘治理经验”")]
    assert f"commission close 1 --draft {draft.id}" in doubt
    watching(desk.store).watch(at("2023-05-10 08:30"))
    with desk.store.look() as uow:
        digest = next(one for one in uow.outbox.listing() if one.key == "digest/daily/2023-05-10")
    assert "可能是约稿1" in digest.text
    assert "可能是约稿1" in digest.html

    with desk.store.work() as uow:
        settle(uow, "commission", number, draft=draft.id, by="cli", now=DUE)
        uow.commit()
        again = uow.drafts.get(draft.id)
    assert again is not None
    assert not [one for one in again.needs_review if "约稿" in one], "answered"


def test_a_reply_to_the_letter_is_recognised(desk: FilingDesk) -> None:
    number = asked(desk.store)
    reply = ("In-Reply-To", stamp(request_key("commission", number)))
    draft = delivered(desk, "扬尘治理工作汇报", "2023-05-09 15:00", reply)
    assert item(desk.store, number).draft_id == draft.id


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        pytest.param("扬尘办召开党员大会", UNIT, id="something-else"),
        pytest.param(TITLE, OTHER, id="somebody-else"),
    ],
)
def test_other_drafts_leave_it_alone(desk: FilingDesk, title: str, unit: str) -> None:
    number = asked(desk.store)
    draft = delivered(desk, title, unit=unit)
    assert item(desk.store, number).state == "open"
    assert not [one for one in draft.needs_review if "约稿" in one]


def test_a_draft_taken_back_opens_it_again_and_the_undoing_closes_it(desk: FilingDesk) -> None:
    number = asked(desk.store)
    draft = delivered(desk)
    for take_back in (withdraw, send_back):
        with desk.store.work() as uow:
            act = take_back(uow, draft.id, "有误", "cli", DUE)
            uow.commit()
        assert item(desk.store, number).state == "open"
        assert item(desk.store, number).draft_id is None
        assert state(desk.store, "commission/1", at("2023-05-13 10:00")) == "逾期"
        with desk.store.work() as uow:
            undo(uow, act, "cli", DUE)
            uow.commit()
        assert item(desk.store, number).draft_id == draft.id


def test_a_draft_of_another_unit_after_all_opens_it_again(desk: FilingDesk) -> None:
    number = asked(desk.store)
    draft = delivered(desk)
    with desk.store.work() as uow:
        correct(uow, draft.id, {"单位": OTHER}, Hand(CONFIG, POST, "cli", DUE))
        uow.commit()
    assert item(desk.store, number).state == "open"
    with desk.store.look() as uow:
        changed = uow.drafts.get(draft.id)
    assert changed is not None
    assert not [reason for reason in changed.reasons if reason["verdict"] == "约稿：已交"]


def test_a_correction_of_the_unit_may_close_it(desk: FilingDesk) -> None:
    number = asked(desk.store)
    draft = delivered(desk, unit=OTHER)
    with desk.store.work() as uow:
        correct(uow, draft.id, {"单位": UNIT}, Hand(CONFIG, POST, "cli", DUE))
        uow.commit()
    assert item(desk.store, number).draft_id == draft.id


def test_late_delivery_closes_it_and_is_shown_as_late(desk: FilingDesk) -> None:
    asked(desk.store)
    delivered(desk, TITLE, "2023-05-13 09:00")
    now = at("2023-05-13 10:00")
    with desk.store.look() as uow:
        duties = all_obligations(CONFIG.notice, gather(uow, now), now, CONFIG.schedule)
    duty = next(duty for duty in duties if duty.key == "commission/1")
    assert duty.state == "已完成"
    assert "迟交" in duty.explanation


def test_cancelled_before_it_left_nobody_is_asked(desk: FilingDesk) -> None:
    number = asked(desk.store)
    with desk.store.work() as uow:
        assert settle(uow, "commission", number, draft=None, by="cli", now=ASKED_AT) == "取消"
        uow.commit()
    with desk.store.look() as uow:
        assert [letter.state for letter in uow.outbox.listing()] == ["cancelled"]
    assert state(desk.store, "commission/1", at("2023-05-13 10:00")) == "免除"


def test_cancelled_after_it_left_the_office_is_told_to_tell_the_unit(desk: FilingDesk) -> None:
    number = asked(desk.store)
    with desk.store.work() as uow:
        (letter,) = uow.outbox.listing()
        uow.outbox.settle(letter.id, "sent", "250", sent_at=ASKED_AT)
        said = settle(uow, "commission", number, draft=None, by="cli", now=DUE)
        uow.commit()
    assert "请另行告知该单位" in said


def test_closings_are_undone_once_and_only_of_what_is_closed(desk: FilingDesk) -> None:
    number = asked(desk.store)
    with desk.store.work() as uow:
        with pytest.raises(Refused):
            reopen(uow, "commission", number, by="cli", now=DUE, why="")
        settle(uow, "commission", number, draft=None, by="cli", now=DUE)
        with pytest.raises(Refused):
            settle(uow, "commission", number, draft=None, by="cli", now=DUE)
        act = uow.acts.of("commission:1")[-1].id
        assert "约稿取消" in undo(uow, act, "cli", DUE)
        uow.commit()
    assert item(desk.store, number).state == "open"


def test_an_activity_is_answered_on_its_day(desk: FilingDesk) -> None:
    held(desk.store)
    early = delivered(desk, "市领导将调研污水处理厂", "2023-05-09 17:00")
    assert state(desk.store, "activity/1", at("2023-05-10 10:00")) != "已完成", early.title
    draft = delivered(desk, "市领导到污水处理厂调研", "2023-05-10 17:00", rest=VISIT)
    with desk.store.look() as uow:
        (found,) = uow.commissions.activities()
    assert (found.state, found.draft_id) == ("done", draft.id)
    assert state(desk.store, "activity/1", at("2023-05-12 10:00")) == "已完成"


def test_an_activity_registered_after_its_draft_asks_nobody(desk: FilingDesk) -> None:
    draft = delivered(desk, "市领导到污水处理厂调研", "2023-05-10 15:00")
    held(desk.store)
    with desk.store.look() as uow:
        (found,) = uow.commissions.activities()
    assert (found.state, found.draft_id) == ("done", draft.id)
    assert keys(desk.store) == []


def test_the_earlier_trustworthy_instant_is_filed_and_shown(desk: FilingDesk) -> None:
    """The record of the server says 8:55, its own header 8:40: the report was in time (二·一)."""
    came, recorded = at("2023-04-20 08:40"), at("2023-04-20 08:55")
    raw = draft_mail(
        "直属一大队",
        "关于张家湾路口燃气管道被挖断的首报",
        came,
        body=texts.GAS_LEAK,
        subject="【紧急】燃气管道被挖断",
        provider=came,
    )
    (draft,) = desk.fetch(raw, recorded, recorded)
    assert draft.received_at == came
    assert (draft.punctuality, draft.late) == ("按时", False)
    (told,) = [reason for reason in draft.reasons if reason["verdict"] == "收到时间"]
    assert "08:55" in str(told["because"])
    assert "08:40" in str(told["because"])
    watching(desk.store).watch(at("2023-04-21 08:30"))
    with desk.store.look() as uow:
        digest = next(one for one in uow.outbox.listing() if one.key.startswith("digest/daily"))
    assert "以较早的4月20日08:40为准" in digest.text


@pytest.mark.parametrize(
    ("provider", "punctuality", "received"),
    [
        pytest.param("2023-04-20 09:40", "超时", "2023-04-20 09:40", id="provider-says-late"),
        pytest.param("2023-04-20 08:40", "按时", "2023-04-20 08:40", id="provider-says-in-time"),
        pytest.param(None, "时间待核", "2023-04-20 09:30", id="only-the-sender's-date"),
    ],
)
def test_an_imported_report_is_late_only_by_the_providers_word(
    desk: FilingDesk, provider: str | None, punctuality: str, received: str
) -> None:
    raw = draft_mail(
        "直属一大队",
        "关于张家湾路口燃气管道被挖断的首报",
        at("2023-04-20 09:30"),
        body=texts.GAS_LEAK,
        subject="【紧急】燃气管道被挖断",
        provider=at(provider) if provider else None,
    )
    (draft,) = desk.import_(raw, at("2023-06-01 10:00"))
    assert draft.emergency == "alert"
    assert draft.punctuality == punctuality
    assert draft.received_at == at(received)
    assert draft.late == {"超时": True, "按时": False}.get(punctuality)
    assert any("不能作准" in one for one in draft.needs_review) == (provider is None)


def test_a_draft_held_as_a_near_repeat_is_put_to_the_office_as_an_answer(desk: FilingDesk) -> None:
    """The text of before the day, sent again on the day: delivered or not, the office says."""
    held(desk.store)
    delivered(desk, "市领导将调研污水处理厂", "2023-05-09 17:00")
    draft = delivered(desk, "市领导到污水处理厂调研", "2023-05-10 17:00")
    assert (draft.state, draft.relation) == ("not_counted", "near")
    assert any("可能是活动1" in doubt for doubt in draft.needs_review), draft.needs_review
    assert state(desk.store, "activity/1", at("2023-05-10 18:00")) != "已完成"
