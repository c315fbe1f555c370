"""When a mail was received: the provider's earliest word counts, nobody else's (二·一)."""

from datetime import datetime, timedelta

import pytest
from duty_samples import SHIPPED, at
from hypothesis import given
from hypothesis import strategies as st

from mailbot.records.verdicts import EmergencyVerdict, Judgement, KindVerdict, Lateness, UnitVerdict
from mailbot.rules.receipt_time import (
    BELIEVED,
    ReceiptTime,
    doubted,
    is_providers,
    receipt_time,
    without_record,
)
from mailbot.stages.receipt_times import NO_RECORD, received
from parsers.message import read_message
from store.records import MessageRecord

RECORDED = at("2023-04-20 08:55")
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("header", "expected", "told"),
    [
        pytest.param(None, RECORDED, "", id="no-line-of-the-provider"),
        pytest.param(RECORDED, RECORDED, "", id="they-agree"),
        pytest.param(RECORDED + 9 * MINUTE, RECORDED, "", id="record-is-earlier"),
        pytest.param(RECORDED - 5 * MINUTE / 60, RECORDED - MINUTE / 12, "", id="seconds-apart"),
        pytest.param(
            RECORDED - 15 * MINUTE,
            RECORDED - 15 * MINUTE,
            "服务器记录4月20日08:55，收信服务器信头4月20日08:40，以较早的4月20日08:40为准",
            id="line-is-earlier",
        ),
        pytest.param(
            RECORDED - BELIEVED,
            RECORDED - BELIEVED,
            "以较早的3月21日08:55为准",
            id="tidied-up-later",
        ),
        pytest.param(RECORDED - BELIEVED - MINUTE, RECORDED, "相差过大", id="beyond-belief"),
    ],
)
def test_the_earlier_of_the_two_counts(
    header: datetime | None, expected: datetime, told: str
) -> None:
    found = receipt_time(RECORDED, header)
    assert found.at == expected
    assert found.sure == ("相差过大" not in told)
    assert told in "".join(reason.because for reason in found.reasons)
    assert bool(told) == bool(found.reasons)


@given(
    recorded=st.integers(0, 10**6),
    minutes=st.integers(-100_000, 100_000),
)
def test_nobody_is_later_than_the_server_says(recorded: int, minutes: int) -> None:
    server = RECORDED + recorded * MINUTE
    found = receipt_time(server, server + minutes * MINUTE)
    assert found.at <= server
    assert not found.sure or found.at == min(server, server + minutes * MINUTE)


@pytest.mark.parametrize(
    ("header", "sent", "expected", "sure"),
    [
        pytest.param("2023-04-20 08:40", "2023-04-20 08:30", "2023-04-20 08:40", True, id="header"),
        pytest.param(None, "2023-04-20 08:30", "2023-04-20 08:30", False, id="sender's-date"),
        pytest.param(None, None, "2026-01-01 00:00", False, id="nothing"),
        pytest.param(None, "2027-01-01 00:00", "2026-01-01 00:00", False, id="date-to-come"),
        pytest.param("2027-01-01 00:00", None, "2026-01-01 00:00", False, id="header-to-come"),
    ],
)
def test_without_a_record_the_provider_then_the_sender_is_asked(
    header: str | None, sent: str | None, expected: str, *, sure: bool
) -> None:
    found = without_record(
        at("2026-01-01 00:00"), at(header) if header else None, at(sent) if sent else None
    )
    assert (found.at, found.sure) == (at(expected), sure)
    assert bool(found.reasons) != sure
    assert all("不能作准" in reason.because for reason in found.reasons)


COREMAIL = "from u.example (unknown [192.0.2.7]) by mx12 (Coremail) with SMTP id PsCowAD3; Mon, 2"


@pytest.mark.parametrize(
    ("line", "transaction", "own"),
    [
        pytest.param(COREMAIL, "PsCowAD3", True, id="coremail-with-its-number"),
        pytest.param(COREMAIL, "", False, id="coremail-without-number"),
        pytest.param(COREMAIL, "Other", False, id="another-number"),
        pytest.param("from a by mx.163.com with ESMTP id 1; x", "", True, id="host-of-the-domain"),
        pytest.param("from a by MX.163.COM; x", "", True, id="capitals"),
        pytest.param("from a by imap.163.com; x", "", True, id="the-server-itself"),
        pytest.param("from a by mx.evil163.com; x", "", False, id="looks-alike"),
        pytest.param("from a by 163.com.evil.example; x", "", False, id="begins-alike"),
        pytest.param("from mx.163.com by mx.evil.example; x", "", False, id="comes-from-there"),
        pytest.param("from a by b; x", "", False, id="somebody"),
        pytest.param("", "", False, id="none"),
        pytest.param("by by by by", "", False, id="nonsense"),
        pytest.param("by " + "a" * 100_000, "", False, id="endless"),
    ],
)
def test_the_providers_line_is_known_by_its_host(line: str, transaction: str, *, own: bool) -> None:
    assert is_providers(line, transaction, "imap.163.com", "dzscgzfj@163.com") is own


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "mail.cn"])
def test_a_bare_host_makes_no_whole_domain_trusted(host: str) -> None:
    assert not is_providers("from a by x.cn; y", "", host, "office@dzcg.example")
    assert not is_providers("from a by 9.0.0.1; y", "", host, "office@dzcg.example")


def mail(*received: str, date: str = "", transaction: str = "") -> bytes:
    lines = [f"Received: {line}" for line in received]
    lines += [f"X-CM-TRANSID: {transaction}"] if transaction else []
    lines += [f"Date: {date}"] if date else []
    head = [*lines, "From: unit@example.cn", "To: dzscgzfj@163.com", "Subject: x"]
    return ("\r\n".join(head) + "\r\n\r\nx\r\n").encode()


TRUE = "from u.example by mx12 (Coremail) with SMTP id Ab1; Thu, 20 Apr 2023 08:40:00 +0800 (CST)"
FORGED = "from a by mx12 (Coremail) with SMTP id Zz9; Thu, 20 Apr 2023 08:00:00 +0800 (CST)"
LATER = "from u.example by mx12 (Coremail) with SMTP id Ab1; Thu, 20 Apr 2023 08:56:00 +0800 (CST)"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(mail(TRUE, transaction="Ab1"), "08:40", id="slow-queue"),
        pytest.param(mail(LATER, FORGED, transaction="Ab1"), "08:55", id="forged-below"),
        pytest.param(mail(TRUE, FORGED, transaction="Ab1"), "08:40", id="forged-below-a-true-one"),
        pytest.param(mail(FORGED, transaction="Ab1"), "08:55", id="forged-on-top-wrong-number"),
        pytest.param(mail(FORGED), "08:55", id="forged-on-top-without-number"),
        pytest.param(mail(date="Thu, 20 Apr 2023 08:00:00 +0800"), "08:55", id="date-counts-never"),
        pytest.param(mail(), "08:55", id="no-header-at-all"),
    ],
)
def test_a_fetched_mail_is_dated_by_server_and_provider(raw: bytes, expected: str) -> None:
    message = read_message(raw).message
    record = MessageRecord(1, "x", 1, RECORDED, RECORDED + 60 * MINUTE, "received")
    assert received(record, message, SHIPPED).at == at(f"2023-04-20 {expected}")


def test_a_mail_nobody_dated_is_judged_by_nobody() -> None:
    """Fetched late because of an outage of ours: that must not make its unit late."""
    now = at("2023-04-21 12:00")
    unknown = MessageRecord(1, "x", 1, now, now, "received", summary=NO_RECORD)
    found = received(unknown, read_message(mail()).message, SHIPPED)
    assert (found.at, found.sure) == (now, False)


def judged(verdict: str) -> Judgement:
    late = Lateness(verdict, 90, 90, 90)  # type: ignore[arg-type]
    emergency = EmergencyVerdict("alert", 9, lateness=late)
    return Judgement(UnitVerdict("扬尘办", "certain"), KindVerdict("动态简讯", 1), emergency)


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        pytest.param("超时", "时间待核", id="never-late-by-a-guess"),
        pytest.param("按时", "时间待核", id="never-in-time-by-a-guess"),
        pytest.param("时间待核", "时间待核", id="doubtful-before"),
        pytest.param("不适用", "不适用", id="no-first-report"),
    ],
)
def test_an_unsure_receipt_leaves_lateness_open(verdict: str, expected: str) -> None:
    unsure = without_record(RECORDED, None, RECORDED - MINUTE)
    found = doubted(judged(verdict), unsure).emergency
    assert found.lateness.verdict == expected
    if expected == "时间待核":
        assert found.lateness.minutes is None
        assert any("不能作准" in doubt for doubt in found.needs_review)
    assert doubted(judged(verdict), ReceiptTime(RECORDED)) == judged(verdict)
