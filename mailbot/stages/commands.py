"""Commands by mail from the office: what they may do, and the proof they must bear.

A From header proves nothing. An order is taken only from a registered office
address, and only when it answers a letter of ours (its Message-ID went to that
mailbox alone and cannot be guessed) or bears the code printed in that letter.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from mailbot import log
from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.records.letters import Answer, Answered
from mailbot.rules.emergency_deadlines import alert_key
from mailbot.stages.emergencies_by_hand import acknowledge
from mailbot.stages.post import Post, Stamper, threading_headers
from parsers.facts import Message
from store.unit_of_work import UnitOfWork

_ACKNOWLEDGE = re.compile(
    r"(?:收到|确认)\s?[#＃]?\s?E(\d{1,9})(?:\s{1,3}校验码\s?([0-9a-f]{10}))?", re.IGNORECASE
)
_MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Order:
    """An incoming order: who, by which mail, when."""

    message: Message
    sha256: str
    now: datetime


def acknowledge_words(stamp: Stamper, event_id: int) -> str:
    """The subject that acknowledges an event, with the code only its alert bears."""
    return f"收到 #E{event_id} 校验码{_code(stamp, event_id)}"


def _code(stamp: Stamper, event_id: int) -> str:
    return hashlib.sha256(stamp(f"acknowledge/E{event_id}").encode()).hexdigest()[:10]


def carry_out(uow: UnitOfWork, config: Config, post: Post, order: Order) -> str:
    """Carry out the orders of one mail and answer; returns what the ledger says of it."""
    sender = order.message.sender.address
    offices = {*config.office.addresses, *config.office.duty}
    if sender not in offices or len(order.message.senders) != 1:
        log.warning("order_by_stranger", sender=sender)
        return "指令格式的来信，但发件人不是登记的办公室邮箱，没有执行"
    lines = [order.message.subject, *order.message.body.splitlines()[:_MOST_LINES]]
    found = {int(m[1]): m[2] or "" for line in lines for m in _ACKNOWLEDGE.finditer(line)}
    done = [_acknowledge(uow, post, order, event_id, code) for event_id, code in found.items()]
    if not done:
        why = "目前邮件指令只支持确认突发事件，例如：收到 #E1；其他操作请用命令行"
        done = [Answered(order.message.subject, done=False, what=why)]
    post.queue(
        uow,
        Answer(tuple(done), config.office.name),
        key=f"answer/{order.sha256}",
        lane="answer",
        to=[sender],
        now=order.now,
        headers=threading_headers(order.message.message_id, order.message.references),
    )
    return "；".join(f"{item.asked}：{item.what}" for item in done)


def _acknowledge(uow: UnitOfWork, post: Post, order: Order, event_id: int, code: str) -> Answered:
    asked = f"收到 #E{event_id}"
    if not _proved(uow, post, order, event_id, code):
        log.warning("order_unproved", event=event_id)
        why = "没有执行：请直接回复该事件的预警邮件，或使用预警邮件中的按钮"
        return Answered(asked, done=False, what=why)
    try:
        event = acknowledge(uow, event_id, order.message.sender.address, order.now)
    except Refused as refusal:
        return Answered(asked, done=False, what=str(refusal))
    hours = "续报、终报仍会继续跟踪"
    return Answered(
        asked, done=True, what=f"已确认{event.unit}“{event.title}”，停止重复提醒；{hours}"
    )


def _proved(uow: UnitOfWork, post: Post, order: Order, event_id: int, code: str) -> bool:
    """The mail answers an alert of this event, or bears the code of its alert."""
    if code and code.lower() == _code(post.stamp, event_id):
        return True
    prefix = alert_key(event_id, 0).rpartition("/")[0] + "/"
    answered = {order.message.in_reply_to, *order.message.references}
    return any(post.stamp(key) in answered for key in uow.outbox.keys_like(prefix))
