"""Answers to our letters that bring nothing but a few words: judged for emergencies, no drafts.

A unit's stand in the daily digest; the office and the duty are told how to write an order.
"""

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
SHORTEST_DRAFT = 80
"""Signs; 二·一 asks for 300 at least."""
_SHOWN = 30
_DAY = timedelta(days=1)


def is_bare(config: Config, arrival: Arrival) -> bool:
    """Whether a letter of ours is answered by words alone that can be no draft."""
    message, reading = arrival.message, arrival.reading
    bare = not (reading.files or reading.nested or message.cloud_links)
    short = len("".join(message.body.split())) < SHORTEST_DRAFT
    return bare and quotes_us(message.subject) and (short or _by_office(config, arrival))


def _by_office(config: Config, arrival: Arrival) -> bool:
    return arrival.message.sender.address in commanders(config)


def explain(uow: UnitOfWork, config: Config, post: Post, arrival: Arrival) -> None:
    """Tell the office or the duty that nothing was done, and how to write what is meant."""
    if not _by_office(config, arrival):
        return
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
    if len(event.draft_ids) != 1:  # with several reports one correction settles nothing
        return said
    return f"{said}；核实不是突发事件的，请用办公室邮箱来信“更正 #{event.draft_ids[0]} 突发=否”"
