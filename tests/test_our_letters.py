"""Answers to our own letters: their subject is our word, what the writer says is his own."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from filing_samples import FilingDesk, filing_desk
from order_samples import (
    DUTY,
    NOON,
    OFFICE,
    TEAM,
    UNIT_ADDRESS,
    clerk_at_work,
    mail,
    office_config,
)

from mailbot.rules.our_letters import draft_answered, event_answered, quotes_us
from store.records import EventRecord, OutboxRecord

LEAK = "今天11时40分，朝阳路一施工点挖断中压燃气管，正在漏气，已拉警戒线，暂无伤亡，人员正在处置。"
LATER = NOON + timedelta(hours=5)
CHASE = f"回复：【催续报】E1 {TEAM}：燃气泄漏"
ALERT = f"回复：【紧急】E1 {TEAM}：燃气泄漏"
RECEIPT = "回复：【回执】燃气泄漏（#1）"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[FilingDesk]:
    """A leak was reported by a mail without a file; its event is open."""
    with filing_desk(tmp_path, office_config()) as found:
        (report,) = found.fetch(mail(UNIT_ADDRESS, "燃气泄漏", LEAK), NOON, NOON)
        assert report.emergency == "alert"
        yield found


def events(desk: FilingDesk) -> list[EventRecord]:
    with desk.store.look() as uow:
        return list(uow.events.all())


def letters(desk: FilingDesk) -> list[OutboxRecord]:
    with desk.store.look() as uow:
        return list(uow.outbox.listing(limit=1000))


@pytest.mark.parametrize(
    ("subject", "ours"),
    [
        ("回复：【回执】燃气泄漏（#3）", True),
        ("Re: 【紧急】E3 开江县住建局：坍塌倒塌", True),
        ("答复: Re: 【催续报】E1 通川区综合执法局：首报", True),
        ("转发：【日报】4月24日（星期一）：收稿0篇", True),
        pytest.param("【紧急】E3 开江县住建局：坍塌倒塌", False, id="no-answer"),
        pytest.param("回复：【紧急】关于燃气泄漏的首报", False, id="a-units-own-mark"),
        pytest.param("Fw: 大竹县开展公厕管护检查", False, id="a-units-own-subject"),
    ],
)
def test_a_subject_of_ours_is_known_by_its_mark(subject: str, *, ours: bool) -> None:
    assert quotes_us(subject) is ours


def test_what_is_answered_is_read_off_the_subject() -> None:
    assert event_answered(CHASE) == event_answered(ALERT) == 1
    assert draft_answered(RECEIPT) == 1
    assert event_answered("【紧急】E1 直属一大队：燃气泄漏") is None


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        pytest.param(UNIT_ADDRESS, RECEIPT, "收到，谢谢", id="thanks-for-a-receipt"),
        pytest.param(UNIT_ADDRESS, CHASE, "收到，马上报！", id="promise-of-a-follow-up"),
        pytest.param(DUTY, ALERT, "误报，打开看过是普通稿件", id="the-duty-in-its-own-words"),
        pytest.param(OFFICE, ALERT, "知道了，已通知值班领导。", id="the-office-likewise"),
        pytest.param(
            OFFICE,
            ALERT,
            "这件事昨天开会已经说过，处理完了，请各位以后注意，稿件不用再报，联系人我来通知。" * 2,
            id="the-office-at-length",
        ),
    ],
)
def test_words_under_our_subject_are_no_new_emergency(
    desk: FilingDesk, sender: str, subject: str, body: str
) -> None:
    drafts = desk.fetch(mail(sender, subject, body, when=LATER), LATER, LATER)

    assert drafts == []
    assert [event.draft_ids for event in events(desk)] == [(1,)]


@pytest.mark.parametrize(
    ("subject", "body", "level"),
    [
        pytest.param(CHASE, "漏点已修复，9时恢复供气。", "review", id="plain-words"),
        pytest.param(CHASE, LEAK, "alert", id="words-of-an-emergency"),
        pytest.param(RECEIPT, LEAK, "alert", id="under-the-receipt"),
    ],
)
def test_what_a_unit_reports_in_its_answer_continues_the_event(
    desk: FilingDesk, subject: str, body: str, level: str
) -> None:
    (more,) = desk.fetch(mail(UNIT_ADDRESS, subject, body, when=LATER), LATER, LATER)

    assert more.emergency == level
    (event,) = events(desk)
    assert event.draft_ids == (1, more.id)
    assert event.last_report_at == LATER
    assert f"alert/E1/draft-{more.id}" in [letter.key for letter in letters(desk)]


def test_another_unit_does_not_continue_it(desk: FilingDesk) -> None:
    desk.fetch(mail("other@u.example", ALERT, LEAK, when=LATER), LATER, LATER)

    assert events(desk)[0].draft_ids == (1,)
    assert len(events(desk)) == 2


def test_a_new_emergency_in_an_answer_of_the_duty_is_one(desk: FilingDesk) -> None:
    collapse = "今天16时30分，滨河路一在建工地围墙坍塌，2人受伤，正在抢救。"
    (report,) = desk.fetch(mail(DUTY, ALERT, collapse, when=LATER), LATER, LATER)

    assert report.emergency == "alert"


def test_the_office_is_told_that_nothing_was_done_and_how_to_say_it(desk: FilingDesk) -> None:
    desk.fetch(mail(DUTY, ALERT, "误报", when=LATER), LATER, LATER)

    told = letters(desk)[0]
    assert told.to == (DUTY,)
    assert "没有办理" in told.text
    assert "收到 #E1" in told.text
    assert "更正 #1 突发=否" in told.text


def test_the_advice_names_the_draft_only_where_it_is_the_only_report(desk: FilingDesk) -> None:
    desk.fetch(mail(UNIT_ADDRESS, CHASE, "漏点已修复，恢复供气。", when=LATER), LATER, LATER)
    desk.fetch(mail(DUTY, ALERT, "知道了", when=LATER), LATER, LATER)

    told = letters(desk)[0].text
    assert "收到 #E1" in told
    assert "突发=否" not in told


def test_a_robot_at_the_office_is_told_so_five_times_a_day(desk: FilingDesk) -> None:
    before = len(letters(desk))
    for minute in range(12):
        when = LATER + timedelta(minutes=minute)
        desk.fetch(mail(DUTY, ALERT, f"来信已收到，编号{minute}", when=when), when, when)

    assert len(letters(desk)) == before + 5


@pytest.mark.parametrize(
    ("subject", "body", "told"),
    [
        pytest.param(RECEIPT, "这篇是市政科写的，单位登错了，请更正。", True, id="an-objection"),
        pytest.param("咨询", "请问上周的稿件收到没有？", True, id="a-question-of-its-own"),
        pytest.param(RECEIPT, "收到，谢谢！", False, id="thanks"),
    ],
)
def test_what_a_unit_says_is_told_in_the_digest(
    tmp_path: Path, subject: str, body: str, *, told: bool
) -> None:
    """Receipts ask for an answer when something is wrong: somebody has to hear it."""
    with clerk_at_work(tmp_path) as clerk:
        clerk.send(subject, body, sender=UNIT_ADDRESS)
        clerk.now += timedelta(days=1)
        digest = clerk.digest()

    assert ("单位来信（不是稿件" in digest.text) is told
    assert (f"{TEAM}：“{subject}”" in digest.text) is told
