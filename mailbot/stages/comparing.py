"""Two databases of the same mails, record by record: numbers may differ, what they say may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from store.drafts import DraftFilter
from store.records import DraftRecord, MessageRecord
from store.unit_of_work import Store, UnitOfWork

_ALL = DraftFilter(limit=1 << 40)
_NUMBERS = ("id", "message_id", "same_item_as")
_MAIL_FIELDS = ("size", "received_at", "state", "kind", "origin", "message_id", "sender", "subject")
_FILE_FIELDS = ("name", "sha256", "size", "format", "readable", "reason", "container")
_WORDS = {
    "text": "正文", "title": "标题", "unit": "单位", "kind": "类型", "words": "字数",
    "emergency": "突发", "task": "任务", "late": "是否超时", "reasons": "理由", "state": "状态",
    "same_item_as": "重复于", "needs_review": "待核", "files": "附件", "links": "云附件",
    "received_at": "收到时间", "missing": "缺项",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that is not the same."""

    sha256: str
    what: str
    fields: tuple[str, ...]

    def __str__(self) -> str:
        """For the clerk."""
        names = "、".join(_WORDS.get(name, name) for name in self.fields)
        return f"{self.what}：{names}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the records.

    Attributes:
        added: Mails only the new database has.
        lost: Mails only the old one has: their raw file is gone.
    """

    mails: int
    drafts: int
    added: int
    lost: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether every old record is there and says the same."""
        return not self.lost and not self.differences


Plain = Mapping[str, Any]


def compare(old: Store, new: Store) -> Comparison:
    """Mails, drafts, files and links of the old database against those of the new."""
    with old.look() as before, new.look() as after:
        was, now = _records(before), _records(after)
    differences: list[Difference] = []
    for digest, record in was.items():
        if digest in now:
            differences += _different(digest, record, now[digest])
    lost = tuple(sorted(was.keys() - now.keys()))
    drafts = sum(len(record["drafts"]) for record in now.values())
    return Comparison(len(now), drafts, len(now.keys() - was.keys()), lost, tuple(differences))


def _records(uow: UnitOfWork) -> dict[str, Plain]:
    by_mail: dict[int, list[DraftRecord]] = {}
    places: dict[int, tuple[int, int]] = {}
    for draft in uow.drafts.listing(_ALL):
        by_mail.setdefault(draft.message_id, []).append(draft)
        places[draft.id] = (draft.message_id, draft.ordinal)
    mails = [uow.messages.get(uow.messages.id_of(d) or 0) for d in list(uow.messages.all_digests())]
    digests = {mail.id: mail.sha256 for mail in mails if mail}
    return {
        mail.sha256: _record(uow, mail, by_mail.get(mail.id, ()), places, digests)
        for mail in mails
        if mail
    }


def _record(
    uow: UnitOfWork,
    mail: MessageRecord,
    drafts: Sequence[DraftRecord],
    places: Mapping[int, tuple[int, int]],
    digests: Mapping[int, str],
) -> Plain:
    plain: dict[str, Any] = {name: getattr(mail, name) for name in _MAIL_FIELDS}
    plain["files"] = [
        tuple(getattr(file, name) for name in _FILE_FIELDS)
        for file in uow.messages.files_of(mail.id)
    ]
    plain["links"] = [(link.provider, link.url) for link in uow.messages.cloud_links_of(mail.id)]
    plain["drafts"] = {}
    for draft in drafts:
        said = {f.name: getattr(draft, f.name) for f in fields(draft) if f.name not in _NUMBERS}
        place = places.get(draft.same_item_as or 0)
        said["same_item_as"] = (digests.get(place[0]), place[1]) if place else None
        plain["drafts"][draft.ordinal] = said
    return plain


def _different(digest: str, was: Plain, now: Plain) -> list[Difference]:
    found = []
    names = tuple(n for n in (*_MAIL_FIELDS, "files", "links") if was[n] != now[n])
    if names:
        found.append(Difference(digest, f"邮件“{was['subject']}”", names))
    old, new = was["drafts"], now["drafts"]
    for ordinal in sorted(old.keys() | new.keys()):
        if ordinal not in old or ordinal not in new:
            title = (old.get(ordinal) or new[ordinal])["title"]
            word = "不再有" if ordinal in old else "新读出"
            found.append(Difference(digest, f"稿件“{title}”{word}", ("state",)))
            continue
        names = tuple(n for n in old[ordinal] if old[ordinal][n] != new[ordinal][n])
        if names:
            found.append(Difference(digest, f"稿件“{old[ordinal]['title']}”", names))
    return found
