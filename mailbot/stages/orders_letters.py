"""Links that give orders, in digests, alerts and answers; and the letters that answer orders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.config import Config
from mailbot.records.letter_lines import Action, DigestDraft, DigestEvent
from mailbot.records.letters import DailyDigest, Memo
from mailbot.rules.calendar import chinese_moment
from mailbot.rules.orders import Token
from mailbot.rules.publications import COLUMNS, FORMS, Form
from mailbot.stages import tokens
from mailbot.stages.post import Stamper
from store.records import DraftRecord
from store.unit_of_work import UnitOfWork

_MOST_PUBLICATIONS = 3
_ANY_FORM: tuple[Form, ...] = ("item", "issue", "mention")
_SHORT_SUBJECT = 40


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links for one letter.

    Attributes:
        addresses: Whom the letter goes to: the tokens are theirs alone.
    """

    uow: UnitOfWork
    config: Config
    stamp: Stamper
    addresses: Sequence[str]
    now: datetime

    def link(self, label: str, order: str, thing: str) -> Action:
        """A link that gives `order`; its first word and `thing` are what the token is bound to."""
        verb = order.partition(" ")[0]
        expires = self.now + tokens.TTL
        token = tokens.issue(self.uow, self.stamp, self.addresses, verb, thing, expires=expires)
        return Action(label, tokens.words(order, token), self.config.smtp.from_)

    def of_draft(self, draft: DraftRecord) -> tuple[Action, ...]:
        """Adoption by the publications its column is written for, 批示, 退回."""
        if draft.state != "counted":
            return ()
        number = f"#{draft.id}"
        orders = [
            *((f"采用·{name}", f"采用 {number} {words}") for name, words in self._usual(draft)),
            ("采用·其他", f"采用 {number} （请写刊物和形式）"),
            ("批示", f"批示 {number} （请写批示领导）"),
            ("退回", f"退回 {number} （请写原因）"),
        ]
        return tuple(self.link(label, order, number) for label, order in orders)

    def _usual(self, draft: DraftRecord) -> Sequence[tuple[str, str]]:
        """Publications of the draft's column that are sent to directly, as an order names them."""
        rows = [
            row
            for row in self.config.publications
            if row.direct and COLUMNS.get(row.name) == draft.column
        ]
        names = [row.name for row in self.config.publications]
        found = []
        for row in rows[:_MOST_PUBLICATIONS]:
            form = next(one for one in _ANY_FORM if getattr(row.points, one) is not None)
            shared = names.count(row.name) > 1
            called = f"{row.level}{row.name}" if shared else row.name
            found.append((row.name, f"{called} {FORMS[form]}"))
        return found

    def of_event(self, event_id: int, *, open_: bool) -> tuple[Action, ...]:
        """收到 while nobody acknowledged; credit for a quick first report."""
        thing = f"#E{event_id}"
        orders = [("确认收到", f"收到 {thing}")] if open_ else []
        orders.append(("迅速首报加分", f"加分 {thing}"))
        return tuple(self.link(label, order, thing) for label, order in orders)

    def of_missed(self, event_id: int) -> tuple[Action, ...]:
        """漏报候选: the office decides."""
        thing = f"#E{event_id}"
        return (self.link("按漏报扣分", f"扣分 {thing} 漏报", thing),)

    def of_acts(self, acts: Sequence[int]) -> tuple[Action, ...]:
        """One link that takes back what a mail ordered."""
        if not acts:
            return ()
        named = "、".join(f"操作{act}" for act in acts)
        thing = ",".join(f"act:{act}" for act in acts)
        return (self.link("撤销", f"撤销 {named}", thing),)


def with_links(
    uow: UnitOfWork, config: Config, stamp: Stamper, digest: DailyDigest, now: datetime
) -> DailyDigest:
    """The digest with links on its drafts and emergencies."""
    links = Links(uow, config, stamp, config.office.addresses, now)
    drafts = tuple(_draft_with(links, line) for line in digest.drafts)
    review = tuple(_draft_with(links, line) for line in digest.review)
    events = tuple(_event_with(links, line) for line in digest.events)
    actions = [line.actions for line in (*drafts, *review)] + [line.actions for line in events]
    return replace(digest, drafts=drafts, review=review, events=events, ordering=any(actions))


def _draft_with(links: Links, line: DigestDraft) -> DigestDraft:
    draft = links.uow.drafts.get(int(line.number.lstrip("#")))
    return line if draft is None else replace(line, actions=links.of_draft(draft))


def _event_with(links: Links, line: DigestEvent) -> DigestEvent:
    event = links.uow.events.get(int(line.event.lstrip("E")))
    if event is None:
        return line
    waits = event.state == "open" and event.acknowledged_at is None
    return replace(line, actions=links.of_event(event.id, open_=waits))


def confirmation(
    config: Config, orders: Sequence[str], lines: Iterable[str], token: Token, expires: datetime
) -> Memo:
    """【请确认】: what would be done, and the code that does it."""
    first = orders[0] if len(orders[0]) <= _SHORT_SUBJECT else f"{orders[0][:_SHORT_SUBJECT]}…"
    more = f"等{len(orders)}项" if len(orders) > 1 else ""
    secret = tokens.code(token)
    return Memo(
        title=f"【请确认】{first}{more}",
        intro=f"收到您的指令，尚未办理。确认后的结果如下，请在{chinese_moment(expires)}前确认，逾期作废：",
        lines=tuple(lines),
        actions=(Action("确认办理", f"确认 {secret}", config.smtp.from_),),
        closing="也可以直接回复本邮件（不要改动主题），首行写“确认”。如果不是您本人的指令，请不要回复，并告知办公室。",
        office=config.office.name,
        secret=secret,
    )
