"""Mail in: every folder by UID, raw bytes archived first, then one transaction a group."""

from dataclasses import dataclass, replace
from datetime import datetime

from mailbot import log
from mailbot.config import MailboxConfig
from mailbot.errors import StorageFailed, Temporary
from mailbot.ports import Mailbox
from mailbot.stages.intake_folder import Between, FolderIntake
from mailbot.stages.intake_ledger import Counts, Tools
from mailbot.stages.intake_order import SoundsUrgent
from store.archive import Archive
from store.unit_of_work import Store

MISSING = "intake.missing_folders"


@dataclass(slots=True)
class IntakeReport:
    """What one poll brought.

    Attributes:
        new: Mails not known before.
        known: Mails seen again in another place: one record, one more sighting.
        quarantined: Too big, or not handed over: recorded by their headers.
        stuck: Mails the server lists but did not give; they are tried again.
        missing: Configured folders the server does not have.
        stopped: The caller asked to stop early.
    """

    new: int = 0
    known: int = 0
    quarantined: int = 0
    stuck: int = 0
    folders: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    stopped: bool = False

    @property
    def complete(self) -> bool:
        """Every mail the server lists is on record."""
        return not self.stuck and not self.stopped

    def add(self, counts: Counts, stuck: int) -> None:
        """One folder's share."""
        self.new += counts.new
        self.known += counts.known
        self.quarantined += counts.quarantined
        self.stuck += stuck


class Intake:
    """Fetches what is new from every folder."""

    def __init__(
        self,
        mailbox: Mailbox,
        archive: Archive,
        store: Store,
        config: MailboxConfig,
        urgent: SoundsUrgent | None = None,
    ) -> None:
        self._tools = Tools(mailbox, archive, store, config)
        if urgent is not None:
            self._tools = replace(self._tools, urgent=urgent)

    def run(self, now: datetime, between: Between | None = None) -> IntakeReport:
        """Read every folder.

        Args:
            now: Written as the fetch time.
            between: Asked after each recorded group; False ends the poll early.

        Raises:
            Temporary: The server is out of reach, refused a folder, or the disk is
                full; what was recorded before stays.
            AuthenticationFailed: The password was refused.
        """
        report = IntakeReport()
        try:
            with self._tools.mailbox.deadline(self._tools.config.poll_deadline_seconds):
                troubles = self._read_all(now, report, between)
        except StorageFailed as error:
            raise Temporary(str(error)) from error
        except OSError as error:  # the mailbox names its own; this one is the archive's
            raise Temporary(f"无法写入邮件存档：{error.strerror}。请检查磁盘空间") from error
        self._note_missing(report.missing, now)
        if report.new or report.quarantined:
            log.event("fetched", new=report.new, known=report.known, set_aside=report.quarantined)
        if troubles:
            raise Temporary("；".join(troubles))
        return report

    def _read_all(self, now: datetime, report: IntakeReport, between: Between | None) -> list[str]:
        """One folder's trouble does not hide the others; two in a row end the poll."""
        mailbox = self._tools.mailbox
        report.folders = tuple(mailbox.folders())
        report.missing = tuple(mailbox.missing_folders())
        troubles: list[str] = []
        failed_before = False
        for name in report.folders:
            try:
                self._read(name, now, report, between)
                failed_before = False
            except Temporary as trouble:
                if failed_before:
                    raise
                failed_before = True
                troubles.append(f"{name}：{trouble}")
                log.warning("folder_interrupted", folder=name, reason=str(trouble)[:160])
            if report.stopped:
                break
        return troubles

    def _read(
        self, name: str, now: datetime, report: IntakeReport, between: Between | None
    ) -> None:
        folder = FolderIntake.open(self._tools, name, now)
        try:
            report.stopped = not folder.read(between)
        finally:
            report.add(folder.ledger.counts, len(folder.ledger.owed))

    def _note_missing(self, missing: tuple[str, ...], now: datetime) -> None:
        with self._tools.store.look() as uow:
            noted = uow.facts.get(MISSING) or []
        if list(noted) == list(missing):
            return
        with self._tools.store.work() as uow:
            uow.facts.put(MISSING, list(missing), now)
            uow.commit()
