"""A unit for the office to confirm where a draft names none: place, own voice, field of work.

我处 is one of the bureau's two 处, 我县 a county, and what the text is about tells which.
What is found so is only proposed: no draft is filed for it, nothing counts and no letter
goes out before the office confirms (四（一）).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mailbot.notice import Notice
from mailbot.rules.cues import CueTable, fire
from mailbot.rules.place_type import AGENCIES, UnitIndex, agency_of, simple
from mailbot.rules.unit_names import plain
from mailbot.rules.unit_places import Place, is_main_city, place_of
from mailbot.rules.unit_signals import Signal, UnitEvidence

_MOST = 4000  # what a draft is about shows early
_VOICE = re.compile(
    r"(?<!自)(?:我们?|本)(?P<own>处(?![理置罚于在境])|科(?![学生技目及])|大队|中队|队(?!伍)|中心|办(?![理好事完法])"
    r"|局(?!长)|县(?![级长域])|区(?![级长域分间]))"
    r"|(?:^|[。；，,;\n])(?P<centre>中心)(?=处置|立即|已|第一时间|迅速|坐席|派单|值班|受理|接到)"
)
_ORGANISATION = re.compile(
    r"(?:局|委|办|院|公司|集团|社|队|所|中心|台|站|厅|部|会|政府|街道|学校)$"
)
_ELSEWHERE = re.compile(r"1(?:10|19|20)指挥|(?:公安|消防|应急|防汛|抗旱|联动|交警)[^，。]{0,6}指挥")
_OFFICE = "办公室"
_PREFIX = re.compile(r"[【\[(《]?办公室(?:[】\])》:+_—\-]|\d{1,2}月)")
_NAMED = 2  # points for a name that is not the author's for sure


@dataclass(frozen=True, slots=True)
class Guess:
    """A proposal: `unit` is None where there are only `candidates`."""

    unit: str | None
    because: str = ""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weight:
    """What speaks for a unit: the points, and the reasons in the office's words."""

    points: float = 0
    reasons: tuple[str, ...] = ()

    def more(self, points: float, reason: str) -> "Weight":
        """With one more reason, told first."""
        return Weight(self.points + points, tuple(dict.fromkeys((reason, *self.reasons))))


NOTHING = Guess(None)
_NONE = Weight()
Weights = dict[str, Weight]


class Fields:
    """What a text is about, weighed for agencies of a county and for sections of the bureau."""

    def __init__(self, title: str, body: str, index: UnitIndex, cues: CueTable) -> None:
        self._by_meaning: Weights = {}
        self._by_row: Weights = {}
        for one in (*fire(cues, {"text": title}), *fire(cues, {"text": body})):
            meaning = cues.words.get(one.cue.group, "")
            reason = f"{one.cue.reason}（“{one.matched.strip('，。；;, 　')}”）"
            held = self._by_meaning.get(meaning, _NONE)
            said = tuple(dict.fromkeys((*held.reasons, reason)))
            self._by_meaning[meaning] = Weight(held.points + one.cue.points, said)
        for meaning, weight in self._by_meaning.items():
            if meaning not in AGENCIES and (row := _row_of(index, meaning)):
                self._by_row[row] = weight

    def of_agency(self, agency: str) -> Weight:
        """What speaks for 住建, 综合执法 or 应急."""
        return self._by_meaning.get(agency, _NONE)

    def of_section(self, row: str) -> Weight:
        """What speaks for a section of the bureau."""
        return self._by_row.get(row, _NONE)


def guess(
    evidence: UnitEvidence,
    signals: Sequence[Signal],
    index: UnitIndex,
    notice: Notice,
    cues: CueTable,
) -> Guess:
    """The unit that place, voice and field of work point at.

    Args:
        evidence: The draft and its mail.
        signals: What the draft says of its author; none of it names a unit for sure.
        index: Units of the notice.
        notice: The notice.
        cues: cues/units.toml.
    """
    if _signed_by_somebody_else(evidence, signals):
        return NOTHING
    title, body = simple(evidence.title or evidence.subject)[:300], simple(evidence.text)[:_MOST]
    fields = Fields(title, body, index, cues)
    voice, said = _voice(f"{title}\n{body}")
    signed = "\n".join((evidence.signature_unit, *(value for _, value in evidence.credits)))
    place = place_of(
        title, body, simple(signed), index, cues, of_county=voice == "县" or _of_a_county(signals)
    )
    if place is not None and voice not in ("科", "办"):
        if voice != "处":
            return _of_place(place, signals, fields, index, cues)
        if not is_main_city(place.stem, cues):  # a county has its own 环卫处
            return Guess(None, f"写有“{place.words}”", index.units_of_place(place.stem))
    if any((s.place or len(s.units) > 1) and not s.bare for s in signals):
        return NOTHING
    text = f"{title}\n{body}"
    sections = [unit.name for unit in notice.units if not index.is_local(unit.name)]
    weights = {row: fields.of_section(row) for row in sections}
    named = (
        _office_prefix(evidence)
        or _contact(evidence, index)
        or _opening_name(text, signals, weights, cues)
        or _name_inside(text, weights, index, notice, cues)
    )
    if named is not None:
        return named
    return _of_bureau(voice, said, text, weights, index=index, cues=cues)


@lru_cache(maxsize=64)
def _row_of(index: UnitIndex, meaning: str) -> str | None:
    """The row a word of the file means; asked of the same few words for every draft."""
    return index.resolve(meaning)


def _signed_by_somebody_else(evidence: UnitEvidence, signals: Sequence[Signal]) -> bool:
    """Signed by a body that is no row of annex 2, or of another place."""
    if any(s.firm and not s.units and s.rank <= 2 for s in signals):
        return True
    if any(s.rank == 1 and not s.bare for s in signals):
        return False
    signed = (evidence.signature_unit, *(v for label, v in evidence.credits if "供稿" in label))
    return any(_ORGANISATION.search(plain(words)) for words in signed)


def _of_a_county(signals: Iterable[Signal]) -> bool:
    return any(signal.words.startswith("县") for signal in signals)


def _voice(body: str) -> tuple[str, str]:
    """How the author calls itself most (处, 科, 县 …), and its words; ("", "") if it does not.

    局 and 区 say little: they give way to whatever else is said.
    """
    times: dict[str, int] = {}
    said: dict[str, str] = {}
    for match in _VOICE.finditer(body):
        words = match["centre"] or match[0]
        kind = words[-1]
        times[kind] = times.get(kind, 0) + 1
        said.setdefault(kind, words)
    telling = {kind: count for kind, count in times.items() if kind not in "局区"} or times
    kind = max(telling, key=lambda one: telling[one], default="")
    return kind, said.get(kind, "")


def _of_place(
    place: Place,
    signals: Sequence[Signal],
    fields: Fields,
    index: UnitIndex,
    cues: CueTable,
) -> Guess:
    """The body of a county or zone whose field the text is."""
    rows = index.units_of_place(place.stem)
    weights = {row: fields.of_agency(agency_of(row)) for row in rows}
    for signal in signals:
        told = [row for row in rows if row in signal.units]
        if len(told) == 1 and not signal.bare:
            weights[told[0]] = weights[told[0]].more(_NAMED, f"写有“{signal.words}”")
    best = _clear_winner(weights, cues.settings["enough"], cues.settings["margin"])
    if best is None and len(rows) == 1 and not _is_anothers_field(rows[0], fields):
        best = rows[0]
    if best is None:
        return Guess(None, f"写有“{place.words}”", rows)
    because = "、".join((f"写有“{place.words}”", *weights[best].reasons[:2]))
    return Guess(best, because, tuple(row for row in rows if row != best))


def _is_anothers_field(row: str, fields: Fields) -> bool:
    """A zone's only row is not proposed for what another agency sees to."""
    own = agency_of(row)
    others = (fields.of_agency(one).points for one in AGENCIES if one != own)
    return max(others, default=0) > fields.of_agency(own).points


def _office_prefix(evidence: UnitEvidence) -> Guess | None:
    """办公室：… or 【办公室】… before a headline, as other sections write their names."""
    for source, words in (
        ("标题", evidence.title),
        ("邮件主题", evidence.subject),
        ("文件名", evidence.file_name),
    ):
        if _PREFIX.match(simple(words[:20])):
            return Guess(_OFFICE, f"{source}前写有“{_OFFICE}”")
    return None


def _contact(evidence: UnitEvidence, index: UnitIndex) -> Guess | None:
    """联系人：市政工程处 李明: mostly the author's own."""
    for label, value in evidence.credits:
        found = {m.units for m in index.mentions(simple(value[:60])) if m.firm and m.units}
        if "联系" in label and len(found) == 1:
            (row, *more) = found.pop()
            return None if more or row == _OFFICE else Guess(row, f"{label}“{value[:20].strip()}”")
    return None


def _opening_name(
    text: str, signals: Sequence[Signal], weights: Weights, cues: CueTable
) -> Guess | None:
    """指挥中心, 监督科 that head or sign a text; 办公室 only where it is of its own field."""
    others = _ELSEWHERE.search(text) is not None
    for signal in signals:
        if signal.firm or signal.bare or len(signal.units) != 1 or signal.words[0] in "市县区":
            continue
        row = signal.units[0]
        weight = weights.get(row, _NONE)
        heads = signal.rank == 2 and row != _OFFICE and not others
        if heads or weight.points >= cues.settings["enough"] / 2:
            return Guess(row, "、".join((f"{signal.source}“{signal.words}”", *weight.reasons[:1])))
    return None


def _name_inside(
    text: str, weights: Weights, index: UnitIndex, notice: Notice, cues: CueTable
) -> Guess | None:
    """现将指挥中心本月…: named anywhere in a text of its own field, and of no other's."""
    enough = cues.settings["enough"] / 2
    best = _clear_winner(weights, enough, cues.settings["margin"])
    if best is None or _ELSEWHERE.search(text):
        return None
    if best == _OFFICE and weights[best].points < cues.settings["office"]:
        return None
    short = notice.unit_by_name[best].aliases_in_context
    said = next((name for name in short if name in text), "") or _only_name(text, best, index)
    if not said:
        return None
    return Guess(best, "、".join((f"写有“{said}”", *weights[best].reasons[:1])))


def _only_name(text: str, row: str, index: UnitIndex) -> str:
    """How a text names this unit, where it names no other; "" if it does not."""
    named = [one for one in index.mentions(text) if one.units and not one.bare]
    mine = all(one.firm and one.units == (row,) for one in named)
    return named[0].words if named and mine else ""


def _of_bureau(
    voice: str, said: str, text: str, weights: Weights, *, index: UnitIndex, cues: CueTable
) -> Guess:
    """The section that calls itself so and whose field the text is; without a voice, candidates."""
    enough, margin = cues.settings["enough"], cues.settings["margin"]
    own = [row for row in weights if voice and _calls_itself(row, voice)]
    if not own:
        others = {row: weight for row, weight in weights.items() if row != _OFFICE}
        likely = None if voice else _clear_winner(others, enough, margin)
        return Guess(None, "", (likely,)) if likely else NOTHING
    mine = {row: weights[row] for row in own}
    for mention in index.mentions(text):
        if mention.firm and mention.units[:1] and mention.units[0] in mine:
            row, reason = mention.units[0], f"写有“{mention.words}”"
            if reason not in mine[row].reasons:
                mine[row] = mine[row].more(_NAMED, reason)
    best = _clear_winner(mine, enough / 2, margin)
    if best is None:
        return Guess(None, f"自称“{said}”", tuple(own))
    because = "、".join((f"自称“{said}”", *mine[best].reasons[:2]))
    return Guess(best, because, tuple(row for row in own if row != best))


def _calls_itself(row: str, voice: str) -> bool:
    return plain(row).partition("(")[0].endswith(voice)


def _clear_winner(weights: Mapping[str, Weight], enough: float, margin: float) -> str | None:
    """The one with enough points that leads by the margin."""
    ranked = sorted(weights, key=lambda one: -weights[one].points)
    if not ranked or weights[ranked[0]].points < enough:
        return None
    second = weights[ranked[1]].points if len(ranked) > 1 else 0
    return ranked[0] if weights[ranked[0]].points - second >= margin else None
