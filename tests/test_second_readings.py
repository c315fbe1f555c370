"""Recognition of scans holds up neither an emergency nor the mails behind it."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
from filing_samples import FilingDesk, draft_mail, filing_desk
from order_samples import NOON, TEAM

from mailbot.demo.mails import Attached, Sample, write
from mailbot.stages import second_readings
from mailbot.stages.second_readings import SecondReadings
from parsers.facts import Reading
from parsers.sandbox import ReaderDied, read_archived
from store.records import MessageRecord

PAGE = Path(__file__).parent / "golden" / "documents" / "photographed-page.png"
PATIENCE = 540.0


@dataclass
class Slow:
    """A recogniser that answers when it is told to."""

    desk: FilingDesk
    now: float = 0.0
    asked: dict[int, Future[Reading]] = field(default_factory=dict)

    def __call__(self, mail: MessageRecord) -> Future[Reading]:
        return self.asked.setdefault(mail.id, Future())

    def answer(self, mail: int) -> None:
        with self.desk.store.look() as uow:
            record = uow.messages.get(mail)
        assert record is not None
        path = str(self.desk.archive.path(record.sha256))
        self.asked[mail].set_result(read_archived(path, ()))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[FilingDesk]:
    with filing_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
def slow(desk: FilingDesk) -> Slow:
    return Slow(desk)


@pytest.fixture
def office(desk: FilingDesk, slow: Slow) -> FilingDesk:
    second = SecondReadings(slow, PATIENCE, lambda: slow.now)
    return replace(desk, filing=replace(desk.filing, second=second))


def photos(subject: str, body: str = "现报上。", *names: str, sent: datetime = NOON) -> bytes:
    files = tuple(
        Attached(name, PAGE.read_bytes() + bytes([n]))
        for n, name in enumerate(names or ("1.png", "2.png", "3.png"))
    )
    return write(Sample("", sent, "unit@u.example", TEAM, subject, body, files))


def state(desk: FilingDesk, mail: int) -> tuple[str, int]:
    with desk.store.look() as uow:
        found = uow.messages.get(mail)
        assert found is not None
        (tries,) = uow.messages._db.exec_driver_sql(
            "select attempts from messages where id = ?", (mail,)
        ).one()
    return found.state, int(tries)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(photos("突发：沿河路商铺发生燃气泄漏"), id="in-the-subject"),
        pytest.param(
            photos("情况报告", "今日11时30分，沿河路商铺发生燃气泄漏，2人受伤送医。"),
            id="in-the-body",
        ),
        pytest.param(photos("照片", "见附件。", "沿河路燃气泄漏现场2人受伤.png"), id="in-a-name"),
    ],
)
def test_what_sounds_urgent_is_filed_at_once(office: FilingDesk, slow: Slow, raw: bytes) -> None:
    office.fetch(raw, NOON, NOON)

    assert state(office, 1)[0] == "filed"
    assert not slow.asked


def test_an_emergency_of_words_and_photos_is_an_alert_at_once(office: FilingDesk) -> None:
    (draft,) = office.fetch(photos("突发：沿河路商铺发生燃气泄漏，2人受伤"), NOON, NOON)

    assert draft.emergency != "none"


def test_a_scan_waits_and_the_mails_behind_it_do_not(office: FilingDesk, slow: Slow) -> None:
    assert not office.fetch(photos("信息报送"), NOON, NOON)
    office.fetch(draft_mail(TEAM, "城市清洁行动", NOON), NOON, NOON)

    assert state(office, 1) == ("received", 0), "waiting is no try"
    assert state(office, 2)[0] == "filed"
    slow.answer(1)
    assert office.filing.file_waiting(NOON) == (1,)
    assert state(office, 1)[0] == "filed"


def test_in_one_group_too(office: FilingDesk, slow: Slow) -> None:
    raws = [draft_mail(TEAM, "清洁", NOON), photos("信息报送"), draft_mail(TEAM, "整治", NOON)]
    for raw in raws:
        office.archive.keep(raw)
    from mailbot.stages.importing import take_in

    for raw in raws:
        take_in(office.store, office.archive, raw, NOON)
    office.filing.file_waiting(NOON)

    assert sorted(state(office, n) for n in (1, 2, 3)) == [
        ("filed", 1), ("filed", 1), ("received", 0),
    ]  # fmt: skip
    assert len(slow.asked) == 1


def test_nothing_waits_longer_than_patience(office: FilingDesk, slow: Slow) -> None:
    office.fetch(photos("信息报送"), NOON, NOON)
    slow.now = PATIENCE - 1
    assert office.filing.file_waiting(NOON) == ()
    slow.now = PATIENCE
    assert office.filing.file_waiting(NOON) == (1,)

    assert state(office, 1)[0] == "filed"
    assert slow.asked[1].cancelled()


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda job: job.set_exception(ReaderDied("memory")), id="it-dies"),
        pytest.param(lambda job: job.cancel(), id="it-is-cancelled"),
    ],
)
def test_the_first_reading_stands_where_recognition_fails(
    office: FilingDesk, slow: Slow, end: Callable[[Future[Reading]], object]
) -> None:
    office.fetch(photos("信息报送"), NOON, NOON)
    end(slow.asked[1])

    assert office.filing.file_waiting(NOON) == (1,)
    assert state(office, 1)[0] == "filed"


def test_a_flood_of_scans_fills_no_memory(
    office: FilingDesk, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_readings, "MOST", 2)
    for n in range(4):
        office.fetch(photos(f"信息报送{n}", "", f"{n}.png"), NOON, NOON)

    assert len(slow.asked) == 2
    assert [state(office, n)[0] for n in (1, 2, 3, 4)] == ["received"] * 2 + ["filed"] * 2
