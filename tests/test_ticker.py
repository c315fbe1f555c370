"""The ticker: APScheduler in real use; one run at a time, nothing made up for, no clock stops it."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobEvent

from mailbot.ticker import Job, Ticker

PATIENCE = 30  # seconds; a busy machine is no failure


@contextmanager
def ticking(
    *jobs: tuple[Job, float], wall: Callable[[], float] = time.time, looks: bool = True
) -> Iterator[Ticker]:
    """A ticker at work, looked after as the daemon does, only more often."""
    ticker = Ticker(jobs, wall=wall)
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(0.01):
            ticker.look()

    watcher = threading.Thread(target=look)
    ticker.start()
    if looks:
        watcher.start()
    try:
        yield ticker
    finally:
        stop.set()
        if looks:
            watcher.join()
        ticker.stop()


class Counted:
    """A job that notes when it began, and how many of it ran side by side at most."""

    __name__ = "counted"

    def __init__(self, took: float = 0.0) -> None:
        self.took, self.began, self.at_once, self.most = took, list[float](), 0, 0
        self._changed = threading.Condition()

    def __call__(self) -> None:
        with self._changed:
            self.began.append(time.monotonic())
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            self._changed.notify_all()
        time.sleep(self.took)
        with self._changed:
            self.at_once -= 1

    def wait_for(self, runs: int) -> None:
        assert self.ran(runs, PATIENCE)

    def ran(self, runs: int, patience: float = 0.05) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: len(self.began) >= runs, patience)


def test_a_job_runs_at_once_and_then_in_its_rhythm() -> None:
    job = Counted()
    with ticking((job, 0.2)):
        job.wait_for(5)


def test_a_long_run_is_followed_at_once_by_one_run_and_never_overtaken() -> None:
    job = Counted(took=0.5)
    with ticking((job, 0.05)):
        job.wait_for(4)
    assert job.most == 1
    gaps = [after - before for before, after in zip(job.began, job.began[1:], strict=False)]
    assert min(gaps) >= 0.5, "what was missed meanwhile is not made up for"


@pytest.mark.parametrize(
    ("hours", "runs"), [pytest.param(2, 3, id="long"), pytest.param(0.5, 1, id="short")]
)
def test_a_run_longer_than_its_rhythm_is_followed_when_it_has_ended(
    hours: float, runs: int
) -> None:
    """Turns that fell into it are skipped by the library, which would wait for the next one."""
    passed, done = [0.0], Counted()

    def job() -> None:
        passed[0] += hours * 3600
        done()

    def clock() -> float:
        return time.monotonic() + passed[0]

    ticker = Ticker([(job, 3600)], wall=clock, seconds=clock)
    ticker.start()
    for run in range(1, runs + 1):
        done.wait_for(run)
        looked = time.monotonic()
        while len(done.began) == run < 3 and time.monotonic() < looked + (
            PATIENCE if runs > 1 else 0.5
        ):
            ticker.look()
            time.sleep(0.01)
    ticker.stop()
    assert len(done.began) == runs


def test_a_job_that_hangs_holds_up_no_other() -> None:
    free, ran = threading.Event(), Counted()

    def hangs() -> None:
        free.wait()

    with ticking((hangs, 0.05), (ran, 0.05)):
        ran.wait_for(5)
        free.set()


def test_stopping_waits_for_the_run_under_way() -> None:
    ended, began = threading.Event(), threading.Event()

    def job() -> None:
        began.set()
        time.sleep(0.3)
        ended.set()

    with ticking((job, 60)):
        assert began.wait(PATIENCE)
    assert ended.is_set()


@pytest.mark.parametrize(
    ("step", "runs"),
    [
        pytest.param(-3600, True, id="back-an-hour"),
        pytest.param(-2, True, id="back-two-seconds"),
        pytest.param(-0.5, False, id="nudged"),
        pytest.param(0, False, id="left-alone"),
        pytest.param(3600, False, id="forward"),
    ],
)
def test_a_wall_clock_put_back_runs_every_job_at_once(step: float, runs: bool) -> None:
    offset = [0.0]
    one, other = Counted(), Counted()
    other.__name__ = "other"
    with ticking(
        (one, 3600), (other, 3600), wall=lambda: time.time() + offset[0], looks=False
    ) as ticker:
        one.wait_for(1)
        other.wait_for(1)
        ticker.look()
        offset[0] = step
        ticker.look()
        for job in (one, other) if runs else ():
            while not job.ran(2):
                ticker.look()
        ticker.look()
    assert (len(one.began), len(other.began)) == ((2, 2) if runs else (1, 1))


def test_a_wall_clock_put_back_during_a_run_is_followed_by_a_run_when_it_has_ended() -> None:
    """The library turns a job away whose run before has not ended, and would wait an hour."""
    offset, free, job = [0.0], threading.Event(), Counted()

    def held() -> None:
        job()
        assert free.wait(PATIENCE)

    with ticking((held, 3600), wall=lambda: time.time() + offset[0]):
        job.wait_for(1)
        offset[0] = -3600
        time.sleep(0.2)
        assert len(job.began) == 1, "never two side by side"
        free.set()
        job.wait_for(2)


def test_a_turn_that_the_library_refuses_is_made_up_for() -> None:
    """A run was asked for while the one before had ended, but was still in its books."""
    job = Counted()
    with ticking((job, 3600)) as ticker:
        job.wait_for(1)
        ticker._turned_away(JobEvent(EVENT_JOB_MAX_INSTANCES, "counted", None))
        job.wait_for(2)


COUNTING = """
import sys, threading, time
from mailbot.ticker import Ticker
stop, told = threading.Event(), threading.Lock()
def tick():
    with told:
        print(int(time.time()), flush=True)
ticker = Ticker([(tick, 0.2)])
ticker.start()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set())).start()
while not stop.wait(0.1):
    ticker.look()
ticker.stop()
"""


@pytest.mark.parametrize("step", [-3600, 3600, 20 * 365 * 86_400], ids=["back", "on", "years"])
def test_a_wall_clock_that_is_set_delays_no_tick(tmp_path: Path, step: int) -> None:
    """The library lies about the wall clock alone, as somebody's hand or NTP would."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    offset = tmp_path / "offset"
    offset.write_text("-100000")
    environment = {
        **os.environ,
        "LD_PRELOAD": str(library),
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
