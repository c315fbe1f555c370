"""The daemon as a process: a hung job ends it, a locked database does not."""

import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from duty_samples import SHIPPED, at

from mailbot.app import LAST_TICK
from mailbot.daemon import poll_patience, tick_patience
from mailbot.demo import fortnight
from mailbot.demo.servers import PASSWORD, Outgoing, imap_server, smtp_server
from mailbot.timekeeping import GUARD, JUMP, GuardedClock, believed_now, trust_wall_clock
from mailbot.vitality import BeatingStop, Pulse
from store.opening import open_store

GIVE_UP = 60


def eventually(found: object, what: str) -> None:
    """Wait until `found()` is true."""
    end = time.monotonic() + GIVE_UP
    while time.monotonic() < end:
        if found():  # type: ignore[operator]
            return
        time.sleep(0.1)
    raise AssertionError(what)


# ---- a job that hangs

HANGING = """
import threading, time
from duty_samples import SHIPPED
from mailbot import log
from mailbot.daemon import Daemon

class App:
    config = SHIPPED.model_copy(update={
        "mailbox": SHIPPED.mailbox.model_copy(update={"poll_seconds": 1}),
        "schedule": SHIPPED.schedule.model_copy(update={"tick_seconds": 1}),
    })
    def start(self): pass
    def close(self): pass
    def push(self): pass
    def poll(self, stop): pass
    def tick(self, stop): pass

def hang(*_): threading.Event().wait()
app = App()
setattr(app, JOB, hang)
log.set_up("plain", "info")
raise SystemExit(Daemon(app, seconds=lambda: time.monotonic() * 400).run())
"""


@pytest.mark.parametrize("job", ["tick", "poll"])
def test_a_job_that_hangs_ends_the_process_so_that_it_is_started_anew(job: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", f"JOB = {job!r}\n{HANGING}"],
        cwd=Path(__file__).parents[1],
        env={"PYTHONPATH": "tests:."},
        capture_output=True,
        text=True,
        timeout=GIVE_UP,
        check=False,
    )
    assert ended.returncode == 75
    assert re.search(rf"error hung job={job} seconds=\d+", ended.stderr)


def test_patience_is_longer_than_the_longest_step_of_a_job() -> None:
    slow = SHIPPED.model_copy(
        update={
            "smtp": SHIPPED.smtp.model_copy(update={"timeout_seconds": 600}),
            "mailbox": SHIPPED.mailbox.model_copy(update={"poll_deadline_seconds": 7200}),
        }
    )
    assert tick_patience(slow) > 5 * 600
    assert poll_patience(slow) > 7200
    assert tick_patience(SHIPPED) <= 20 * 60
    assert poll_patience(SHIPPED) <= 40 * 60


def test_looking_at_the_stop_signal_is_a_sign_of_life() -> None:
    import threading

    seconds = [0.0]
    pulse = Pulse(lambda: seconds[0])
    stop = BeatingStop(threading.Event(), pulse)
    seconds[0] = 100.0
    assert pulse.age == 100
    assert not stop.is_set()
    assert pulse.age == 0


# ---- a locked database, under the real program


@contextmanager
def running(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`mailbot run` on embedded servers, ticking every second."""
    (folder / "sent").mkdir()
    with (
        imap_server(folder / "imap.log") as imap,
        smtp_server(Outgoing(folder / "sent", imap)) as smtp,
    ):
        fortnight.demo_config(folder, imap.port, smtp)
        path = folder / "config.toml"
        text = path.read_text(encoding="utf-8")
        text = text.replace("tick_seconds = 15 ", "tick_seconds = 1 ")
        path.write_text(text.replace("poll_seconds = 60 ", "poll_seconds = 1 "), encoding="utf-8")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "mailbot", "--config", str(path), "run"],
                env={"MAILBOT_IMAP_PASSWORD": PASSWORD, "MAILBOT_SMTP_PASSWORD": PASSWORD},
                cwd=Path(__file__).parents[1],
                stderr=log,
            )
            try:
                yield process
            finally:
                process.kill()
                process.wait()


def last_tick(folder: Path) -> datetime | None:
    """When the last tick finished, as another process sees it."""
    path = folder / "data" / "mailbot.db"
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as connection:
        try:
            row = connection.execute(
                "SELECT value FROM facts WHERE name = ?", (LAST_TICK,)
            ).fetchone()
        except sqlite3.OperationalError:
            return None
    return datetime.fromisoformat(row[0].strip('"')) if row else None


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")  # loopback only
def test_the_ticker_outlives_a_locked_database_and_stops_in_order(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        eventually(lambda: last_tick(tmp_path), "it never ticked")
        with closing(
            sqlite3.connect(tmp_path / "data" / "mailbot.db", isolation_level=None)
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(
                15
            )  # longer than a board takes and the busy time-out: a tick fails, not only waits
            other.execute("ROLLBACK")
        unlocked = datetime.now(UTC)
        eventually(lambda: (last_tick(tmp_path) or unlocked) > unlocked, "it ticks no more")
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(GIVE_UP) == 0
    log = (tmp_path / "log").read_text()
    assert "tick_failed" in log
    assert log.rstrip().splitlines()[-1].endswith("stopped")


# ---- the clock


def test_the_operator_s_word_ends_the_hold_after_a_jump(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boot = [1000.0]
    monkeypatch.setattr("mailbot.timekeeping.boot_seconds", lambda: boot[0])
    store = open_store("sqlite:///x.db", tmp_path)
    wall = [at("2023-05-10 09:00")]
    keeper = GuardedClock(lambda: wall[0], store, 120)
    assert keeper.read() == (wall[0], False)
    wall[0], boot[0] = wall[0] + timedelta(hours=5), boot[0] + 60
    assert keeper.read() == (at("2023-05-10 09:01"), True)
    with store.look() as uow:
        assert "mailbot clock trust" in uow.facts.get(JUMP)
    trust_wall_clock(store, wall[0])
    assert keeper.read() == (wall[0], False)
    with store.look() as uow:
        assert uow.facts.get(JUMP) == ""
        assert uow.facts.get(GUARD)["guarded"] == wall[0].isoformat()
    store.close()


def test_a_command_beside_the_daemon_goes_by_the_time_the_daemon_goes_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entered while the wall clock is two hours slow, an emergency is not late at once."""
    boot = [1000.0]
    monkeypatch.setattr("mailbot.timekeeping.boot_seconds", lambda: boot[0])
    store = open_store("sqlite:///x.db", tmp_path)
    wall = [at("2023-05-10 11:00")]
    keeper = GuardedClock(lambda: wall[0], store, 120)
    with store.look() as uow:
        assert believed_now(uow, 120, wall[0]) == wall[0], "nothing is known yet"
    keeper.read()
    wall[0], boot[0] = wall[0] - timedelta(hours=2), boot[0] + 60
    with store.look() as uow:
        assert believed_now(uow, 120, wall[0]) == at("2023-05-10 11:01")
    assert keeper.read() == (at("2023-05-10 11:01"), True)
    trust_wall_clock(store, wall[0])
    with store.look() as uow:
        assert believed_now(uow, 120, wall[0]) == wall[0]
    store.close()
