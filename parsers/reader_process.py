"""One reader process and the thread that kills it when its time is up."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar, assert_never

from parsers import sandbox_worker as wire
from parsers.confinement import Budget, Confinement
from parsers.reader_answers import BadAnswer, checked

T = TypeVar("T")

Death = Literal["timeout", "cpu", "memory", "killed", "crashed", "failed", "bad answer"]

_START_SECONDS = 60.0
_PATIENCE_SECONDS = 5.0
_FAREWELL_SECONDS = 1.0
_TICK_SECONDS = 0.25
_BOOT = (
    "import sys; sys.path[:] = {path!r}; from parsers.sandbox_worker import main; main({given!r})"
)


class ReaderDied(Exception):
    """A job ended without an answer; others are not touched.

    Attributes:
        reason: How it ended.
        detail: For the log: exit code or our own traceback, never text of a mail.
    """

    def __init__(self, reason: Death, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Death = reason
        self.detail = detail

    @property
    def explanation(self) -> str:
        """One Chinese sentence for the office."""
        match self.reason:
            case "timeout" | "cpu":
                return "文件解析超时，已停止读取，原件已保存，请人工打开核对。"
            case "memory":
                return "文件展开后过大，已停止读取，原件已保存，请人工打开核对。"
            case "killed" | "crashed":
                return "读取程序在解析该文件时意外退出，原件已保存，请人工打开核对。"
            case "failed" | "bad answer":
                return "读取程序出错，原件已保存，请人工打开核对，并把该邮件告知维护人员。"
            case _:
                assert_never(self.reason)


def _bare_environment(folder: str) -> dict[str, str]:
    """No secrets, no proxies; memory of big mails goes back to the system at once."""
    # Windows cannot load its own libraries without SYSTEMROOT.
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    allocator = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "1000000"}
    folders = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "HOME"), folder)
    return {"LANG": "C.UTF-8", "PATH": os.defpath, **allocator, **folders, **kept}


def _has_come(pipe: int) -> bool:
    """Wait a moment for bytes or the end of a pipe."""
    if sys.platform == "win32":
        return True  # no way to ask; the read blocks
    waiting = select.poll()
    waiting.register(pipe, select.POLLIN)
    return bool(waiting.poll(_TICK_SECONDS * 1000))


class Watchdog:
    """Kills workers that take too long: one thread for all, awake only while one works."""

    def __init__(self) -> None:
        self._deadlines: dict[Worker, float] = {}
        self._wake = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._watch, name="reader-watch", daemon=True)
        self._thread.start()

    def start(self, worker: "Worker", seconds: float) -> None:
        """Give a worker that many seconds from now."""
        self._deadlines[worker] = time.monotonic() + seconds
        self._wake.set()

    def stop(self, worker: "Worker") -> None:
        """It answered, or died by itself."""
        self._deadlines.pop(worker, None)

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        self._wake.set()
        self._thread.join()

    def _watch(self) -> None:
        while self._wake.wait() and not self._closed:
            time.sleep(_TICK_SECONDS)
            now = time.monotonic()
            for worker, deadline in list(self._deadlines.items()):
                if now > deadline:
                    worker.too_late()
            if not self._deadlines:
                self._wake.clear()
                if self._deadlines or self._closed:  # set between the look and the clearing
                    self._wake.set()


class Worker:
    """One child process and its two pipes; used by one thread at a time."""

    def __init__(self, budget: Budget, preload: tuple[str, ...], watchdog: Watchdog) -> None:
        given = json.dumps({"budget": asdict(budget), "preload": preload})
        boot = _BOOT.format(path=[str(Path(entry).absolute()) for entry in sys.path], given=given)
        self._budget, self._watchdog = budget, watchdog
        # Its working folder, and on Linux the only one it can write to.
        self._folder = tempfile.mkdtemp(prefix="mailbot-reader-")
        self._tidy = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-I", "-X", "utf8", "-c", boot],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_bare_environment(self._folder),
            cwd=self._folder,
            start_new_session=True,
        )
        self.jobs_left = budget.jobs_per_worker  # 0: to be replaced
        self._serial = 0
        self._late = False
        try:
            _, _, hello = self._within(_START_SECONDS, self._receive)
            self.confinement = Confinement(**json.loads(hello))
        except Exception:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def run(self, job: Callable[..., T], payload: bytes) -> T:
        """The job's answer.

        Raises:
            ReaderDied: There is none; unless `alive()`, a new worker is needed.
        """
        self._serial += 1
        jobs_left, self.jobs_left = self.jobs_left - 1, 0  # whatever goes wrong ends it
        kind, serial, answer = self._within(
            self._budget.wall_seconds, partial(self._exchange, payload)
        )
        if serial != self._serial:
            raise ReaderDied("bad answer", "answers another job")
        if kind == wire.OUT_OF_MEMORY:
            raise ReaderDied("memory")
        if kind == wire.FAILED:
            self.jobs_left = jobs_left  # a defect of ours is no attack
            raise ReaderDied("failed", answer.decode("utf-8", "replace"))
        if kind not in (wire.ANSWER, wire.LAST_ANSWER):
            raise ReaderDied("bad answer", "of an unknown kind")
        try:
            value = checked(job, answer)
        except BadAnswer as why:
            raise ReaderDied("bad answer", str(why)) from None
        if kind == wire.ANSWER:
            self.jobs_left = jobs_left
        return value

    def _exchange(self, payload: bytes) -> tuple[bytes, int, bytes]:
        assert self._process.stdin is not None
        wire.write_frame(self._process.stdin, b"J", self._serial, payload)
        return self._receive()

    def _receive(self) -> tuple[bytes, int, bytes]:
        out = self._read_some
        header = wire.read_exactly(out, wire.HEADER.size)
        kind, serial, size = wire.HEADER.unpack(header)
        if size > self._budget.answer_bytes:
            raise ReaderDied("bad answer", f"{size} bytes")
        return kind, serial, wire.read_exactly(out, size)

    def _read_some(self, most: int) -> bytes:
        """Bytes of the answer as they come; b"" at its end, or when time is up.

        The worker's death alone does not end the pipe: a process it started may have
        left its group and hold the other end.
        """
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        while not _has_come(pipe):
            if self._late:
                return b""
        return os.read(pipe, most)

    def _within(
        self, seconds: float, step: Callable[[], tuple[bytes, int, bytes]]
    ) -> tuple[bytes, int, bytes]:
        """Do a blocking step; the watchdog's kill unblocks us."""
        self._watchdog.start(self, seconds)
        try:
            return step()
        except (EOFError, OSError):
            raise self._post_mortem() from None
        finally:
            self._watchdog.stop(self)

    def too_late(self) -> None:
        """End the process because its time is up; called from the watchdog's thread."""
        self._late = True
        self.kill()

    def _post_mortem(self) -> ReaderDied:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_FAREWELL_SECONDS)  # one that ends by itself has an exit code
        self._kill_group()  # what it started may live on
        code = self._process.wait()
        if self._late:
            return ReaderDied("timeout")
        if code < 0:
            known = {number.value: number.name for number in signal.Signals}
            name = known.get(-code, f"signal {-code}")
            if name == "SIGXCPU":
                return ReaderDied("cpu")
            return ReaderDied("killed" if name in ("SIGKILL", "SIGTERM") else "crashed", name)
        return ReaderDied("crashed", f"exit code {code}")

    def kill(self) -> None:
        """End the process and all it may have started."""
        if self._process.returncode is None:  # else its number may belong to someone else
            self._kill_group()

    def _kill_group(self) -> None:
        with suppress(OSError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Let an idle worker go; kill it if it will not."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if self.jobs_left <= 0:
            self.kill()
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        self._process.stdout.close()
        self._tidy()
