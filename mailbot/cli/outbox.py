"""`mailbot outbox`: outgoing mail, and the operator's hand on it."""

import argparse

from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of, store_of
from mailbot.cli.printing import iso, print_json, print_table, when
from mailbot.clock import system_clock
from mailbot.errors import Refused
from store.records import OutboxRecord, OutboxState

STATES = {
    "queued": "待发",
    "sending": "发送中",
    "sent": "已发",
    "deferred": "稍后重试",
    "failed": "失败",
    "held": "暂停",
    "unknown": "核对中",
    "cancelled": "已取消",
}
LANES = {
    "urgent": "紧急",
    "answer": "答复",
    "receipt": "回执",
    "reminder": "催报",
    "report": "报告",
}
# verb → (states it applies to, state it leads to, what is said)
_MOVES: dict[str, tuple[tuple[OutboxState, ...], OutboxState, str]] = {
    "hold": (("queued", "deferred"), "held", "已暂停"),
    "release": (("held",), "queued", "已恢复发送"),
    "retry": (("failed", "deferred", "held"), "queued", "将立即重试"),
    "cancel": (("queued", "deferred", "held", "failed"), "cancelled", "已取消"),
}
_TO_DO = {"hold": "暂停", "release": "恢复发送", "retry": "立即重试", "cancel": "取消"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    parser = commands.add_parser("outbox", help="发出的信：查看、暂停、恢复、重试、取消")
    actions = parser.add_subparsers(dest="action", metavar="list|show|hold|release|retry|cancel")
    listing = actions.add_parser("list", help="列出信件")
    for target in (parser, listing):
        target.add_argument("--state", choices=list(STATES))
        given.json_flag(target)
        target.set_defaults(run=list_outbox)
    show = actions.add_parser("show", help="一封信的全文和经过")
    show.add_argument("mail", metavar="编号")
    given.json_flag(show)
    show.set_defaults(run=show_mail)
    for verb in _MOVES:
        move = actions.add_parser(verb, help=_TO_DO[verb])
        also = "；恢复备份后写 all，不再等核对，立即恢复发送" if verb == "release" else ""
        move.add_argument("mail", metavar="编号", help=f"信件编号{also}")
        move.set_defaults(run=move_mail, verb=verb)


def summary(mail: OutboxRecord) -> dict[str, object]:
    """The listing's keys of one letter."""
    return {
        "id": mail.id,
        "key": mail.key,
        "lane": mail.lane,
        "to": list(mail.to),
        "subject": mail.subject,
        "state": mail.state,
        "attempts": mail.attempts,
        "next_try": iso(mail.next_try) if mail.state in ("queued", "deferred") else None,
        "message_id": mail.message_id,
        "reason": mail.reason,
        "sent_at": iso(mail.sent_at),
    }


def list_outbox(arguments: argparse.Namespace) -> int:
    """Letters, newest first."""
    with store_of(config_of(arguments)) as store, store.look() as uow:
        found = uow.outbox.listing(arguments.state)
    if arguments.json:
        print_json({"mails": [summary(mail) for mail in found]})
        return 0
    print_table(
        ("编号", "类别", "状态", "发往", "主题", "次数", "时间"),
        (
            (
                mail.id,
                LANES[mail.lane],
                STATES[mail.state],
                "、".join(mail.to),
                mail.subject,
                mail.attempts,
                when(mail.sent_at or mail.next_try),
            )
            for mail in found
        ),
    )
    return 0


def show_mail(arguments: argparse.Namespace) -> int:
    """One letter in full."""
    with store_of(config_of(arguments)) as store, store.look() as uow:
        mail = uow.outbox.get(given.number(arguments.mail))
    if mail is None:
        raise Refused(f"没有编号 {arguments.mail} 的信件")
    if arguments.json:
        print_json({**summary(mail), "text": mail.text, "headers": dict(mail.headers)})
        return 0
    print(f"{mail.id}  {STATES[mail.state]}  {mail.reason}")
    print(f"发往：{'、'.join(mail.to)}")
    print(f"主题：{mail.subject}\n\n{mail.text}")
    return 0


def move_mail(arguments: argparse.Namespace) -> int:
    """Hold, release, retry or cancel one letter."""
    if arguments.verb == "release" and arguments.mail == "all":
        return _end_hold(arguments)
    states, target, said = _MOVES[arguments.verb]
    now = system_clock()
    with store_of(config_of(arguments)) as store, store.work() as uow:
        mail = uow.outbox.get(given.number(arguments.mail))
        if mail is None:
            raise Refused(f"没有编号 {arguments.mail} 的信件")
        if mail.state not in states:
            raise Refused(f"第 {mail.id} 封信现在是“{STATES[mail.state]}”，不能这样处理")
        uow.outbox.settle(mail.id, target, "办公室操作", next_try=now)
        if arguments.verb == "retry":
            uow.contacts.forgive(mail.to)
        uow.acts.add(now, "cli", f"outbox-{arguments.verb}", f"outbox:{mail.id}", {})
        uow.commit()
    print(f"第 {mail.id} 封信{said}")
    return 0


def _end_hold(arguments: argparse.Namespace) -> int:
    """After a restore: the operator's word instead of the witnesses."""
    from mailbot.stages.send_hold import release  # noqa: PLC0415  slow to import

    with store_of(config_of(arguments)) as store, store.work() as uow:
        if not release(uow, "cli", system_clock()):
            raise Refused("现在没有因恢复备份而暂停发送")
        uow.commit()
    print("已恢复发送：在“已发送”中没有找到的信件将陆续发出")
    return 0
