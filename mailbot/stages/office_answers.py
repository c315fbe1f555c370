"""Answers of the office or the duty that give no order we know: told so, never filed as drafts."""

from datetime import timedelta

from mailbot.config import Config
from mailbot.records.letter_lines import Answered
from mailbot.records.letters import Answer
from mailbot.rules.our_letters import event_answered, quotes_us
from mailbot.stages.arrivals import Arrival
from mailbot.stages.orders_proof import commanders
from mailbot.stages.post import Post, threading_headers
from store.unit_of_work import UnitOfWork

MOST_A_DAY = 5
"""Whoever forges our office's address, or a robot of its own, fills no mailbox."""
_SHOWN = 30
_DAY = timedelta(days=1)


def is_idle(config: Config, arrival: Arrival) -> bool:
    """Whether the office or the duty answers a letter of ours and brings nothing but words."""
    bare = not (arrival.reading.files or arrival.reading.nested or arrival.message.cloud_links)
    by_us = arrival.message.sender.address in commanders(config)
    return bare and by_us and quotes_us(arrival.message.subject)


def explain(uow: UnitOfWork, config: Config, post: Post, arrival: Arrival) -> None:
    """Say that nothing was done, and how to write what is meant."""
    message, sender = arrival.message, arrival.message.sender.address
    said = " ".join(message.body.split())
    prefix = f"idle/{sender}/"
    if not said or len(uow.outbox.keys_like(prefix, arrival.now - _DAY)) >= MOST_A_DAY:
        return
    letter = Answer(
        (Answered(_short(said), done=False, what=_advice(uow, message.subject)),),
        config.office.name,
    )
    post.queue(
        uow,
        letter,
        key=f"{prefix}{arrival.mail.sha256}",
        lane="answer",
        to=(sender,),
        now=arrival.now,
        headers=threading_headers(message.message_id, message.references),
    )


def _short(said: str) -> str:
    return said if len(said) <= _SHOWN else said[:_SHOWN] + "…"


def _advice(uow: UnitOfWork, subject: str) -> str:
    number = event_answered(subject)
    event = uow.events.get(number) if number is not None else None
    if event is None:
        return (
            "没有认出要办的事，没有办理。请一行写一条，例如“更正 #12 类型=动态简讯”；"
            "要撤销的，首行写“撤销”；要确认的，首行写“确认”"
        )
    said = f"没有认出要办的事，没有办理。收到预警的，请直接回复，首行写“收到 #E{event.id}”"
    if not event.draft_ids:
        return said
    return f"{said}；核实不是突发事件的，请用办公室邮箱来信“更正 #{event.draft_ids[-1]} 突发=否”"
