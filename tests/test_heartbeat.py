"""The sign of life: sent only when all is well, and missing whenever it is not."""

import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from duty_samples import at
from office_samples import CONFIG, opened
from servers.certificates import make_certificates

from mailbot.adapters import service_manager
from mailbot.adapters.heartbeat import HttpWatcher
from mailbot.config_safety import DiskConfig
from mailbot.demo import fortnight
from mailbot.demo.servers import PASSWORD, Outgoing, imap_server, smtp_server
from mailbot.errors import ConfigError
from mailbot.fact_names import LAST_POLL, LAST_TICK
from mailbot.health import examine
from mailbot.rules.vital_signs import Limits, Signs, ailments
from mailbot.stages.heartbeat import Heartbeat
from mailbot.storage_health import BACKUP_FAILURE, BACKUP_LAST
from store.records import OutgoingMail
from store.unit_of_work import Store

NOW = at("2023-05-10 02:15")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
PATH = "/secret-a1b2"


@dataclass
class Watcher:
    """A real HTTP server that keeps what it was told.

    Attributes:
        off: How far its clock is ahead of this machine's.
        status: What it answers to a sign of life.
    """

    port: int = 0
    beats: list[float] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    off: timedelta = timedelta()
    status: int = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"


@contextmanager
def served(state: Watcher, context: ssl.SSLContext | None = None) -> Iterator[Watcher]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.beats.append(time.monotonic())
            self._answer(state.status)

        def do_HEAD(self) -> None:
            self._answer(302)

        def date_time_string(self, _timestamp: float | None = None) -> str:
            return format_datetime(datetime.now(UTC) + state.off, usegmt=True)

        def _answer(self, status: int) -> None:
            state.asked.append(f"{self.command} {self.path}")
            with suppress(OSError):
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    with served(Watcher()) as found:
        yield found


# ---- the rule

WELL = Signs(
    tick=15 * SECOND,
    poll=60 * SECOND,
    alert=None,
    clock_held=False,
    clock_off=SECOND,
    disk_short=False,
    backup=HOUR,
    backup_wanted=True,
    backup_failed=False,
)
LIMITS = Limits(60 * SECOND, 5 * MINUTE, 5 * MINUTE, 30 * SECOND, 26 * HOUR)


@pytest.mark.parametrize(
    ("change", "amiss"),
    [
        pytest.param({}, (), id="all-is-well"),
        pytest.param({"tick": 60 * SECOND}, (), id="a-tick-of-just-a-minute"),
        pytest.param({"tick": 61 * SECOND}, ("检查期限",), id="old-tick"),
        pytest.param({"tick": None}, ("检查期限",), id="never-ticked"),
        pytest.param({"poll": 301 * SECOND}, ("收信",), id="old-poll"),
        pytest.param({"poll": None}, ("收信",), id="never-polled"),
        pytest.param({"alert": 5 * MINUTE}, (), id="an-alert-just-waiting"),
        pytest.param({"alert": 6 * MINUTE}, ("突发预警待发",), id="an-alert-stuck"),
        pytest.param({"clock_held": True}, ("时钟",), id="the-clock-jumped"),
        pytest.param({"clock_off": -31 * SECOND}, ("时钟",), id="our-clock-is-slow"),
        pytest.param({"clock_off": 31 * SECOND}, ("时钟",), id="our-clock-is-fast"),
        pytest.param({"clock_off": None}, (), id="the-watcher-tells-no-time"),
        pytest.param({"disk_short": True}, ("磁盘空间",), id="disk"),
        pytest.param({"backup": 27 * HOUR}, ("备份",), id="old-backup"),
        pytest.param({"backup": None}, ("备份",), id="no-backup"),
        pytest.param({"backup_failed": True}, ("备份",), id="the-backup-failed"),
        pytest.param({"backup": None, "backup_wanted": False}, (), id="another-database"),
        pytest.param(
            {"tick": None, "poll": None, "backup": None},
            ("检查期限", "收信", "备份"),
            id="several",
        ),
    ],
)
def test_one_bad_sign_is_silence(change: dict[str, object], amiss: tuple[str, ...]) -> None:
    assert ailments(replace(WELL, **change), LIMITS) == amiss  # type: ignore[arg-type]


# ---- the stage, on a store and a real server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as found:
        with found.work() as uow:
            for name in (LAST_TICK, LAST_POLL):
                uow.facts.put(name, (NOW - 15 * SECOND).isoformat(), NOW)
            uow.facts.put(BACKUP_LAST, {"at": (NOW - HOUR).isoformat(), "mails": 1}, NOW)
            uow.commit()
        yield found


def heart(store: Store, watcher: Watcher, folder: Path, **changes: object) -> Heartbeat:
    config = CONFIG.model_copy(update={"folder": folder, **changes})
    return Heartbeat(store, config, HttpWatcher(watcher.url), lambda: datetime.now(UTC))


def put(name: str, value: object) -> Callable[[Store], None]:
    def change(store: Store) -> None:
        with store.work() as uow:
            uow.facts.put(name, value, NOW)
            uow.commit()

    return change


def stuck_alert(store: Store) -> None:
    with store.work() as uow:
        mail = OutgoingMail("alert/E1/0", "urgent", ("a@b.example",), "题", "文", "")
        uow.outbox.add(mail, "<1@x>", NOW - 6 * MINUTE)
        uow.commit()


def test_when_all_is_well_the_watcher_hears_it(
    store: Store, watcher: Watcher, tmp_path: Path
) -> None:
    assert heart(store, watcher, tmp_path).run(NOW, clock_held=False)
    assert watcher.asked == ["HEAD /", f"GET {PATH}"]
    with store.look() as uow:
        health = examine(uow, CONFIG, NOW)
    assert health.last_heartbeat == NOW
    assert health.heartbeat_withheld == ()


@pytest.mark.parametrize(
    ("spoil", "amiss"),
    [
        pytest.param(put(LAST_TICK, (NOW - 2 * MINUTE).isoformat()), "检查期限", id="tick"),
        pytest.param(put(LAST_POLL, (NOW - 6 * MINUTE).isoformat()), "收信", id="poll"),
        pytest.param(stuck_alert, "突发预警待发", id="queue"),
        pytest.param(
            put(BACKUP_LAST, {"at": (NOW - 27 * HOUR).isoformat(), "mails": 1}),
            "备份",
            id="backup-old",
        ),
        pytest.param(put(BACKUP_FAILURE, "备份没有成功"), "备份", id="backup-failed"),
    ],
)
def test_what_is_amiss_keeps_us_silent_and_is_told(
    store: Store, watcher: Watcher, tmp_path: Path, spoil: Callable[[Store], None], amiss: str
) -> None:
    spoil(store)
    assert not heart(store, watcher, tmp_path).run(NOW, clock_held=False)
    assert watcher.beats == []
    with store.look() as uow:
        assert examine(uow, CONFIG, NOW).heartbeat_withheld == (amiss,)


def test_a_full_disk_keeps_us_silent(store: Store, watcher: Watcher, tmp_path: Path) -> None:
    full = DiskConfig(stop_intake_below_mb=1_000_000, ballast_mb=0)
    assert not heart(store, watcher, tmp_path, disk=full).run(NOW, clock_held=False)
    assert watcher.beats == []


def test_a_held_clock_keeps_us_silent(store: Store, watcher: Watcher, tmp_path: Path) -> None:
    assert not heart(store, watcher, tmp_path).run(NOW, clock_held=True)
    assert watcher.beats == []


def test_our_clock_is_compared_with_the_watcher_s(
    store: Store, watcher: Watcher, tmp_path: Path
) -> None:
    """And once it is set right again, the sign of life goes on by itself."""
    stage = heart(store, watcher, tmp_path)
    watcher.off = -2 * MINUTE
    assert not stage.run(NOW, clock_held=False)
    watcher.off = timedelta()
    assert stage.run(NOW, clock_held=False)
    assert len(watcher.beats) == 1


@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_the_watcher_did_not_take_is_told_without_its_address(
    store: Store, watcher: Watcher, tmp_path: Path, status: int
) -> None:
    watcher.status = status
    stage = heart(store, watcher, tmp_path)
    assert not stage.run(NOW, clock_held=False)
    with store.look() as uow:
        problems = examine(uow, CONFIG, NOW).problems
    told = f"平安信号没有送到监测网站：对方答复 {status}"
    assert told in problems
    watcher.status = 200
    assert stage.run(NOW, clock_held=False)
    with store.look() as uow:
        assert told not in examine(uow, CONFIG, NOW).problems


def test_a_watcher_out_of_reach_is_told(store: Store, watcher: Watcher, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        watcher.port, kept = probe.getsockname()[1], watcher.port
        stage = heart(store, watcher, tmp_path)
    watcher.port = kept
    assert not stage.run(NOW, clock_held=False)
    with store.look() as uow:
        (problem,) = (p for p in examine(uow, CONFIG, NOW).problems if "平安" in p)
    assert problem == "平安信号没有送到监测网站：连不上（ConnectionRefusedError）"


def test_without_a_watcher_nothing_is_sent(store: Store, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"folder": tmp_path})
    assert not Heartbeat(store, config, None, lambda: NOW).run(NOW, clock_held=False)
    with store.look() as uow:
        assert uow.facts.get("heartbeat") is None


def test_a_watcher_no_longer_configured_leaves_no_failure(
    store: Store, watcher: Watcher, tmp_path: Path
) -> None:
    watcher.status = 500
    assert not heart(store, watcher, tmp_path).run(NOW, clock_held=False)
    with store.look() as uow:
        assert "平安信号" in "".join(examine(uow, CONFIG, NOW).problems)

    assert not Heartbeat(store, CONFIG, None, lambda: NOW).run(NOW, clock_held=False)
    with store.look() as uow:
        health = examine(uow, CONFIG, NOW)
    assert "平安信号" not in "".join(health.problems)
    assert health.last_heartbeat is None


def test_the_certificate_of_the_watcher_is_checked(tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    with served(Watcher(), context) as watcher:
        url = watcher.url.replace("http:", "https:")
        assert HttpWatcher(url, str(certificates.ca)).call() == ""
        assert HttpWatcher(url).call() == "连不上（SSLCertVerificationError）"
    assert len(watcher.beats) == 1


@pytest.mark.parametrize(
    "url", ["ftp://x.example/", "file:///etc/passwd", "hc-ping.com/1", "http:"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="监测网址看不懂"):
        HttpWatcher(url)


# ---- the service manager


def test_the_service_manager_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not service_manager.tell("READY=1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        assert service_manager.tell("WATCHDOG=1")
        assert manager.recv(100) == b"WATCHDOG=1"
    assert not service_manager.tell("WATCHDOG=1"), "nobody listens any more"


# ---- the real daemon

SILENCE, ALARM = 12.0, 4.0  # seconds; signs come every second, and limits are three


@dataclass
class Office:
    """A daemon on embedded servers that beats every second."""

    folder: Path
    watcher: Watcher
    imap_process: int
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        names = ("MAILBOT_IMAP_PASSWORD", "MAILBOT_SMTP_PASSWORD")
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mailbot", "--config", self.folder / "config.toml", "run"],
                env={
                    **dict.fromkeys(names, PASSWORD),
                    "MAILBOT_HEARTBEAT_URL": self.watcher.url,
                    "NOTIFY_SOCKET": str(self.folder / "notify"),
                },
                cwd=Path(__file__).parents[1],
                stderr=log,
            )

    def alive(self) -> None:
        """Wait until the watcher hears from us again."""
        before, end = len(self.watcher.beats), time.monotonic() + 60
        while len(self.watcher.beats) == before:
            assert time.monotonic() < end, (self.folder / "log").read_text()
            time.sleep(0.05)

    def missed(self) -> bool:
        """Whether the watcher would raise its alarm: no sign for longer than our limits."""
        time.sleep(SILENCE)
        return time.monotonic() - self.watcher.beats[-1] > ALARM

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@contextmanager
def office(folder: Path, watcher: Watcher) -> Iterator[Office]:
    (folder / "sent").mkdir()
    with (
        imap_server(folder / "imap.log") as imap,
        smtp_server(Outgoing(folder / "sent", imap)) as smtp,
    ):
        fortnight.demo_config(folder, imap.port, smtp)
        path = folder / "config.toml"
        path.write_text(quickened(path.read_text(encoding="utf-8")), encoding="utf-8")
        found = Office(folder, watcher, _child("imap_process"))
        try:
            yield found
        finally:
            with suppress(ProcessLookupError):
                os.kill(found.imap_process, signal.SIGCONT)
            found.kill()


def quickened(text: str) -> str:
    """Signs every second, and limits of three."""
    head, mark, rest = text.partition("[heartbeat]")
    rest = rest.replace("every_seconds = 60 ", "every_seconds = 1 ", 1)
    text = head + mark + rest
    for key, value in (
        ("tick_seconds", 1), ("poll_seconds", 1), ("timeout_seconds", 5),
        ("tick_within_seconds", 3), ("poll_within_seconds", 3),
    ):  # fmt: skip
        lines = text.split("\n")
        text = "\n".join(f"{key} = {value}" if x.startswith(f"{key} =") else x for x in lines)
    return text


def _child(word: str) -> int:
    """Our own child process whose command has this word."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid() and word in (folder / "cmdline").read_text():
                return int(folder.name)
    raise AssertionError(f"no child runs {word}")


def death_by_kill(found: Office) -> bool:
    found.kill()
    missed = found.missed()
    found.start()
    return missed


def death_by_freezing(found: Office) -> bool:
    assert found.process is not None
    found.process.send_signal(signal.SIGSTOP)
    missed = found.missed()
    found.process.send_signal(signal.SIGCONT)
    return missed


def death_by_a_locked_database(found: Office) -> bool:
    """Every job waits, and none can finish."""
    path = found.folder / "data" / "mailbot.db"
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        missed = found.missed()
        other.execute("ROLLBACK")
    return missed


def death_by_a_silent_mailbox(found: Office) -> bool:
    os.kill(found.imap_process, signal.SIGSTOP)
    missed = found.missed()
    os.kill(found.imap_process, signal.SIGCONT)
    return missed


DEATHS = (
    death_by_kill, death_by_freezing, death_by_a_locked_database, death_by_a_silent_mailbox,
)  # fmt: skip
NUMBER = int(os.environ.get("MAILBOT_DEATHS", len(DEATHS)))


@pytest.mark.timeout(60 * NUMBER)
@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")  # loopback only
def test_every_death_and_every_hang_is_missed_by_the_watcher(
    tmp_path: Path, watcher: Watcher
) -> None:
    """MAILBOT_DEATHS=20: twenty of them, in turn; after each the signs come back."""
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager,
        office(tmp_path, watcher) as found,
    ):
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(60)
        found.start()
        assert manager.recv(100) == b"READY=1"
        assert manager.recv(100) == b"WATCHDOG=1"
        missed = 0
        for number in range(NUMBER):
            found.alive()
            missed += DEATHS[number % len(DEATHS)](found)
        found.alive()
        assert missed == NUMBER
        assert found.process is not None
        assert found.process.poll() is None
    log = (tmp_path / "log").read_text()
    assert PATH not in log
    assert "heartbeat_withheld because=收信" in log
