"""A file that breaks its reader must cost one job, never the daemon."""

import io
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sandbox_jobs as jobs
import xlsxwriter

from mailbot.wiring import Reader
from parsers import landlock
from parsers.confinement import Budget
from parsers.reading import read_mail
from parsers.sandbox import ReaderDied, Sandbox, read_archived, read_archived_bare, read_file
from store.archive import Archive
from store.records import MessageRecord

SMALL = Budget(
    memory_bytes=100_000_000,
    cpu_seconds=1,
    wall_seconds=20.0,  # a busy machine gives a reader little of its processor
    file_bytes=1_000_000,
    answer_bytes=1_000_000,
    growth_bytes=30_000_000,
)
CANARY = "canary-0000"
GOLDEN = Path(__file__).parent / "golden" / "mail"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1, budget=SMALL, preload=()) as executor:
        yield executor


def death(sandbox: Sandbox, job: Callable[..., Any], *args: object) -> ReaderDied:
    with pytest.raises(ReaderDied) as caught:
        sandbox.submit(job, *args).result(60)
    return caught.value


@pytest.mark.parametrize(
    ("job", "args", "reason"),
    [
        pytest.param(jobs.eat_memory, (), "memory", id="memory-bomb-at-once"),
        pytest.param(jobs.eat_memory_in_pieces, (), "memory", id="memory-bomb-in-pieces"),
        pytest.param(jobs.loop_forever, (), "cpu", id="endless-loop"),
        pytest.param(jobs.kill_self, ("SIGKILL",), "killed", id="killed"),
        pytest.param(jobs.kill_self, ("SIGSEGV",), "crashed", id="segmentation-fault"),
        pytest.param(jobs.crash, (), "crashed", id="null-pointer"),
        pytest.param(jobs.exit_now, (0,), "crashed", id="leaves-quietly"),
        pytest.param(jobs.raise_error, (), "failed", id="our-own-defect"),
        pytest.param(jobs.text_of, (1_000_000,), "bad answer", id="huge-answer"),
        pytest.param(jobs.lie_about_type, (), "bad answer", id="answer-of-another-type"),
        pytest.param(jobs.incomplete_reading, (), "bad answer", id="reading-without-fields"),
        pytest.param(jobs.forge_frame, (10**6,), "bad answer", id="forged-frame"),
        pytest.param(jobs.untyped, (), "failed", id="job-without-return-type"),
    ],
)
def test_a_bad_job_dies_alone(
    sandbox: Sandbox, job: Callable[..., Any], args: tuple[object, ...], reason: str
) -> None:
    """It fails with its own reason, and the next job finds a worker that works."""
    error = death(sandbox, job, *args)

    assert error.reason == reason
    assert error.explanation.endswith("。")
    assert sandbox.submit(jobs.double, 21).result(60) == 42


def test_sleeping_job_is_killed_by_the_wall_clock() -> None:
    """CPU time never runs out for a job that sleeps."""
    with Sandbox(1, budget=Budget(wall_seconds=0.5), preload=()) as executor:
        assert death(executor, jobs.sleep_forever).reason == "timeout"
        assert executor.submit(jobs.double, 4).result(60) == 8


def test_cpu_time_is_granted_anew_for_each_job() -> None:
    """A worker does not die of the work of its earlier jobs."""
    with Sandbox(1, budget=Budget(cpu_seconds=1), preload=()) as executor:
        pids = {executor.submit(jobs.spin, 0.4).result(60) for _ in range(6)}
    assert len(pids) == 1


def test_worker_killed_from_outside_during_a_job(sandbox: Sandbox) -> None:
    pid = sandbox.submit(jobs.own_pid).result(60)
    running = sandbox.submit(jobs.sleep_forever)
    killer = threading.Timer(0.3, os.kill, (pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(ReaderDied) as caught:
        running.result(60)
    killer.join()

    assert caught.value.reason == "killed"
    assert sandbox.submit(jobs.double, 1).result(60) == 2


def test_worker_killed_while_idle_costs_no_job(sandbox: Sandbox) -> None:
    pid = sandbox.submit(jobs.own_pid).result(60)
    os.kill(pid, signal.SIGKILL)
    while _is_running(pid):
        time.sleep(0.01)  # the kernel kills in its own time

    assert sandbox.submit(jobs.double, 3).result(60) == 6


def test_whatever_a_worker_started_dies_with_it() -> None:
    """The kill goes to the process group."""
    with Sandbox(1, budget=Budget(wall_seconds=1), preload=()) as executor:
        child = executor.submit(jobs.start_sleeper).result(60)
        assert _is_running(child)
        death(executor, jobs.kill_self, "SIGSEGV")
    while _is_running(child):
        time.sleep(0.01)


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_workers_live_from_job_to_job(sandbox: Sandbox) -> None:
    assert len({sandbox.submit(jobs.own_pid).result(60) for _ in range(5)}) == 1


def test_worker_is_replaced_after_its_number_of_jobs() -> None:
    with Sandbox(1, budget=Budget(jobs_per_worker=2), preload=()) as executor:
        pids = [executor.submit(jobs.own_pid).result(60) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_worker_that_grew_is_replaced(sandbox: Sandbox) -> None:
    before = sandbox.submit(jobs.keep_memory, 10_000).result(60)
    fat = sandbox.submit(jobs.keep_memory, 50_000_000).result(60)
    after = sandbox.submit(jobs.own_pid).result(60)
    assert before == fat != after


def test_two_workers_work_side_by_side() -> None:
    """One sleeping reader does not hold up the other."""
    with Sandbox(2, budget=Budget(wall_seconds=2), preload=()) as executor:
        stuck = executor.submit(jobs.sleep_forever)
        assert [executor.submit(jobs.double, n).result(60) for n in range(3)] == [0, 2, 4]
        with pytest.raises(ReaderDied):
            stuck.result(60)


def test_secrets_of_the_daemon_are_not_in_the_worker(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOT_IMAP_PASSWORD", CANARY)
    death(sandbox, jobs.exit_now, 1)  # the next worker starts with the secret about
    seen = sandbox.submit(jobs.environment).result(60)
    assert "MAILBOT_IMAP_PASSWORD" not in seen
    assert CANARY not in seen
    assert "PATH" in seen


def _user_namespaces() -> bool:
    probe = [
        sys.executable,
        "-c",
        "import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x10000000))",
    ]
    return subprocess.run(probe, check=False).returncode == 0


def test_hidden_daemon_keeps_its_environment_from_a_worker() -> None:
    """A taken-over worker of the same user finds nothing in /proc.

    Root inside a chroot or container that forbids user namespaces keeps the right to look
    there; such a machine gives the password by `password_file`, never by environment.
    """
    script = (
        "import sandbox_jobs as jobs\n"
        "from parsers.confinement import hide_from_peers\n"
        "from parsers.sandbox import Sandbox\n"
        "hide_from_peers()\n"
        "with Sandbox(1, preload=()) as sandbox:\n"
        "    print(repr(sandbox.submit(jobs.parent_environment).result()))\n"
    )
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "SECRET": CANARY}
    daemon = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, check=True, text=True
    )
    sees_through = os.geteuid() == 0 and not _user_namespaces()
    assert (CANARY in daemon.stdout) is sees_through


def test_network_is_refused() -> None:
    """Neither Python's sockets nor the C library's reach a listener on this machine."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        Sandbox(1, preload=()) as executor,
    ):
        port = listener.getsockname()[1]
        assert executor.submit(jobs.connect, "127.0.0.1", port).result(60) == "PermissionError"
        if executor.confinement().network == "namespace":
            assert executor.submit(jobs.connect_natively, port).result(60) == -1


def test_files_of_the_daemon_cannot_be_changed(tmp_path: Path) -> None:
    """A taken-over worker can neither write, cut nor remove the database."""
    database = tmp_path / "mailbot.db"
    database.write_text("rows")
    with Sandbox(1, preload=()) as executor:
        barred = executor.confinement().writes
        seen = [
            executor.submit(job, str(database)).result(60) for job in (jobs.write_to, jobs.remove)
        ]
        assert executor.submit(jobs.write_file, 10).result(60) == "written"  # its own folder
    assert (not barred) or (seen == ["PermissionError"] * 2 and database.read_text() == "rows")
    assert not barred or landlock.version() > 0


def test_worker_cannot_signal_the_daemon() -> None:
    with Sandbox(1, preload=()) as executor:
        answer = executor.submit(jobs.signal_to, os.getpid()).result(60)
    assert answer == "PermissionError" or landlock.version() < 6


def test_worker_leaves_no_folder_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Sandbox(1, preload=()) as executor:
        death(executor, jobs.crash)
        executor.submit(jobs.double, 1).result(60)
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_archived_mail_is_read_in_the_sandbox_as_outside(tmp_path: Path) -> None:
    """Facts of a real mail pass the check of the parent unchanged."""
    paths = sorted(GOLDEN.glob("*.eml"))[::6]
    with Sandbox(1) as executor:
        for path in paths:
            raw = path.read_bytes()
            (tmp_path / "raw").write_bytes(raw)
            found = executor.submit(read_archived, str(tmp_path / "raw"), ("a@b.cn",)).result(60)
            assert found == read_mail(raw, own_addresses=frozenset({"a@b.cn"}))
            bare = executor.submit(read_archived_bare, str(tmp_path / "raw"), ()).result(60)
            assert bare.sha256 == found.sha256


def sheet_that_kills() -> bytes:
    """Two cells at opposite ends: the library asks for the whole sheet between at once."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "首")
    sheet.write(1_048_575, 16_383, "末")
    book.close()
    return buffer.getvalue()


def test_a_file_that_kills_the_reader_costs_no_draft_beside_it(tmp_path: Path) -> None:
    """The mail is read again without what native libraries read."""
    message = EmailMessage()
    message["From"], message["Subject"] = "unit@example.com", "信息报送"
    message.set_content("见附件。")
    draft = "某区开展检查\n近日，某区组织开展检查，发现问题三处，已督促整改，下一步将持续巩固。" * 3
    for name, data in (("表.xlsx", sheet_that_kills()), ("稿.txt", draft.encode())):
        message.add_attachment(data, maintype="application", subtype="x", filename=name)
    archive = Archive(tmp_path / "raw")
    record = cast("MessageRecord", SimpleNamespace(sha256=archive.keep(message.as_bytes())))
    with Sandbox(1) as executor:
        reader = Reader(executor, archive, ())
        with pytest.raises(ReaderDied):
            reader.full(record).result(60)
        reading = reader.bare(record).result(120)

    assert [found.source for found in reading.drafts] == ["稿.txt"]
    assert [why.name for why in reading.unreadable] == ["表.xlsx"]


def test_file_is_read_in_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("某区开展检查\n近日，某区组织开展检查，发现问题三处。", "utf-8")
    with Sandbox(1) as executor:
        reading = executor.submit(read_file, str(tmp_path / "raw"), "稿.txt").result(60)
    assert reading.drafts[0].segments.title == "某区开展检查"


def test_doctor_may_ask_which_bars_stand(sandbox: Sandbox) -> None:
    bars = sandbox.confinement()
    assert bars.network in ("namespace", "audit hook")
    assert bars.cpu == (sys.platform != "win32")


@pytest.mark.parametrize(
    ("size", "expected"),
    [pytest.param(900_000, "written", id="within"), pytest.param(2_000_000, "OSError", id="over")],
)
def test_files_are_capped(sandbox: Sandbox, size: int, expected: str) -> None:
    assert sandbox.submit(jobs.write_file, size).result(60) == expected


def test_libraries_may_print(sandbox: Sandbox) -> None:
    """Noise on standard output does not corrupt the answers."""
    assert sandbox.submit(jobs.print_noise).result(60) == 7


def test_large_arguments_and_answers_pass(sandbox: Sandbox) -> None:
    assert sandbox.submit(jobs.length, bytes(5_000_000)).result(60) == 5_000_000
    assert len(sandbox.submit(jobs.text_of, 200_000).result(60)) == 200_000


def test_reading_survives_the_journey(sandbox: Sandbox) -> None:
    assert sandbox.submit(jobs.sample_reading).result(60) == jobs.sample_reading()


def test_lone_surrogates_in_an_answer_are_replaced(sandbox: Sandbox) -> None:
    assert sandbox.submit(jobs.broken_text).result(60) == "城管\ufffd"


def test_shutdown_finishes_what_is_queued() -> None:
    executor = Sandbox(1, preload=())
    futures = [executor.submit(jobs.double, number) for number in range(5)]
    executor.shutdown()
    assert [future.result(0) for future in futures] == [0, 2, 4, 6, 8]
    assert executor.pids() == ()
    with pytest.raises(RuntimeError):
        executor.submit(jobs.double, 1)
    executor.shutdown()  # twice is harmless


def test_shutdown_may_cancel_what_is_queued() -> None:
    executor = Sandbox(1, budget=Budget(wall_seconds=1), preload=())
    running = executor.submit(jobs.sleep_forever)
    while not running.running():
        time.sleep(0.01)
    queued = executor.submit(jobs.double, 1)
    executor.shutdown(cancel_futures=True)
    assert queued.cancelled()
    assert isinstance(running.exception(0), ReaderDied)


def test_a_worker_that_cannot_start_fails_its_job_only() -> None:
    with Sandbox(1, preload=("no_such_module",)) as executor:
        assert death(executor, jobs.double, 1).reason == "crashed"
        assert death(executor, jobs.double, 1).reason == "crashed"


LIES = Budget(wall_seconds=5.0)


@pytest.mark.parametrize(
    ("job", "args", "reason"),
    [
        pytest.param(jobs.answer_with, (b"A", b"\x00\xff garbage"), "bad answer", id="no-json"),
        pytest.param(jobs.answer_with, (b"Z", b"{}"), "bad answer", id="unknown-kind"),
        pytest.param(jobs.answer_with, (b"A", b""), "bad answer", id="nothing-at-once"),
        pytest.param(jobs.answer_with, (b"A", b'{"drafts":' + b"[" * 100_000), "bad answer", id="deep"),
        pytest.param(jobs.repeated, (b"A", b'{"drafts":[', b"0,", 15_000_000), "bad answer", id="millions-of-wrong-items"),
        pytest.param(jobs.repeated, (b"A", b'{"drafts":[', b"[],", 8_000_000), "bad answer", id="millions-of-lists"),
        pytest.param(jobs.repeated, (b"A", b'{"drafts":[', b'"",', 900_000), "bad answer", id="wrong-items-below-the-bounds"),
        pytest.param(jobs.drip, (), "bad answer", id="endless-drip-of-one-letter"),
        pytest.param(jobs.stop_self, (), "timeout", id="stands-still"),
    ],
)  # fmt: skip
def test_a_lying_worker_costs_its_own_job(
    job: Callable[..., Any], args: tuple[object, ...], reason: str
) -> None:
    """In bounded memory: ours may grow by some hundred megabytes, not by gigabytes."""
    with Sandbox(1, budget=LIES, preload=()) as executor:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert death(executor, job, *args).reason == reason
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + 400_000  # kB
        assert executor.submit(jobs.double, 21).result(60) == 42


def test_a_pipe_held_open_by_a_stranger_delays_nobody() -> None:
    with Sandbox(1, budget=Budget(wall_seconds=1.0), preload=()) as executor:
        assert death(executor, jobs.leave_a_stranger).reason == "timeout"
        assert executor.submit(jobs.double, 21).result(60) == 42


def test_no_dead_process_waits_to_be_collected(sandbox: Sandbox) -> None:
    for job in (jobs.crash, jobs.exit_now):
        death(sandbox, job, *((0,) if job is jobs.exit_now else ()))
    states = [
        Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    ]
    assert "Z" not in states


def test_a_daemon_without_standard_streams_reads_mail() -> None:
    """Closed by a service manager or a console that went away."""
    code = (
        "import os; [os.close(n) for n in (0, 1, 2)]\n"
        "from parsers.sandbox import Sandbox\nimport sandbox_jobs\n"
        "with Sandbox(1, preload=()) as s: r = s.submit(sandbox_jobs.double, 21).result(60)\n"
        "os._exit(r)"
    )
    path = os.pathsep.join(map(str, (Path(__file__).parent, Path(__file__).parents[1])))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        check=False,
        timeout=60,
    )
    assert done.returncode == 42
