"""Outbox → SMTP against a real server: order, budgets, every reply of 163, poison, doubt."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from servers.fault_smtp import FaultSmtp, Stage

from mailbot.adapters.smtp import SmtpTransport
from mailbot.config import SmtpConfig
from mailbot.config_sending import BouncesConfig
from mailbot.stages import sending_budget
from mailbot.stages.bounced import told
from mailbot.stages.delivery import PAUSE, ROUTINE_PAUSE, Delivery
from mailbot.stages.replies import ATTEMPTS_BEFORE_FAILED
from store.opening import open_store
from store.records import Lane, OutboxRecord, OutgoingMail
from store.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
UNIT, OTHER = "a@unit.example", "b@unit.example"
MINUTE = timedelta(minutes=1)


class Sent:
    """The witness: Message-IDs in the sent folder; None when it cannot be read."""

    def __init__(self) -> None:
        self.found: frozenset[str] | None = frozenset()

    def __call__(self, _message_ids: Sequence[str]) -> frozenset[str] | None:
        return self.found


def compose(letter: OutboxRecord, _files: object) -> bytes:
    if letter.subject == "poison":
        raise ValueError("a letter nobody can write")
    return f"Message-ID: {letter.message_id}\r\nSubject: {letter.key}\r\n\r\n.\r\n".encode()


class Desk:
    """An outbox, a delivery on it, and the server."""

    def __init__(self, folder: Path, server: FaultSmtp) -> None:
        self.server = server
        self.store = open_store("sqlite:///test.db", folder)
        self.config = SmtpConfig.model_validate({
            "host": server.host, "port": server.port, "tls": "none", "user": server.user,
            "from": server.user, "timeout_seconds": 30,
        })  # fmt: skip
        self.transport = SmtpTransport(self.config, server.password)
        self.witness = Sent()
        self.dropped: set[str] = set()
        self.elapsed = 0.0
        self.delivery = Delivery(
            store=self.store,
            transport=self.transport,
            config=self.config,
            compose=compose,
            witness=self.witness,
            still_due=lambda _uow, letter, _now: "办结" if letter.key in self.dropped else "",
            working=lambda _now: True,
            seconds=lambda: self.elapsed,
        )

    def queue(
        self, key: str, lane: Lane = "receipt", to: Sequence[str] = (UNIT,), subject: str = "信"
    ) -> None:
        with self.store.work() as uow:
            letter = OutgoingMail(key, lane, tuple(to), subject, "文", "")
            assert uow.outbox.add(letter, f"<{key}@x>", NOW) is not None
            uow.commit()

    def deliver(self, now: datetime = NOW, **options: bool) -> int:
        return self.delivery.deliver(now, **options)

    def letter(self, key: str) -> OutboxRecord:
        with self.store.look() as uow:
            return next(letter for letter in uow.outbox.listing() if letter.key == key)

    def state(self, key: str) -> str:
        return self.letter(key).state

    def look(self, question: Callable[[UnitOfWork], object]) -> object:
        with self.store.look() as uow:
            return question(uow)

    @property
    def accepted(self) -> list[str]:
        return [mail.message["Subject"] for mail in self.server.mails]

    def close(self) -> None:
        self.transport.close()
        self.store.close()


@pytest.fixture
def desk(tmp_path: Path, fault_smtp: FaultSmtp) -> Iterator[Desk]:
    opened = Desk(tmp_path, fault_smtp)
    yield opened
    opened.close()


# ---- order


def test_lanes_in_order_urgent_first(desk: Desk) -> None:
    lanes: tuple[Lane, ...] = ("report", "reminder", "receipt", "answer", "urgent")
    for lane in lanes:
        desk.queue(lane, lane)
    desk.deliver()

    assert desk.accepted == ["urgent", "answer", "receipt", "reminder", "report"]


def test_a_letter_queued_meanwhile_goes_next_if_it_is_urgent(desk: Desk) -> None:
    for number in range(3):
        desk.queue(f"receipt/{number}")
    asked = iter([True, True])

    def going() -> bool:
        if len(desk.server.mails) == 1:
            desk.queue("alert", "urgent")
        return next(asked, True)

    desk.delivery.deliver(NOW, going=going)

    assert desk.accepted.index("alert") == 1


@pytest.mark.parametrize("options", [{"only_urgent": True}, {"hold_routine": True}])
def test_held_routine_letters_let_urgent_ones_pass(desk: Desk, options: dict[str, bool]) -> None:
    desk.queue("receipt")
    desk.queue("alert", "urgent")
    desk.deliver(**options)

    assert desk.accepted == ["alert"]
    assert desk.state("receipt") == "queued"


def test_dropped_letters_hide_none_behind_them(desk: Desk) -> None:
    """More obsolete letters than are looked at in one go, then one that must leave."""
    for number in range(45):
        desk.queue(f"old/{number}", "answer")
        desk.dropped.add(f"old/{number}")
    desk.queue("new")
    desk.deliver()

    assert desk.accepted == ["new"]
    assert desk.state("old/0") == "cancelled"


# ---- one letter's trouble is its own


def test_a_letter_nobody_can_write_stops_no_other(desk: Desk) -> None:
    desk.queue("bad", "urgent", subject="poison")
    desk.queue("good")
    desk.deliver()

    assert desk.accepted == ["good"]
    assert desk.state("bad") == "failed"
    assert "人工处理" in desk.letter("bad").reason


def test_a_rule_that_breaks_on_a_letter_does_not_keep_it_back(desk: Desk) -> None:
    desk.queue("letter", "urgent")

    def broken(_uow: object, _letter: object, _now: object) -> str:
        raise KeyError("ledger")

    replace(desk.delivery, still_due=broken).deliver(NOW)

    assert desk.accepted == ["letter"]


def test_one_refused_recipient_of_three_is_told_and_counted(desk: Desk) -> None:
    desk.server.refuse(OTHER)
    desk.queue("letter", to=(UNIT, OTHER, "c@unit.example"))
    desk.deliver()

    assert desk.state("letter") == "sent"
    assert OTHER in desk.letter("letter").reason
    assert desk.letter("letter").delivered_to == (UNIT, "c@unit.example")
    assert desk.look(lambda uow: uow.contacts.bounces()) == {OTHER: 1}


def test_a_greylisted_recipient_gets_the_letter_later_and_the_others_no_second(desk: Desk) -> None:
    desk.server.refuse(OTHER, "450 RP:DRC later")
    desk.queue("letter", to=(UNIT, OTHER))
    desk.deliver()
    desk.server.refused.clear()
    desk.deliver(NOW + timedelta(hours=1))

    assert [mail.recipients for mail in desk.server.mails] == [(UNIT,), (OTHER,)]
    assert desk.state("letter") == "sent"


# ---- what a reply does to the letter and to the rest of the post


@pytest.mark.parametrize(
    ("stage", "reply", "state", "held"),
    [
        pytest.param("mail", "451 MI:DMC", "deferred", "", id="retry"),
        pytest.param("body", "451 DT:SPM", "deferred", "", id="suspected-keep-and-retry"),
        pytest.param("mail", "554 MI:STC", "deferred", "routine", id="tomorrow"),
        pytest.param("rcpt", "550 RP:TRC", "deferred", "routine", id="tomorrow-recipients"),
        pytest.param("body", "554 DT:SPM", "failed", "", id="never"),
        pytest.param("rcpt", "550 User not found: x", "failed", "", id="never-no-such-user"),
        pytest.param("auth", "535 Error: authentication failed", "deferred", "all",
                     id="configuration"),
        pytest.param("body", "554 DT:SUM", "deferred", "all", id="configuration-sender"),
        pytest.param("connect", "554 IP is rejected, smtp auth error limit exceed", "deferred",
                     "all", id="lock-out"),
    ],
)  # fmt: skip
def test_a_reply_and_what_follows(
    desk: Desk, stage: Stage, reply: str, state: str, held: str
) -> None:
    desk.server.answer(stage, reply, times=None)
    desk.queue("letter")
    desk.deliver()
    desk.server.clear()
    desk.queue("next")
    desk.queue("alert", "urgent")
    desk.deliver(NOW + MINUTE)

    assert desk.state("letter") == state
    assert desk.letter("letter").reason
    expected = {"": {"next", "alert"}, "routine": {"alert"}, "all": set()}[held]
    assert set(desk.accepted) - {"letter"} == expected


def test_the_post_goes_on_when_a_pause_is_over(desk: Desk) -> None:
    desk.server.answer("auth", "535 Error: authentication failed")
    desk.queue("letter")
    desk.deliver()
    desk.deliver(NOW + timedelta(minutes=59))
    assert desk.accepted == []
    desk.deliver(NOW + timedelta(minutes=61))

    assert desk.accepted == ["letter"]


def test_a_routine_letter_is_given_up_in_the_end_an_urgent_one_never(desk: Desk) -> None:
    desk.server.answer("mail", "451 later", times=None)
    desk.queue("receipt")
    desk.queue("alert", "urgent")
    for hours in range(3 * ATTEMPTS_BEFORE_FAILED):
        desk.deliver(NOW + timedelta(hours=2 * hours))

    assert desk.state("receipt") == "failed"
    assert desk.state("alert") == "deferred"


# ---- in doubt


def test_an_interrupted_letter_found_in_the_sent_folder_is_sent(desk: Desk) -> None:
    desk.server.drop("body", accepted=True)
    desk.queue("letter")
    desk.deliver()
    assert desk.state("letter") == "unknown"
    desk.witness.found = frozenset({"<letter@x>"})
    desk.deliver(NOW + MINUTE)

    assert desk.state("letter") == "sent"
    assert desk.accepted == ["letter"]


@pytest.mark.parametrize(
    ("lane", "minutes"), [pytest.param("receipt", 15, id="receipt"), pytest.param("urgent", 2, id="alert")]
)  # fmt: skip
def test_the_wait_for_a_witness_begins_when_the_line_broke(
    desk: Desk, lane: Lane, minutes: int
) -> None:
    """Not when the round began: a slow letter would be repeated before its copy can show."""
    desk.server.drop("body")
    desk.queue("letter", lane)
    desk.elapsed = 0.0

    def going() -> bool:
        desk.elapsed += 50.0  # this round has been sending for so long
        return True

    desk.delivery.deliver(NOW, going=going)
    broke = NOW + timedelta(seconds=50)
    desk.deliver(broke + timedelta(minutes=minutes, seconds=-1))
    assert desk.accepted == []
    desk.deliver(broke + timedelta(minutes=minutes, seconds=1))

    assert desk.accepted == ["letter"]


def test_after_a_crash_the_wait_begins_at_the_restart(desk: Desk) -> None:
    desk.queue("letter", "urgent")
    with desk.store.work() as uow:
        uow.outbox.start(1, NOW)
        uow.commit()
    restart = NOW + timedelta(minutes=10)
    assert desk.delivery.recover(restart) == 1
    desk.deliver(restart + MINUTE)
    assert desk.accepted == []
    desk.deliver(restart + 2 * MINUTE)

    assert desk.accepted == ["letter"]


def test_while_the_sent_folder_cannot_be_read_only_alerts_are_repeated(desk: Desk) -> None:
    desk.server.drop("body", times=2)
    desk.queue("receipt")
    desk.queue("alert", "urgent")
    desk.deliver()
    desk.witness.found = None
    desk.deliver(NOW + timedelta(hours=1))

    assert desk.accepted == ["alert"]
    assert desk.state("receipt") == "unknown"


def test_a_recipient_refused_before_the_line_broke_is_not_forgotten(desk: Desk) -> None:
    desk.server.refuse(OTHER, "450 RP:DRC later")
    desk.server.drop("body", accepted=True)
    desk.queue("letter", to=(UNIT, OTHER))
    desk.deliver()
    desk.server.refused.clear()
    desk.witness.found = frozenset({"<letter@x>"})
    desk.deliver(NOW + MINUTE)
    desk.deliver(NOW + timedelta(hours=1))

    assert [mail.recipients for mail in desk.server.mails] == [(UNIT,), (OTHER,)]


# ---- budgets


def send(desk: Desk, count: int, at: datetime, *, first: int = 0) -> int:
    for number in range(first, first + count):
        desk.queue(f"letter/{number}")
    return desk.deliver(at)


def test_a_refusal_for_the_quarter_teaches_its_limit(desk: Desk) -> None:
    """MI:SFQ after 20 letters: the next quarter brings 20, not the configured 60."""
    assert send(desk, 20, NOW) == 20
    desk.server.answer("mail", "451 MI:SFQ")
    assert send(desk, 40, NOW + MINUTE, first=20) == 0
    learnt = desk.look(lambda uow: uow.facts.get(sending_budget.learnt("quarter")))

    assert isinstance(learnt, dict)
    assert learnt["limit"] == 20
    assert desk.deliver(NOW + timedelta(minutes=10)) == 0
    assert desk.deliver(NOW + timedelta(minutes=40)) == 20


def test_a_refusal_for_the_day_teaches_its_limit(desk: Desk) -> None:
    assert send(desk, 50, NOW) == 50
    desk.server.answer("mail", "554 MI:STC")
    send(desk, 1, NOW + timedelta(hours=1), first=50)
    allowed = desk.look(
        lambda uow: sending_budget.allowed(uow, desk.config, "day", NOW + timedelta(hours=1))
    )

    assert allowed == 50


def test_what_was_learnt_is_unlearnt_in_four_days(desk: Desk) -> None:
    send(desk, 20, NOW)
    desk.server.answer("mail", "451 MI:SFQ")
    send(desk, 1, NOW + MINUTE, first=20)

    def allowed(days: int) -> object:
        at = NOW + MINUTE + timedelta(days=days)
        return desk.look(lambda uow: sending_budget.allowed(uow, desk.config, "quarter", at))

    assert [allowed(days) for days in range(5)] == [20, 35, 50, 60, 60]


def test_a_refusal_after_silence_does_not_stop_the_post(desk: Desk) -> None:
    """Another program uses the account too: a tenth of the configured budget stays."""
    desk.server.answer("mail", "451 MI:SFQ")
    send(desk, 1, NOW)

    assert desk.look(lambda uow: sending_budget.allowed(uow, desk.config, "quarter", NOW)) == 6


def test_an_alert_leaves_though_the_budget_is_used_up(desk: Desk) -> None:
    assert send(desk, 61, NOW) == 60
    desk.queue("alert", "urgent")
    desk.deliver(NOW)

    assert desk.accepted[-1] == "alert"


# ---- addresses given up


def bounce(desk: Desk, address: str, times: int, at: datetime = NOW) -> None:
    with desk.store.work() as uow:
        for _ in range(times):
            uow.contacts.bounced(address, at, "550 no such user")
        uow.commit()


def test_an_address_that_bounced_three_times_gets_no_routine_letter(desk: Desk) -> None:
    bounce(desk, UNIT, 3)
    desk.queue("receipt")
    desk.queue("both", to=(UNIT, OTHER))
    desk.queue("alert", "urgent")
    desk.deliver()

    assert {mail.message["Subject"]: mail.recipients for mail in desk.server.mails} == {
        "alert": (UNIT,),
        "both": (OTHER,),
    }
    assert desk.state("receipt") == "failed"
    assert desk.look(lambda uow: told(uow, BouncesConfig(), NOW)) == [desk.letter("receipt").reason]


def test_two_bounces_are_not_enough_and_old_ones_are_forgotten(desk: Desk) -> None:
    bounce(desk, UNIT, 2)
    bounce(desk, OTHER, 9, NOW - timedelta(days=31))
    desk.queue("one")
    desk.queue("two", to=(OTHER,))
    desk.deliver()

    assert desk.accepted == ["one", "two"]


def test_pauses_are_named_for_status(desk: Desk) -> None:
    desk.server.answer("mail", "554 MI:STC")
    desk.queue("letter")
    desk.deliver()

    assert desk.look(lambda uow: uow.facts.get(ROUTINE_PAUSE))
    assert desk.look(lambda uow: uow.facts.get(PAUSE)) is None
