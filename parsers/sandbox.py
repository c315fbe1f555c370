"""Readers in processes that may be killed.

`Sandbox` is a `concurrent.futures.Executor`. Its workers live on from job to
job, but a job that crashes, hangs or eats too much takes only its own worker
with it: its future raises `ReaderDied`, and the next job finds a new worker.
Limits and their reach on each system are told in `parsers.confinement`.

A job is a module-level function with a return annotation. Its answer comes back
as data of that type, checked by the parent; a worker that a file has taken over
can lie about that file, but cannot run code in the daemon.
"""

import pickle
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from parsers.confinement import Budget, Confinement
from parsers.facts import Reading
from parsers.reader_process import ReaderDied, Watchdog, Worker

__all__ = [
    "Budget",
    "ReaderDied",
    "Sandbox",
    "read_archived",
    "read_archived_bare",
    "read_archived_careful",
    "read_file",
    "recognise_archived",
    "recognise_file",
]

P = ParamSpec("P")
T = TypeVar("T")

# The readers nearly every mail needs; the others are loaded when first wanted.
_PRELOADED = ("parsers.reading", "parsers.documents.docx", "parsers.documents.doc")


def read_archived(path: str, own_addresses: tuple[str, ...]) -> Reading:
    """Job: read an archived raw mail, which thus never passes through the daemon's memory."""
    from parsers.reading import read_mail  # noqa: PLC0415  the daemon need not load the readers

    return read_mail(Path(path).read_bytes(), own_addresses=frozenset(own_addresses))


def read_archived_bare(path: str, own_addresses: tuple[str, ...]) -> Reading:
    """Job: headers and own words of an archived mail; its attachments are listed as unread.

    For a mail that killed its worker even when read with care.
    """
    from parsers.reading import read_mail_bare  # noqa: PLC0415  as above

    return read_mail_bare(Path(path).read_bytes(), own_addresses=frozenset(own_addresses))


def read_archived_careful(path: str, own_addresses: tuple[str, ...]) -> Reading:
    """Job: an archived mail without what native libraries read; a Word file still counts.

    For a mail whose full reading ended in `ReaderDied`, before giving up its attachments.
    """
    from parsers.limits import Limits  # noqa: PLC0415  as above
    from parsers.reading import read_mail  # noqa: PLC0415

    own = frozenset(own_addresses)
    return read_mail(Path(path).read_bytes(), own_addresses=own, limits=Limits(careful=True))


def recognise_archived(path: str, own_addresses: tuple[str, ...]) -> Reading:
    """Job: read an archived mail once more, with the text in its scans and pictures.

    For a sandbox with more memory and time; where it dies, the first reading stands.
    """
    from parsers.limits import Limits  # noqa: PLC0415  as above
    from parsers.reading import read_mail  # noqa: PLC0415

    own = frozenset(own_addresses)
    return read_mail(Path(path).read_bytes(), own_addresses=own, limits=Limits(recognise=True))


def recognise_file(path: str, name: str) -> Reading:
    """Job: the same for one file or archive."""
    from parsers.limits import Limits  # noqa: PLC0415  as above
    from parsers.reading import read_document  # noqa: PLC0415

    return read_document(name, Path(path).read_bytes(), Limits(recognise=True))


def read_file(path: str, name: str) -> Reading:
    """Job: read one file or archive under its display name."""
    from parsers.reading import read_document  # noqa: PLC0415  as above

    return read_document(name, Path(path).read_bytes())


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
        preload: tuple[str, ...] = _PRELOADED,
    ) -> None:
        self._budget = budget or Budget()
        self._preload = preload
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._watchdog = Watchdog()
        self._running: dict[int, Worker] = {}
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
        worker = Worker(self._budget, (), self._watchdog)
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

    def _worker(self, slot: int) -> Worker:
        worker = self._running.get(slot)
        if worker is not None and (worker.jobs_left <= 0 or not worker.alive()):
            self._dismiss(slot)
            worker = None
        if worker is None:
            worker = self._running[slot] = Worker(self._budget, self._preload, self._watchdog)
        return worker

    def _dismiss(self, slot: int) -> None:
        worker = self._running.pop(slot, None)
        if worker is not None:
            worker.close()
