"""One SMTP connection: verified TLS, one login attempt, every step's reply classified."""

import re
import smtplib
import socket
import ssl
from contextlib import suppress

from mailbot.adapters.deadline import Deadline
from mailbot.adapters.smtp_replies import Reply, Stage, classify
from mailbot.adapters.tls import tls_advice, tls_context
from mailbot.config import SmtpConfig, is_loopback
from mailbot.errors import ConfigError
from mailbot.ports import Outcome

CONNECT_SECONDS = 30.0
# a literal instead of this machine's name: no DNS look-up, nothing told of the office
EHLO_NAME = "[127.0.0.1]"
MECHANISMS = ("PLAIN", "LOGIN")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"(?m)^\.")


class StepFailed(Exception):
    """A step was refused or the connection broke; `reply` says what it comes to."""

    def __init__(self, reply: Reply, *, broken: bool = False) -> None:
        super().__init__(reply.text)
        self.reply, self.broken = reply, broken


class _Wire(smtplib.SMTP):
    """smtplib, with the connection under a deadline and TLS from the first byte if asked."""

    def __init__(
        self, config: SmtpConfig, context: ssl.SSLContext | None, deadline: Deadline
    ) -> None:
        self._context, self._deadline = context, deadline
        seconds = float(config.timeout_seconds)
        super().__init__(
            config.host,
            config.port,
            local_hostname=EHLO_NAME,
            timeout=min(seconds, CONNECT_SECONDS),
        )
        assert self.sock is not None
        self.sock.settimeout(seconds)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), timeout)
        self._deadline.watch(plain)
        # the closing dot goes out alone and must not wait for an acknowledgement
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context is None:
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise


class SmtpConnection:
    """A logged-in connection; each method raises StepFailed with a classified reply."""

    def __init__(self, config: SmtpConfig, password: str, deadline: Deadline) -> None:
        self._config, self._deadline = config, deadline
        self._wire = self._opened()
        try:
            self._secured()
            self._log_in(password)
        except BaseException:
            self.hang_up()
            raise

    def _opened(self) -> _Wire:
        try:
            context = tls_context("smtp", self._config)
            implicit = context if self._config.tls == "tls" else None
            return _Wire(self._config, implicit, self._deadline)
        except ConfigError as error:
            raise StepFailed(Reply(Outcome.CONFIGURATION, str(error))) from error
        except smtplib.SMTPConnectError as error:
            raise StepFailed(classify("connect", error.smtp_code, error.smtp_error)) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise StepFailed(broken(error), broken=True) from error

    def _secured(self) -> None:
        self._greet()
        if self._config.tls != "starttls":
            return
        try:
            self._wire.starttls(context=tls_context("smtp", self._config))
        except smtplib.SMTPNotSupportedError as error:
            words = '服务器没有提供 STARTTLS 加密，请改用 tls = "tls"'
            raise StepFailed(Reply(Outcome.CONFIGURATION, words)) from error
        except smtplib.SMTPResponseException as error:
            raise StepFailed(classify("ehlo", error.smtp_code, error.smtp_error)) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise StepFailed(broken(error), broken=True) from error
        self._greet()

    def _greet(self) -> None:
        try:
            code, words = self._wire.ehlo()
        except (OSError, smtplib.SMTPException) as error:
            raise StepFailed(broken(error), broken=True) from error
        if not 200 <= code < 300:
            raise StepFailed(classify("ehlo", code, words))

    def _log_in(self, password: str) -> None:
        """One attempt with one mechanism: smtplib's own login repeats a refusal per mechanism."""
        offered = self._wire.esmtp_features.get("auth", "").upper().split()
        mechanism = next((name for name in MECHANISMS if name in offered), None)
        if mechanism is None:
            if is_loopback(self._config.host):
                return  # a relay on this machine needs no login
            words = "服务器没有提供登录，请核对 [smtp] 的服务器、端口和 tls"
            raise StepFailed(Reply(Outcome.CONFIGURATION, words))
        wire = self._wire
        wire.user, wire.password = self._config.user, password
        login = wire.auth_plain if mechanism == "PLAIN" else wire.auth_login
        try:
            wire.auth(mechanism, login)
        except smtplib.SMTPAuthenticationError as error:
            raise StepFailed(classify("auth", error.smtp_code, error.smtp_error)) from error
        except UnicodeEncodeError as error:
            words = "用户名或授权码含有中文或全角字符，请重新填写"
            raise StepFailed(Reply(Outcome.CONFIGURATION, words)) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise StepFailed(broken(error), broken=True) from error

    def command(self, stage: Stage, verb: str, argument: str = "") -> None:
        """Send one command; returns when the server agreed (2xx, or 354 after DATA)."""
        try:
            code, words = self._wire.docmd(verb, argument)
        except (OSError, smtplib.SMTPException) as error:
            raise StepFailed(broken(error), broken=True) from error
        except ValueError as error:  # a line end or a letter outside ASCII in an address
            raise StepFailed(Reply(Outcome.NEVER, f"地址无法使用：{argument!a}")) from error
        wanted = code == 354 if stage == "data" else 200 <= code < 300
        if not wanted:
            raise StepFailed(classify(stage, code, words), broken=code in (-1, 421))

    def mail_options(self, raw: bytes) -> str:
        """SIZE and BODY where the server knows them (RFC 1870, RFC 6152)."""
        options = f" SIZE={len(raw)}" if self._wire.has_extn("size") else ""
        if not raw.isascii() and self._wire.has_extn("8bitmime"):
            options += " BODY=8BITMIME"
        return options

    def send_body(self, raw: bytes) -> None:
        """Everything but the closing dot; a break in here means nothing was accepted."""
        lines = _LINE_END.sub(b"\r\n", raw)
        if not lines.endswith(b"\r\n"):
            lines += b"\r\n"
        try:
            self._socket().sendall(_LEADING_DOT.sub(b"..", lines))
        except OSError as error:
            raise StepFailed(broken(error), broken=True) from error

    def finish(self) -> Reply:
        """The closing dot and the server's verdict; UNKNOWN when it stays away."""
        try:
            self._socket().sendall(b".\r\n")
            code, words = self._wire.getreply()
        except (OSError, smtplib.SMTPException, ValueError) as error:
            text = f"发送到最后一步时连接中断，正在核对是否已发出：{broken(error).text}"
            return Reply(Outcome.UNKNOWN, text)
        return classify("body", code, words)

    def _socket(self) -> socket.socket:
        if self._wire.sock is None:
            raise OSError("not connected")
        return self._wire.sock

    def hang_up(self, *, politely: bool = False) -> None:
        """Close; QUIT is said but its answer not awaited (Exim takes 200 ms over it)."""
        with suppress(OSError, ValueError):
            if politely and self._wire.sock is not None:
                self._wire.sock.settimeout(1)
                self._wire.sock.sendall(b"QUIT\r\n")
        with suppress(OSError, ValueError):
            self._wire.close()
        self._deadline.forget()


def broken(error: BaseException) -> Reply:
    """A lost connection before anything was accepted: try again."""
    words = tls_advice(error) or str(error) or type(error).__name__
    return classify("connect", 0, f"与 SMTP 服务器的连接中断：{words}")
