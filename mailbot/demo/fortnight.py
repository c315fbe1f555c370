"""A fortnight of April 2023 on an injected clock: the production code, embedded servers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailbot import log
from mailbot.app import App
from mailbot.clock import SHANGHAI
from mailbot.config import Config
from mailbot.config_files import load
from mailbot.demo import story
from mailbot.demo.mails import Sample, write
from mailbot.demo.servers import (
    HOST,
    PASSWORD,
    SENT,
    USER,
    EmbeddedImap,
    Outgoing,
    imap_server,
    smtp_server,
)
from mailbot.resources import shipped
from mailbot.stages import emergencies_by_hand
from mailbot.wiring import Secrets, build
from store.records import MessageRecord, OutboxRecord
from store.unit_of_work import Store

_STEP = timedelta(minutes=30)
_FIRST_HOUR, _LAST_HOUR = 7, 20
_ACKNOWLEDGED_AFTER = timedelta(minutes=6)
_CLOSED_AFTER = timedelta(hours=10)


@dataclass(frozen=True, slots=True)
class Result:
    """What the closing table shows."""

    config: Config
    came: tuple[tuple[MessageRecord, str], ...]
    went: tuple[OutboxRecord, ...]
    digest: Path
    folder: Path


class SimulatedClock:
    """A clock that stands where it was put."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The simulated instant, UTC."""
        return self.now.astimezone(UTC)


def play(folder: Path) -> Result:
    """Let the fortnight pass; everything it leaves lies in `folder`."""
    for name in ("sent", "data"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with imap_server(folder / "imap.log") as imap:
        outgoing = Outgoing(folder / "sent", imap)
        with smtp_server(outgoing) as smtp_port:
            config = demo_config(folder, imap.port, smtp_port)
            clock = SimulatedClock(story.START)
            secrets = Secrets(PASSWORD, PASSWORD)
            app = build(config, clock=clock, injected=True, secrets=secrets)
            try:
                _pass_time(app, imap, clock)
                app.board.draw(clock(), at_once=True)
                return _result(app.store, config, folder)
            finally:
                app.close()


def _pass_time(app: App, imap: EmbeddedImap, clock: SimulatedClock) -> None:
    waiting = story.samples()
    app.start()
    for now in _instants(waiting):
        clock.now = now
        while waiting and waiting[0].at <= now:
            sample = waiting.pop(0)
            imap.deliver(write(sample), sample.at)
        _duty_officer(app.store, now)
        app.once()
        if now.astimezone(SHANGHAI).hour == _FIRST_HOUR:
            app.backups.run(now)  # the daemon makes one every hour; one a day shows as much


def _instants(samples: list[Sample]) -> Iterator[datetime]:
    """Half-hours of the day, a minute after every arrival, and the officer's moments."""
    found = {sample.at + timedelta(minutes=1) for sample in samples}
    found |= {sample.at + _ACKNOWLEDGED_AFTER for sample in samples}
    now = story.START
    while now < story.END:
        if _FIRST_HOUR <= now.hour < _LAST_HOUR:
            found.add(now)
        now += _STEP
    found.add(story.END)
    yield from sorted(found)


def _duty_officer(store: Store, now: datetime) -> None:
    """Acknowledges an alert after six minutes, closes the event in the evening."""
    with store.work() as uow:
        for event in uow.events.all(only_open=True):
            age = now - event.opened_at
            if event.acknowledged_at is None and age >= _ACKNOWLEDGED_AFTER - timedelta(minutes=1):
                emergencies_by_hand.acknowledge(uow, event.id, story.DUTY, now)
            elif age >= _CLOSED_AFTER:
                emergencies_by_hand.close(uow, event.id, story.DUTY, now, dismissed=False)
        uow.commit()


def demo_config(folder: Path, imap_port: int, smtp_port: int) -> Config:
    """The shipped configuration with the demonstration's servers and addresses."""
    text = shipped("config.toml").read_text(encoding="utf-8")
    changes = {
        'host = "imap.163.com"': f'host = "{HOST}"',
        "port = 993": f"port = {imap_port}",
        'host = "smtp.163.com"': f'host = "{HOST}"',
        "port = 465": f"port = {smtp_port}",
        'tls = "tls"': 'tls = "none"',
        "use_idle = true": "use_idle = false",
        'sent_folder = ""': f'sent_folder = "{SENT}"',
        'addresses = ["office@example.com"]': f'addresses = ["{story.OFFICE}"]',
        "duty = []": f'duty = ["{story.DUTY}"]',
        "per_15_minutes = 60": "per_15_minutes = 1000",
        "per_day = 400": "per_day = 10000",
    }
    for old, new in changes.items():
        text = text.replace(old, new)
    path = folder / "config.toml"
    path.write_text(_with_addresses(text), encoding="utf-8")
    return load(path)


def _with_addresses(text: str) -> str:
    """Every unit gets an address: the writers their own, the others one that only listens."""
    lines, name, number = [], "", 0
    for line in text.split("\n"):
        if line.startswith("name = "):
            name = line.split('"')[1]
        if line.startswith("addresses = []"):
            number += 1
            address = story.ADDRESSES.get(name, f"unit{number:02d}@dz.example")
            line = line.replace("addresses = []", f'addresses = ["{address}"]', 1)  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines)


def _result(store: Store, config: Config, folder: Path) -> Result:
    with store.look() as uow:
        mails = uow.messages.between(story.START - timedelta(days=1), story.END)
        came = []
        for mail in mails:
            drafts = uow.drafts.of_message(mail.id)
            notes = [
                f"#{draft.id} {draft.kind} {draft.words}字"
                + ("，不计数" if draft.state == "not_counted" else "")
                + (f"，{draft.punctuality}" if draft.punctuality != "不适用" else "")
                for draft in drafts
            ]
            came.append((mail, "；".join(notes) or mail.reason))
        went = tuple(reversed(uow.outbox.listing(limit=100_000)))
    digest = folder / "digest.html"
    last = [mail for mail in went if mail.key.startswith("digest/weekly")]
    if last:
        digest.write_text(last[-1].html, encoding="utf-8")
    return Result(config, tuple(came), went, digest, folder)


def quiet() -> None:
    """Only warnings on the terminal: the table is what matters."""
    log.set_up("plain", "warning")


__all__ = ["USER", "Result", "SimulatedClock", "demo_config", "play", "quiet"]
