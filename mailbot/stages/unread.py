"""A mail nobody could read may be the emergency: the office is told of each at once, by letter.

Derived each tick from the records, whichever stage set the mail aside. Mails that come in a
row share a letter, so that a flood of them is no flood of letters.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mailbot.config import Config
from mailbot.fact_names import MARKED
from mailbot.records.letters import Memo
from mailbot.rules.calendar import chinese_moment
from mailbot.rules.judgement import RuleBook
from mailbot.stages.beginnings import FIRST_STARTED
from mailbot.stages.intake_order import SOON, sounds_urgent
from mailbot.stages.post import Post
from store.records import Lane, MessageRecord
from store.unit_of_work import Store, UnitOfWork

TOLD = "unread.told"  # [ids of mails told], and when the last letter was queued
_LOOK_BACK = timedelta(days=2)
_APART, _SOONEST = timedelta(minutes=30), timedelta(minutes=2)  # between letters
_MOST = 20


def tell_unread(store: Store, post: Post, config: Config, book: RuleBook, now: datetime) -> bool:
    """Queue one letter about the mails set aside that nobody was told of; whether it was."""
    with store.look() as uow:
        told, last = _told(uow)
        aside = _set_aside(uow, config, now)
    fresh = [mail for mail in aside if mail.id not in told]
    if not fresh:
        return False
    pressing = [mail for mail in fresh if _pressing(book, mail)]
    if last is not None and now - last < (_SOONEST if pressing else _APART):
        return False
    marked = [mail for mail in fresh if mail.kind == MARKED]
    with store.work() as uow:
        if marked:
            _queue_secrecy(uow, post, config, marked, now=now)
        if len(fresh) > len(marked):
            _queue_unread(uow, post, config, _without(fresh, marked), pressing, now=now)
        ids = [mail.id for mail in aside]  # older ones are not looked at any more
        uow.facts.put(TOLD, {"ids": ids, "at": now.isoformat()}, now)
        uow.commit()
    return True


def _told(uow: UnitOfWork) -> tuple[frozenset[int], datetime | None]:
    known = uow.facts.get(TOLD)
    if known is None:
        return frozenset(), None
    return frozenset(known["ids"]), datetime.fromisoformat(known["at"])


def _set_aside(uow: UnitOfWork, config: Config, now: datetime) -> Sequence[MessageRecord]:
    """Fetched lately and no history; what was imported from files has its reader beside it."""
    started = uow.facts.get(FIRST_STARTED)
    if started is None:
        return ()
    silent = timedelta(hours=config.letters.silent_before_start_hours)
    since = datetime.fromisoformat(str(started)) - silent
    mails = uow.messages.quarantined(since=now - _LOOK_BACK)
    return [mail for mail in mails if mail.received_at >= since and mail.origin == "imap"]


def _pressing(book: RuleBook, mail: MessageRecord) -> bool:
    return mail.kind == MARKED or mail.rank == SOON or sounds_urgent(book, mail.subject)


def _queue_unread(
    uow: UnitOfWork,
    post: Post,
    config: Config,
    mails: Sequence[MessageRecord],
    pressing: Sequence[MessageRecord],
    *,
    now: datetime,
) -> None:
    first = [mail for mail in mails if mail in pressing]
    mark = "【紧急】" if first else "【未能登记】"
    letter = Memo(
        title=f"{mark}{len(mails)}封来信未能登记，请人工查看",
        intro="下列来信系统没有能够登记，原件仍在邮箱中。其中可能有突发事件，请尽快到邮箱中打开查看：",
        lines=tuple(_line(mail) for mail in (*first, *_without(mails, first))[:_MOST]),
        actions=(),
        closing="查看后请用电话或邮件与发件单位联系；应计入的稿件，请对方换一种格式重新发送。",
        office=config.office.name,
    )
    office = config.office
    to = (*office.duty_addresses, *office.addresses) if first else office.addresses
    lane: Lane = "urgent" if first else "answer"
    key = f"unread/{(*first, *mails)[0].sha256}"
    post.queue(uow, letter, key=key, lane=lane, to=to, now=now)


def _queue_secrecy(
    uow: UnitOfWork, post: Post, config: Config, mails: Sequence[MessageRecord], *, now: datetime
) -> None:
    """Nobody shall be asked to send a secret once more."""
    letter = Memo(
        title=f"【紧急】{len(mails)}封来信标有密级，疑似涉密，请立即处置",
        intro="下列来信标有密级。系统没有登记、没有复制内容，也没有回执；邮箱是互联网邮箱，不得存放涉密内容：",
        lines=tuple(_line(mail) for mail in mails[:_MOST]),
        actions=(),
        closing=(
            "不要转发、回复，不要请对方重发，立即电话报告保密工作机构，邮箱中的原信按保密规定处理。"
            "信中如有突发事件，请按程序另行报告。误标的可用 mailbot secrecy release 恢复登记。"
        ),
        office=config.office.name,
    )
    office = config.office
    to = (*office.duty_addresses, *office.addresses)
    key = f"unread/secrecy/{mails[0].sha256}"
    post.queue(uow, letter, key=key, lane="urgent", to=to, now=now)


def _without(
    mails: Sequence[MessageRecord], others: Sequence[MessageRecord]
) -> list[MessageRecord]:
    known = {mail.id for mail in others}
    return [mail for mail in mails if mail.id not in known]


def _line(mail: MessageRecord) -> str:
    """When, from whom, about what, and why; of a secret neither sender's name nor subject."""
    about = "" if mail.kind == MARKED or not mail.subject else f"“{mail.subject[:40]}”，"
    sender = mail.sender or "发件人不详"
    return f"{chinese_moment(mail.received_at)}收到，{sender}，{about}{mail.reason}"
