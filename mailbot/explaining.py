"""`mailbot read`: what a mail or document is and why, without storing anything."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from mailbot.cli.printing import iso
from mailbot.records.verdicts import Judgement, Reason
from mailbot.rules.judgement import RuleBook, judge_draft, judge_mail, subject_of
from mailbot.rules.our_letters import own_words
from mailbot.rules.what_if import what_would_change
from parsers.facts import Address, DraftText, Message, MessageKind, Reading

_LATE = {"超时": True, "按时": False}


def explain(
    path: Path,
    reading: Reading,
    *,
    received_at: datetime,
    known: Mapping[str, str],
    book: RuleBook,
    what_if: bool = False,
) -> tuple[dict[str, object], list[tuple[DraftText, Judgement]]]:
    """The contract's document for one input, and the judged drafts behind it.

    With `what_if` each draft also holds "would_change": what would turn its verdicts.
    """
    original, reading = reading, own_words(reading)
    judged = [
        (
            draft,
            judge_draft(
                draft,
                reading,
                received_at=received_at,
                known_addresses=known,
                earlier=(),
                book=book,
            ),
        )
        for draft in reading.all_drafts
    ]
    if not judged and _asks_for_judgement(reading):
        alone = judge_mail(
            reading,
            received_at=received_at,
            known_addresses=known,
            book=book,
            answering=subject_of(original),
        )
        judged = [alone] if alone else []
    document: dict[str, object] = {
        "file": str(path),
        "sha256": reading.sha256,
        "mail": _mail(original.message, received_at),
        "drafts": [draft_document(draft, judgement) for draft, judgement in judged],
        "unreadable": [
            {"name": item.name, "reason": item.reason, "remedy": item.remedy}
            for item in reading.unreadable
        ],
        "images": len({image.sha256 for image in reading.images}),
        "cloud_links": [
            {"name": c.name, "size": c.size, "expires_at": iso(c.expires_at), "url": c.url}
            for c in (reading.message.cloud_links if reading.message else ())
        ],
    }
    if what_if:
        document["drafts"] = [
            draft_document(draft, judgement)
            | {
                "would_change": [
                    _reason(turn)
                    for turn in what_would_change(
                        draft,
                        reading,
                        judgement,
                        received_at=received_at,
                        known_addresses=known,
                        book=book,
                    )
                ]
            }
            for draft, judgement in judged
        ]
    return document, judged


def _asks_for_judgement(reading: Reading) -> bool:
    return reading.message is not None and reading.message.kind is MessageKind.DRAFT


def _mail(message: Message | None, received_at: datetime) -> dict[str, object] | None:
    if message is None:
        return None
    return {
        "from": message.sender.address,
        "from_name": message.sender.name,
        "subject": message.subject,
        "sent_at": iso(message.sent_at),
        "received_at": iso(received_at),
        "message_kind": str(message.kind),
        "kind_because": message.kind_because,
        "defects": list(message.defects),
    }


def draft_document(draft: DraftText, judgement: Judgement) -> dict[str, object]:
    """The contract's keys of one draft."""
    unit, emergency = judgement.unit, judgement.emergency
    when = emergency.event_time
    return {
        "attachment": draft.source,
        "title": draft.segments.title,
        "unit": None
        if unit.name is None
        else {
            "name": unit.name,
            "confidence": unit.confidence,
            "proposed": unit.proposed,
            "joint": list(unit.joint),
            "reasons": [reason.because for reason in unit.reasons],
        },
        "kind": judgement.kind.kind,
        "candidates": [list(candidate) for candidate in judgement.kind.candidates],
        "column": judgement.kind.column,
        "words": draft.count.words,
        "words_total": draft.count.words_total,
        "words_cjk": draft.count.words_cjk,
        "approximate": draft.count.approximate,
        "body_first": draft.segments.body_first,
        "body_last": draft.segments.body_last,
        "emergency": emergency.level,
        "stage": emergency.stage,
        "event_time": iso(when.earliest) if when else None,
        "event_time_latest": iso(when.latest) if when else None,
        "minutes_to_report": emergency.lateness.minutes,
        "late": _LATE.get(emergency.lateness.verdict),
        "punctuality": emergency.lateness.verdict,
        "task": judgement.task.no,
        "task_note": judgement.task.note,
        "missing": list(judgement.completeness.missing),
        "elements_missing": list(emergency.missing),
        "hints": [asdict(hint) for hint in judgement.hints],
        "images": len(draft.images),
        "needs_review": list(judgement.needs_review),
        "warnings": list(dict.fromkeys((*draft.warnings, *judgement.warnings))),
        "reasons": [_reason(reason) for reason in judgement.reasons],
    }


def _reason(reason: Reason) -> dict[str, object]:
    document: dict[str, object] = {
        "verdict": reason.verdict,
        "because": reason.because,
        "clause": reason.clause,
    }
    if reason.points:
        document["points"] = reason.points
    return document


def with_sender(reading: Reading, address: str) -> Reading:
    """The reading as if this address had sent it (for --from)."""
    from dataclasses import replace  # noqa: PLC0415  rarely asked for

    sender = Address("", address.strip().lower())
    message = reading.message or Message(
        kind=MessageKind.DRAFT,
        kind_because="单独的文件",
        subject="",
        senders=(),
        reply_to=(),
        to=(),
        cc=(),
        message_id="",
        in_reply_to="",
        references=(),
        sent_at=None,
        received_at=None,
        body="",
    )
    return replace(reading, message=replace(message, senders=(sender,)))
