"""Which unit a draft comes from (四（一）, annex 2).

Signals in the order they are trusted: the sender's address, 落款 and 供稿, the
prefix of subject, title or file name, the actor of the first sentence. Words that
name others (会同…, 联合…, the addressee) never count. Where signals disagree both
are shown and nobody is named with confidence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mailbot.notice import Notice
from mailbot.records.verdicts import Confidence, Reason, UnitVerdict
from mailbot.rules.place_type import Mention, UnitIndex, simple
from mailbot.rules.unit_names import plain
from parsers.facts import Address

_CLAUSE = "四（一）"
_AUTHOR_CREDIT = re.compile(r"供稿|撰稿|来稿|报送|投稿|单位|来源|作者|通讯员|科室|部门|撰写|拟稿")
_NOT_AUTHOR = re.compile(r"审核|审签|签发|审定|审阅|主送|抄送|联系|电话|附件|编辑|责任")
_DELIMITER = re.compile(r"[，。；：！？,;:!?\s\-—_－|/【】\[\]()（）《》「」“”\"、~·.+*#]")
_BEFORE_ACTOR = re.compile(
    r"(?>(?:达州市|市)?(?:城市管理行政执法|城管执法|城管)局"
    r"|近日|日前|今日|今天|昨日|昨天|昨晚|今晨|当日|当天|当晚|连日来|近期|本周|上周|本月|今年|以来"
    r"|[\d〇一二三四五六七八九十]{1,4}(?:年|月|日|号|时|点|分|期|篇)|许|左右"
    r"|凌晨|清晨|早上|上午|中午|下午|傍晚|晚间|晚上|晚|达州市|达州|市|局|我|由"
    r"|关于|报送|上报|转发|转|回复|答复|据|本报讯|本网讯|讯|的|信息|稿件|稿|简讯|动态|投稿"
    r"|Re|Fwd?|RE|FW)*+"
)
_OTHERS_LEAD = re.compile(
    r"(?:会同|联合|配合|协同|协助|携手|邀请|陪同|对接|组织|指导|督导|督促|检查|调研|慰问|走访)$"
)
_VISITOR = re.compile(r"^[^，。]{0,6}(?:来|到我|赴我|至我|莅临)")
_PRESENT = re.compile(
    r"^[^，。]{0,24}(?:参加|参会|列席|陪同|到场|配合|受邀|作(?:了)?(?:交流|汇报|表态)|负责人)"
)
_HIGHER = re.compile(
    r"(?:市|省|国家|达州市)(?:城市管理行政执法|城管执法|城管|委|政府|住建|应急)[局厅部]?|[市县区]委|[市县区]政府|领导"
    r"|[市县]长|书记|党组|督导组|检查组|调研组|召开|带队"
)
_JOINT = re.compile(r"联合(?:报送|供稿|撰稿|上报|投稿)|共同(?:报送|供稿|撰稿)")
_LONGEST = 300  # characters of any one signal that are looked at
_CERTAIN_SIGNALS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEvidence:
    """All that may tell where a draft comes from.

    Attributes:
        sender_address: addr-spec of the sender, "" when unknown.
        sender_name: Display name of the sender.
        known_addresses: Address → unit name: configured and learnt.
        credits: 供稿/撰稿/审核 … lines of the draft, label and value.
        first_sentences: Where the body starts.
        forwarded_from: Author of the forwarded original, where the mail shows one.
        addressee: 主送 line; never an author.
    """

    sender_address: str = ""
    sender_name: str = ""
    known_addresses: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    file_name: str = ""
    title: str = ""
    signature_unit: str = ""
    credits: tuple[tuple[str, str], ...] = ()
    first_sentences: str = ""
    forwarded_from: Address | None = None
    addressee: str = ""


@dataclass(frozen=True, slots=True)
class _Signal:
    """One thing that points at units: `rank` 0 is trusted most."""

    rank: int
    source: str
    words: str
    units: tuple[str, ...]
    firm: bool
    place: str = ""
    bare: bool = False
    beside: tuple[str, ...] = ()  # all units the same words name


_INDEXES: dict[int, tuple[Notice, UnitIndex]] = {}
_KEPT = 8


def unit_index(notice: Notice) -> UnitIndex:
    """The index of a notice, built once for as long as the notice lives here."""
    held = _INDEXES.get(id(notice))
    if held is None or held[0] is not notice:
        if len(_INDEXES) >= _KEPT:
            _INDEXES.clear()
        held = _INDEXES[id(notice)] = (notice, UnitIndex(notice))
    return held[1]


def resolve_unit(name: str, notice: Notice) -> str | None:
    """The row of annex 2 that a name of annex 3 or a clerk means; None if none or several."""
    return unit_index(notice).resolve(name)


def identify(evidence: UnitEvidence, notice: Notice) -> UnitVerdict:
    """Name the unit a draft comes from, or the candidates and what the office should settle."""
    index = unit_index(notice)
    signals = _settle(list(_signals(evidence, index, notice)), index)
    firm = [s for s in signals if s.firm and len(s.units) == 1]
    joint = _joint(evidence, firm)
    if joint:
        return _joint_verdict(joint, firm)
    if not firm:
        return _unsure(signals, evidence)
    return _named(firm, signals, evidence)


def _signals(evidence: UnitEvidence, index: UnitIndex, notice: Notice) -> Iterator[_Signal]:
    yield from _address_signals(evidence, notice)
    yield from _signed(index, evidence.signature_unit, "落款")
    for label, value in evidence.credits:
        if _AUTHOR_CREDIT.search(label) and not _NOT_AUTHOR.search(label):
            yield from _signed(index, value, label)
    yield from _prefixed(index, evidence.title, "标题", actor_only=True)
    if plain(evidence.subject) != plain(evidence.title):
        yield from _prefixed(index, evidence.subject, "邮件主题")
    yield from _prefixed(index, evidence.file_name.rpartition(".")[0], "文件名")
    shown = evidence.forwarded_from.name if evidence.forwarded_from else evidence.sender_name
    yield from _prefixed(index, shown, "发件人名称")
    yield from _first_sentence(index, evidence.first_sentences)


def _address_signals(evidence: UnitEvidence, notice: Notice) -> Iterator[_Signal]:
    forwarded = evidence.forwarded_from
    if forwarded is not None and forwarded.address:
        unit = evidence.known_addresses.get(forwarded.address.lower())
        if unit in notice.unit_by_name:
            yield _Signal(0, "转发邮件的原发件地址", forwarded.address, (unit,), firm=True)
        return
    unit = evidence.known_addresses.get(evidence.sender_address.lower())
    if unit in notice.unit_by_name:
        yield _Signal(0, "发件地址", evidence.sender_address, (unit,), firm=True)


def _signed(index: UnitIndex, words: str, source: str) -> Iterator[_Signal]:
    """Every unit of a 落款 or 供稿 line; blanks inside names mean nothing there."""
    text = simple(words[:_LONGEST])
    mentions = index.mentions(text)
    packed = simple(plain(words[:_LONGEST]))
    if not any(m.firm for m in mentions):
        mentions = index.mentions(packed)
    teams = any(m.firm and m.words.endswith("大队") for m in mentions)
    for mention in mentions:
        firm = mention.firm or (teams and mention.words.endswith("大队"))
        yield replace(_signal(1, source, mention), firm=firm)
    if not mentions and (near := index.nearly(packed)):
        yield _Signal(1, source, words, (near,), firm=True)


def _prefixed(
    index: UnitIndex, words: str, source: str, *, actor_only: bool = False
) -> Iterator[_Signal]:
    """Units at the head of a part of a subject, title, file name or display name."""
    text = simple(words[:_LONGEST])
    mentions = index.mentions(text)
    for mention in mentions:
        if not _is_actor(text, mention.start):
            continue
        if actor_only and (_VISITOR.match(text[mention.end :]) or mention.units == ("办公室",)):
            continue
        yield _signal(2, source, mention, mentions)
        if actor_only and mention.firm:
            return


def _first_sentence(index: UnitIndex, words: str) -> Iterator[_Signal]:
    """The acting unit of the first sentences: not the addressee, not those called together."""
    text = simple(words[:_LONGEST])
    mentions = index.mentions(text)
    for mention in mentions:
        if not _is_actor(text, mention.start) or mention.words.endswith("办公室"):
            continue
        if _HIGHER.search(_BEFORE_ACTOR.sub("", text[: mention.start])):
            return
        after = text[mention.end :]
        if _VISITOR.match(after) or _PRESENT.match(after):
            continue
        yield _signal(3, "首句", mention, mentions)
        if mention.firm:
            return


def _signal(rank: int, source: str, mention: Mention, mentions: Sequence[Mention] = ()) -> _Signal:
    return _Signal(
        rank=rank,
        source=source,
        words=mention.words,
        units=mention.units,
        firm=mention.firm,
        place=mention.place,
        bare=mention.bare,
        beside=tuple(unit for one in mentions if one.firm for unit in one.units),
    )


def _is_actor(text: str, start: int) -> bool:
    """Whether the clause begins with the unit, times and formulas aside."""
    begin = start
    while begin > 0 and start - begin < 40 and not _DELIMITER.match(text[begin - 1]):
        begin -= 1
    head = text[begin:start]
    before = text[max(0, begin - 12) : begin]
    if begin and text[begin - 1] in "、和与" and _OTHERS_LEAD.search(before.rstrip("、和与 ")):
        return False
    return _BEFORE_ACTOR.fullmatch(head) is not None


def _settle(signals: list[_Signal], index: UnitIndex) -> list[_Signal]:
    """Firm up words that need context (县住建局, 指挥中心) by sender and place."""
    firm = {s.units[0] for s in signals if s.firm and len(s.units) == 1}
    places = {s.place for s in signals if s.place}
    of_place = set(index.units_of_place(places.pop())) if len(places) == 1 else set()
    settled = []
    for signal in signals:
        if signal.firm or not signal.units or signal.bare:
            settled.append(signal)
            continue
        context = firm if not signal.place else firm & set(signal.units)
        agreed = [u for u in signal.units if u in context]
        if not agreed and not signal.place:
            agreed = [u for u in signal.units if u in of_place]
        if len(agreed) == 1:
            settled.append(replace(signal, units=(agreed[0],), firm=True, place="", bare=False))
        else:
            settled.append(signal)
    return settled


def _joint(evidence: UnitEvidence, firm: list[_Signal]) -> tuple[str, ...]:
    """Units of a joint draft: two in 落款 or 供稿, or words that say so."""
    sender = [s.units[0] for s in firm if s.rank == 0]
    signed = list(dict.fromkeys(s.units[0] for s in firm if s.rank == 1))
    if len(signed) < _CERTAIN_SIGNALS:
        shown = f"{evidence.title} {evidence.subject} {evidence.signature_unit}"
        if not _JOINT.search(shown):
            return ()
        signed = list(dict.fromkeys(s.units[0] for s in firm if s.rank in (1, 2)))
    if len(signed) < _CERTAIN_SIGNALS:
        return ()
    return tuple(sorted(signed, key=lambda unit: unit not in sender))


def _joint_verdict(joint: tuple[str, ...], firm: list[_Signal]) -> UnitVerdict:
    names = "、".join(joint)
    outside = tuple(dict.fromkeys(s.units[0] for s in firm if s.units[0] not in joint))
    sender = [s for s in firm if s.rank == 0 and s.units[0] in outside]
    doubt = tuple(f"落款为{names}，发件地址却属{s.units[0]}，请核对报送单位" for s in sender)
    reason = Reason(f"单位：{joint[0]}", f"{names}联合报送", _CLAUSE)
    return UnitVerdict(
        name=joint[0],
        confidence="unsure" if doubt else "likely",
        reasons=(reason, *_reasons([s for s in firm if s.units[0] in joint])),
        joint=joint,
        candidates=outside,
        needs_review=doubt,
    )


def _named(firm: list[_Signal], signals: list[_Signal], evidence: UnitEvidence) -> UnitVerdict:
    lead = min(firm, key=lambda s: s.rank)
    name = lead.units[0]
    agreeing = [s for s in firm if s.units[0] == name]
    others = [s for s in firm if s.units[0] != name and name not in s.beside]
    others += [s for s in signals if s.place and _elsewhere(s, name, agreeing)]
    candidates = tuple(dict.fromkeys(u for s in others for u in s.units if u != name))
    doubts = _doubts(name, lead, others, evidence)
    return UnitVerdict(
        name=name,
        confidence=_confidence(agreeing, others, evidence),
        reasons=_reasons(agreeing),
        candidates=candidates,
        needs_review=doubts,
    )


def _elsewhere(signal: _Signal, name: str, agreeing: list[_Signal]) -> bool:
    """A signature or title of another place, or of a body of that place that is no row."""
    if signal.firm and not signal.units:
        return signal.rank <= 2 and signal not in agreeing
    local = any(s.place for s in agreeing) or signal.rank == 1
    return local and not signal.firm and name not in signal.units and signal.rank <= 1


def _confidence(
    agreeing: list[_Signal], others: list[_Signal], evidence: UnitEvidence
) -> Confidence:
    if others:
        return "unsure"
    if evidence.forwarded_from is not None:
        return "likely"
    if any(s.rank == 0 for s in agreeing):
        return "certain"
    kinds = {s.rank for s in agreeing}
    return "certain" if len(kinds) >= _CERTAIN_SIGNALS and min(kinds) == 1 else "likely"


def _doubts(
    name: str, lead: _Signal, others: list[_Signal], evidence: UnitEvidence
) -> tuple[str, ...]:
    doubts = []
    for other in others[:2]:
        shown = "、".join(other.units) or other.words
        doubts.append(
            f"报送单位待确认：{lead.source}（{lead.words}）指向{name}，"
            f"{other.source}（{other.words}）指向{shown}"
        )
    if evidence.forwarded_from is not None:
        source = evidence.forwarded_from.address or evidence.forwarded_from.name
        doubts.append(f"邮件系转发，原发件人为{source}，暂按{name}登记，请核对")
    return tuple(doubts)


def _unsure(signals: list[_Signal], evidence: UnitEvidence) -> UnitVerdict:
    weak = [s for s in signals if s.units]
    candidates = tuple(dict.fromkeys(u for s in weak for u in s.units))
    local = next((s for s in weak if s.place and not s.bare and not s.firm), None)
    name = _local_body(local)
    if candidates:
        hint = "；".join(f"{s.source}“{s.words}”" for s in weak[:3])
        said = f"报送单位待确认：{hint}，可能是{'、'.join(candidates[:4])}"
        if any(plain(s.words).startswith("市") for s in weak):
            said += "，也可能是达州市级同名部门"
    else:
        source = evidence.sender_address or "发件人"
        said = f"报送单位待确认：{source}未登记，文中也没有可以认定的单位名称"
    because = "只有不足以认定的线索" if candidates else "没有单位线索"
    reasons = (Reason("单位：待确认", because, _CLAUSE),)
    return UnitVerdict(name, "unsure", reasons, (), candidates, (said,))


def _local_body(signal: _Signal | None) -> str | None:
    """宣汉县环卫处 is Xuanhan's, not the city's: proposed as its 综合执法局 (annex 2)."""
    if signal is None:
        return None
    return next((unit for unit in signal.units if "执法" in unit), None)


def _reasons(signals: list[_Signal]) -> tuple[Reason, ...]:
    return tuple(
        Reason(f"单位：{s.units[0]}", f"{s.source}为“{s.words}”", _CLAUSE) for s in signals
    )
