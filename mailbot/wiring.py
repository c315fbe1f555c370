"""The only place that builds real adapters from configuration."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from mailbot import log
from mailbot.adapters.composing import compose, message_id
from mailbot.adapters.letters import LetterWriter
from mailbot.app import App
from mailbot.breaker import fragment
from mailbot.clock import Clock, system_clock
from mailbot.config import Config
from mailbot.cue_files import load_rule_book
from mailbot.health import Notes, mail_troubles
from mailbot.ports import Mailbox, Transport
from mailbot.reports.papers import OfficePapers
from mailbot.resources import shipped
from mailbot.rules.judgement import RuleBook
from mailbot.secrets import (
    heartbeat_url,
    imap_password,
    push_urls,
    signing_key,
    smtp_password,
)
from mailbot.stages.backups import Backups
from mailbot.stages.board import Drawing
from mailbot.stages.delivery import Delivery
from mailbot.stages.disk_room import DiskRoom
from mailbot.stages.filing import Filing
from mailbot.stages.heartbeat import Heartbeat, Watcher
from mailbot.stages.intake import Intake
from mailbot.stages.intake_order import sounds_urgent
from mailbot.stages.post import Post
from mailbot.stages.pushing import NoPush, Pusher, Pushing
from mailbot.stages.second_readings import SecondReadings
from mailbot.stages.send_hold import SendHold, sent_since
from mailbot.stages.watching import Watching
from mailbot.stages.witness import SentFolder
from mailbot.storage_health import store_folders
from mailbot.storing import open_store
from mailbot.timekeeping import GuardedClock, PlainClock
from parsers.facts import Reading
from parsers.recognition import recognised
from parsers.sandbox import (
    Sandbox,
    read_archived,
    read_archived_bare,
    read_archived_careful,
    recognise_archived,
)
from parsers.second_tries import otherwise
from store.archive import Archive
from store.engine import database_path, open_engine
from store.records import MessageRecord, OutboxRecord
from store.unit_of_work import Store

RECOGNITIONS = 3  # a mail waits as long as so many may take, then its first reading stands


@dataclass(frozen=True, slots=True)
class Secrets:
    """Passwords, read once."""

    imap: str
    smtp: str

    @classmethod
    def of(cls, config: Config) -> "Secrets":
        """From environment, file or keyring; they are kept out of every log line."""
        secrets = cls(imap_password(config), smtp_password(config))
        log.keep_out(secrets.imap)
        log.keep_out(secrets.smtp)
        return secrets


def state_folder(config: Config) -> Path:
    """Where keys and locks lie: beside the database, or beside the archive."""
    engine = open_engine(config.store.url, config.folder)
    path = database_path(engine)
    engine.dispose()
    return path.parent if path else config.path(config.store.archive).parent


def rule_book(config: Config) -> RuleBook:
    """The notice and the cue files the office chose."""
    folder = config.reading.cues_folder
    return load_rule_book(config.notice, config.path(folder) if folder else None)


def post_of(config: Config) -> Post:
    """Letters, and the key that stamps their Message-IDs."""
    domain = config.smtp.from_.rpartition("@")[2]
    key = signing_key(state_folder(config))
    return Post(
        LetterWriter(shipped("templates")), partial(message_id, signing_key=key, domain=domain)
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """Mails read from the archive in the disposable worker."""

    sandbox: Sandbox
    archive: Archive
    own: tuple[str, ...]
    recogniser: Sandbox | None = None

    def full(self, mail: MessageRecord) -> Future[Reading]:
        """Everything a mail holds, but for the text in its pictures."""
        return self.sandbox.submit(read_archived, str(self.archive.path(mail.sha256)), self.own)

    def thorough(self, mail: MessageRecord) -> Future[Reading]:
        """Both readings in one, for who has no emergency to fear: mails keep their order."""
        if self.recogniser is None:
            return self.full(mail)
        return recognised(self.full(mail), partial(self.recognise, mail))

    def recognise(self, mail: MessageRecord) -> Future[Reading]:
        """The same with the text in its scans and pictures: slow, in a worker of its own."""
        assert self.recogniser is not None
        path = str(self.archive.path(mail.sha256))
        return self.recogniser.submit(recognise_archived, path, self.own)

    def second_readings(self, config: Config) -> SecondReadings:
        """None are made without the OCR extra."""
        patience = RECOGNITIONS * config.reading.recognise_seconds
        return SecondReadings(self.recognise if self.recogniser else None, patience)

    def bare(self, mail: MessageRecord) -> Future[Reading]:
        """What can be had of a mail that killed its worker: at least its own words."""
        path = str(self.archive.path(mail.sha256))
        submit = self.sandbox.submit
        careful = submit(read_archived_careful, path, self.own)
        return otherwise(careful, partial(submit, read_archived_bare, path, self.own))


def sandbox_of(config: Config) -> Sandbox:
    """Workers with the configured limits."""
    from parsers.confinement import Budget  # noqa: PLC0415  only the daemon needs it

    reading = config.reading
    budget = Budget(
        memory_bytes=reading.memory_mb << 20,
        cpu_seconds=reading.cpu_seconds,
        wall_seconds=reading.wall_seconds,
    )
    return Sandbox(workers=reading.workers, budget=budget)


def recogniser_of(config: Config) -> Sandbox | None:
    """A worker with room for recognising text in pictures; None without the OCR extra."""
    from parsers.confinement import Budget  # noqa: PLC0415  as above
    from parsers.documents import ocr  # noqa: PLC0415

    if not ocr.available():
        return None
    reading = config.reading
    budget = Budget(
        memory_bytes=reading.recognise_memory_mb << 20,
        cpu_seconds=reading.recognise_seconds,
        wall_seconds=reading.recognise_seconds,
    )
    return Sandbox(workers=1, budget=budget)


@dataclass(frozen=True, slots=True)
class Offline:
    """Store, archive and filing without any server: for `import` and `rebuild`."""

    store: Store
    archive: Archive
    filing: Filing


@contextmanager
def build_offline(config: Config) -> Iterator[Offline]:
    """Everything that files mail, nothing that fetches or sends."""
    store = open_store(config)
    archive = Archive(config.path(config.store.archive))
    try:
        with ExitStack() as workers:
            sandbox = workers.enter_context(sandbox_of(config))
            slow = recogniser_of(config)
            reader = Reader(sandbox, archive, tuple(sorted(config.own_addresses)), slow)
            if slow is not None:
                workers.enter_context(slow)
            post = post_of(config)
            watching = Watching(store, config, post, notes=Notes(config), papers=OfficePapers())
            filing = replace(_filing(config, store, reader, watching), read=reader.thorough)
            yield Offline(store, archive, filing)
    finally:
        store.close()


def _filing(config: Config, store: Store, reader: Reader, watching: Watching) -> Filing:
    return Filing(
        store=store,
        config=config,
        book=rule_book(config),
        post=watching.post,
        read=reader.full,
        read_bare=reader.bare,
        progress=watching.progress,
        papers=watching.papers,
    )


def build(
    config: Config,
    *,
    mailbox: Mailbox | None = None,
    transport: Transport | None = None,
    clock: Clock = system_clock,
    injected: bool = False,
    secrets: Secrets | None = None,
) -> App:
    """An application on real adapters, or on those handed in (demonstration, tests)."""
    secrets = secrets or Secrets.of(config)
    store = open_store(config)
    archive = Archive(config.path(config.store.archive))
    mailbox = mailbox or _mailbox(config, secrets)
    transport = transport or _transport(config, secrets)
    post = post_of(config)
    sandbox, recogniser = sandbox_of(config), recogniser_of(config)
    reader = Reader(sandbox, archive, tuple(sorted(config.own_addresses)), recogniser)
    watching = Watching(store, config, post, notes=Notes(config), papers=OfficePapers())
    sent = SentFolder(_mailbox(config, secrets), config.smtp)
    filing = _filing(config, store, reader, watching)
    filing = replace(filing, second=reader.second_readings(config))
    urgent = partial(sounds_urgent, filing.book)

    def release() -> None:
        transport.close()
        mailbox.close()
        sent.close()
        sandbox.shutdown(wait=False, cancel_futures=True)
        if recogniser is not None:
            recogniser.shutdown(wait=False, cancel_futures=True)
        store.close()

    return App(
        config=config,
        store=store,
        archive=archive,
        clock=clock,
        keeper=PlainClock(clock) if injected else _guarded(config, store, clock),
        mailbox=mailbox,
        intake=Intake(mailbox, archive, store, config.mailbox, urgent),
        filing=filing,
        watching=watching,
        pushing=Pushing(store, pusher_of(config), mail_troubles),
        board=Drawing(store, config),
        delivery=_delivery(config, store, transport, sent, watching, injected=injected),
        backups=Backups(store, archive, config, state_folder(config)),
        heartbeat=Heartbeat(store, config, watcher_of(config), clock),
        room=DiskRoom(store, config.disk, state_folder(config), store_folders(config)),
        credential=fragment(config.mailbox.user, secrets.imap),
        release=release,
    )


def _guarded(config: Config, store: Store, clock: Clock) -> GuardedClock:
    return GuardedClock(clock, store, config.schedule.hold_after_clock_jump_seconds)


def _delivery(
    config: Config,
    store: Store,
    transport: Transport,
    sent: SentFolder,
    watching: Watching,
    *,
    injected: bool,
) -> Delivery:
    return Delivery(
        store=store,
        transport=transport,
        config=config.smtp,
        compose=partial(_compose, config),
        witness=sent,
        still_due=watching.still_due,
        working=watching.working,
        hold=SendHold(store, config.smtp, partial(sent_since, sent.mailbox, config.smtp)),
        bounces=config.bounces,
        seconds=_no_time_passes if injected else time.monotonic,
    )


def _no_time_passes() -> float:
    """With an injected clock only that clock moves."""
    return 0.0


def pusher_of(config: Config) -> Pusher:
    """The second channel; none where no address is configured."""
    urls = push_urls(config)
    if not urls:
        return NoPush()
    from mailbot.adapters.push import ApprisePush  # noqa: PLC0415  optional, slow to import

    for url in urls:
        log.keep_out(url)
    return ApprisePush(urls)


def watcher_of(config: Config) -> Watcher | None:
    """Who expects our sign of life; None where no address is configured."""
    url = heartbeat_url(config)
    if not url:
        return None
    from mailbot.adapters.heartbeat import HttpWatcher  # noqa: PLC0415  optional

    log.keep_out(url)
    ca_file = config.heartbeat.ca_file
    return HttpWatcher(url, str(config.path(ca_file)) if ca_file else "")


def _compose(
    config: Config, letter: OutboxRecord, files: Sequence[tuple[str, str, bytes]]
) -> bytes:
    return compose(letter, files, config.smtp.from_, config.smtp.from_name)


def _mailbox(config: Config, secrets: Secrets) -> Mailbox:
    from mailbot.adapters.imap import ImapMailbox  # noqa: PLC0415  slow to import

    return ImapMailbox(config.mailbox, secrets.imap)


def _transport(config: Config, secrets: Secrets) -> Transport:
    from mailbot.adapters.smtp import SmtpTransport  # noqa: PLC0415  slow to import

    return SmtpTransport(config.smtp, secrets.smtp)
