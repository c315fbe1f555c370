"""Is a draft one we already have: resent, revised, nearly the same, or another unit's?

A text is reduced to 64 minimal hashes of its four-character pieces, small enough to
store and to find again by index among 100,000 drafts. An item counts once
(annex 2); a doubt is shown to the office, never settled by dropping a draft.
"""

import hashlib
import re
import struct
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from operator import eq
from zlib import crc32

from mailbot.records.verdicts import DuplicateVerdict, SameItem
from mailbot.rules.calendar import SHANGHAI, chinese_day
from mailbot.rules.likeness import ratio
from mailbot.rules.same_item_words import new_issue, same_item, sent_anew
from mailbot.rules.told_figures import ToldFigures, told_figures
from store.records import DraftRecord

_BINS = 64
_ROWS = 4  # of 64 values make a band: texts 80 % alike share one of 16 bands practically always
_PIECE = 4
_HASH_BITS, _IN_BIN = 32, 26  # bits of a hash, and those that order it within its bin
_MOST_CHARS = 60_000
_LEAST_CHARS = 12
_LEAST_PIECES = 40
_NEAR, _REVISED, _TEMPLATE, _REWORDED = 0.7, 0.5, 0.3, 0.2
_WITHIN = 0.6  # of the shorter text within the longer
_CHANGED, _KEPT, _MANY = 0.34, 0.7, 4  # shares of the figures, and how many make a share tell
_TITLE_ALIKE = 92
_LONGEST_STAGE = 8
_SPECIFIC = 8  # characters a title needs to be more than 工作动态
_CONTINUING = bytes(range(0x80, 0xC0))  # bytes of UTF-8 that do not begin a character
_BYTES = bytes(1 if b < 0x80 else 2 if b < 0xE0 else 3 if b < 0xF0 else 4 for b in range(256))
_CUT = tuple(f"{size}s" for size in range(4 * _PIECE + 1))  # as `struct` cuts so many bytes
_NOT_TEXT = re.compile(r"[\W_]{1,1000}")
_PUNCTUATION = re.compile(r"[\s，。、；：？！“”‘’（）《》【】—…,.;:?!()%+/·-]")
_DIGITS = re.compile(r"\d{1,20}")
_STAGE = re.compile(
    r"修改(?:稿|版|后)?|修订(?:稿|版)|改(?:后)?稿|定稿|终稿|最终(?:稿|版)?|正式稿|更正(?:稿|版)?|更新(?:稿|版)?"
    r"|第?[一二三四五六123456]稿|初稿|重发|重报|补发|再报|[（(]?[vV]\d{1,2}[）)]?$|新版"
)
_MENDED = re.compile(  # in a subject or a file name, where a title would mean something else
    r"调整稿|扩写|缩写|压缩稿|核实|[（(]核[)）]|核数|数据?已核|已改|有误|请(?:以此|换|替换)|更换|替换"
    r"|按.{0,8}意见|改(?=$|\.)"
)
_FIRST_STAGE = re.compile(r"初稿|第?[一1]稿")
_COUNTED = re.compile(r"\d{1,20}|[一二三四五六七八九十]{1,3}")
_REPORT = re.compile(r"首报|续报|终报|快报|[（(][一二三四五六七八九十\d]{1,2}[)）]$")
_FORMAT, _WITHOUT_FIGURES = "2", "1"
_GONE = {"withdrawn": "撤稿", "returned": "退回"}
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
        told: The days and figures themselves, to tell how many were kept; unknown for drafts
            filed before they were kept.
        length: Characters compared.
        stage: 修改稿, 定稿, 二稿… as written, "" if none.
        gone: 撤稿, 退回 or 非稿件, "" for one that stands: what repeats it is no second one.
    """

    text_sha256: str
    title: str
    values: tuple[int, ...]
    numbers: int
    length: int
    stage: str = ""
    told: ToldFigures = field(default_factory=ToldFigures)
    keys: tuple[str, ...] = field(default=(), compare=False)
    draft_id: int | None = None
    unit: str = ""
    received_at: datetime | None = None
    gone: str = ""

    @property
    def stored(self) -> str:
        """All of it as a line of at most 400 characters, for the ledger."""
        values = "".join(f"{value:04x}" for value in self.values)
        parts = (_FORMAT, self.text_sha256, values, f"{self.numbers:08x}", str(self.length))
        return ":".join((*parts, self.told.stored, self.stage))

    @property
    def bands(self) -> tuple[str, ...]:
        """Keys under which alike drafts are found: 16 of the pieces, figures, text and title."""
        keys = [
            f"{at // _ROWS:x}" + "".join(f"{value:04x}" for value in self.values[at : at + _ROWS])
            for at in range(0, len(self.values), _ROWS)
        ]
        title = _title_key(self.title)
        if len(title) >= _TELLING:
            keys.append("t" + hashlib.sha256(title.encode()).hexdigest()[:16])
        return (*keys, *self.keys, "x" + self.text_sha256[:16])


@lru_cache(maxsize=64)  # a draft is looked up, judged and stored by the same one
def fingerprint(title: str, body: str, *, file_name: str = "", subject: str = "") -> Fingerprint:
    """The fingerprint of a draft; file name and subject only tell its stage (修改稿…)."""
    bare_body = _bare(body)
    # Neither ideograph nor digit joins what stands before it: the two can be made bare apart.
    apart = "一" <= body[:1] <= "龥" or "0" <= body[:1] <= "9"
    text = _bare(title) + bare_body if apart else _bare(title + body)
    around = (file_name[:200], subject[:200])
    named = [_STAGE.search(words) for words in (title[:200], *around)]
    named += [_MENDED.search(words) for words in around]
    stage = next((found[0] for found in named if found), "")[:_LONGEST_STAGE]
    told, keys = told_figures(title, body)
    figures = " ".join(_DIGITS.findall(body[:_MOST_CHARS]))
    return Fingerprint(
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        title=title,
        values=_minima(bare_body[:_MOST_CHARS]),
        numbers=crc32(figures.encode()),
        length=len(text),
        stage=stage,
        told=told,
        keys=keys,
    )


def revive(record: DraftRecord) -> Fingerprint | None:
    """The fingerprint of an earlier draft; None for one of another version of this rule."""
    version, _, rest = record.fingerprint.partition(":")
    if version not in (_FORMAT, _WITHOUT_FIGURES):
        return None
    parts = rest.split(":", 5 if version == _FORMAT else 4)
    if len(parts) != (6 if version == _FORMAT else 5):
        return None
    return Fingerprint(
        text_sha256=parts[0],
        title=record.title,
        values=_unpacked(parts[1]),
        numbers=int(parts[2], 16),
        length=int(parts[3]),
        told=ToldFigures(parts[4] if version == _FORMAT else ""),
        stage=parts[-1],
        draft_id=record.id,
        unit=record.unit,
        received_at=record.received_at,
        gone="非稿件" if record.kind == "非稿件" else _GONE.get(record.state, ""),
    )


def _unpacked(digits: str) -> tuple[int, ...]:
    """Sixteen-bit numbers out of four hexadecimal digits each."""
    return struct.unpack(f">{len(digits) // 4}H", bytes.fromhex(digits))


def of_unit(new: Fingerprint, unit: str, received_at: datetime) -> Fingerprint:
    """The fingerprint of a new draft once its unit is known."""
    return replace(new, unit=unit, received_at=received_at)


def compare(new: Fingerprint, earlier: Sequence[Fingerprint]) -> DuplicateVerdict:
    """The earlier draft that `new` repeats, revises or resembles most, if any.

    One that stands is preferred to one that was taken back: an item counts once.
    """
    alike = [_compared(new, old) for old in earlier]
    found = [one for one in alike if one.relation is not None]
    if found:
        return min(found, key=_Alike.rank).verdict(new)
    anew = [one for one in alike if one.new_issue]
    return new_issue(_named(new, anew[-1].old)) if anew else DuplicateVerdict()


@dataclass(frozen=True, slots=True)
class _Alike:
    """How a draft is like an earlier one.

    Attributes:
        share: Of the text, 0 to 1.
        fresh: The figures are others.
        new_issue: The template is the same, days and figures are not.
    """

    old: Fingerprint
    relation: SameItem | None = None
    share: float = 0.0
    fresh: bool = False
    new_issue: bool = False

    def rank(self) -> tuple[bool, int, float]:
        """The least is told."""
        assert self.relation is not None
        return bool(self.old.gone), _ORDER.index(self.relation), -self.share

    def verdict(self, new: Fingerprint) -> DuplicateVerdict:
        """What is told of it."""
        assert self.relation is not None
        old, name = self.old, _named(new, self.old)
        if old.gone and self.relation != "same_title":
            return sent_anew(
                self.relation, name, draft_id=old.draft_id, alike=self.share, gone=old.gone
            )
        found = same_item(
            self.relation,
            name,
            draft_id=old.draft_id,
            alike=self.share,
            fresh=self.fresh,
            units=f"{old.unit}、{new.unit}",
        )
        general = len(_title_key(new.title)) < _SPECIFIC  # 工作动态 stands over many
        if self.relation == "same_title" and (general or new.told.other_days(old.told)):
            return replace(found, needs_review=())  # or plainly told of another day
        return found


def similarity(one: Fingerprint, other: Fingerprint) -> float:
    """Share of text pieces in common, estimated to about ±0.05; 0 when not comparable."""
    if one.text_sha256 == other.text_sha256:
        return 1.0
    if not one.values or len(one.values) != len(other.values):
        return 0.0
    same: int = sum(map(eq, one.values, other.values))
    return same / len(one.values)


def _compared(new: Fingerprint, old: Fingerprint) -> _Alike:
    if min(new.length, old.length) < _LEAST_CHARS:
        return _Alike(old)
    share = similarity(new, old)
    if new.text_sha256 != old.text_sha256:
        if _continues(new, old):
            return _Alike(old)
        if another_issue(new, old):
            titled: SameItem | None = "same_title" if _same_key(new, old) else None
            return _Alike(old, titled, share, new_issue=share >= _TEMPLATE)
    kept = new.told.kept(old.told)
    if new.unit and old.unit and new.unit != old.unit:
        same = tells_the_same(new, old, share)
        changed = kept is not None and kept <= _CHANGED
        return _Alike(old, "other_unit" if same else None, share, fresh=changed)
    fresh = kept < _KEPT if kept is not None else new.numbers != old.numbers
    return _Alike(old, _within_unit(new, old, share), share, fresh=fresh)


def another_issue(new: Fingerprint, old: Fingerprint) -> bool:
    """Other days, and other figures nearly throughout: last week's report is not repeated."""
    kept = new.told.kept(old.told)
    return kept is not None and kept <= _CHANGED and new.told.other_days(old.told)


def _within_unit(new: Fingerprint, old: Fingerprint, share: float) -> SameItem | None:
    if new.text_sha256 == old.text_sha256:
        return "exact"
    same_title = _same_title(new.title, old.title)
    told = tells_the_same(new, old, share)
    titled = same_title and (share >= _REWORDED or not new.told.other_days(old.told))
    if _revises(new) and (titled or share >= _REVISED or told):
        return "revision"
    if same_title and _retold(new, old, share) and not _another_day(new, old):
        return "revision"
    if told:
        return "near"
    return "same_title" if _same_key(new, old) else None


def _retold(new: Fingerprint, old: Fingerprint, share: float) -> bool:
    """Half the text again; under a title of its own, most of the shorter one within the longer."""
    if share >= _REVISED:
        return True
    both, shorter = new.length + old.length, min(new.length, old.length)
    within = share * both / ((1 + share) * shorter)
    return _same_key(new, old, _SPECIFIC) and within >= _WITHIN


def _same_key(new: Fingerprint, old: Fingerprint, least: int = 0) -> bool:
    """The same title; 工作动态 and its like stand over many, but of one unit they are told."""
    key = _title_key(new.title)
    same_unit = new.unit != "" and new.unit == old.unit
    least = least or (_TELLING if same_unit else _SPECIFIC)
    return len(key) >= least and key == _title_key(old.title)


def tells_the_same(new: Fingerprint, old: Fingerprint, share: float) -> bool:
    """Nearly the same words; or other words with the same figures, or without any."""
    if share >= _NEAR:
        return True
    if not (new.told.stored and old.told.stored) or new.told.other_days(old.told):
        return False
    kept = new.told.kept(old.told)
    if kept is None:
        return share >= _REVISED
    many = new.told.many(old.told, _MANY)
    if kept >= _KEPT and many and share >= _REWORDED:
        return True
    return kept == 1 and share >= (_REWORDED if new.told.same_days(old.told) else _REVISED)


def _another_day(new: Fingerprint, old: Fingerprint) -> bool:
    """Figures nearly all changed, or another day told on another day: hardly a revision."""
    kept = new.told.kept(old.told)
    if kept is not None and kept <= _CHANGED and new.told.many(old.told, _MANY):
        return True
    if not new.told.other_days(old.told) or (kept is not None and kept >= _KEPT):
        return False
    if new.received_at is None or old.received_at is None:
        return True
    return new.received_at - old.received_at >= timedelta(days=1)


def _continues(new: Fingerprint, old: Fingerprint) -> bool:
    """续报 and 终报 go on from the report before them; they do not repeat it."""
    mine, theirs = _REPORT.findall(new.title[:200]), _REPORT.findall(old.title[:200])
    return bool(mine) and mine != theirs and mine[0] not in ("首报", "快报")


def _revises(new: Fingerprint) -> bool:
    return bool(new.stage) and not _FIRST_STAGE.search(new.stage)


def _same_title(one: str, other: str) -> bool:
    mine, theirs = _title_key(one), _title_key(other)
    if not mine or not theirs:
        return False
    if mine == theirs:
        return True
    same_figures = _COUNTED.findall(mine) == _COUNTED.findall(theirs)
    return same_figures and ratio(mine, theirs) >= _TITLE_ALIKE


def _named(new: Fingerprint, old: Fingerprint) -> str:
    """The earlier draft as a clerk knows it; its unit is named where it is another."""
    day = chinese_day(old.received_at.astimezone(SHANGHAI).date()) if old.received_at else ""
    other = new.unit and old.unit and new.unit != old.unit
    came = f"{old.unit}{day}报送的" if other else f"{day}收到的" if day else ""
    return f"{came}第{old.draft_id}号《{old.title or '无标题'}》"


def _title_key(title: str) -> str:
    return _bare(_STAGE.sub("", title[:300]))


def _bare(text: str) -> str:
    """NFKC without blanks and punctuation, in small letters.

    Most texts need no normalising once their punctuation is gone, and asking costs less.
    """
    plain = _PUNCTUATION.sub("", text)
    if not unicodedata.is_normalized("NFKC", plain):
        plain = unicodedata.normalize("NFKC", text)
    return (plain if plain.isalnum() else _NOT_TEXT.sub("", plain)).lower()


def _minima(text: str) -> tuple[int, ...]:
    """The least hash in each of 64 bins; empty bins borrow from the next (densification)."""
    if len(text) < _LEAST_PIECES + _PIECE:
        return ()
    least = [1 << _HASH_BITS] * _BINS
    for crc in map(crc32, chain.from_iterable(_pieces(text))):
        mixed = crc * 2654435761 & 0xFFFFFFFF  # its first bits tell the bin
        if mixed < least[mixed >> _IN_BIN]:  # noqa: PLR1730  min() costs three times as much here
            least[mixed >> _IN_BIN] = mixed
    if max(least) < 1 << _HASH_BITS:
        return tuple(value & 0xFFFF for value in least)
    return tuple(_dense(least, at) for at in range(_BINS))


def _pieces(text: str) -> Iterator[tuple[bytes, ...]]:
    """Every four characters in a row, in UTF-8: four rows of pieces that lie side by side.

    The bytes of a row's pieces are added up for all of them at once, as one long number.
    """
    written = text.encode()
    sizes = written.translate(_BYTES, _CONTINUING)
    for first in range(_PIECE):
        many = (len(sizes) - first) // _PIECE
        columns = (sizes[first + at :: _PIECE][:many] for at in range(_PIECE))
        lengths = sum(int.from_bytes(column, "little") for column in columns)
        row = "".join(map(_CUT.__getitem__, lengths.to_bytes(many, "little")))
        yield struct.Struct(row).unpack_from(written, sum(sizes[:first]))


def _dense(least: list[int], at: int) -> int:
    for step in range(_BINS):
        value = least[(at + step) % _BINS]
        if value < 1 << _HASH_BITS:
            return (value + step * 0x9E37) & 0xFFFF
    return 0
