"""The daemon is killed again and again while mail comes in; then everything is counted.

Half of the kills strike at a random instant, half at the n-th step (SQL, IMAP, SMTP,
disk), with every n of a range in turn. The seed fixes every choice, not the timing.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from offices import OURS, UNIT, Office, open_office
from servers import fault_smtp
from servers.dovecot import Dovecot
from servers.mail_server import MailServer

from torture import cutting_proxy
from torture.cutting_proxy import Line
from torture.feeder import SENDERS, Feeder
from torture.history import Findings, check, settled
from torture.post_office import Copier, PostOffice

ROOT = Path(__file__).resolve().parents[2]
SENT = "已发送"
# how far each kind of step is walked through, and its share of the kills
STEPS = {"SQL": (500, 4), "SMTP": (60, 3), "IMAP": (80, 2), "disk": (50, 1)}
MOMENTS = ("", "started", "filed", "submitted", "submitted")  # a random kill follows one of these
BEGIN, WORK, STEP = 60.0, 20.0, 6.0  # seconds to come to life, to a moment, to a step: a busy
# machine takes its time, and lives that end before anything happened prove nothing


@dataclass(frozen=True)
class Plan:
    """One run.

    Attributes:
        settle: Seconds before an interrupted letter may be repeated: at least twice the
            longest answer of the server plus the lag of the sent copy.
        lag: Longest delay of the sent copy, in seconds.
        resets: How often INBOX gets a new UIDVALIDITY.
        mails: How many mails a life brings, on average.
        patience: Seconds given to the last life to finish everything.
    """

    kills: int
    seed: int
    settle: float = 12.0
    lag: float = 0.5
    resets: int = 9
    mails: float = 2.5
    patience: float = 600.0


@dataclass
class Figures:
    """What happened, for the report."""

    random_kills: int = 0
    step_kills: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    mails: int = 0
    drafts: int = 0
    emergencies: int = 0
    twice: int = 0
    letters: int = 0
    interrupted: int = 0
    witnessed: int = 0
    repeated: int = 0
    smtp_faults: int = 0
    lost_250: int = 0
    cut_lines: int = 0
    resets: int = 0
    slowest_copy: float = 0.0
    seconds: float = 0.0
    findings: Findings = field(default_factory=Findings)

    def table(self) -> str:
        """Figures and violations, one a line."""
        lines = [
            f"kills               {self.random_kills} at random instants, {self.step_kills} at steps",
            f"steps struck        {', '.join(f'{k} {n}' for k, n in self.struck.most_common())}",
            f"mails delivered     {self.mails}: {self.drafts} drafts, {self.emergencies} emergencies",
            f"in two folders      {self.twice}",
            f"letters accepted    {self.letters}",
            f"sends interrupted   {self.interrupted} by kills",
            f"settled             {self.witnessed} by the sent folder, {self.repeated} sent again",
            f"SMTP faults         {self.smtp_faults}, of which 250s lost {self.lost_250}",
            f"IMAP lines cut      {self.cut_lines}; UIDVALIDITY resets {self.resets}",
            f"slowest sent copy   {self.slowest_copy:.2f} s",
            f"took                {self.seconds:.0f} s",
        ]
        for name in vars(self.findings):
            found = getattr(self.findings, name)
            lines.append(f"{name:<19} {len(found)}")
            lines += [f"    {one}" for one in found[:20]]
        return "\n".join(lines)


def _steps(chance: Random) -> Iterator[str]:
    """Every step of every kind in turn, shuffled, then again."""
    kinds = [kind for kind, (_, share) in STEPS.items() for _ in range(share)]
    walks: dict[str, list[int]] = {}
    while True:
        chance.shuffle(kinds)
        for kind in kinds:
            if not walks.get(kind):
                walks[kind] = list(range(1, STEPS[kind][0] + 1))
                chance.shuffle(walks[kind])
            yield f"{kind}:{walks[kind].pop()}"


class Torture:
    """One office under torture."""

    def __init__(self, folder: Path, dovecot: Dovecot, plan: Plan) -> None:
        self.folder, self.dovecot, self.plan = folder, dovecot, plan
        self.chance = Random(plan.seed)
        self.account = dovecot.account()
        self.feeder = Feeder(self.account, Random(plan.seed + 1))
        self.line = Line((self.account.host, self.account.port), Random(plan.seed + 2))
        self.post = PostOffice(user=OURS, chance=Random(plan.seed + 3))
        self.figures = Figures()
        self.enough = threading.Event()  # ends the kills early; everything is counted still
        self._stop_feeding = threading.Event()

    def run(self) -> Figures:
        """Kill, let the last life finish, and count."""
        began = time.monotonic()
        copier = Copier(self.account, SENT, self.plan.lag, Random(self.plan.seed + 4))
        self.post.keep(self.folder / "accepted.jsonl", copier)
        with ExitStack() as stack:
            stack.enter_context(cutting_proxy.running(self.line))
            stack.enter_context(fault_smtp.running(self.post))
            self.office = self._open()
            feeding = threading.Thread(target=self._feed, daemon=True)
            feeding.start()
            self._lives()
            self._stop_feeding.set()
            feeding.join(30)
            self.line.calm = self.post.calm = True
            self._last_life()
            copier.close()
        self.post.close()
        self._count(copier)
        self.figures.seconds = time.monotonic() - began
        return self.figures

    def _open(self) -> Office:
        line = MailServer("127.0.0.1", self.line.port, self.account.user, self.account.password)
        minutes = self.plan.settle / 60
        office = open_office(
            self.folder,
            line,
            self.post,
            tick_seconds="tick_seconds = 1",
            settle_minutes=f"settle_minutes = {minutes:.3f}",
            settle_minutes_urgent=f"settle_minutes_urgent = {minutes:.3f}",
            per_15_minutes="per_15_minutes = 100000",
            per_day="per_day = 1000000",
            receipts_per_sender_per_day="receipts_per_sender_per_day = 1000",
            repeat_alert_minutes="repeat_alert_minutes = 240",
        )
        text = office.config.read_text(encoding="utf-8")
        senders = ", ".join(f'"{address}"' for address in SENDERS)
        text = text.replace(f'addresses = ["{UNIT}"]', f"addresses = [{senders}]")
        office.config.write_text(text, encoding="utf-8")
        return office

    def _feed(self) -> None:
        """Mails at random instants, as many as the plan says for each life begun."""
        fed = 0
        while not self._stop_feeding.wait(0.02):
            lives = self.figures.random_kills + self.figures.step_kills + 1
            if fed < lives * self.plan.mails:
                self.feeder.deliver()
                fed += 1

    def _lives(self) -> None:
        plan, chance = self.plan, self.chance
        steps = _steps(chance)
        every = max(1, plan.kills // (plan.resets + 1)) if plan.resets else 0
        for number in range(plan.kills):
            if self.enough.is_set():
                break
            if number % 2:
                self._life(next(steps))
                self.figures.step_kills += 1
            else:
                self._life("")
                self.figures.random_kills += 1
            if every and number % every == every - 1 and self.figures.resets < plan.resets:
                self._reset()
            if number % 50 == 49:
                told = f"{number + 1} kills, {len(self.post.mails)} letters\n"
                sys.stdout.write(told)
                sys.stdout.flush()

    def _life(self, kill_at: str) -> None:
        moment, after = self.chance.choice(MOMENTS), self.chance.random()
        process, log_start = self._start(kill_at)
        try:
            if kill_at:
                self._wait_for("started", process, log_start, BEGIN)
                process.wait(STEP + after)
            elif moment and self._wait_for("started", process, log_start, BEGIN):
                self._wait_for(moment, process, log_start, WORK)
            if not kill_at:
                time.sleep(after * (0.3 if moment in ("filed", "submitted") else 1.2))
        except subprocess.TimeoutExpired:
            pass
        finally:
            process.kill()
            process.wait(30)

    def _start(self, kill_at: str) -> "tuple[subprocess.Popen[bytes], int]":
        log = self.folder / "run.log"
        with log.open("ab") as sink:
            start = sink.tell()
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "torture.victim",
                    "--config",
                    str(self.office.config),
                    "run",
                ],
                env={
                    **os.environ,
                    **self.office.passwords,
                    "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
                    "MAILBOT_KILL_AT": kill_at,
                },
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
            )
        return process, start

    def _wait_for(
        self, word: str, process: "subprocess.Popen[bytes]", start: int, seconds: float
    ) -> bool:
        """Whether the word turned up in this life's log in time."""
        end = time.monotonic() + seconds
        with (self.folder / "run.log").open("rb") as log:
            while time.monotonic() < end and process.poll() is None:
                log.seek(start)
                if f" {word}".encode() in log.read():
                    return True
                time.sleep(0.02)
        assert process.poll() in (None, -signal.SIGKILL), f"ended by itself: {self._tail()}"
        return False

    def _tail(self) -> str:
        return (self.folder / "run.log").read_text(errors="replace")[-3000:]

    def _reset(self) -> None:
        """INBOX is rebuilt at the provider: another UIDVALIDITY, other UIDs."""
        with self.feeder.paused:
            self.line.drop_all()
            before = self._validity()
            user = self.account.user
            (self.dovecot.base / "mail" / user / "dovecot-uidlist").unlink(missing_ok=True)
            shutil.rmtree(self.dovecot.base / "index" / user / ".INBOX", ignore_errors=True)
            assert self._validity() != before, "the reset did not take"
        self.figures.resets += 1

    def _validity(self) -> int:
        with self.account.client() as client:
            return int(client.select_folder("INBOX", readonly=True)[b"UIDVALIDITY"])

    def _last_life(self) -> None:
        """No more faults: everything has to come to its end."""
        process, start = self._start("")
        end = time.monotonic() + self.plan.patience
        try:
            assert self._wait_for("started", process, start, 60), self._tail()
            database = self.folder / "data" / "mailbot.db"
            digests = [*self.feeder.drafts, *self.feeder.emergencies]
            while not settled(database, digests) and time.monotonic() < end:
                assert process.poll() is None, f"the daemon ended by itself: {self._tail()}"
                time.sleep(0.5)
            process.terminate()
            assert process.wait(60) == 0, self._tail()
        finally:
            process.kill()
            process.wait(30)

    def _count(self, copier: Copier) -> None:
        figures, feeder = self.figures, self.feeder
        log = (self.folder / "run.log").read_text(errors="replace")
        figures.struck = Counter(re.findall(r"^trap (\w+)", log, re.MULTILINE))
        for name in ("interrupted", "witnessed", "repeated"):
            setattr(figures, name, len(re.findall(rf"\b{name} mail=", log)))
        figures.drafts, figures.emergencies = len(feeder.drafts), len(feeder.emergencies)
        figures.mails, figures.twice = figures.drafts + figures.emergencies, feeder.twice
        figures.letters = len(self.post.mails)
        figures.smtp_faults, figures.lost_250 = self.post.faults, self.post.lost
        figures.cut_lines, figures.slowest_copy = self.line.cuts, copier.slowest
        figures.findings = check(
            self.folder, feeder.drafts, feeder.emergencies, self.post.accepted()
        )
