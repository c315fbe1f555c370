"""All rules on one draft, in order: emergency, unit, non-draft gate and kind, task, the rest.

Filing and `mailbot read` both call this, so what an operator is shown is what is filed.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.notice import Notice
from mailbot.records.verdicts import (
    Completeness,
    EmergencyVerdict,
    Judgement,
    KindVerdict,
    UnitVerdict,
)
from mailbot.rules import completeness, duplicates, emergencies, kinds, quality, tasks, units
from mailbot.rules.calendar import local_day
from mailbot.rules.cues import CueTable
from mailbot.rules.duplicates import Fingerprint
from mailbot.rules.elements import completed
from mailbot.rules.our_letters import as_follow_up
from parsers.facts import Address, DraftText, Message, Reading, Segments, WordCount

_FIRST_SENTENCES = 160
_LAST_WORDS = 80
_SUBJECT_MATTER = 4000
_NOT_A_DRAFT = "但看上去不是稿件"
_BY_FAR = 2.5  # points between 非稿件 and the next kind
_TAIL_CREDIT = re.compile(r"[（(]([^（）()\n]{2,40}?)\s{0,4}(?:供稿|报送|投稿|撰稿)?[）)]\s{0,4}$")


@dataclass(frozen=True, slots=True)
class RuleBook:
    """What the rules go by: the notice and the cue tables."""

    notice: Notice
    emergency_cues: CueTable
    kind_cues: CueTable
    task_cues: CueTable
    unit_cues: CueTable

    @property
    def version(self) -> str:
        """Versions of the tables, stored with every verdict."""
        tables = (self.emergency_cues, self.kind_cues, self.task_cues, self.unit_cues)
        return "/".join(table.version for table in tables)


def fingerprint_of(draft: DraftText, subject: str = "") -> Fingerprint:
    """The draft's fingerprint; its `bands` find the earlier drafts to judge it against."""
    parts = draft.segments
    return duplicates.fingerprint(parts.title, parts.body, file_name=draft.source, subject=subject)


def judge_mail(
    reading: Reading,
    *,
    received_at: datetime,
    known_addresses: Mapping[str, str],
    book: RuleBook,
    answering: str = "",
) -> tuple[DraftText, Judgement] | None:
    """A mail without a draft, where its few words or a closed attachment may tell an emergency.

    Returns the mail's own words as a draft, with its judgement; None when nothing in it
    asks for attention (二·一). `answering` is the subject the mail came with, where that is
    a letter of ours: an answer to a 催续报 asks for attention.
    """
    message = reading.message
    if message is None:
        return None
    body = message.body.strip()
    segments = Segments(title=message.subject, body=body, full=f"{message.subject}\n{body}")
    length = len("".join(body.split()))
    draft = DraftText(
        source="",
        sha256=hashlib.sha256(body.encode()).hexdigest(),
        segments=segments,
        count=WordCount(length, length, length, approximate=True),
        format="mail",
    )
    judged = judge_draft(
        draft,
        reading,
        received_at=received_at,
        known_addresses=known_addresses,
        earlier=(),
        book=book,
    )
    judged = as_follow_up(judged, answering, body)
    return None if judged.emergency.level == "none" else (draft, judged)


def judge_draft(
    draft: DraftText,
    reading: Reading,
    *,
    received_at: datetime,
    known_addresses: Mapping[str, str],
    earlier: Sequence[Fingerprint],
    book: RuleBook,
) -> Judgement:
    """Every verdict on one draft.

    Args:
        draft: The draft; one of `reading.all_drafts`.
        reading: The mail or file it came in; a nested mail speaks for its own drafts.
        received_at: The provider's receipt of the outer mail.
        known_addresses: Address → unit name: configured and learnt.
        earlier: Drafts of the ledger that share a band, the text, or unit and title.
        book: Notice and cue tables.
    """
    home = home_of(draft, reading)
    emergency = _emergency(draft, reading, home, received_at, book)
    parts = draft.segments
    kind = kinds.classify(
        title=parts.title,
        body=parts.body,
        words=draft.count.words,
        declared=parts.declared_kind,
        subject=subject_of(home),
        structure=kinds.outline(parts.body),
        emergency_level=emergency.level,
        notice=book.notice,
        cues=book.kind_cues,
    )
    is_draft = kind.kind != kinds.NOT_A_DRAFT and bool(parts.body.strip())
    evidence = evidence_of(draft, reading, home, known_addresses)
    unit = units.identify(evidence, book.notice, book.unit_cues if is_draft else None)
    task = tasks.match(
        units=_who_may_serve(unit, kind, emergency.level),
        title=parts.title,
        subject=subject_of(home),
        body=parts.body,
        images=len(draft.images),
        received_at=received_at,
        notice=book.notice,
        cues=book.task_cues,
    )
    if not unit.registered:
        task = tasks.only_perhaps(task, tasks.UNIT_IN_DOUBT, book.notice)
    elif kind.kind == kinds.NOT_A_DRAFT:
        task = tasks.only_perhaps(task, _NOT_A_DRAFT, book.notice)
    mine = duplicates.of_unit(fingerprint_of(draft, subject_of(home)), unit.registered, received_at)
    return Judgement(
        unit=unit,
        kind=kind,
        emergency=emergency,
        task=task,
        duplicate=duplicates.compare(mine, earlier),
        completeness=completeness.check(parts, home.approval_scans) if is_draft else Completeness(),
        hints=quality.hints(parts.title, parts.body, book.notice, kind.kind, local_day(received_at))
        if is_draft
        else (),
        warnings=draft.warnings,
    )


def _who_may_serve(unit: UnitVerdict, kind: KindVerdict, level: str) -> tuple[str, ...]:
    """Units whose tasks a draft may serve: neither an emergency nor a complaint is publicity."""
    if kind.kind == kinds.PROBLEM or level == "alert" or _is_surely_no_draft(kind):
        return ()
    return unit.joint or ((unit.name,) if unit.name else ())


def _is_surely_no_draft(kind: KindVerdict) -> bool:
    """No draft by far; a lesson in questions and answers is one by a hair's breadth."""
    points = [one for _, one in kind.candidates]
    return kind.kind == kinds.NOT_A_DRAFT and not (
        len(points) > 1 and points[0] - points[1] < _BY_FAR
    )


def _emergency(
    draft: DraftText, reading: Reading, home: Reading, received_at: datetime, book: RuleBook
) -> EmergencyVerdict:
    message = reading.message
    found = emergencies.judge(
        subject=subject_of(home) or subject_of(reading),
        title=draft.segments.title,
        body=draft.segments.body,
        mail_body=home.message.body if home.message and draft.source else "",
        tail="\n".join(f"{label}：{value}" for label, value in draft.segments.credits),
        unreadable_attachment=bool(reading.unreadable),
        sent_at=message.sent_at if message else None,
        received_at=received_at,
        report_within_minutes=book.notice.emergency.report_within_minutes,
        clock_starts_at_report=book.notice.emergency.clock_starts == "report",
        cues=book.emergency_cues,
    )
    questions = book.notice.open_questions
    counts = questions.incomplete_first_report_counts
    lateness = completed(found.lateness, found.missing, incomplete_counts=counts)
    if lateness is found.lateness:
        return found
    review = (*found.needs_review, lateness.reasons[-1].because)
    return replace(found, lateness=lateness, needs_review=review)


def home_of(draft: DraftText, reading: Reading) -> Reading:
    """The reading a draft belongs to: the mail itself, or the one attached to it."""
    if any(own is draft or own == draft for own in reading.drafts):
        return reading
    for inner in reading.nested:
        if draft in inner.all_drafts:
            return home_of(draft, inner)
    return reading


def subject_of(reading: Reading) -> str:
    """Subject of the mail, "" for a file."""
    return reading.message.subject if reading.message else ""


def evidence_of(
    draft: DraftText, reading: Reading, home: Reading, known: Mapping[str, str]
) -> units.UnitEvidence:
    """All that may tell where a draft comes from, out of the mail and the draft."""
    parts = draft.segments
    outer = reading.message.sender if reading.message else Address("", "")
    return units.UnitEvidence(
        sender_address=outer.address,
        sender_name=outer.name,
        known_addresses=known,
        subject=subject_of(home) or subject_of(reading),
        file_name=draft.source or draft.container,
        title=parts.title,
        signature_unit=parts.signature_unit,
        credits=parts.credits + _tail_credit(parts.body),
        first_sentences=parts.body[:_FIRST_SENTENCES],
        last_words=parts.body[-_LAST_WORDS:].rstrip(),
        text=parts.body[:_SUBJECT_MATTER],
        forwarded_from=_original_author(reading.message, home),
        addressee=parts.addressee,
    )


def _original_author(message: Message | None, home: Reading) -> Address | None:
    """Who wrote a forwarded mail: the attached mail's sender, or the one its text shows."""
    if home.message is not None and home.message is not message:
        return home.message.forwarded_from or home.message.sender
    return message.forwarded_from if message else None


def _tail_credit(body: str) -> tuple[tuple[str, str], ...]:
    """A last bracket such as （大竹县综合执法局供稿） left in the body."""
    found = _TAIL_CREDIT.search(body[-60:])
    return (("供稿", found[1]),) if found else ()
