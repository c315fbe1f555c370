"""A full, a read-only and a damaged disk: told, survived, and nothing lost."""

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_office import configure, emergency_mail, run
from offices import open_office, stop, wait_until
from servers.exim import Exim
from servers.mail_server import MailServer
from small_disk import SmallDisk, small_disk
from test_office_day import draft_mail, letters_to, subject_of

from mailbot.config_safety import DiskConfig
from mailbot.stages.disk_room import DiskRoom
from mailbot.storage_health import DISK_LOW
from store.opening import open_store
from store.unit_of_work import Store

NOW = datetime(2023, 5, 10, 1, tzinfo=UTC)
MB = 1_000_000
LIMITS = DiskConfig(stop_intake_below_mb=20, ballast_mb=3)


# ---- the rule, on a disk whose free space is told


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store("sqlite:///mailbot.db", tmp_path)
    yield opened
    opened.close()


def room(store: Store, folder: Path, free: list[int]) -> DiskRoom:
    return DiskRoom(store, LIMITS, folder, (folder,), lambda _folder: free[0])


@pytest.mark.parametrize(
    ("free", "fetches", "keeps_ballast"),
    [
        pytest.param(40 * MB, True, True, id="room-enough"),
        pytest.param(20 * MB, True, True, id="just-enough"),
        pytest.param(20 * MB - 1, False, True, id="fetching-stops-first"),
        pytest.param(2 * MB, False, True, id="all-but-full"),
        pytest.param(2 * MB - 1, False, False, id="full-the-ballast-goes"),
    ],
)
def test_less_room_means_less_work(
    store: Store, tmp_path: Path, free: int, fetches: bool, keeps_ballast: bool
) -> None:
    space = [100 * MB]
    disk = room(store, tmp_path, space)
    assert disk.keep_ballast()
    space[0] = free

    disk.give_up_ballast()

    assert (disk.refusal() == "") is fetches
    assert disk.ballast.exists() is keeps_ballast


def test_the_ballast_really_takes_up_room(store: Store, tmp_path: Path) -> None:
    """Zeros would not, on a disk that compresses or keeps holes."""
    disk = room(store, tmp_path, [100 * MB])
    disk.keep_ballast()
    assert disk.ballast.stat().st_size == LIMITS.ballast_bytes
    assert disk.ballast.stat().st_blocks * 512 >= LIMITS.ballast_bytes
    assert not disk.keep_ballast()


@pytest.mark.parametrize(("free", "made"), [(23 * MB, True), (23 * MB - 1, False)])
def test_it_comes_back_only_where_it_does_no_harm(
    store: Store, tmp_path: Path, free: int, made: bool
) -> None:
    assert room(store, tmp_path, [free]).keep_ballast() is made


def test_shortage_is_on_record_while_it_lasts(store: Store, tmp_path: Path) -> None:
    space = [MB]
    disk = room(store, tmp_path, space)
    for free, told in ((MB, True), (MB, True), (50 * MB, False)):
        space[0] = free
        disk.tell(NOW)
        with store.look() as uow:
            assert bool(uow.facts.get(DISK_LOW)) is told


# ---- the program on a disk that is really full


@contextmanager
def daemon(disk: SmallDisk, passwords: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "mailbot", "--config", str(disk.folder / "config.toml"), "run"]
    log = disk.seen.parent / disk.seen.name / "run.log"
    with log.open("ab") as file:
        process = subprocess.Popen(
            [*disk.inside, *command],
            env={**os.environ, **passwords},
            stdout=subprocess.DEVNULL,
            stderr=file,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def test_a_full_disk_stops_fetching_loses_nothing_and_still_alerts(
    tmp_path: Path, dovecot: MailServer, exim: Exim
) -> None:
    """Another program fills the disk: intake stops, an alert leaves, and all goes on after."""
    with small_disk(tmp_path / "disk", 60) as disk:
        office = open_office(
            disk.seen, dovecot, exim,
            tick_seconds="tick_seconds = 1",
            stop_intake_below_mb="stop_intake_below_mb = 20",
            ballast_mb="ballast_mb = 4",
        )  # fmt: skip
        log = disk.seen / "run.log"
        with daemon(disk, office.passwords) as process:
            dovecot.deliver(draft_mail("第一次报送"))
            wait_until(lambda: len(letters_to(exim, "zhishu1@dzcg.example", "【回执】")) == 1)
            wait_until((disk.seen / "data" / "ballast.bin").exists)
            full = disk.fill()
            wait_until(lambda: "ballast_freed" in log.read_text())
            wait_until(lambda: "disk_low" in log.read_text())
            disk.fill(leave=3 * MB)
            dovecot.deliver(draft_mail("第二次报送", minutes=2))
            mark = log.stat().st_size
            wait_until(lambda: "intake_stopped" in log.read_text()[mark:])
            status = subprocess.run(
                [*disk.inside, sys.executable, "-m", "mailbot", "--config",
                 str(disk.folder / "config.toml"), "status"],
                capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
            assert status.returncode == 1
            assert "已暂停收信（邮件留在服务器上，不会丢失）" in status.stdout
            opened = subprocess.run(
                [*disk.inside, sys.executable, "-m", "mailbot", "--config",
                 str(disk.folder / "config.toml"), "event", "open",
                 "直属一大队", "燃气泄漏"],
                capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
            assert opened.returncode == 0, opened.stderr
            wait_until(lambda: any("【紧急" in subject_of(letter) for letter in exim.sent()))
            full.unlink()
            wait_until(lambda: len(letters_to(exim, "zhishu1@dzcg.example", "【回执】")) == 2)
            wait_until((disk.seen / "data" / "ballast.bin").exists)
            assert stop(process) == 0


# ---- a disk that cannot be written, a database that cannot be read


@pytest.mark.parametrize("used", [False, True], ids=["new", "with-records"])
def test_a_read_only_disk_is_told_with_its_remedy(tmp_path: Path, used: bool) -> None:
    with small_disk(tmp_path / "disk", 40) as disk:
        configure(disk.seen)
        inside = [*disk.inside, sys.executable, "-m", "mailbot", "--config",
                  str(disk.folder / "config.toml")]  # fmt: skip
        if used:
            subprocess.run([*inside, "status"], capture_output=True, timeout=60, check=False)
        disk.remount("ro")
        for command in (["run"], ["once"], ["status"], ["doctor", "--offline"]):
            ended = subprocess.run(
                [*inside, *command],
                env={**os.environ, "MAILBOT_IMAP_PASSWORD": "x", "MAILBOT_SMTP_PASSWORD": "x"},
                capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
            assert ended.returncode in (1, 78), command
            assert "只读" in ended.stdout + ended.stderr, (command, ended.stderr)
            assert "Traceback" not in ended.stderr


def damaged(office: Path) -> Path:
    """Pages of a database in good use are overwritten."""
    path = office.parent / "data" / "mailbot.db"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    noise = random.Random(7)
    with path.open("r+b") as file:
        for page in range(2, path.stat().st_size // 4096, 3):
            file.seek(page * 4096)
            file.write(noise.randbytes(4096))
    return path


@pytest.mark.parametrize("command", ["run", "once"])
def test_the_program_does_not_work_on_a_damaged_database(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    office = configure(tmp_path)
    (tmp_path / "mail.eml").write_bytes(emergency_mail())
    assert run(capsys, "--config", office, "import", tmp_path / "mail.eml").code == 0
    path = damaged(office)
    before = path.read_bytes()
    for name in ("MAILBOT_IMAP_PASSWORD", "MAILBOT_SMTP_PASSWORD"):
        monkeypatch.setenv(name, "x")

    ended = run(capsys, "--config", office, command)

    assert ended.code == 78
    assert len(ended.err.strip().splitlines()) == 1
    assert "数据库已损坏" in ended.err
    assert f"mailbot restore {tmp_path / 'backup'} --replace" in ended.err
    assert path.read_bytes() == before
