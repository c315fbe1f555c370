"""Letters out over smtplib: one connection kept, every ending told apart."""

import threading
import time
from collections.abc import Callable, Sequence

from mailbot import log
from mailbot.adapters.deadline import Deadline
from mailbot.adapters.smtp_connection import SmtpConnection, StepFailed
from mailbot.adapters.smtp_replies import Reply
from mailbot.config import SmtpConfig
from mailbot.ports import Outcome, Quota, Submission

IDLE_SECONDS = 50.0  # an idle connection is given up before the server does so
LETTER_SECONDS = 5  # times the time-out: the longest one letter may take in all
# if all recipients are refused, the reply that says most about the next step wins
_WEIGHT = (
    Outcome.NEVER,
    Outcome.RETRY,
    Outcome.TOMORROW,
    Outcome.CONFIGURATION,
    Outcome.LOCKED_OUT,
)


class SmtpTransport:
    """Transport over SMTP; safe to share between threads, which then take turns."""

    def __init__(
        self,
        config: SmtpConfig,
        password: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config, self._password = config, password
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._deadline = Deadline()
        self._connection: SmtpConnection | None = None
        self._used_at = 0.0

    def submit(self, sender: str, recipients: Sequence[str], raw: bytes) -> Submission:
        """Send one letter; returns, never raises, whatever the server does."""
        seconds = self._config.timeout_seconds * LETTER_SECONDS
        with self._lock, self._deadline.within(seconds):
            letter = _Letter(sender, tuple(recipients), raw)
            try:
                self._send(letter)
            except StepFailed as failed:
                letter.reply = failed.reply
            except Exception:  # noqa: BLE001  ours: the letter waits, the daemon goes on
                log.failure("submit_failed")
                letter.reply = letter.after_a_fault()
            if letter.reply.outcome is not Outcome.SENT:
                self._hang_up()
            self._used_at = self._monotonic()
            return letter.submission(self._password)

    def _send(self, letter: "_Letter") -> None:
        """Through the kept connection, or a new one where that has died meanwhile.

        A connection that breaks before the closing dot has delivered nothing.
        """
        kept = self._connection is not None
        try:
            letter.over(self._ready())
        except StepFailed as failed:
            if not (kept and failed.broken):
                raise
            self._hang_up()
            letter.over(self._ready())

    def _ready(self) -> SmtpConnection:
        if self._connection is not None and self._monotonic() - self._used_at > IDLE_SECONDS:
            self._hang_up(politely=True)
        if self._connection is None:
            self._connection = SmtpConnection(self._config, self._password, self._deadline)
        return self._connection

    def check(self) -> Reply:
        """Connect and log in, sending nothing: for `mailbot doctor`."""
        with self._lock, self._deadline.within(self._config.timeout_seconds * LETTER_SECONDS):
            try:
                self._ready().command("mail", "NOOP")
            except StepFailed as failed:
                self._hang_up()
                return Reply(
                    failed.reply.outcome,
                    _without(self._password, failed.reply.text),
                    failed.reply.meaning,
                )
            return Reply(Outcome.SENT, "登录成功")

    def close(self) -> None:
        """Drop the connection; never raises."""
        with self._lock:
            self._hang_up(politely=True)

    def _hang_up(self, *, politely: bool = False) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.hang_up(politely=politely)
        self._deadline.forget()


class _Letter:
    """One letter on its way, and what became of it so far."""

    def __init__(self, sender: str, recipients: tuple[str, ...], raw: bytes) -> None:
        self._sender, self._recipients, self._raw = sender, recipients, raw
        self._refused: dict[str, Reply] = {}
        self.body_started = False
        self.reply = Reply(Outcome.NEVER, "没有收件人")

    def over(self, connection: SmtpConnection) -> None:
        """MAIL, RCPT, DATA, body, dot (RFC 5321 3.3)."""
        self._refused.clear()
        if not self._recipients:
            return
        options = connection.mail_options(self._raw)
        connection.command("mail", "MAIL", f"FROM:<{self._sender}>{options}")
        for recipient in self._recipients:
            self._name(connection, recipient)
        if len(self._refused) == len(self._recipients):
            self.reply = max(self._refused.values(), key=lambda r: _WEIGHT.index(r.outcome))
            return
        connection.command("data", "DATA")
        self.body_started = True
        connection.send_body(self._raw)
        self.reply = connection.finish()

    def _name(self, connection: SmtpConnection, recipient: str) -> None:
        try:
            connection.command("rcpt", "RCPT", f"TO:<{recipient}>")
        except StepFailed as failed:
            if failed.broken:
                raise
            self._refused[recipient] = failed.reply

    def after_a_fault(self) -> Reply:
        """Our own error: nobody knows once the body was under way."""
        outcome = Outcome.UNKNOWN if self.body_started else Outcome.RETRY
        return Reply(outcome, "程序内部错误，稍后重试")

    def submission(self, password: str) -> Submission:
        """The result as the outbox takes it."""
        counted = self.reply.outcome in (Outcome.SENT, Outcome.NEVER, Outcome.UNKNOWN)
        refused = self._refused if counted else {}
        return Submission(
            self.reply.outcome,
            _without(password, self.reply.said),
            tuple((address, _without(password, r.said)) for address, r in refused.items()),
            tuple(a for a, r in refused.items() if r.outcome is not Outcome.NEVER),
            self._quota,
        )

    @property
    def _quota(self) -> Quota:
        """The limit named by the last reply, or by the refusal of some recipient."""
        replies = (self.reply, *self._refused.values())
        return next((reply.quota for reply in replies if reply.quota), "")


def _without(secret: str, text: str) -> str:
    return text.replace(secret, "***") if secret else text
