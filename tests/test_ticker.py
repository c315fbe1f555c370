"""The ticker: its own clock, one run at a time, nothing made up for, no job held up by another."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mailbot.ticker import Ticker


class Hours:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Waiting(threading.Event):
    """A stop signal that lets the waited time pass at once and notes it."""

    def __init__(self, hours: Hours, rounds: int) -> None:
        super().__init__()
        self._hours, self._rounds = hours, rounds
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.waited.append(timeout)
        self._hours.now += timeout
        if len(self.waited) == self._rounds:
            self.set()
        return self.is_set()


@pytest.mark.parametrize(
    ("took", "waited"),
    [
        pytest.param(0, [15, 15, 15, 15], id="quick"),
        pytest.param(5, [10, 10, 10, 10], id="in-rhythm"),
        pytest.param(40, [0, 0, 0, 0], id="too-long-makes-up-for-nothing"),
    ],
)
def test_the_rhythm(took: float, waited: list[float]) -> None:
    hours = Hours()
    stop = Waiting(hours, 4)

    def job() -> None:
        hours.now += took

    ticker = Ticker([(job, 15)], stop, hours)
    ticker.start()
    ticker.join()
    assert stop.waited == waited


def test_after_a_long_run_the_rhythm_begins_anew() -> None:
    """An hour's standstill is followed by one run, not by all that were missed."""
    hours, runs = Hours(), []
    stop = Waiting(hours, 3)

    def job() -> None:
        runs.append(hours.now)
        hours.now += 3600 if len(runs) == 1 else 0

    ticker = Ticker([(job, 15)], stop, hours)
    ticker.start()
    ticker.join()
    assert runs == [0, 3600, 3615]


def test_a_job_that_hangs_holds_up_no_other() -> None:
    stop, free, ran = threading.Event(), threading.Event(), threading.Semaphore(0)
    ticker = Ticker([(free.wait, 1), (ran.release, 0.01)], stop)  # type: ignore[list-item]
    ticker.start()
    for _ in range(5):
        assert ran.acquire(timeout=20)
    stop.set()
    free.set()
    ticker.join()


LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
COUNTING = """
import sys, threading, time
from mailbot.ticker import Ticker
stop, told = threading.Event(), threading.Lock()
def tick():
    with told:
        print(int(time.time()), flush=True)
ticker = Ticker([(tick, 0.2)], stop)
ticker.start()
sys.stdin.read()
stop.set()
ticker.join()
"""


@pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed")
@pytest.mark.parametrize("step", [-3600, 3600, 20 * 365 * 86_400], ids=["back", "on", "years"])
def test_a_wall_clock_that_is_set_delays_no_tick(tmp_path: Path, step: int) -> None:
    """The library lies about the wall clock alone, as somebody's hand or NTP would."""
    offset = tmp_path / "offset"
    offset.write_text("-100000")
    environment = {
        **os.environ,
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with subprocess.Popen(
        [sys.executable, "-c", COUNTING],
        cwd=Path(__file__).parents[1],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        before = [int(process.stdout.readline()) for _ in range(3)]
        offset.write_text(f"{step - 100000:+d}")
        started = time.monotonic()
        after = [int(process.stdout.readline()) for _ in range(20)]
        process.communicate()
    assert any(abs(one - before[-1] - step) < 600 for one in after), "the clock was set"
    assert time.monotonic() - started < 60, "and twenty ticks came all the same"
