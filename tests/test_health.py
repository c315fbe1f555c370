"""`status`: each thing that needs a hand is one sentence with its remedy; otherwise all is well."""

import multiprocessing
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from duty_samples import at
from office_samples import CONFIG, opened

from mailbot.breaker import Breaker
from mailbot.errors import Refused
from mailbot.fact_names import BREAKER, LAST_POLL, LAST_TICK, POLL_FAILURE
from mailbot.health import Health, Notes, examine, mail_troubles
from mailbot.instance import only_instance
from mailbot.stages.delivery import PAUSE, ROUTINE_PAUSE
from mailbot.stages.pushing import PUSH_FAILURE
from mailbot.timekeeping import JUMP
from store.records import Cursor, MessageRecord, OutgoingMail, Sighting
from store.unit_of_work import Store, UnitOfWork

NOW = at("2023-04-19T09:05")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A daemon at work: a tick and a poll a minute ago."""
    with opened(tmp_path) as found:
        with found.work() as uow:
            for name in (LAST_TICK, LAST_POLL):
                uow.facts.put(name, (NOW - MINUTE).isoformat(), NOW)
            uow.commit()
        yield found


def health(store: Store, *, running: bool = True) -> Health:
    with store.look() as uow:
        return examine(uow, CONFIG, NOW, running=running)


def mail(number: int, **more: object) -> MessageRecord:
    record = MessageRecord(0, f"{number:064x}", 10, NOW, NOW, "filed", kind="draft")
    return replace(record, **more)  # type: ignore[arg-type]


def letter(uow: UnitOfWork, lane: str, age: timedelta, state: str = "queued") -> None:
    outgoing = OutgoingMail(f"{lane}/{age}", lane, ("a@b.example",), "题", "文", "<p>")  # type: ignore[arg-type]
    number = uow.outbox.add(outgoing, f"<{lane}-{age}@x>", NOW - age)
    assert number is not None
    uow.outbox.settle(number, state, "")  # type: ignore[arg-type]


def test_nothing_to_tell_is_healthy(store: Store) -> None:
    found = health(store)
    assert found.healthy
    assert found.problems == ()
    assert (found.last_tick, found.last_poll) == (NOW - MINUTE, NOW - MINUTE)


def fact(name: str, value: object) -> Callable[[UnitOfWork], None]:
    return lambda uow: uow.facts.put(name, value, NOW)


def later(minutes: int) -> str:
    return (NOW + minutes * MINUTE).isoformat()


def folder(server: int, recorded: int) -> Callable[[UnitOfWork], None]:
    def seen(uow: UnitOfWork) -> None:
        uow.cursors.put(Cursor("INBOX", 1, server, NOW, server_count=server))
        for uid in range(1, recorded + 1):
            number = uow.messages.add(mail(uid))
            assert number is not None
            uow.cursors.see(number, Sighting("INBOX", 1, uid))

    return seen


def quarantined(age: timedelta, **more: str) -> Callable[[UnitOfWork], None]:
    at = NOW - age
    return lambda uow: bool(  # type: ignore[return-value]
        uow.messages.add(mail(9, state="quarantined", received_at=at, fetched_at=at, **more))
    )


REFUSED = Breaker().refused(NOW - MINUTE, "x", timedelta(hours=1)).as_fact()


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        pytest.param(fact(LAST_TICK, later(-6)), "mailbot run", id="no-tick-for-six-minutes"),
        pytest.param(fact(LAST_TICK, later(-5)), "", id="five-minutes-are-still-fine"),
        pytest.param(fact(LAST_POLL, later(-11)), "没有成功收信", id="no-poll-for-eleven-minutes"),
        pytest.param(fact(POLL_FAILURE, "连接中断"), "连接中断", id="last-poll-failed"),
        pytest.param(fact(BREAKER, REFUSED), "授权码被拒绝", id="password-refused"),
        pytest.param(fact(PAUSE, later(30)), "全部信件到4月19日09:35再发", id="sending-paused"),
        pytest.param(fact(PAUSE, later(-1)), "", id="pause-is-over"),
        pytest.param(fact(ROUTINE_PAUSE, later(30)), "普通信件到", id="routine-paused"),
        pytest.param(fact(JUMP, "时钟跳变"), "时钟跳变", id="clock-jumped"),
        pytest.param(fact(PUSH_FAILURE, "第二通道推送失败"), "第二通道", id="push-failed"),
        pytest.param(
            lambda uow: letter(uow, "urgent", 6 * MINUTE), "立即电话通知", id="alert-not-gone"
        ),
        pytest.param(
            lambda uow: letter(uow, "urgent", 5 * MINUTE), "", id="alert-has-five-minutes"
        ),
        pytest.param(lambda uow: letter(uow, "receipt", DAY), "", id="a-receipt-may-wait"),
        pytest.param(
            lambda uow: letter(uow, "receipt", DAY, "failed"), "outbox retry", id="failed-letter"
        ),
        pytest.param(
            lambda uow: letter(uow, "receipt", DAY, "cancelled"), "", id="failure-dealt-with"
        ),
        pytest.param(quarantined(6 * DAY), "1封来信未能读取", id="unread-mail"),
        pytest.param(quarantined(8 * DAY), "", id="unread-mail-of-last-week-was-told"),
        pytest.param(
            quarantined(DAY, kind="secret"), "secrecy list", id="mail-with-a-mark-of-secrecy"
        ),
        pytest.param(folder(5, 3), "还有2封没有取下登记", id="server-holds-more-than-the-ledger"),
        pytest.param(folder(3, 3), "", id="folder-agrees"),
        pytest.param(folder(1, 3), "", id="people-delete-mail-on-the-server"),
    ],
)
def test_each_trouble_is_told_with_its_remedy(
    store: Store, happened: Callable[[UnitOfWork], None], told: str
) -> None:
    with store.work() as uow:
        happened(uow)
        uow.commit()

    problems = health(store).problems

    assert len(problems) == (1 if told else 0)
    assert told in "".join(problems)


def test_a_full_disk_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    nearly_full = shutil._ntuple_diskusage(10**12, 10**12 - 3 * 10**8, 3 * 10**8)  # type: ignore[attr-defined]
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: nearly_full)
    (problem,) = health(store).problems
    assert problem.startswith("磁盘只剩300MB，已暂停收信")


def test_the_digest_does_not_tell_of_silence(store: Store) -> None:
    """It is written by the daemon itself."""
    with store.work() as uow:
        uow.facts.drop(LAST_TICK)
        uow.facts.drop(LAST_POLL)
        uow.commit()
    assert len(health(store).problems) == 2
    with store.look() as uow:
        assert Notes(CONFIG)(uow, NOW) == ()


def test_the_second_channel_is_told_what_keeps_mail_back(store: Store) -> None:
    with store.look() as uow:
        assert mail_troubles(uow, NOW) == {}
    with store.work() as uow:
        uow.facts.put(BREAKER, REFUSED, NOW)
        uow.facts.put(PAUSE, later(5), NOW)
        letter(uow, "urgent", 6 * MINUTE, "deferred")
        uow.commit()
    with store.look() as uow:
        assert set(mail_troubles(uow, NOW)) == {"login", "sending", "unsent"}
        assert mail_troubles(uow, NOW + DAY).keys() == {"unsent"}


# --- one instance ---


def _hold(folder: str, held: "multiprocessing.synchronize.Event", end: object) -> None:
    with only_instance(Path(folder)):
        held.set()
        end.wait(60)  # type: ignore[attr-defined]


def test_two_programs_never_share_a_store(tmp_path: Path) -> None:
    """The lock is the operating system's: it goes with the process, however that ends."""
    context = multiprocessing.get_context("spawn")
    held, end = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(tmp_path), held, end))
    other.start()
    assert held.wait(60)
    with pytest.raises(Refused, match="另一个 mailbot"), only_instance(tmp_path):
        pytest.fail("both would send the same letters")

    other.kill()
    other.join(60)

    with only_instance(tmp_path):
        assert (tmp_path / "mailbot.lock").read_text(encoding="utf-8").strip().isdigit()
    with only_instance(tmp_path):
        pass
