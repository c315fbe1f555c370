"""Commands by mail from the office: what they may do, and the proof they must bear.

A From header proves nothing. What changes a score takes two steps: the order, and the
code that is then mailed to the registered address. So does any order that neither
bears a token of ours nor answers a letter that went to its sender.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailbot import log
from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.ports import Papers
from mailbot.records.letter_lines import Answered
from mailbot.records.letters import Answer, Memo
from mailbot.rules.orders import HARMLESS, Misread, Order, is_orders, read_orders
from mailbot.rules.plain_sender import is_plain
from mailbot.stages import orders_asked, tokens
from mailbot.stages.orders_hand import Done, Work, perform, scoring_acts
from mailbot.stages.orders_letters import Links, confirmation
from mailbot.stages.orders_papers import PAPERS, handle
from mailbot.stages.orders_proof import Witness, commanders, groups
from mailbot.stages.post import Post, threading_headers
from parsers.facts import ImageFact, Message, MessageKind, Reading
from store.unit_of_work import UnitOfWork

PENDING = "orders/pending/"
UNPROVED_A_DAY, ASKED_A_DAY = 60, 5
_DAY = timedelta(days=1)
_FORGOTTEN = timedelta(days=2)
_OF_DUTY = frozenset({"收到", "突发", "撤销", "确认", "查询"})
_LONGEST_QUESTION = 100
_BAD_TOKEN = "凭证不对或已经用过，没有执行。仍要办理的，请去掉“凭证…”重新来信"  # noqa: S105
_BAD_CONFIRMATION = (
    "没有找到可确认的指令：凭证不对、已经用过，或主题被改动。"
    "请直接回复【请确认】邮件，不要改动主题；或重新发一次指令"
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """An incoming mail that gives orders.

    Attributes:
        received: The provider's receipt time; words like 明天 are meant then.
    """

    message: Message
    sha256: str
    now: datetime
    received: datetime | None = None

    @property
    def sender(self) -> str:
        """The one address it says it is from."""
        return self.message.sender.address

    @property
    def said_at(self) -> datetime:
        """When its words were written, as far as the provider tells."""
        return min(self.received or self.now, self.now)


def to_be_obeyed(config: Config, message: Message, reading: Reading) -> bool:
    """Whether a mail is orders from the office, or a unit's question about itself.

    Anything else, whatever its form, goes the way of drafts: it may tell an emergency.
    """
    sender = message.sender.address
    if message.kind not in (MessageKind.DRAFT, MessageKind.COMMAND) or _brings_files(reading):
        return False
    if sender in commanders(config):
        ours = is_orders(message.subject, message.body)
    else:
        ours = bool(orders_asked.units_of(config, sender)) and _only_asks(message)
    if ours and not _trusted(message):
        log.warning("order_untrusted", sender=sender)
        return False
    if not ours and message.kind is MessageKind.COMMAND:
        log.warning("order_by_stranger", sender=sender)
    return ours


def _trusted(message: Message) -> bool:
    """Whether the headers leave the sender as he seems; they only ever take trust away."""
    return is_plain(message)


def _brings_files(reading: Reading) -> bool:
    documents = any(not isinstance(file.content, ImageFact) for file in reading.files)
    return documents or bool(reading.nested)


def _only_asks(message: Message) -> bool:
    found = read_orders(message.subject, message.body)
    asked = len(found) == 1 and isinstance(found[0], Order) and found[0].verb == "查询"
    return asked and len(message.body) <= _LONGEST_QUESTION


def carry_out(
    uow: UnitOfWork, config: Config, post: Post, mail: Incoming, papers: Papers | None = None
) -> str:
    """Carry out the orders of one mail and answer; returns what the ledger says of it."""
    desk = _Desk(uow, config, post, mail, papers)
    if mail.sender in commanders(config):
        return desk.obey()
    return desk.tell_unit()


@dataclass(slots=True)
class _Desk:
    """One mail on the office's desk; what its orders came to is gathered here."""

    uow: UnitOfWork
    config: Config
    post: Post
    mail: Incoming
    papers: Papers | None
    answered: list[Answered] = field(default_factory=list)
    acts: list[int] = field(default_factory=list)
    waiting: list[tuple[Order, str]] = field(default_factory=list)
    told: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    proved: bool = False
    changed: bool = False

    def obey(self) -> str:
        """The orders of the office, one after the other."""
        message = self.mail.message
        for order in read_orders(message.subject, message.body):
            if isinstance(order, Misread):
                self._refuse(order.text, order.because)
            else:
                self._one(order)
        summary = [f"{item.asked}：{item.what}" for item in self.answered]
        summary += [f"{order.text}：等待确认" for order, _ in self.waiting]
        summary += [f"查询{what}：已答复" for what, _ in self.told]
        if self._capped():
            log.warning("orders_capped", sender=self.mail.sender)
            return "；".join([*summary, "当日未经验证的指令过多，没有答复"])
        self._ask_to_confirm()
        self._tell()
        self._answer()
        return "；".join(summary) or "没有需要办理的指令"

    def tell_unit(self) -> str:
        """A unit's question about itself, answered to the address on record alone."""
        message, sender = self.mail.message, self.mail.sender
        order = next(iter(read_orders(message.subject, message.body)))
        assert isinstance(order, Order)
        if self._letters_today("asked") >= ASKED_A_DAY:
            log.warning("questions_capped", sender=sender)
            return "当日查询过多，没有答复"
        units = orders_asked.units_of(self.config, sender)
        try:
            self.told.append(orders_asked.own(self._work(), order, units))
        except Refused as refusal:
            self.told.append(("本单位情况", (str(refusal),)))
        self._tell()
        log.event("order", verb="查询", outcome="unit")
        return f"{'、'.join(units)}查询本单位情况：已答复"

    # ---- one order

    def _one(self, order: Order) -> None:
        witness = Witness(self.uow, self.config, self.post.stamp, self.mail.message, self.mail.now)
        whole = _completed(witness, order)
        if whole is None:
            return
        if self._of_duty_alone and whole.verb not in _OF_DUTY:
            self._refuse(order.text, "值班邮箱只能办理突发事件，请用登记的办公室邮箱")
        elif whole.verb == "确认":
            self._confirm(whole)
        elif whole.verb == "查询":
            self._look_up(whole)
        else:
            self._prove_and_do(witness, whole)

    def _prove_and_do(self, witness: Witness, order: Order) -> None:
        proof = witness.of(order)
        self.proved = self.proved or proof == "proved"
        if proof == "refused":
            log.warning("order_refused", verb=order.verb, thing=order.subject)
            self._refuse(order.text, _BAD_TOKEN)
        elif order.verb in HARMLESS or (proof == "proved" and not self._second_step(order)):
            self._do(order, self._work())
        else:
            self._try(order)

    def _second_step(self, order: Order) -> bool:
        """What gives or takes points, and what goes out to everybody."""
        undoing = order.verb == "撤销" and scoring_acts(self.uow, order.acts)
        return order.scores or order.verb == "放行" or undoing

    def _do(self, order: Order, work: Work) -> None:
        try:
            with self.uow.step():
                done = self._perform(order, work)
        except Refused as refusal:
            self._refuse(order.text, str(refusal))
            return
        log.event("order", verb=order.verb, thing=order.subject, outcome="done")
        numbered = f"（操作{'、'.join(map(str, done.acts))}）" if done.acts else ""
        self.answered.append(Answered(order.text, done=True, what=done.said + numbered))
        self.acts.extend(done.acts)
        self.changed = self.changed or order.verb not in HARMLESS

    def _try(self, order: Order) -> None:
        """What would be done; what cannot be done is not asked to be confirmed."""
        post = _Unposted(self.post.writer, self.post.stamp)
        try:
            with self.uow.trial():
                done = self._perform(order, replace(self._work(), post=post))
        except Refused as refusal:
            self._refuse(order.text, str(refusal))
            return
        log.event("order", verb=order.verb, thing=order.subject, outcome="to_confirm")
        self.waiting.append((order, done.said))

    def _perform(self, order: Order, work: Work) -> Done:
        if order.verb == "撤销" and self._of_duty_alone:
            own = {act.id for act in self.uow.acts.all() if act.by == self.mail.sender}
            if not own.issuperset(order.acts):
                raise Refused("值班邮箱只能撤销自己的操作")
        if order.verb in PAPERS:
            return handle(work, self.papers, order, to=self.mail.sender)
        return perform(work, order)

    def _look_up(self, order: Order) -> None:
        try:
            self.told.append(orders_asked.asked(self._work(), order))
        except Refused as refusal:
            self._refuse(order.text, str(refusal))
        log.event("order", verb="查询", thing=order.subject, outcome="asked")

    def _confirm(self, order: Order) -> None:
        """The second step: the code came back from the mailbox it was sent to."""
        found = tokens.redeem(
            self.uow,
            self.post.stamp,
            order,
            sender=self.mail.sender,
            groups=groups(self.config, self.mail.sender)[:1],
            now=self.mail.now,
        )
        name = f"{PENDING}{order.token.number}" if order.token else ""
        pending = self.uow.facts.get(name) if found is not None else None
        if found is None or pending is None:
            log.warning("confirmation_refused", sender=self.mail.sender)
            self._refuse("确认", _BAD_CONFIRMATION)
            return
        self.proved = True
        self.uow.facts.drop(name)
        if found.expires <= self.mail.now:
            self._refuse("确认", "确认晚了，指令已作废，没有执行。仍要办理的，请重新来信")
            return
        said_at = datetime.fromisoformat(str(pending["said_at"]))
        work = replace(self._work(), said_at=said_at, sha256=str(pending["sha256"]))
        for line in read_orders("", "\n".join(map(str, pending["lines"]))):
            if isinstance(line, Order):
                self._do(line, work)

    def _work(self) -> Work:
        mail = self.mail
        return Work(
            self.uow, self.config, self.post, mail.sender, mail.now, mail.said_at, mail.sha256
        )

    def _refuse(self, asked: str, because: str) -> None:
        log.event("order", verb=asked[:2], outcome="refused")
        self.answered.append(Answered(asked, done=False, what=because))

    @property
    def _of_duty_alone(self) -> bool:
        return self.mail.sender not in self.config.office.addresses

    # ---- letters

    def _capped(self) -> bool:
        """Whoever forges our office's address may not fill its mailbox."""
        if self.proved:
            return False
        sent = sum(self._letters_today(name) for name in ("confirm", "refused", "asked"))
        return sent >= UNPROVED_A_DAY

    def _letters_today(self, name: str) -> int:
        prefix = f"{name}/{self.mail.sender}/"
        return len(self.uow.outbox.keys_like(prefix, self.mail.now - _DAY))

    def _ask_to_confirm(self) -> None:
        if not self.waiting:
            return
        now, sender = self.mail.now, self.mail.sender
        orders = [order for order, _ in self.waiting]
        scoring = any(self._second_step(order) for order in orders)
        expires = now + (tokens.TTL_SCORING if scoring else tokens.TTL)
        token = tokens.issue(self.uow, self.post.stamp, (sender,), "确认", "", expires=expires)
        pending = {
            "lines": [order.text for order in orders],
            "said_at": self.mail.said_at.isoformat(),
            "sha256": self.mail.sha256,
        }
        self._forget(now)
        self.uow.facts.put(f"{PENDING}{token.number}", pending, now)
        lines = [f"{order.text}　→　{said}" if said else order.text for order, said in self.waiting]
        texts = [order.text for order in orders]
        self._queue(confirmation(self.config, texts, lines, token, expires), f"confirm/{sender}")

    def _forget(self, now: datetime) -> None:
        """Orders nobody confirmed in time."""
        for name in self.uow.facts.names(PENDING):
            at = self.uow.facts.at(name)
            if at is not None and now - at > _FORGOTTEN:
                self.uow.facts.drop(name)

    def _tell(self) -> None:
        if not self.told:
            return
        title = "、".join(what for what, _ in self.told)
        lines = tuple(line for _, lines in self.told for line in lines)
        memo = Memo(
            f"【查询】{title}",
            "查询结果如下：",
            lines or ("没有记录",),
            (),
            "",
            self.config.office.name,
        )
        self._queue(memo, f"asked/{self.mail.sender}")

    def _answer(self) -> None:
        if not self.answered:
            return
        # Whoever acts for the office, all of it hears of what was done.
        others = self.config.office.addresses if self.changed else ()
        to = tuple(dict.fromkeys((self.mail.sender, *others)))
        links = Links(self.uow, self.config, self.post.stamp, to, self.mail.now)
        letter = Answer(
            tuple(self.answered),
            self.config.office.name,
            links.of_acts(self.acts),
            undoable=bool(self.acts),
        )
        key = "answer" if self.proved else f"refused/{self.mail.sender}"
        self._queue(letter, key, to=to, concerns=[f"act:{act}" for act in self.acts])

    def _queue(
        self,
        letter: Answer | Memo,
        key: str,
        *,
        to: Sequence[str] = (),
        concerns: Sequence[str] = (),
    ) -> None:
        mail, message = self.mail, self.mail.message
        self.post.queue(
            self.uow,
            letter,
            key=f"{key}/{mail.sha256}",
            lane="answer",
            to=to or (mail.sender,),
            now=mail.now,
            headers=threading_headers(message.message_id, message.references),
            concerns=concerns,
        )


def _completed(witness: Witness, order: Order) -> Order | None:
    """收到 and 撤销 alone mean what the answered letter is about; None: 收到 of nothing."""
    if order.verb == "收到" and order.event is None:
        event_id = witness.event_answered()
        return None if event_id is None else _named(order, f"收到 #E{event_id}")
    if order.verb == "撤销" and not order.acts:
        letter = witness.answered()
        concerns = letter.concerns if letter is not None else ()
        acts = [name.removeprefix("act:") for name in concerns if name.startswith("act:")]
        return _named(order, f"撤销 {'、'.join(f'操作{act}' for act in acts)}") if acts else order
    return order


def _named(order: Order, text: str) -> Order:
    found = next(iter(read_orders("", text)))
    assert isinstance(found, Order)
    return replace(found, token=order.token, code=order.code)


class _Unposted(Post):
    """Post for a trial: nothing is written, nothing is logged."""

    def queue(self, *_arguments: object, **named: object) -> int | None:
        """As if it was queued, where anybody is addressed."""
        to = named.get("to")
        return 0 if isinstance(to, Sequence) and any(to) else None
