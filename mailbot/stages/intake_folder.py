"""One folder, from its cursor to its end; a mail that does not come stops no other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from mailbot import log
from mailbot.errors import Temporary
from mailbot.fact_names import MARKED
from mailbot.ports import Envelope
from mailbot.stages import setbacks
from mailbot.stages.intake_ledger import FolderLedger, Tools
from mailbot.stages.intake_order import FEW, Order
from mailbot.stages.setbacks import TRIES_BEFORE_QUARANTINE, Setback

GROUP_MAILS = 50
GROUP_BYTES = 8_000_000
STREAM_FROM = 1_000_000  # larger mails go to disk piece by piece
LISTED_AT_ONCE = 500
MOST_SETBACKS = 20  # in one folder: beyond that the server is in trouble, not a mail
RESCANNED = "intake.rescanned/"

UNFETCHED = "服务器多次未能给出这封邮件的内容，程序会继续重试。请到网页邮箱查看原件"
FETCHED_LATER = "后来已补收，见另一条收件记录"

Between = Callable[[], bool]


@dataclass(slots=True)
class FolderIntake:
    """Reads one open folder.

    Attributes:
        after: Only UIDs above are asked for; 0 = all.
        rescan: The whole folder is compared with the ledger this time.
    """

    tools: Tools
    ledger: FolderLedger
    now: datetime
    after: int
    rescan: bool

    @classmethod
    def open(cls, tools: Tools, name: str, now: datetime) -> Self:
        """SELECT; read on from the cursor, or all after a new UIDVALIDITY or when a rescan is due.

        UIDs mean nothing under another UIDVALIDITY (RFC 3501 2.3.1.1), so everything is
        fetched again and recognised by content.
        """
        state = tools.mailbox.select(name)
        with tools.store.look() as uow:
            cursor = uow.cursors.get(name, state.uid_validity)
            rescanned = uow.facts.at(f"{RESCANNED}{name}")
            known = setbacks.load(uow, name, state.uid_validity)
        hours = timedelta(hours=tools.config.rescan_hours)
        rescan = cursor is None or rescanned is None or now - rescanned >= hours
        after = 0 if rescan or cursor is None else cursor.last_uid
        # a mail that a rescan found below the cursor is owed still, though the cursor stays
        after = min([after, *(uid - 1 for uid, setback in known.items() if not setback.stub)])
        return cls(tools, FolderLedger(tools, state, now, known, top=after), now, after, rescan)

    def read(self, between: Between | None) -> bool:
        """Fetch and record what is new; False when `between` stopped it."""
        ledger, name = self.ledger, self.ledger.state.name
        listed = self.tools.mailbox.uids(self.after)
        if listed:
            with self.tools.store.look() as uow:
                seen = uow.cursors.seen_uids(name, ledger.state.uid_validity, self.after)
            ledger.owe(listed, seen)
        waiting = {uid for uid, s in ledger.setbacks.items() if s.next_try > self.now}
        fresh = sorted(ledger.owed - waiting)
        if len(fresh) > FEW:
            ledger.order = Order(self.tools.urgent)
        # the newest first: of many mails they are the ones somebody waits for
        for start in reversed(range(0, len(fresh), LISTED_AT_ONCE)):
            for group in self._groups(fresh[start : start + LISTED_AT_ONCE]):
                self._take(group)
                if between is not None and not between():
                    return False
        self._retry_stubs()
        self._settle(waiting)
        return True

    def _groups(self, uids: Sequence[int]) -> Iterator[list[Envelope]]:
        """Envelopes in groups of bounded size; big or doubtful mails follow, each alone.

        They come last so that a slow line or a bad mail keeps no other waiting.
        """
        alone: list[Envelope] = []
        group: list[Envelope] = []
        weight = 0
        for envelope in self._envelopes(uids):
            if envelope.size > STREAM_FROM or envelope.uid in self.ledger.setbacks:
                alone.append(envelope)
                continue
            if len(group) == GROUP_MAILS or weight + envelope.size > GROUP_BYTES:
                yield group
                group, weight = [], 0
            group.append(envelope)
            weight += envelope.size
        if group:
            yield group
        for envelope in alone:
            yield [envelope]

    def _envelopes(self, uids: Sequence[int]) -> Sequence[Envelope]:
        """All at once; by halves where an answer cannot be understood."""
        try:
            return list(self.tools.mailbox.envelopes(uids))
        except Temporary as trouble:
            self._line_is_well()
            if len(uids) == 1:
                self._failed(Envelope(uids[0], None, 0), str(trouble))
                return []
        middle = len(uids) // 2
        return [*self._envelopes(uids[:middle]), *self._envelopes(uids[middle:])]

    def _take(self, group: Sequence[Envelope], *, again: bool = False) -> None:
        """Fetch and record a group; if that fails, each once more alone, to find the culprit."""
        try:
            self.ledger.record(group, stream_from=STREAM_FROM)
        except Temporary as trouble:
            self._line_is_well()
            doubtful = group[0].uid in self.ledger.setbacks
            if len(group) == 1 and (again or doubtful):
                self._failed(group[0], str(trouble))
                return
            for envelope in group:
                self._take([envelope], again=True)

    def _line_is_well(self) -> None:
        """Raises Temporary when it is the line that failed, not one mail."""
        ledger = self.ledger
        if self.tools.mailbox.select(ledger.state.name).uid_validity != ledger.state.uid_validity:
            raise Temporary(f"文件夹“{ledger.state.name}”的编号规则刚刚改变，稍后重新收取")

    def _failed(self, envelope: Envelope, because: str) -> None:
        ledger, uid = self.ledger, envelope.uid
        before = ledger.setbacks.get(uid, Setback(0, self.now))
        ledger.setbacks[uid] = before.again(self.now)
        ledger.save_setbacks()
        log.warning("not_handed_over", folder=ledger.state.name, uid=uid, reason=because[:120])
        if len(ledger.setbacks) > MOST_SETBACKS:
            raise Temporary(because)
        if ledger.setbacks[uid].tries >= TRIES_BEFORE_QUARANTINE and not before.stub:
            ledger.quarantine(envelope, UNFETCHED)

    def _retry_stubs(self) -> None:
        """Quarantined for want of an answer: once the server gives it, it is filed after all."""
        ledger, mailbox = self.ledger, self.tools.mailbox
        due = {u: s for u, s in ledger.setbacks.items() if s.stub and s.next_try <= self.now}
        if not due:
            return
        still = set(mailbox.uids(min(due) - 1))
        for uid, setback in due.items():
            if uid not in still:
                ledger.forget(uid)
                continue
            self._take(list(self._envelopes([uid])))
            if uid not in ledger.setbacks:
                with self.tools.store.work() as uow:
                    stub = uow.messages.get(setback.stub)
                    kind = MARKED if stub is not None and stub.kind == MARKED else "other"
                    uow.messages.settle(setback.stub, "filed", kind, FETCHED_LATER)
                    uow.commit()
            elif ledger.setbacks[uid] is setback:
                self._failed(Envelope(uid, None, 0), "empty answer")

    def _settle(self, waiting: set[int]) -> None:
        """Let go what vanished; what is still owed keeps the cursor back."""
        ledger = self.ledger
        if ledger.owed:
            still = set(self.tools.mailbox.uids(min(ledger.owed) - 1))
            gone = ledger.owed - still
            for uid in gone:
                log.event("vanished", folder=ledger.state.name, uid=uid)
                ledger.forget(uid)
            for uid in sorted(ledger.owed - waiting):
                setback = ledger.setbacks.get(uid)
                if setback is None or setback.next_try <= self.now:
                    self._failed(Envelope(uid, None, 0), "empty answer")
        with self.tools.store.work() as uow:
            ledger.put_cursor(uow)
            if self.rescan:
                value = {"server": ledger.state.count, "owed": len(ledger.owed)}
                uow.facts.put(f"{RESCANNED}{ledger.state.name}", value, self.now)
            uow.commit()
