"""config.toml as frozen values: all that an operator sets.

The keys `[mailbox] host, port, tls, user, folders, poll_seconds`, `[smtp] host,
port, tls, user, from`, `[store] url, archive`, `[office] addresses, duty` and
`[[units]] name, addresses, reminders_to` are relied on by outside tools.
Passwords are never in the file: see `mailbot.secrets`.
"""

from datetime import time
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from mailbot.config_board import BoardConfig
from mailbot.config_safety import BackupConfig, DiskConfig, HeartbeatConfig, RetentionConfig
from mailbot.config_sending import BouncesConfig
from mailbot.notice import (
    Assessment,
    EmergencyRule,
    Frozen,
    KindRule,
    MailAddress,
    Notice,
    NoticeHead,
    OfficeTarget,
    OpenQuestions,
    Publication,
    ScoringVersion,
    Task,
    Unit,
)

Tls = Literal["tls", "starttls", "none"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Days = Annotated[int, Field(ge=1, le=366)]


def _no_number(value: object) -> object:
    """830 would be read as seconds after midnight."""
    if isinstance(value, int | float):
        raise PydanticCustomError("time_type", "not a time of day")
    return value


TimeOfDay = Annotated[time, BeforeValidator(_no_number)]


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Server(Frozen):
    """What IMAP and SMTP have in common."""

    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    tls: Tls = "tls"
    ca_file: str = ""
    user: str = Field(min_length=1)
    password_file: str = ""
    timeout_seconds: int = Field(60, ge=5, le=600)

    @model_validator(mode="after")
    def _no_plain_text_abroad(self) -> "Server":
        if self.tls == "none" and not is_loopback(self.host):
            raise ValueError('tls = "none" 只允许用于本机地址')
        return self


class MailboxConfig(Server):
    """[mailbox]: the IMAP side.

    Attributes:
        folders: Folders to poll; empty = INBOX and every junk-like folder the server lists.
        poll_seconds: Seconds between polls where the server has no IDLE.
        poll_deadline_seconds: Longest time one whole poll may take.
        rescan_hours: Every so often the folders are compared with the ledger in full.
        after_filing: What to do with a filed mail on the server: nothing by default.
        send_id: Send the ID command after each LOGIN (163 refuses SELECT without it).
    """

    port: int = Field(993, ge=1, le=65535)
    folders: tuple[str, ...] = ()
    poll_seconds: int = Field(60, ge=1, le=3600)
    poll_deadline_seconds: int = Field(600, ge=10, le=7200)
    use_idle: bool = True
    rescan_hours: int = Field(24, ge=1, le=168)
    after_filing: Literal["nothing", "mark_read", "move"] = "nothing"
    move_to: str = ""
    send_id: bool = True
    max_mail_bytes: int = Field(72_000_000, ge=1_000_000, le=200_000_000)
    authentication_pause_minutes: int = Field(60, ge=1, le=1440)


class SmtpConfig(Server):
    r"""[smtp]: the sending side; `from` must be the login at 163.

    Attributes:
        per_15_minutes: Letters allowed in any 15 minutes (provider budget).
        per_day: Letters allowed in any 24 hours.
        sent_folder: Where the provider files our sent mail; "" = discovered by \Sent.
        settle_minutes: An interrupted send is repeated only after so long without a witness.
        settle_minutes_urgent: The same for emergency alerts.
    """

    port: int = Field(465, ge=1, le=65535)
    from_: MailAddress = Field(alias="from")
    from_name: str = "市城管执法局办公室信息稿件系统"
    per_15_minutes: int = Field(60, ge=1, le=100_000)
    per_day: int = Field(400, ge=1, le=1_000_000)
    sent_folder: str = ""
    sent_copy: bool = True
    settle_minutes: float = Field(15, ge=0, le=240)
    settle_minutes_urgent: float = Field(2, ge=0, le=60)


class StoreConfig(Frozen):
    """[store]: database URL and archive folder; relative paths start at the config file."""

    url: str = Field("sqlite:///data/mailbot.db", min_length=1)
    archive: str = Field("data/archive", min_length=1)


class OfficeConfig(Frozen):
    """[office]: who acts for the office.

    Attributes:
        addresses: Registered addresses that may command by mail and get the digests.
        duty: Addresses alerted of emergencies; `addresses` when empty.
    """

    name: str = "市城管执法局办公室"
    addresses: tuple[MailAddress, ...] = Field(min_length=1)
    duty: tuple[MailAddress, ...] = ()
    telephone: str = ""

    @property
    def duty_addresses(self) -> tuple[str, ...]:
        """Who is alerted of an emergency."""
        return self.duty or self.addresses


class WeeklyTime(Frozen):
    """A weekday and a time of day in Asia/Shanghai."""

    weekday: Weekday
    at: TimeOfDay


class ScheduleConfig(Frozen):
    """[schedule]: hours in Asia/Shanghai.

    Attributes:
        tick_seconds: How often the database is asked what is due.
        remind_before: When in the week units are told what the week still wants.
        month_remind_days: Days before a month's or quarter's end for the same.
        overdue_again_days: Days after the due time at which an overdue unit is reminded again.
        escalate_after: Reminders without answer until the second address and the office hear.
        give_up_after_minutes: A check or poll that shows no sign of life for so long ends the
            program, so that the service manager starts it anew.
    """

    tick_seconds: int = Field(15, ge=1, le=60)
    daily_digest_at: TimeOfDay = time(8, 30)
    weekly_overview: WeeklyTime = WeeklyTime(weekday="monday", at=time(9, 0))
    digest_when_empty: bool = True
    remind_before: WeeklyTime = WeeklyTime(weekday="thursday", at=time(9, 0))
    month_remind_days: tuple[Days, ...] = (5, 2)
    task_remind_days: tuple[Days, ...] = (3, 1)
    overdue_again_days: tuple[Days, ...] = (1, 3, 7, 14)
    escalate_after: int = Field(2, ge=1, le=10)
    working_hours: tuple[TimeOfDay, TimeOfDay] = (time(9, 0), time(17, 30))
    hold_after_clock_jump_seconds: int = Field(120, ge=10, le=3600)
    give_up_after_minutes: float = Field(15, ge=0.01, le=240)

    @field_validator("overdue_again_days")
    @classmethod
    def _days_rise(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if list(days) != sorted(set(days)):
            raise ValueError("天数须由小到大，不重复")
        return days

    @field_validator("working_hours")
    @classmethod
    def _hours_in_order(cls, hours: tuple[time, time]) -> tuple[time, time]:
        if hours[0] >= hours[1]:
            raise ValueError("上班时间须早于下班时间")
        return hours


class ReadingConfig(Frozen):
    """[reading]: the disposable worker that opens attachments."""

    workers: int = Field(1, ge=1, le=16)
    memory_mb: int = Field(512, ge=128, le=4096)
    cpu_seconds: int = Field(20, ge=1, le=300)
    wall_seconds: int = Field(30, ge=2, le=600)
    recognise_memory_mb: int = Field(2000, ge=512, le=8192)
    recognise_seconds: int = Field(180, ge=10, le=600)
    cues_folder: str = ""


class LettersConfig(Frozen):
    """[letters]: what is mailed to units, and caps against being used to flood others.

    Attributes:
        silent_before_start_hours: Mail received longer than so many hours before the very
            first start is history: it is filed, but neither answered nor alerted.
    """

    receipts: bool = True
    receipts_to_unknown_senders: bool = False
    silent_before_start_hours: int = Field(24, ge=0, le=720)
    receipts_per_sender_per_day: int = Field(20, ge=1, le=1000)
    reminders: bool = True


class PushConfig(Frozen):
    """[push]: the second channel beside mail (企业微信, 钉钉, 飞书, SMS), by Apprise.

    Attributes:
        urls_file: File with the channels' addresses, readable by its owner only; they hold
            tokens and may come from MAILBOT_PUSH_URLS instead. None = no second channel.
    """

    urls_file: str = ""


class LogConfig(Frozen):
    """[log]: one line per event, without bodies, secrets or full addresses."""

    format: Literal["plain", "json"] = "plain"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Config(Frozen):
    """Everything in config.toml."""

    mailbox: MailboxConfig
    smtp: SmtpConfig
    store: StoreConfig = StoreConfig()
    backup: BackupConfig = BackupConfig()
    disk: DiskConfig = DiskConfig()
    bounces: BouncesConfig = BouncesConfig()
    office: OfficeConfig
    schedule: ScheduleConfig = ScheduleConfig()
    reading: ReadingConfig = ReadingConfig()
    letters: LettersConfig = LettersConfig()
    push: PushConfig = PushConfig()
    heartbeat: HeartbeatConfig = HeartbeatConfig()
    retention: RetentionConfig = RetentionConfig()
    board: BoardConfig = BoardConfig()
    log: LogConfig = LogConfig()
    notice_head: NoticeHead = Field(alias="notice")
    kinds: dict[str, KindRule]
    emergency: EmergencyRule = EmergencyRule()
    assessment: Assessment = Assessment()
    open_questions: OpenQuestions = OpenQuestions()
    office_targets: dict[str, OfficeTarget] = Field(default_factory=dict)
    publications: tuple[Publication, ...] = ()
    units: tuple[Unit, ...] = Field(min_length=1)
    tasks: tuple[Task, ...] = ()
    scoring_versions: tuple[ScoringVersion, ...] = ()
    folder: Path = Field(default=Path(), exclude=True)

    @cached_property
    def notice(self) -> Notice:
        """The notice alone, as the rules read it."""
        return Notice(
            head=self.notice_head,
            kinds=self.kinds,
            emergency=self.emergency,
            assessment=self.assessment,
            open_questions=self.open_questions,
            office_targets=self.office_targets,
            publications=self.publications,
            units=self.units,
            tasks=self.tasks,
            scoring_versions=self.scoring_versions,
        )

    @property
    def own_addresses(self) -> frozenset[str]:
        """Addresses that are ourselves: mail from them is never answered."""
        own = {self.smtp.from_, self.notice_head.mailbox.lower()}
        if "@" in self.mailbox.user:
            own.add(self.mailbox.user.lower())
        return frozenset(own)

    def path(self, configured: str) -> Path:
        """A path of the file, relative ones starting at the config file's folder."""
        return self.folder / configured
