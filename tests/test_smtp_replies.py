"""Every reply of NetEase's list, by its tag: what it means for the letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.adapters.smtp_replies import LONGEST, Stage, classify
from mailbot.ports import Outcome

R, T, N = Outcome.RETRY, Outcome.TOMORROW, Outcome.NEVER
C, L, S, U = Outcome.CONFIGURATION, Outcome.LOCKED_OUT, Outcome.SENT, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("stage", "reply", "expected"),
    [
        pytest.param("connect", "421 HL:REP", R, id="HL:REP-too-many-commands"),
        pytest.param("connect", "421 HL:ICC", R, id="HL:ICC-too-many-connections"),
        pytest.param("connect", "421 HL:IFC", R, id="HL:IFC-too-many-soon"),
        pytest.param("connect", "421 HL:MEP", R, id="HL:MEP-too-many-in-all"),
        pytest.param("mail", "450 MI:CEL", R, id="MI:CEL-bad-commands"),
        pytest.param("mail", "450 MI:DMC", R, id="MI:DMC-messages-a-connection"),
        pytest.param("mail", "450 MI:CCL", R, id="MI:CCL-commands-a-connection"),
        pytest.param("rcpt", "450 RP:DRC", R, id="RP:DRC-recipients-a-connection"),
        pytest.param("rcpt", "450 RP:CCL", R, id="RP:CCL"),
        pytest.param("rcpt", "550 RP:CEL", R, id="RP:CEL-even-with-5xx"),
        pytest.param("rcpt", "451 RP:QRC", R, id="RP:QRC-recipients-too-fast"),
        pytest.param("mail", "451 MI:SFQ", R, id="MI:SFQ-one-edition"),
        pytest.param("mail", "554 MI:SFQ", R, id="MI:SFQ-other-edition"),
        pytest.param("body", "451 DT:SPM please try again", R, id="DT:SPM-4xx-try-again"),
        pytest.param(
            "body", "451 Requested action aborted: local error in processing", R, id="local-error"
        ),
        pytest.param("mail", "550 MI:STC", T, id="MI:STC-one-edition"),
        pytest.param("mail", "554 5.5.0 MI:STC", T, id="MI:STC-other-edition"),
        pytest.param("rcpt", "550 RP:TRC", T, id="RP:TRC-daily-recipients"),
        pytest.param("body", "550 DT:SPM", N, id="DT:SPM-550-never"),
        pytest.param("body", "554 DT:SPM mta21", N, id="DT:SPM-554-never"),
        pytest.param("rcpt", "550 RP:RCL", N, id="RP:RCL-too-many-recipients"),
        pytest.param("rcpt", "552 Requested: too much recipient", N, id="too-much-recipient"),
        pytest.param("body", "552 Illegal Attachment", N, id="illegal-attachment"),
        pytest.param(
            "mail", "552 Requested mail action aborted: exceeded mailsize limit", N, id="too-big"
        ),
        pytest.param("rcpt", "550 Invalid User", N, id="invalid-user"),
        pytest.param("rcpt", "550 User not found: x@163.com", N, id="user-not-found"),
        pytest.param("rcpt", "550 User suspended", N, id="user-suspended"),
        pytest.param("rcpt", "550 User in blacklist", N, id="user-in-blacklist"),
        pytest.param("auth", "535 Error: authentication failed", C, id="wrong-code"),
        pytest.param("auth", "550 User has no permission", C, id="smtp-switched-off"),
        pytest.param("mail", "553 Requested action not taken: NULL sender is not allowed", C,
                     id="null-sender"),
        pytest.param("mail", "553 Requested action not taken: Local user only", C, id="local-only"),
        pytest.param("mail", "553 authentication is required", C, id="login-required"),
        pytest.param("mail", "553 Mail from must equal authorized user", C, id="other-sender"),
        pytest.param("body", "554 DT:SUM", C, id="DT:SUM-envelope-unlike-From"),
        pytest.param("mail", "554 MI:SPB", C, id="MI:SPB"),
        pytest.param("mail", "550 MI:IMF", C, id="MI:IMF"),
        pytest.param("mail", "550 MI:NHD", C, id="MI:NHD"),
        pytest.param("mail", "550 MI:SPF", C, id="MI:SPF"),
        pytest.param("mail", "550 MI:DMA", C, id="MI:DMA"),
        pytest.param("rcpt", "550 RP:FRL", C, id="RP:FRL"),
        pytest.param(
            "auth", "451 Requested mail action not taken: too much fail authentication", L,
            id="too-many-wrong-codes",
        ),
        pytest.param("connect", "554 IP is rejected, smtp auth error limit exceed", L,
                     id="auth-error-limit"),
        pytest.param("connect", "554 HL:IHU", L, id="HL:IHU"),
        pytest.param("connect", "554 HL:IPB", L, id="HL:IPB"),
        pytest.param("connect", "554 IP in blacklist", L, id="ip-in-blacklist"),
        pytest.param("rcpt", "450 DT:RBL", L, id="DT:RBL"),
        pytest.param("body", "450 WM:BLI", L, id="WM:BLI"),
        pytest.param("body", "450 WM:BLU", L, id="WM:BLU"),
        pytest.param("body", "250 Mail OK queued as smtp11,abc 1700000000", S, id="accepted"),
        pytest.param("rcpt", "451 4.7.1 greylisted", R, id="greylisting"),
        pytest.param("rcpt", "550 5.1.1 no such mailbox", N, id="other-server-no-such-mailbox"),
        pytest.param("rcpt", "452 4.5.3 Too many recipients", N, id="other-server-recipients"),
        pytest.param("mail", "550 5.7.1 not allowed", C, id="refused-before-any-recipient"),
        pytest.param("connect", "554 no service", C, id="refused-at-the-door"),
        pytest.param("auth", "454 temporary failure", R, id="login-temporarily-down"),
        pytest.param("body", "-1 gibberish", U, id="no-number-after-the-body"),
    ],
)  # fmt: skip
def test_by_tag(stage: Stage, reply: str, expected: Outcome) -> None:
    code, _, words = reply.partition(" ")

    assert classify(stage, int(code), words.encode()).outcome is expected


@pytest.mark.parametrize("tag", ["MI:STC", "mi:stc", "Mi:Stc"])
def test_case_of_tags_does_not_matter(tag: str) -> None:
    assert classify("mail", 554, tag).outcome is Outcome.TOMORROW


def test_gbk_words_are_read() -> None:
    reply = classify("auth", 535, "Error: authentication failed 授权码错误".encode("gbk"))

    assert reply.outcome is Outcome.CONFIGURATION
    assert "授权码错误" in reply.text


@pytest.mark.parametrize("code", [535, 550, 553, 554])
def test_configuration_errors_say_what_to_do(code: int) -> None:
    reply = classify("auth", code, "Error: authentication failed")

    assert "请" in reply.said


@given(
    st.sampled_from(["connect", "ehlo", "auth", "mail", "rcpt", "data", "body"]),
    st.integers(-1, 999),
    st.binary(max_size=500),
)
def test_any_bytes_give_an_outcome_in_one_printable_line(
    stage: Stage, code: int, words: bytes
) -> None:
    reply = classify(stage, code, words)

    assert reply.text.isprintable()
    assert len(reply.text) <= LONGEST


@given(st.integers(-1, 999), st.binary(max_size=100))
def test_nothing_counts_as_sent_before_the_body(code: int, words: bytes) -> None:
    assert classify("rcpt", code, words).outcome is not Outcome.SENT
