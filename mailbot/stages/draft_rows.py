"""From what the parsers read and the rules decided to the row that is kept."""

from collections.abc import Sequence
from dataclasses import asdict

from mailbot.notice import Notice
from mailbot.records.verdicts import Judgement, Lateness, Reason
from mailbot.rules.duplicates import Fingerprint
from parsers.facts import (
    DocumentText,
    DraftText,
    Message,
    MessageKind,
    Reading,
    Segments,
    WordCount,
)
from store.records import DraftRecord, DraftState, MessageRecord

NOT_A_DRAFT = "非稿件"
UNDECIDED = "待审"
PICTURES = "图集"
PICTURES_UNREAD = "图片按图集登记，不作文稿读取；如为文稿的照片或截图，请另发 Word 文字稿。"


def pictures_as_draft(reading: Reading, message: Message) -> DraftText:
    """A mail's pictures under its subject, so that they are on record with their unit."""
    parts = Segments(title=message.subject, body=message.body, full=message.body)
    return DraftText(
        source="",
        sha256=reading.sha256,
        segments=parts,
        count=WordCount(0, 0, 0),
        format="image",
        images=reading.images,
        warnings=(
            PICTURES_UNREAD,
            *(
                f"{file.name}：{warning}"
                for file in reading.files
                if isinstance(file.content, DocumentText) and not file.content.text.strip()
                for warning in file.content.warnings
            ),
        ),
    )


def is_late(lateness: Lateness) -> bool | None:
    """True 超时, False 按时, None when nothing can be said."""
    return {"超时": True, "按时": False}.get(lateness.verdict)


def state_of(judgement: Judgement) -> DraftState:
    """Whether a text counts as a draft of its unit."""
    if judgement.kind.kind == NOT_A_DRAFT or not judgement.duplicate.counts:
        return "not_counted"
    return "counted"


def draft_row(
    draft: DraftText,
    judgement: Judgement,
    *,
    mail: MessageRecord,
    ordinal: int,
    mark: Fingerprint,
) -> DraftRecord:
    """The record of one judged text; its id is given by the store."""
    emergency, unit = judgement.emergency, judgement.unit
    when = emergency.event_time
    return DraftRecord(
        id=0,
        message_id=mail.id,
        ordinal=ordinal,
        received_at=mail.received_at,
        unit=unit.registered,
        joint=unit.joint,
        unit_confidence=unit.confidence,
        title=draft.segments.title or draft.source,
        kind=judgement.kind.kind,
        column=judgement.kind.column,
        words=draft.count.words,
        words_total=draft.count.words_total,
        words_cjk=draft.count.words_cjk,
        approximate=draft.count.approximate,
        state=state_of(judgement),
        emergency=emergency.level,
        stage=emergency.stage,
        hazard=emergency.hazard,
        event_earliest=when.earliest if when else None,
        event_latest=when.latest if when else None,
        reported_at=emergency.report_time.latest if emergency.report_time else None,
        minutes_to_report=emergency.lateness.minutes,
        punctuality=emergency.lateness.verdict,
        late=is_late(emergency.lateness),
        task=judgement.task.no,
        same_item_as=judgement.duplicate.draft_id,
        relation=judgement.duplicate.relation or "",
        fingerprint=mark.stored,
        text_sha256=mark.text_sha256,
        source=draft.source,
        text=draft.segments.full,
        needs_review=judgement.needs_review,
        reasons=tuple(_reason(reason) for reason in judgement.reasons),
        warnings=tuple(dict.fromkeys((*draft.warnings, *judgement.warnings))),
        missing=judgement.completeness.missing,
        elements_missing=emergency.missing if emergency.level != "none" else (),
        distinct_images=tuple(dict.fromkeys(image.sha256 for image in draft.images)),
        rules_version="/".join(filter(None, _versions(judgement))),
    )


def _versions(judgement: Judgement) -> tuple[str, ...]:
    """Of the cue files that had a say."""
    kind, unit = judgement.kind, judgement.unit
    return judgement.emergency.rules_version, kind.rules_version, unit.rules_version


def _reason(reason: Reason) -> dict[str, object]:
    return {name: value for name, value in asdict(reason).items() if value not in ("", 0)}


def column_label(column: int | None) -> str:
    """第①栏, 第②栏 or 第③栏 of annex 2; "" for none."""
    return "" if column is None else f"第{'①②③'[column - 1]}栏"


def length_note(kind: str, words: int, notice: Notice) -> str:
    """How a draft's length compares with what 二 asks, "" within the tolerance."""
    rule = notice.kinds.get(kind)
    if rule is None:
        return ""
    tolerance = notice.open_questions.length_tolerance
    asked = (
        f"{rule.shortest}字"
        if rule.shortest == rule.longest
        else "-".join((str(rule.shortest), f"{rule.longest}字"))
    )
    if words < rule.shortest * (1 - tolerance):
        return f"正文{words}字，少于通知要求的约{asked}（二）"
    if words > rule.longest * (1 + tolerance):
        return f"正文{words}字，多于通知要求的约{asked}（二）"
    return ""


def kind_of(filed: Sequence[DraftRecord], reading: Reading) -> tuple[str, str]:
    """What a mail from the draft road ends as, with the reason shown to the office."""
    if any(record.kind == PICTURES for record in filed):
        return MessageKind.DRAFT, f"图片{len(reading.images)}张"
    if any(record.kind != NOT_A_DRAFT for record in filed):
        return MessageKind.DRAFT, f"含{len(filed)}篇文稿"
    if reading.unreadable or (reading.message and reading.message.cloud_links):
        return MessageKind.DRAFT, "附件未能读取，已请对方重新发送"
    if filed:
        return MessageKind.OTHER, "内容判为非稿件"
    return MessageKind.OTHER, "没有发现文稿"
