"""SmtpTransport against a real Exim, and against every fault we could script."""

import smtplib
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest
from servers import fault_smtp as smtp_server
from servers.certificates import Certificates
from servers.exim import Exim
from servers.fault_smtp import FaultSmtp, Stage

from mailbot.adapters.smtp import IDLE_SECONDS, SmtpTransport
from mailbot.config import SmtpConfig
from mailbot.ports import Outcome

LETTER = b"Subject: letter\r\nFrom: box@test.example\r\n\r\nline\r\n.dot first\r\n"
TO = ["a@unit.example", "b@unit.example"]


class Stopwatch:
    """A monotonic clock the test winds on."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def config_of(server: FaultSmtp | Exim, **changes: object) -> SmtpConfig:
    values: dict[str, object] = {
        "host": server.host,
        "port": server.port,
        "tls": "none",
        "user": server.user,
        "from": "box@test.example",
        "timeout_seconds": 30,
    }
    return SmtpConfig.model_validate({**values, **changes})


Opener = Callable[..., SmtpTransport]


@pytest.fixture
def open_transport() -> Iterator[Opener]:
    opened: list[SmtpTransport] = []

    def opener(
        server: FaultSmtp | Exim, password: str | None = None, **changes: object
    ) -> SmtpTransport:
        given = server.password if password is None else password
        clock = changes.pop("clock", Stopwatch())
        assert callable(clock)
        opened.append(SmtpTransport(config_of(server, **changes), given, clock))
        return opened[-1]

    yield opener
    for transport in opened:
        transport.close()


def submit(transport: SmtpTransport, to: list[str] | None = None) -> Outcome:
    return transport.submit("box@test.example", TO if to is None else to, LETTER).outcome


# the usual way


def test_exim_delivers_the_letter_as_it_was(exim: Exim, open_transport: Opener) -> None:
    result = open_transport(exim).submit("box@test.example", ["a@unit.example"], LETTER)
    (mail,) = exim.wait_for(1)

    assert result.outcome is Outcome.SENT
    assert mail.raw.endswith(LETTER)
    assert mail.recipients == ("a@unit.example",)


def test_exim_refuses_one_of_three(exim: Exim, open_transport: Opener) -> None:
    to = ["a@unit.example", "reject@unit.example", "greylist@unit.example"]
    result = open_transport(exim).submit("box@test.example", to, LETTER)

    assert result.outcome is Outcome.SENT
    assert [address for address, _words in result.refused] == to[1:]
    assert result.try_again == ("greylist@unit.example",)
    assert exim.wait_for(1)[0].recipients == ("a@unit.example",)


def test_exim_refuses_the_content(exim: Exim, open_transport: Opener) -> None:
    spam = LETTER.replace(b"letter", b"SPAMTEST")
    result = open_transport(exim).submit("box@test.example", TO, spam)

    assert result.outcome is Outcome.NEVER
    assert "垃圾邮件" in result.reply


def test_one_connection_serves_many_letters(fault_smtp: FaultSmtp, open_transport: Opener) -> None:
    transport = open_transport(fault_smtp)

    assert [submit(transport) for _ in range(3)] == [Outcome.SENT] * 3
    assert fault_smtp.connections == 1
    assert fault_smtp.verbs.count("AUTH") == 1


def test_reply_of_the_server_is_kept(fault_smtp: FaultSmtp, open_transport: Opener) -> None:
    result = open_transport(fault_smtp).submit("box@test.example", TO, LETTER)

    assert "Mail OK queued as" in result.reply


@pytest.mark.parametrize(
    ("raw", "received"),
    [
        pytest.param(b"a\nb", b"a\r\nb\r\n", id="bare-line-feeds"),
        pytest.param(b"a\r.\r\nb\r\n", b"a\r\n.\r\nb\r\n", id="no-smuggling-with-bare-cr"),
        pytest.param(b"a\n.\nRCPT", b"a\r\n.\r\nRCPT\r\n", id="lone-dot-does-not-end-it"),
        pytest.param(b".\r\n..\r\n", b".\r\n..\r\n", id="dots-are-stuffed"),
    ],
)
def test_body_arrives_whole(
    fault_smtp: FaultSmtp, open_transport: Opener, raw: bytes, received: bytes
) -> None:
    result = open_transport(fault_smtp).submit("box@test.example", TO, raw)

    assert result.outcome is Outcome.SENT
    assert [mail.raw for mail in fault_smtp.mails] == [received]


# a kept connection


def test_an_idle_connection_is_given_up_in_time(
    fault_smtp: FaultSmtp, open_transport: Opener
) -> None:
    clock = Stopwatch()
    transport = open_transport(fault_smtp, clock=clock)
    submit(transport)
    clock.seconds += IDLE_SECONDS + 1

    assert submit(transport) is Outcome.SENT
    assert fault_smtp.connections == 2


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_kept_connection_that_died_is_replaced_without_a_word(
    fault_smtp: FaultSmtp, open_transport: Opener, stage: Stage
) -> None:
    transport = open_transport(fault_smtp)
    submit(transport)
    fault_smtp.drop(stage)

    assert submit(transport) is Outcome.SENT
    assert (len(fault_smtp.mails), fault_smtp.connections) == (2, 2)


def test_421_on_a_kept_connection_means_a_new_one(
    fault_smtp: FaultSmtp, open_transport: Opener
) -> None:
    transport = open_transport(fault_smtp)
    submit(transport)
    fault_smtp.answer("mail", "421 idle too long")

    assert submit(transport) is Outcome.SENT


# drops


@pytest.mark.parametrize("stage", ["connect", "ehlo", "auth", "mail", "rcpt", "data"])
def test_a_drop_before_the_body_is_tried_again(
    fault_smtp: FaultSmtp, open_transport: Opener, stage: Stage
) -> None:
    fault_smtp.drop(stage)

    assert submit(open_transport(fault_smtp)) is Outcome.RETRY
    assert fault_smtp.mails == []


HUGE = LETTER + b"x" * 30_000_000


def test_a_break_within_the_body_delivered_nothing(
    fault_smtp: FaultSmtp, open_transport: Opener
) -> None:
    fault_smtp.cut_body = True
    result = open_transport(fault_smtp).submit("box@test.example", TO, HUGE)

    assert result.outcome is Outcome.RETRY
    assert fault_smtp.mails == []


def test_a_kept_connection_that_breaks_within_the_body_is_replaced(
    fault_smtp: FaultSmtp, open_transport: Opener
) -> None:
    transport = open_transport(fault_smtp)
    submit(transport)
    fault_smtp.cut_body = True

    assert transport.submit("box@test.example", TO, HUGE).outcome is Outcome.SENT
    assert [len(mail.raw) for mail in fault_smtp.mails] == [len(LETTER), len(HUGE) + 2]


@pytest.mark.parametrize("accepted", [True, False])
def test_a_drop_after_the_body_is_unknown_whatever_the_server_did(
    fault_smtp: FaultSmtp, open_transport: Opener, accepted: bool
) -> None:
    fault_smtp.drop("body", accepted=accepted)
    result = open_transport(fault_smtp).submit("box@test.example", TO, LETTER)

    assert result.outcome is Outcome.UNKNOWN
    assert len(fault_smtp.mails) == int(accepted)


def test_a_drop_after_the_body_on_a_kept_connection_is_not_repeated(
    fault_smtp: FaultSmtp, open_transport: Opener
) -> None:
    transport = open_transport(fault_smtp)
    submit(transport)
    fault_smtp.drop("body", accepted=True)

    assert submit(transport) is Outcome.UNKNOWN
    assert len(fault_smtp.mails) == 2


@pytest.mark.parametrize(
    ("stage", "expected"), [("mail", Outcome.RETRY), ("body", Outcome.UNKNOWN)]
)
def test_a_silent_server_is_given_up(
    fault_smtp: FaultSmtp, open_transport: Opener, stage: Stage, expected: Outcome
) -> None:
    fault_smtp.stall(stage)

    assert submit(open_transport(fault_smtp, timeout_seconds=5)) is expected


def test_gibberish_after_the_body_is_unknown(fault_smtp: FaultSmtp, open_transport: Opener) -> None:
    fault_smtp.answer("body", b"\xff\xfe what")

    assert submit(open_transport(fault_smtp)) is Outcome.UNKNOWN


def test_nobody_listening_is_tried_again(fault_smtp: FaultSmtp, open_transport: Opener) -> None:
    assert submit(open_transport(fault_smtp, port=1)) is Outcome.RETRY


# replies


@pytest.mark.parametrize(
    ("stage", "reply", "expected"),
    [
        pytest.param("connect", "421 HL:ICC", Outcome.RETRY, id="too-many-connections"),
        pytest.param("connect", "554 IP in blacklist", Outcome.LOCKED_OUT, id="blacklisted"),
        pytest.param("auth", "550 User has no permission", Outcome.CONFIGURATION, id="smtp-off"),
        pytest.param("mail", "451 MI:SFQ", Outcome.RETRY, id="quarter-hour-quota"),
        pytest.param("mail", "554 MI:STC", Outcome.TOMORROW, id="daily-quota"),
        pytest.param("rcpt", "550 RP:TRC", Outcome.TOMORROW, id="daily-recipients"),
        pytest.param("rcpt", "550 User not found", Outcome.NEVER, id="all-unknown"),
        pytest.param("data", "451 RP:QRC", Outcome.RETRY, id="refused-at-data"),
        pytest.param("body", "451 DT:SPM", Outcome.RETRY, id="spam-later"),
        pytest.param("body", "554 DT:SPM", Outcome.NEVER, id="spam-never"),
        pytest.param("body", "554 DT:SUM", Outcome.CONFIGURATION, id="from-differs"),
        pytest.param("body", "421 shutting down", Outcome.RETRY, id="421-after-the-body"),
    ],
)
def test_refusals(
    fault_smtp: FaultSmtp,
    open_transport: Opener,
    stage: Stage,
    reply: str,
    expected: Outcome,
) -> None:
    fault_smtp.answer(stage, reply, times=None)
    result = open_transport(fault_smtp).submit("box@test.example", TO, LETTER)

    assert result.outcome is expected
    assert reply.split(maxsplit=1)[1] in result.reply
    assert fault_smtp.mails == []


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_after_a_refusal_the_next_letter_goes_out(
    fault_smtp: FaultSmtp, open_transport: Opener, stage: Stage
) -> None:
    transport = open_transport(fault_smtp)
    fault_smtp.answer(stage, "450 MI:DMC", times=len(TO) if stage == "rcpt" else 1)

    assert [submit(transport), submit(transport)] == [Outcome.RETRY, Outcome.SENT]


def test_one_of_29_recipients_is_refused(fault_smtp: FaultSmtp, open_transport: Opener) -> None:
    to = [f"unit{number}@unit.example" for number in range(29)]
    fault_smtp.refuse(to[7])
    result = open_transport(fault_smtp).submit("box@test.example", to, LETTER)

    assert result.outcome is Outcome.SENT
    assert [address for address, _words in result.refused] == [to[7]]
    assert result.try_again == ()
    assert fault_smtp.mails[0].recipients == tuple(to[:7] + to[8:])


@pytest.mark.parametrize(
    "address", ["中文@unit.example", "a@unit.example>\r\nDATA", "a b@unit.example\n"]
)
def test_an_impossible_address_spoils_only_itself(
    fault_smtp: FaultSmtp, open_transport: Opener, address: str
) -> None:
    result = open_transport(fault_smtp).submit("box@test.example", [address, TO[0]], LETTER)

    assert result.outcome is Outcome.SENT
    assert [refused for refused, _words in result.refused] == [address]
    assert fault_smtp.mails[0].recipients == (TO[0],)


def test_sender_other_than_the_login_is_a_configuration_error(
    fault_smtp: FaultSmtp, open_transport: Opener
) -> None:
    result = open_transport(fault_smtp).submit("other@test.example", TO, LETTER)

    assert result.outcome is Outcome.CONFIGURATION
    assert "from" in result.reply


def test_no_recipients_is_never(fault_smtp: FaultSmtp, open_transport: Opener) -> None:
    assert submit(open_transport(fault_smtp), []) is Outcome.NEVER


# the password


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(b"535 Error: authentication failed", id="ascii"),
        pytest.param("535 Error: authentication failed 授权码错误".encode("gbk"), id="gbk"),
    ],
)
def test_a_wrong_code_is_tried_once_and_explained(
    fault_smtp: FaultSmtp, open_transport: Opener, words: bytes
) -> None:
    fault_smtp.answer("auth", words, times=None)
    result = open_transport(fault_smtp).submit("box@test.example", TO, LETTER)

    assert result.outcome is Outcome.CONFIGURATION
    assert "授权码" in result.reply
    assert fault_smtp.verbs.count("AUTH") == 1


def test_the_password_is_never_in_a_reply(fault_smtp: FaultSmtp, open_transport: Opener) -> None:
    fault_smtp.answer("auth", "535 bad hunter2secret", times=None)
    result = open_transport(fault_smtp, "hunter2secret").submit("box@test.example", TO, LETTER)

    assert "hunter2secret" not in result.reply


def test_full_width_password_is_the_operators_mistake(
    fault_smtp: FaultSmtp, open_transport: Opener
) -> None:
    assert submit(open_transport(fault_smtp, "ＡＢＣ")) is Outcome.CONFIGURATION


def test_login_only_servers_are_served(fault_smtp: FaultSmtp, open_transport: Opener) -> None:
    fault_smtp.extensions = ("AUTH LOGIN",)

    assert submit(open_transport(fault_smtp)) is Outcome.SENT
    assert fault_smtp.mails[0].user == fault_smtp.user


def test_a_relay_on_this_machine_needs_no_login(
    fault_smtp: FaultSmtp, open_transport: Opener
) -> None:
    fault_smtp.extensions = ()

    assert submit(open_transport(fault_smtp)) is Outcome.SENT


def test_check_logs_in_and_sends_nothing(fault_smtp: FaultSmtp, open_transport: Opener) -> None:
    assert open_transport(fault_smtp).check().outcome is Outcome.SENT
    assert open_transport(fault_smtp, "wrong").check().outcome is Outcome.CONFIGURATION
    assert "MAIL" not in fault_smtp.verbs


# encryption


@pytest.fixture(params=["tls", "starttls"])
def encrypted(
    request: pytest.FixtureRequest, certificates: Certificates
) -> Iterator[tuple[FaultSmtp, str]]:
    implicit = request.param == "tls"
    server = FaultSmtp(certificates=certificates, implicit_tls=implicit)
    with smtp_server.running(server):
        yield server, request.param


def test_encrypted_submission_checks_the_certificate(
    encrypted: tuple[FaultSmtp, str], certificates: Certificates, open_transport: Opener
) -> None:
    server, tls = encrypted
    trusting = open_transport(server, tls=tls, ca_file=str(certificates.ca))
    doubting = open_transport(server, tls=tls).submit("box@test.example", TO, LETTER)

    assert submit(trusting) is Outcome.SENT
    assert doubting.outcome is Outcome.RETRY
    assert "证书" in doubting.reply
    assert len(server.mails) == 1


def test_stripped_starttls_sends_neither_password_nor_letter(
    fault_smtp: FaultSmtp, open_transport: Opener
) -> None:
    assert submit(open_transport(fault_smtp, tls="starttls")) is Outcome.CONFIGURATION
    assert not {"AUTH", "MAIL"} & set(fault_smtp.verbs)


def test_unreadable_ca_file_is_a_configuration_error(
    fault_smtp: FaultSmtp, open_transport: Opener
) -> None:
    result = open_transport(fault_smtp, tls="tls", ca_file="none.pem").submit(
        "box@test.example", TO, LETTER
    )

    assert result.outcome is Outcome.CONFIGURATION
    assert "ca_file" in result.reply


# the end


def test_close_says_goodbye_and_never_raises(fault_smtp: FaultSmtp, open_transport: Opener) -> None:
    transport = open_transport(fault_smtp)
    submit(transport)
    transport.close()
    transport.close()

    assert submit(transport) is Outcome.SENT


def test_exim_and_python_agree_on_what_arrives(exim: Exim, open_transport: Opener) -> None:
    message = EmailMessage()
    message["Subject"] = "关于朱镕基同志报告的回执"
    message["From"] = "box@test.example"
    message.set_content("已收到。\n")
    raw = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    open_transport(exim).submit("box@test.example", ["a@unit.example"], raw)
    with smtplib.SMTP(exim.host, exim.port, timeout=60) as client:
        client.login(exim.user, exim.password)
        client.sendmail("box@test.example", ["a@unit.example"], raw)
    first, second = exim.wait_for(2)

    assert first.raw.endswith(raw)
    assert second.raw.endswith(raw)
