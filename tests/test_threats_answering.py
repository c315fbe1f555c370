"""Threats 2, 13 and 14: forged headers are no proof, robots get no second answer, strangers none.

The short forms run in every test; MAILBOT_FORGERIES and MAILBOT_STRANGERS set the long ones
(`make forgeries`).
"""

import os
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from filing_samples import FilingDesk, draft_mail, filing_desk
from office_samples import CONFIG, DUTY, OFFICE, POST, emergency, watching
from order_samples import (
    NOON,
    UNIT_ADDRESS,
    Clerk,
    clerk_at_work,
    filled,
    links,
    mail,
    office_config,
)

from mailbot.demo.mails import Sample, write
from mailbot.rules.orders import Order, read_orders
from mailbot.rules.plain_sender import is_plain
from mailbot.stages.orders_proof import Witness
from mailbot.stages.receipts import goes_round
from mailbot.stages.watching import SEEN_UNTIL
from parsers.facts import Reading
from parsers.message import read_message
from store.records import EventRecord, OutboxRecord

FORGERIES = int(os.environ.get("MAILBOT_FORGERIES", "1000"))
STRANGERS = int(os.environ.get("MAILBOT_STRANGERS", "60"))
TEAM = "直属一大队"


def tell(line: str) -> None:
    """A figure for docs/reliability.md; pytest -s shows it."""
    sys.stdout.write(f"\n{line}\n")


# ---- threat 2: headers are written by whoever wants to be believed

WORDS = ["采用 #1 达州要情 单条", "收到 #E1", "退回 #1 不用了", "确认", "批示 #1 市委主要领导"]
PRAISE = [
    "Authentication-Results: mx12; spf=pass smtp.mail={from_}; dkim=pass header.i=@example.com",
    "Authentication-Results: {host}; spf=pass smtp.mail={from_}; dmarc=pass",
    "Received: from example.com by mx12 (Coremail) with SMTP id {id}; Thu, 20 Apr 2023 08:30:00 +0800",
    "X-CM-TRANSID: {id}",
    "Received-SPF: pass (mx12: domain of {from_} designates 1.2.3.4)",
    "ARC-Seal: i=1; a=rsa-sha256; d=163.com; cv=none; b={id}",
    "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; h=from; b={id}",
    "Return-Path: <{from_}>",
    "Reply-To: {from_}",
    "Sender: {from_}",
    "X-Originating-IP: [127.0.0.1]",
]


def forged(chance: random.Random, known: list[str]) -> bytes:
    """An order in the office's name, with headers that speak for it and guesses at its proof."""
    sender = chance.choice([OFFICE, DUTY, OFFICE.upper()])
    secret = f"{chance.getrandbits(80):020x}"
    values = {"from_": sender, "host": f"mx{chance.randrange(99)}", "id": secret}
    praise = [line.format(**values) for line in chance.choices(PRAISE, k=chance.randrange(6))]
    proof = chance.choice(["", f" 校验码{secret}", f" 凭证{chance.randrange(1, 9)}-{secret}"])
    words = f"{chance.choice(WORDS)}{proof}"
    guessed = chance.choice([f"<mb.{chance.getrandbits(160):040x}@163.com>", *known])
    guessed = guessed.replace(chance.choice("0123456789abcdef"), chance.choice("0123456789abcdef"))
    headers = [f"In-Reply-To: {guessed}"] if guessed not in known and chance.random() < 0.5 else []
    chance.shuffle(praise)
    raw = mail(sender, words, words, when=NOON, sender_header=f"From: <{sender}>")
    top = "\r\n".join([*praise, *headers])
    return (f"{top}\r\n" if top else "").encode() + raw.replace(b"\n", b"\r\n")


def proofs(clerk: Clerk, raw: bytes) -> list[str]:
    """What filing would find proved in a mail's orders."""
    message = read_message(raw).message
    if message is None or not is_plain(message):
        return []
    with clerk.store.work() as uow:  # never committed: asking uses nothing up
        witness = Witness(uow, CONFIG, POST.stamp, message, clerk.now)
        orders = read_orders(message.subject, message.body)
        return [witness.of(order) for order in orders if isinstance(order, Order)]


@pytest.mark.timeout(7200)
def test_threat_2_forged_headers_prove_nothing_and_the_genuine_all_count(tmp_path: Path) -> None:
    """Every forgery against the letters that really left; then what these letters prove."""
    chance = random.Random(2)
    with clerk_at_work(tmp_path) as clerk:
        clerk.draft(), clerk.event()
        watching(clerk.store, clerk.config).watch(clerk.now)
        letters = clerk.fresh()
        known = [letter.message_id for letter in letters]
        accepted = tried = 0
        for _ in range(FORGERIES):
            found = proofs(clerk, forged(chance, known))
            tried += bool(found)
            accepted += "proved" in found
        genuine = list(genuine_orders(letters))
        taken = sum(proofs(clerk, raw) == ["proved"] for raw in genuine)

    tell(
        f"{FORGERIES} forgeries, {tried} read as orders: {accepted} accepted; genuine {taken} of {len(genuine)}"
    )
    assert accepted == 0
    assert tried > FORGERIES // 2
    assert taken == len(genuine) > 3


def genuine_orders(letters: list[OutboxRecord]) -> Iterator[bytes]:
    """Each link of each letter as a click sends it, and an answer to each letter."""
    for letter in letters:
        to = letter.to[0]
        yield mail(to, "查询 应报", "查询 应报", ("In-Reply-To", letter.message_id))
        if letter.key.startswith("alert/"):
            yield mail(to, "收到 #E1", "", ("In-Reply-To", letter.message_id))
        for link in links(letter).values():
            subject, body = filled(link)
            if "（请写" not in subject:
                yield mail(to, subject, body)


# ---- threat 13: robots that answer whatever they get


@dataclass
class Robot:
    """Answers each letter at once, in its own manner."""

    manner: str
    address: str = UNIT_ADDRESS
    reads: frozenset[str] = frozenset({UNIT_ADDRESS, "unit24@example.com"})
    heard: int = 0

    def answer(self, letter: OutboxRecord, desk: FilingDesk, now: object) -> bytes:
        """What comes back."""
        del desk
        self.heard += 1
        headers = [("In-Reply-To", letter.message_id)]
        subject, body = f"Re: {letter.subject}", "您的来信已收到，我们将尽快处理。"
        if self.manner == "rfc-3834":
            headers.append(("Auto-Submitted", "auto-replied"))
        if self.manner == "qq-vacation":
            subject, headers = f"自动回复: {letter.subject}", [("X-QQ-AUTO-REPLY", "true")]
        if self.manner == "subject-alone":
            subject = f"自动回复：{letter.subject}"
        if self.manner == "quotes-everything":
            body += f"\n\n------------------ 原始邮件 ------------------\n{letter.text}"
        if self.manner == "returns-it-unmarked":
            subject, body, headers = letter.subject, letter.text, []
        return mail(self.address, subject, body, *headers, when=now)  # type: ignore[arg-type]


MANNERS = [
    "rfc-3834", "qq-vacation", "subject-alone", "unmarked", "quotes-everything", "returns-it-unmarked",
]  # fmt: skip


def answers_to(letters: list[OutboxRecord], address: str) -> list[str]:
    return [one.key for one in letters if one.lane in ("receipt", "answer") and address in one.to]


def letters_of(desk: FilingDesk) -> list[OutboxRecord]:
    with desk.store.look() as uow:
        return list(reversed(uow.outbox.listing(limit=100_000)))


def draft_of(address: str, title: str, now: object) -> bytes:
    """A unit's draft from this address."""
    raw = draft_mail(TEAM, title, now)  # type: ignore[arg-type]
    return raw.replace(b"5@u.example", address.encode())


@pytest.mark.parametrize("manner", MANNERS)
def test_threat_13_a_robot_gets_one_answer_in_a_simulated_day(tmp_path: Path, manner: str) -> None:
    """It sends a draft and answers all it gets, chasing letters too: one answer of these at most."""
    robot, config, now = Robot(manner), office_config(), NOON
    with filing_desk(tmp_path, config) as desk:
        phoned = EventRecord(0, TEAM, "燃气泄漏", "燃气", "alert", "open", now, "cli")
        emergency(desk.store, phoned)
        desk.fetch(draft_of(robot.address, "占道经营整治", now), now, now)
        answered: set[int] = set()
        for _ in range(36):
            now += timedelta(minutes=40)
            with desk.store.work() as uow:
                uow.facts.put(SEEN_UNTIL, now.isoformat(), now)  # the mailbox was read just now
                uow.commit()
            watching(desk.store, config).watch(now)
            for letter in letters_of(desk):
                if robot.reads & {*letter.to} and letter.id not in answered:
                    answered.add(letter.id)
                    desk.fetch(robot.answer(letter, desk, now), now, now)
        first, *more = answers_to(letters_of(desk), robot.address)

    tell(f"{manner}: {robot.heard} letters heard, {len(more)} of its answers answered")
    assert robot.heard > 2
    assert first.startswith("receipt/"), "the draft's own receipt"
    assert len(more) <= 1, more


def test_threat_13_who_was_answered_is_remembered_for_a_day_without_the_address(
    tmp_path: Path,
) -> None:
    """An address may be of any length; a name of the facts must not tell it, nor for ever."""
    with filing_desk(tmp_path, office_config()) as desk:
        desk.fetch(draft_of("b@u.example", "占道经营整治", NOON), NOON, NOON)
        watching(desk.store, office_config()).watch(NOON)
        ours = letters_of(desk)[0].message_id

        def again(address: str, now: datetime) -> tuple[bool, list[str]]:
            raw = mail(address, "Re: 回执", "收到", ("In-Reply-To", ours), when=now)
            message = read_message(raw).message
            with desk.store.work() as uow:
                round_ = goes_round(uow, message, Reading("0" * 64, 1, message, ()), now)
                uow.commit()
                return round_, list(uow.facts.names("receipts.bare/"))

        first, second = f"{'a' * 60}@{'a' * 60}.example", "b@u.example"
        answered, (name,) = again(first, NOON)
        assert not answered
        assert "a@a" not in name
        assert again(first, NOON + timedelta(hours=23)) == (True, [name])
        _, (other,) = again(second, NOON + timedelta(hours=25))
        assert other != name


def test_threat_13_two_of_us_do_not_answer_each_other(tmp_path: Path) -> None:
    """Two such offices, each a unit of the other: one draft, one receipt, then silence for a day."""
    config, now, ours, theirs = office_config(), NOON, "a@ours.example", UNIT_ADDRESS
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    with filing_desk(tmp_path / "a", config) as one, filing_desk(tmp_path / "b", config) as other:
        one.fetch(draft_of(theirs, "占道经营整治", now), now, now)
        carried: dict[str, set[int]] = {"one": set(), "other": set()}
        crossed = 0
        for _ in range(36):
            now += timedelta(minutes=40)
            for name, source, target, sender in (
                ("one", one, other, ours), ("other", other, one, theirs),
            ):  # fmt: skip
                for letter in letters_of(source):
                    if theirs not in letter.to or letter.id in carried[name]:
                        continue
                    carried[name].add(letter.id)
                    crossed += 1
                    headers = tuple(letter.headers.items())
                    raw = mail(sender, letter.subject, letter.text, *headers, when=now)
                    target.fetch(raw, now, now)
        total = answers_to(letters_of(one), theirs) + answers_to(letters_of(other), theirs)

    tell(f"two of us: {crossed} letters crossed, {len(total)} answers")
    assert crossed == len(total) == 1


# ---- threat 14: somebody else's address in From


def stranger(chance: random.Random, number: int) -> bytes:
    """A draft as a unit writes it, in the name of somebody who is to be flooded."""
    victim = f"victim{number % 40}@{chance.choice(['bank', 'shop', 'home'])}.example"
    name = chance.choice([TEAM, "市政管理科", "办公室", "postmaster"])
    headers = [("Reply-To", victim), ("Sender", UNIT_ADDRESS), ("Return-Path", f"<{victim}>")]
    text = (
        f"{TEAM}开展第{number}次占道经营整治，劝导商户{number % 90}户。（撰稿：某某　审核：某某）"
    )
    sample = Sample("", NOON, victim, name, f"信息稿件{number}", text, headers=tuple(headers))
    return write(sample)


@pytest.mark.timeout(7200)
def test_threat_14_strangers_get_no_receipt(tmp_path: Path) -> None:
    chance = random.Random(14)
    with filing_desk(tmp_path, office_config()) as desk:
        for number in range(STRANGERS):
            desk.fetch(stranger(chance, number), NOON, NOON)
        with desk.store.look() as uow:
            filed = sum(uow.messages.counts().values())
        receipts = [one.key for one in letters_of(desk) if one.lane != "urgent"]

    tell(f"{filed} drafts of forged strangers: {len(receipts)} letters")
    assert filed == STRANGERS
    assert receipts == []


@pytest.mark.parametrize(
    "field", ["Reply-To", "Sender", "Return-Path", "Cc", "Disposition-Notification-To"]
)
def test_threat_14_a_receipt_goes_to_the_registered_address_alone(
    tmp_path: Path, field: str
) -> None:
    with filing_desk(tmp_path, office_config()) as desk:
        raw = f"{field}: <victim@bank.example>\n".encode() + draft_of(UNIT_ADDRESS, "整治", NOON)
        desk.fetch(raw, NOON, NOON)
        assert {address for one in letters_of(desk) for address in one.to} == {UNIT_ADDRESS}


def test_threat_14_a_unit_in_whose_name_somebody_floods_gets_few_receipts(tmp_path: Path) -> None:
    """The cap counts a day's mails of the sender; the drafts are on record all the same."""
    capped = office_config()
    letters = capped.letters.model_copy(update={"receipts_per_sender_per_day": 5})
    capped = capped.model_copy(update={"letters": letters})
    with filing_desk(tmp_path, capped) as desk:
        for number in range(25):
            desk.fetch(draft_of(UNIT_ADDRESS, f"第{number}次整治", NOON), NOON, NOON)
        with desk.store.look() as uow:
            assert sum(uow.messages.counts().values()) == 25
        assert len(answers_to(letters_of(desk), UNIT_ADDRESS)) == 5
