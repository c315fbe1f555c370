"""End to end on a thousand mails: `make bench` (or `python -m bench [MAILS]`).

The production code against pymap and aiosmtpd on loopback, beside a pure IMAP
fetch of the same mailbox in the same run. Absolute figures move with the
machine; the ratio is what to compare.
"""

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from imapclient import IMAPClient

from bench import due, judging, readers, search
from mailbot import log
from mailbot.demo import story, texts
from mailbot.demo.fortnight import SimulatedClock, demo_config
from mailbot.demo.mails import Attached, Sample, archive, word_file, write
from mailbot.demo.servers import HOST, PASSWORD, USER, Outgoing, imap_server, smtp_server
from mailbot.wiring import Secrets, build

SEED = 20230417
DRAFTS = (texts.SIDEWALK, texts.SEWER, texts.TOILET, texts.SANITATION_A, texts.COMPLAINTS)
SENDERS = tuple(story.ADDRESSES.items())


@dataclass
class Stage:
    """Wall and processor seconds of one stage, workers included."""

    wall: float = 0.0
    cpu: float = 0.0


@dataclass
class Figures:
    """What is printed and kept."""

    mails: int
    fetch_only: Stage = field(default_factory=Stage)
    stages: dict[str, Stage] = field(default_factory=dict)


def mail(number: int, chance: random.Random) -> Sample:
    """One mail of the mix: 60 % .docx, 15 % .doc, 15 % body only, 5 % zip, 5 % replies."""
    unit, address = SENDERS[number % len(SENDERS)]
    at = story.START + timedelta(minutes=number)
    title = f"{unit}开展第{number}次集中整治"
    body = f"第{number}号。{chance.choice(DRAFTS)}"
    kind = chance.choices(("docx", "doc", "body", "zip", "reply"), (60, 15, 15, 5, 5))[0]
    files: tuple[Attached, ...] = ()
    if kind in ("docx", "zip"):
        data = word_file(title, body, f"{unit}\n2023年4月20日")
        files = (Attached(f"{title}.docx", data),)
    if kind == "zip":
        files = (Attached("稿件.zip", archive(files), "application/zip"),)
    if kind == "doc":
        files = (Attached(f"{title}.doc", (story.SAMPLES / "sewer.doc").read_bytes(), story.WORD),)
    words = {"body": f"{title}\n{body}\n{unit}", "reply": "收到，谢谢。"}.get(kind, "请审阅。")
    return Sample(kind, at, address, unit, title, words, files)


def processor_seconds() -> float:
    """Of this process and its finished children."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


@contextmanager
def timed(stage: Stage) -> Iterator[None]:
    """Add the block's time to a stage."""
    wall, cpu = time.perf_counter(), processor_seconds()
    yield
    stage.wall += time.perf_counter() - wall
    stage.cpu += processor_seconds() - cpu


def fetch_only(port: int, mails: int, stage: Stage) -> None:
    """What the wire alone costs: the same mailbox by imapclient in batches of 50."""
    with IMAPClient(HOST, port, ssl=False) as client:
        client.login(USER, PASSWORD)
        client.select_folder("INBOX", readonly=True)
        uids = client.search("ALL")
        assert len(uids) == mails
        with timed(stage):
            for start in range(0, mails, 50):
                client.fetch(uids[start : start + 50], ["BODY.PEEK[]"])


def deliver(port: int, samples: list[Sample]) -> None:
    """Fill the mailbox over one connection."""
    with IMAPClient(HOST, port, ssl=False) as client:
        client.login(USER, PASSWORD)
        for sample in samples:
            client.append("INBOX", write(sample), msg_time=sample.at)


def measure(mails: int, folder: Path) -> Figures:
    """Intake, filing and delivery of `mails` mails."""
    chance = random.Random(SEED)
    figures = Figures(mails)
    (folder / "sent").mkdir()
    with imap_server(folder / "imap.log") as imap:
        outgoing = Outgoing(folder / "sent", imap)
        with smtp_server(outgoing) as port:
            deliver(imap.port, [mail(number, chance) for number in range(mails)])
            fetch_only(imap.port, mails, figures.fetch_only)
            now = (story.START + timedelta(minutes=mails)).astimezone(UTC)
            run(demo_config(folder, imap.port, port), now, figures)
    return figures


def run(config: object, now: datetime, figures: Figures) -> None:
    """The stages one after another, as a tick runs them."""
    from mailbot.config import Config  # noqa: PLC0415  for the type alone

    assert isinstance(config, Config)
    app = build(
        config, clock=SimulatedClock(now), injected=True, secrets=Secrets(PASSWORD, PASSWORD)
    )
    stages = figures.stages
    try:
        app.clock = SimulatedClock(story.START)
        app.start()
        app.clock = SimulatedClock(now)
        with timed(stages.setdefault("intake", Stage())):
            app.intake.run(now)
        with timed(stages.setdefault("filing", Stage())):
            while app.filing.file_waiting(now):
                pass
        with timed(stages.setdefault("delivery", Stage())):
            sent = app.send(now)
        assert sent > 0
    finally:
        app.close()


def table(figures: Figures) -> Iterator[str]:
    """The figures as lines."""
    mails = figures.mails
    yield f"{mails} mails, seed {SEED}, pymap and aiosmtpd on loopback"
    yield f"{'stage':<18}{'mails/s':>10}{'wall ms/mail':>14}{'daemon CPU ms/mail':>20}"
    total = sum(stage.wall for stage in figures.stages.values())
    rows = {"pure IMAP fetch": figures.fetch_only, **figures.stages}
    for name, stage in rows.items():
        wall, cpu = 1000 * stage.wall / mails, 1000 * stage.cpu / mails
        yield f"{name:<18}{mails / stage.wall:>10.0f}{wall:>14.2f}{cpu:>20.2f}"
    yield f"{'end to end':<18}{mails / total:>10.0f}{1000 * total / mails:>14.2f}"
    yield f"end to end takes {total / figures.fetch_only.wall:.1f} times the pure fetch"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield f"peak memory: daemon (this process) {peak:.0f} MB, largest child {children:.0f} MB"


def main(mails: int) -> int:
    """Everything, printed and kept in bench-out/results.json."""
    log.set_up("plain", "error")
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(mails, Path(folder))
    print("\n".join(table(figures)))
    kept = {name: vars(stage) for name, stage in figures.stages.items()}
    out = Path("bench-out")
    out.mkdir(exist_ok=True)
    result = {"mails": mails, "fetch_only": vars(figures.fetch_only), **kept}
    (out / "results.json").write_text(json.dumps(result, indent=2), encoding="utf-8")
    parts: tuple[tuple[str, Callable[[], int]], ...] = (
        ("readers", readers.main),
        ("judging", judging.main),
        ("due", lambda: due.main(5)),
        ("search", lambda: search.main(search.DRAFTS)),
    )
    sys.argv[1:] = []  # they read arguments of their own
    for name, part in parts:
        print(f"\n{name}")
        part()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
