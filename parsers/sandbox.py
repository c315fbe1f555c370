"""Readers in processes that may be killed.

`Sandbox` is a `concurrent.futures.Executor`. Its workers live on from job to
job, but a job that crashes, hangs or eats too much takes only its own worker
with it: its future raises `ReaderDied`, and the next job finds a new worker.
Limits and their reach on each system are told in `parsers.confinement`.

A job is a module-level function with a return annotation. Its answer comes back
as data of that type, checked by the parent; a worker that a file has taken over
can lie about that file, but cannot run code in the daemon.
"""

import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar, assert_never

from pydantic import ValidationError

from parsers import sandbox_worker as wire
from parsers.confinement import Budget, Confinement
from parsers.facts import Reading

P = ParamSpec("P")
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


def read_archived(path: str, own_addresses: tuple[str, ...]) -> Reading:
    """Job: read an archived raw mail, which thus never passes through the daemon's memory."""
    from parsers.reading import read_mail  # noqa: PLC0415  the daemon need not load the readers

    return read_mail(Path(path).read_bytes(), own_addresses=frozenset(own_addresses))


def read_archived_bare(path: str, own_addresses: tuple[str, ...]) -> Reading:
    """Job: headers and own words of an archived mail; its attachments are listed as unread.

    For a mail whose full reading ended in `ReaderDied`.
    """
    from parsers.reading import read_mail_bare  # noqa: PLC0415  as above

    return read_mail_bare(Path(path).read_bytes(), own_addresses=frozenset(own_addresses))


def read_file(path: str, name: str) -> Reading:
    """Job: read one file or archive under its display name."""
    from parsers.reading import read_document  # noqa: PLC0415  as above

    return read_document(name, Path(path).read_bytes())


def _bare_environment() -> dict[str, str]:
    """No secrets, no proxies; Windows cannot load its own libraries without SYSTEMROOT."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return {"LANG": "C.UTF-8", "PATH": os.defpath, "MALLOC_ARENA_MAX": "1", **kept}


class _Watchdog:
    """Kills workers that take too long: one thread for all, awake only while one works."""

    def __init__(self) -> None:
        self._deadlines: dict[_Worker, float] = {}
        self._wake = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._watch, name="reader-watch", daemon=True)
        self._thread.start()

    def start(self, worker: "_Worker", seconds: float) -> None:
        self._deadlines[worker] = time.monotonic() + seconds
        self._wake.set()

    def stop(self, worker: "_Worker") -> None:
        self._deadlines.pop(worker, None)

    def close(self) -> None:
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


class _Worker:
    """One child process and its two pipes; used by one thread at a time."""

    def __init__(self, budget: Budget, preload: tuple[str, ...], watchdog: _Watchdog) -> None:
        given = json.dumps({"budget": asdict(budget), "preload": preload})
        boot = _BOOT.format(path=[str(Path(entry).absolute()) for entry in sys.path], given=given)
        self._budget, self._watchdog = budget, watchdog
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-I", "-X", "utf8", "-c", boot],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_bare_environment(),
            cwd=tempfile.gettempdir(),
            start_new_session=True,
        )
        self.jobs_left = budget.jobs_per_worker  # 0: to be replaced
        self._serial = 0
        self._late = False
        try:
            _, _, hello = self._within(_START_SECONDS, self._receive)
        except ReaderDied:
            self.close()
            raise
        self.confinement = Confinement(**json.loads(hello))

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
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
        try:
            value: T = wire.answer_type(job).validate_json(answer, strict=True)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            raise ReaderDied("bad answer", f"{first['type']} at {first['loc']}") from None
        if kind == wire.ANSWER:
            self.jobs_left = jobs_left
        return value

    def _exchange(self, payload: bytes) -> tuple[bytes, int, bytes]:
        assert self._process.stdin is not None
        wire.write_frame(self._process.stdin, b"J", self._serial, payload)
        return self._receive()

    def _receive(self) -> tuple[bytes, int, bytes]:
        assert self._process.stdout is not None
        out = self._process.stdout
        header = wire.read_exactly(out, wire.HEADER.size)
        kind, serial, size = wire.HEADER.unpack(header)
        if size > self._budget.answer_bytes:
            raise ReaderDied("bad answer", f"{size} bytes")
        return kind, serial, wire.read_exactly(out, size)

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
            name = signal.Signals(-code).name
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


_Order = tuple["Future[Any]", Callable[..., Any], bytes]


class Sandbox(Executor):
    """Runs jobs in confined, long-lived worker processes.

    Attributes:
        workers: How many processes; each starts with its first job.
        preload: Modules a worker loads before it is confined.
    """

    def __init__(
        self,
        workers: int = 1,
        *,
        budget: Budget | None = None,
        preload: tuple[str, ...] = ("parsers.reading",),
    ) -> None:
        self._budget = budget or Budget()
        self._preload = preload
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._watchdog = _Watchdog()
        self._running: dict[int, _Worker] = {}
        self._threads = [
            threading.Thread(target=self._work, args=(slot,), name=f"reader-{slot}", daemon=True)
            for slot in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Queue a module-level function; its future may raise `ReaderDied`."""
        payload = pickle.dumps((fn, args, kwargs), protocol=pickle.HIGHEST_PROTOCOL)
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the sandbox is shut down")
            self._orders.put((future, fn, payload))
        return future

    def confinement(self) -> Confinement:
        """Which bars this machine allows; starts a worker of its own to find out.

        Raises:
            ReaderDied: No worker can be started.
        """
        worker = _Worker(self._budget, (), self._watchdog)
        worker.close()
        return worker.confinement

    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers alive now."""
        return tuple(worker.pid for worker in list(self._running.values()) if worker.alive())

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more jobs; finish those queued unless `cancel_futures`."""
        with self._lock:
            if not self._closed:
                self._closed = True
                if cancel_futures:
                    self._cancel_queued()
                for _ in self._threads:
                    self._orders.put(None)
        if wait:
            for thread in self._threads:
                thread.join()
            self._watchdog.close()

    def _cancel_queued(self) -> None:
        with suppress(queue.Empty):
            while True:
                order = self._orders.get_nowait()
                if order is not None:
                    order[0].cancel()

    def _work(self, slot: int) -> None:
        while (order := self._orders.get()) is not None:
            future, job, payload = order
            if not future.set_running_or_notify_cancel():
                continue
            try:
                answer = self._worker(slot).run(job, payload)
            except Exception as error:  # noqa: BLE001  belongs to the one who waits for it
                future.set_exception(error)
            else:
                future.set_result(answer)
            del order, future, payload
        self._dismiss(slot)

    def _worker(self, slot: int) -> _Worker:
        worker = self._running.get(slot)
        if worker is not None and (worker.jobs_left <= 0 or not worker.alive()):
            self._dismiss(slot)
            worker = None
        if worker is None:
            worker = self._running[slot] = _Worker(self._budget, self._preload, self._watchdog)
        return worker

    def _dismiss(self, slot: int) -> None:
        worker = self._running.pop(slot, None)
        if worker is not None:
            worker.close()
