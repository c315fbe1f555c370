"""Is a draft one we already have: resent, revised, nearly the same, or another unit's?

A text is reduced to 64 minimal hashes of its four-character pieces, small enough to
store and to find again by index among 100,000 drafts. An item counts once
(annex 2); a doubt is shown to the office, never settled by dropping a draft.
"""

import hashlib
import re
import struct
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from operator import eq
from zlib import crc32

from mailbot.records.verdicts import DuplicateVerdict, Reason, SameItem
from mailbot.rules.calendar import SHANGHAI
from mailbot.rules.likeness import ratio
from store.records import DraftRecord

_CLAUSE = "附件2"
_BINS = 64
_ROWS = 4  # of 64 values make a band: texts 80 % alike share one of 16 bands practically always
_PIECE = 4
_MOST_CHARS = 60_000
_LEAST_CHARS = 12
_LEAST_PIECES = 40
_NEAR, _REVISED = 0.8, 0.5
_TITLE_ALIKE = 92
_SPECIFIC = 8  # characters a title needs to be more than 工作动态
_NOT_TEXT = re.compile(r"[\W_]{1,1000}")
_DIGITS = re.compile(r"\d{1,20}")
_STAGE = re.compile(
    r"修改(?:稿|版|后)?|修订(?:稿|版)|改(?:后)?稿|定稿|终稿|最终(?:稿|版)?|正式稿|更正(?:稿|版)?|更新(?:稿|版)?"
    r"|第?[一二三四五六123456]稿|初稿|重发|重报|补发|再报|[（(]?[vV]\d{1,2}[）)]?$|新版"
)
_FIRST_STAGE = re.compile(r"初稿|第?[一1]稿")
_FORMAT = "1"
_PARTS = 6
_TELLING = 4  # characters a title needs to be a key: 信息, 简讯 say nothing
_ORDER: tuple[SameItem, ...] = ("exact", "revision", "near", "other_unit", "same_title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What is kept of a draft to recognise it.

    Attributes:
        draft_id: Id in the ledger, None while it is new.
        unit: Canonical unit name, "" when unknown.
        text_sha256: sha256 of title and body without blanks and punctuation.
        values: 64 numbers of 16 bits; () for a text too short to compare.
        numbers: Digest of the figures in the text: weekly reports differ just in these.
        length: Characters compared.
        stage: 修改稿, 定稿, 二稿… as written, "" if none.
    """

    text_sha256: str
    title: str
    values: tuple[int, ...]
    numbers: int
    length: int
    stage: str = ""
    draft_id: int | None = None
    unit: str = ""
    received_at: datetime | None = None

    @property
    def stored(self) -> str:
        """All of it as a line of about 350 characters, for the ledger."""
        values = "".join(f"{value:04x}" for value in self.values)
        parts = (_FORMAT, self.text_sha256, values, f"{self.numbers:08x}", str(self.length))
        return ":".join((*parts, self.stage))

    @property
    def bands(self) -> tuple[str, ...]:
        """Keys under which alike drafts are found: 16 of the pieces, the text, the title."""
        keys = [
            f"{at // _ROWS:x}" + "".join(f"{value:04x}" for value in self.values[at : at + _ROWS])
            for at in range(0, len(self.values), _ROWS)
        ]
        title = _title_key(self.title)
        if len(title) >= _TELLING:
            keys.append("t" + hashlib.sha256(title.encode()).hexdigest()[:16])
        return (*keys, "x" + self.text_sha256[:16])


@lru_cache(maxsize=64)  # a draft is looked up, judged and stored by the same one
def fingerprint(title: str, body: str, *, file_name: str = "", subject: str = "") -> Fingerprint:
    """The fingerprint of a draft; file name and subject only tell its stage (修改稿…)."""
    text = _bare(title + body)
    named = (_STAGE.search(words) for words in (title[:200], file_name[:200], subject[:200]))
    stage = next((found[0] for found in named if found), "")
    figures = " ".join(_DIGITS.findall(body[:_MOST_CHARS]))
    return Fingerprint(
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        title=title,
        values=_minima(_bare(body)[:_MOST_CHARS]),
        numbers=crc32(figures.encode()),
        length=len(text),
        stage=stage,
    )


def revive(record: DraftRecord) -> Fingerprint | None:
    """The fingerprint of an earlier draft; None for one of another version of this rule."""
    parts = record.fingerprint.split(":", 5)
    if len(parts) != _PARTS or parts[0] != _FORMAT:
        return None
    return Fingerprint(
        text_sha256=parts[1],
        title=record.title,
        values=_unpacked(parts[2]),
        numbers=int(parts[3], 16),
        length=int(parts[4]),
        stage=parts[5],
        draft_id=record.id,
        unit=record.unit,
        received_at=record.received_at,
    )


def _unpacked(digits: str) -> tuple[int, ...]:
    """Sixteen-bit numbers out of four hexadecimal digits each."""
    return struct.unpack(f">{len(digits) // 4}H", bytes.fromhex(digits))


def of_unit(new: Fingerprint, unit: str, received_at: datetime) -> Fingerprint:
    """The fingerprint of a new draft once its unit is known."""
    return replace(new, unit=unit, received_at=received_at)


def compare(new: Fingerprint, earlier: Sequence[Fingerprint]) -> DuplicateVerdict:
    """The earlier draft that `new` repeats, revises or resembles most, if any."""
    best: tuple[int, float, Fingerprint, SameItem] | None = None
    for old in earlier:
        relation, alike = _relation(new, old)
        if relation is None:
            continue
        rank = _ORDER.index(relation)
        if best is None or (rank, -alike) < (best[0], -best[1]):
            best = (rank, alike, old, relation)
    if best is None:
        return DuplicateVerdict()
    return _verdict(new, best[2], best[3], best[1])


def similarity(one: Fingerprint, other: Fingerprint) -> float:
    """Share of text pieces in common, estimated to about ±0.05; 0 when not comparable."""
    if one.text_sha256 == other.text_sha256:
        return 1.0
    if not one.values or len(one.values) != len(other.values):
        return 0.0
    same: int = sum(map(eq, one.values, other.values))
    return same / len(one.values)


def _relation(new: Fingerprint, old: Fingerprint) -> tuple[SameItem | None, float]:
    if min(new.length, old.length) < _LEAST_CHARS:
        return None, 0.0
    alike = similarity(new, old)
    if new.unit and old.unit and new.unit != old.unit:
        return ("other_unit" if alike >= _NEAR else None), alike
    return _within_unit(new, old, alike), alike


def _within_unit(new: Fingerprint, old: Fingerprint, alike: float) -> SameItem | None:
    if new.text_sha256 == old.text_sha256:
        return "exact"
    same_title = _same_title(new.title, old.title)
    if (same_title and (alike >= _REVISED or _revises(new))) or (
        _revises(new) and alike >= _REVISED
    ):
        return "revision"
    if alike >= _NEAR:
        return "near"
    key = _title_key(new.title)
    return "same_title" if len(key) >= _SPECIFIC and key == _title_key(old.title) else None


def _revises(new: Fingerprint) -> bool:
    return bool(new.stage) and not _FIRST_STAGE.search(new.stage)


def _same_title(one: str, other: str) -> bool:
    mine, theirs = _title_key(one), _title_key(other)
    if not mine or not theirs:
        return False
    if mine == theirs:
        return True
    same_figures = _DIGITS.findall(mine) == _DIGITS.findall(theirs)
    return same_figures and ratio(mine, theirs) >= _TITLE_ALIKE


def _verdict(
    new: Fingerprint, old: Fingerprint, relation: SameItem, alike: float
) -> DuplicateVerdict:
    day = f"{old.received_at.astimezone(SHANGHAI):%m月%d日}收到的" if old.received_at else ""
    earlier = f"{day}第{old.draft_id}号《{old.title or '无标题'}》"
    share = f"{alike:.0%}"
    other_figures = new.numbers != old.numbers
    said, counts, doubt = {
        "exact": (f"与{earlier}内容完全相同，不重复计数", False, ""),
        "revision": (f"是{earlier}的修改稿（{share}相同），按同一篇计", False, ""),
        "near": (
            f"与{earlier}{share}相同",
            other_figures,
            f"与{earlier}{share}相同，"
            + ("数字不同，暂计一篇，请核对" if other_figures else "暂不重复计数，请核对"),
        ),
        "other_unit": (
            f"与{old.unit}的{earlier}{share}相同",
            False,
            f"与{old.unit}的{earlier}{share}相同，是否联合报送？请核定，暂不重复计数",
        ),
        "same_title": (
            f"与{earlier}标题相同而正文不同",
            True,
            f"与{earlier}标题相同而正文不同，暂计一篇，请核对",
        ),
    }[relation]
    reason = Reason("重复情况", said, _CLAUSE)
    return DuplicateVerdict(
        relation=relation,
        draft_id=old.draft_id,
        counts=counts,
        similarity=round(alike, 2),
        reasons=(reason,),
        needs_review=(doubt,) if doubt else (),
    )


def _title_key(title: str) -> str:
    return _bare(_STAGE.sub("", title[:300]))


def _bare(text: str) -> str:
    return _NOT_TEXT.sub("", unicodedata.normalize("NFKC", text)).lower()


def _minima(text: str) -> tuple[int, ...]:
    """The least hash in each of 64 bins; empty bins borrow from the next (densification)."""
    if len(text) < _LEAST_PIECES + _PIECE:
        return ()
    least = [1 << 26] * _BINS
    for at in range(len(text) - _PIECE + 1):
        mixed = crc32(text[at : at + _PIECE].encode()) * 2654435761 & 0xFFFFFFFF
        value = mixed & 0x3FFFFFF
        if value < least[mixed >> 26]:  # noqa: PLR1730  min() costs three times as much here
            least[mixed >> 26] = value
    return tuple(_dense(least, at) for at in range(_BINS))


def _dense(least: list[int], at: int) -> int:
    for step in range(_BINS):
        value = least[(at + step) % _BINS]
        if value < 1 << 26:
            return (value + step * 0x9E37) & 0xFFFF
    return 0
