"""[backup], [disk], [heartbeat], [retention]: how records survive, and how long they stay."""

from pydantic import Field

from mailbot.notice import Frozen

MEGABYTE = 1_000_000


class BackupConfig(Frozen):
    """[backup]: copies the running daemon makes by itself.

    Attributes:
        folder: Where they are kept, relative paths start at the config file; "" = none are made.
        every_minutes: How often.
        keep_hourly: The newest copy of each of so many hours is kept; older ones go.
        keep_daily: The same for days.
        keep_monthly: The same for months.
        verify_hours: How often the newest copy is read again in full and compared.
        warn_after_hours: A newest copy older than this is a problem to be told.
    """

    folder: str = "backup"
    every_minutes: int = Field(60, ge=1, le=1440)
    keep_hourly: int = Field(48, ge=1, le=1000)
    keep_daily: int = Field(30, ge=0, le=1000)
    keep_monthly: int = Field(12, ge=0, le=1000)
    verify_hours: int = Field(24, ge=1, le=720)
    warn_after_hours: int = Field(26, ge=1, le=720)


class DiskConfig(Frozen):
    """[disk]: what is done before the disk is full.

    Attributes:
        stop_intake_below_mb: Below so much free space (MB) no mail is fetched: it stays safe
            on the server, and what is left serves the letters that must go out.
        ballast_mb: Size (MB) of a file that only takes up room; it is given up when free space
            falls below a tenth of `stop_intake_below_mb`, since a full disk cannot even delete.
    """

    stop_intake_below_mb: int = Field(500, ge=1, le=1_000_000)
    ballast_mb: int = Field(100, ge=0, le=100_000)

    @property
    def stop_below(self) -> int:
        """Free bytes below which fetching stops."""
        return self.stop_intake_below_mb * MEGABYTE

    @property
    def ballast_bytes(self) -> int:
        """Size of the ballast file."""
        return self.ballast_mb * MEGABYTE

    @property
    def free_ballast_below(self) -> int:
        """Free bytes below which the ballast is given up."""
        return self.stop_below // 10


class HeartbeatConfig(Frozen):
    """[heartbeat]: a sign of life to a watcher elsewhere (Healthchecks or alike), if all is well.

    Attributes:
        url_file: File with the address to call, readable by its owner only: whoever knows it
            could feign our life. It may come from MAILBOT_HEARTBEAT_URL instead. "" = none.
        ca_file: Certificates of a watcher of one's own; "" = the system's.
        every_seconds: How often.
        tick_within_seconds: The last check of deadlines finished within so long.
        poll_within_seconds: The last complete poll finished within so long.
        alert_within_seconds: No emergency alert waits longer than this.
        clock_within_seconds: Our clock and the watcher's differ by no more.
    """

    url_file: str = ""
    ca_file: str = ""
    every_seconds: int = Field(60, ge=1, le=3600)
    tick_within_seconds: int = Field(60, ge=1, le=3600)
    poll_within_seconds: int = Field(300, ge=1, le=7200)
    alert_within_seconds: int = Field(300, ge=1, le=3600)
    clock_within_seconds: int = Field(30, ge=2, le=600)


class RetentionConfig(Frozen):
    """[retention]: how long personal data is kept; `mailbot purge` deletes what is older.

    Attributes:
        raw_mail_months: Raw mails, senders and texts of drafts, since we got them; 0 = for ever.
        letters_months: Texts and addresses of letters that left; 0 = for ever.
        contacts_idle_months: Learnt addresses of which nothing was heard; 0 = for ever.
    """

    raw_mail_months: int = Field(24, ge=0, le=1200)
    letters_months: int = Field(24, ge=0, le=1200)
    contacts_idle_months: int = Field(12, ge=0, le=1200)
