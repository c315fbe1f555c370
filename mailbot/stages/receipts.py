"""【回执】: what was counted and what is missing, to the unit that sent the mail."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from mailbot.config import Config
from mailbot.records.letter_lines import (
    CloudFile,
    NotRead,
    Progress,
    ReceiptDraft,
)
from mailbot.records.letters import Receipt
from mailbot.records.verdicts import Hint, Judgement
from mailbot.rules.fulfilment import DELIVERED
from mailbot.stages.draft_rows import NOT_A_DRAFT, PICTURES, UNDECIDED, column_label, length_note
from parsers.facts import ImageFact, Message, Reading
from store.records import DraftRecord
from store.unit_of_work import UnitOfWork

_DAY, _LETTERS_COUNT_FOR = timedelta(days=1), timedelta(days=30)
_BARE = "receipts.bare/"  # + hash of a sender: when his answer without a file got a receipt
_ANSWERED = re.compile(
    r"\s*(?:(?:re|aw|回复|答复|回覆|fw|fwd|转发)\s*(?:\[\d+\])?\s*[:：]\s*)*", re.IGNORECASE
)
_ASKED_ALREADY: Mapping[str, str] = {"签发": "审核签发", "联系人": "联系方式"}
_RELATIONS: Mapping[str, str] = {
    "exact": "与已登记的 #{} 内容相同，不重复计数",
    "revision": "为已登记的 #{} 的修改稿，按一篇计",
    "near": "与已登记的 #{} 基本相同，不重复计数",
    "same_title": "与已登记的 #{} 标题相同、内容不同",
    "other_unit": "与其他单位报送的 #{} 内容相同，暂不计数，请说明是否联合报送",
}
_COUNTED_RELATIONS: Mapping[str, str] = {
    "exact": "与 #{} 内容相同，该稿已不计数，本稿计一篇",
    "revision": "为 #{} 的修改稿，该稿已不计数，本稿计一篇",
    "near": "与已登记的 #{} 相近，暂计一篇，由办公室核对",
    "same_title": "与已登记的 #{} 标题相同、内容不同，另计一篇",
    "other_unit": "与其他单位报送的 #{} 相近，暂计一篇，请说明是否联合报送",
}


def may_answer(
    uow: UnitOfWork, config: Config, message: Message, known: Mapping[str, str], now: datetime
) -> bool:
    """Whether this sender gets a receipt: known, not ourselves, and within the daily cap."""
    sender = message.sender.address
    if not config.letters.receipts or not sender or len(message.senders) > 1:
        return False
    if sender in config.own_addresses or sender in config.office.addresses or is_robot(message):
        return False
    if sender not in known and not config.letters.receipts_to_unknown_senders:
        return False
    since = now - timedelta(days=1)
    answered = uow.messages.answered_today(sender, since, ["draft"])
    return answered <= config.letters.receipts_per_sender_per_day


def goes_round(uow: UnitOfWork, message: Message, reading: Reading, now: datetime) -> bool:
    """Whether a receipt would only feed a robot that answers whatever it gets, unmarked.

    An answer to a letter of ours that brings nothing but its words gets one receipt a day;
    what it says is filed, judged and alerted all the same.
    """
    if _brings_something(uow, reading):
        return False
    if not _answers_us(uow, message, now):
        return False
    forget_bare(uow, now)
    address = message.sender.address.encode("utf-8", "replace")
    name = f"{_BARE}{hashlib.sha256(address).hexdigest()}"
    last = uow.facts.get(name)
    if last is not None and now - datetime.fromisoformat(str(last)) < _DAY:
        return True
    uow.facts.put(name, now.isoformat(), now)
    return False


def _brings_something(uow: UnitOfWork, reading: Reading) -> bool:
    """A document, a link of a big attachment, an attached mail, or a picture not seen before.

    The picture in a robot's signature comes with each of its answers; a letter of ours that
    it attaches is no news either.
    """
    pictures = {file.sha256 for file in reading.files if isinstance(file.content, ImageFact)}
    if any(not isinstance(file.content, ImageFact) for file in reading.files):
        return True
    if pictures - uow.messages.came_again(pictures):
        return True
    if reading.message is not None and reading.message.cloud_links:
        return True
    return any(
        (inner.all_drafts or _brings_something(uow, inner)) and not _is_ours(uow, inner.message)
        for inner in reading.nested
    )


def _is_ours(uow: UnitOfWork, message: Message | None) -> bool:
    if message is None:
        return False
    name, subject, sent_at = message.message_id, message.subject.strip(), message.sent_at
    if name and uow.outbox.by_message_id(name):
        return True
    if not subject or sent_at is None:
        return False
    return uow.outbox.has_subject(subject, sent_at - _DAY)


def forget_bare(uow: UnitOfWork, now: datetime) -> None:
    """Whom a receipt went to over a day ago is nobody's business any more."""
    uow.facts.drop_old(_BARE, now - _DAY)


def _answers_us(uow: UnitOfWork, message: Message, now: datetime) -> bool:
    """It names a letter of ours, or bears the very subject of one."""
    named = (message.in_reply_to, *message.references[-10:])
    if any(uow.outbox.by_message_id(name) for name in named if name):
        return True
    subject = _ANSWERED.sub("", message.subject, count=1).strip()
    return bool(subject) and uow.outbox.has_subject(subject, now - _LETTERS_COUNT_FOR)


def is_robot(message: Message) -> bool:
    """Whether a machine sent it (RFC 3834): never answered, whatever is attached."""
    headers = message.headers
    if headers.get("auto-submitted", "no").split(";")[0].strip().lower() != "no":
        return True
    if headers.get("precedence", "").strip().lower() in ("bulk", "junk", "list"):
        return True
    if headers.get("return-path", "").strip() == "<>":
        return True
    marks = ("list-id", "list-unsubscribe", "x-qq-auto-reply", "x-autoreply", "x-autorespond")
    return any(mark in headers for mark in marks)


def receipt(
    config: Config,
    reading: Reading,
    message: Message,
    filed: Sequence[tuple[DraftRecord, Judgement]],
    *,
    unit: str,
    received_at: datetime,
    progress: Sequence[Progress],
) -> Receipt:
    """The receipt of one mail."""
    return Receipt(
        unit=unit,
        subject=message.subject,
        received_at=received_at,
        drafts=tuple(_line(config, record, judgement) for record, judgement in filed),
        unreadable=tuple(NotRead(u.name, u.reason, u.remedy) for u in reading.unreadable),
        cloud=tuple(CloudFile(c.name, c.size, c.expires_at) for c in message.cloud_links),
        images=len(reading.images),
        progress=tuple(progress),
        office=config.office.name,
        telephone=config.office.telephone,
    )


def _line(config: Config, record: DraftRecord, judgement: Judgement) -> ReceiptDraft:
    counted, because = _counted(record)
    emergency = record.emergency != "none"
    return ReceiptDraft(
        number=f"#{record.id}",
        title=record.title,
        unit="、".join(record.joint) or record.unit,
        kind=record.kind,
        column=column_label(record.column),
        words=record.words,
        words_total=record.words_total,
        words_cjk=record.words_cjk,
        approximate=record.approximate,
        counted=counted,
        counted_because=because,
        length_note="" if emergency else length_note(record.kind, record.words, config.notice),
        punctuality=_punctuality(record, config) if emergency else "",
        task="；".join(filter(None, (_task(record, config), _request(record)))),
        missing=_missing(record),
        elements_missing=record.elements_missing,
        hints=judgement.hints[:5] or tuple[Hint, ...](),
        review=judgement.needs_review,
        reading=record.warnings,
    )


def _missing(record: DraftRecord) -> tuple[str, ...]:
    """What the clause asks for, without what an emergency's unit is asked for at once."""
    asked = {_ASKED_ALREADY.get(element) for element in record.elements_missing}
    return tuple(item for item in record.missing if item not in asked)


def _counted(record: DraftRecord) -> tuple[bool, str]:
    if record.kind == NOT_A_DRAFT:
        return False, "判为非稿件，未计入报送任务；如有出入请与办公室联系"
    if record.relation and record.same_item_as is not None:
        counts = record.state == "counted"
        told = _COUNTED_RELATIONS if counts else _RELATIONS
        return counts, told[record.relation].format(record.same_item_as)
    if record.kind == PICTURES:
        return True, f"已登记不重复图片{len(record.distinct_images)}张（附件3第26项）"
    if record.kind == UNDECIDED and not record.words_total:
        return False, "没有读到正文，暂不计入，收到可读的稿件后再计"
    if record.kind == UNDECIDED:
        return True, "已登记，类型待办公室审定后计入"
    return True, f"已登记，计入{column_label(record.column)}"


def _punctuality(record: DraftRecord, config: Config) -> str:
    limit = config.emergency.report_within_minutes
    if record.punctuality == "时间待核":
        return f"文中事发时间不明或有出入，请补报准确的事发时间（须{limit}分钟内报送，二·一）"
    if record.minutes_to_report is None:
        return ""
    took = f"事发至收到{record.minutes_to_report}分钟"
    return f"{took}，{record.punctuality}（须{limit}分钟内报送，二·一）"


def _request(record: DraftRecord) -> str:
    """The 约稿 or activity this draft closed."""
    told = (reason for reason in record.reasons if reason.get("verdict") in DELIVERED)
    return next((str(reason["because"]).partition("报送，")[2] for reason in told), "")


def _task(record: DraftRecord, config: Config) -> str:
    for task in config.tasks:
        if task.no == record.task:
            return f"附件3第{task.no}项“{task.content}”"
    return ""
