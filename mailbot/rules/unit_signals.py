"""What a mail and its draft tell about the unit that wrote them: signals, most trusted first.

The sender's address, 落款 and 供稿, the prefix of title, subject or file name, the
actor of the first sentence. Whoever is merely named beside the author (会同…, 联合…,
the addressee, those called to a meeting) gives no signal.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mailbot.notice import Notice
from mailbot.rules.place_type import Mention, UnitIndex, simple
from mailbot.rules.unit_names import plain
from parsers.facts import Address

_AUTHOR_CREDIT = re.compile(
    r"署名|供稿|撰稿|来稿|报送|投稿|单位|来源|作者|通讯员|科室|部门|撰写|拟稿"
)
_NOT_AUTHOR = re.compile(r"审核|审签|签发|审定|审阅|主送|抄送|联系|电话|附件|编辑|责任")
_DELIMITER = re.compile(r"[，。；：！？,;:!?\s\-—_－|/【】\[\]()（）《》「」“”\"、~·.+*#]")
_BEFORE_ACTOR = re.compile(
    r"(?>(?:达州市|市)?(?:城市管理行政执法|城管执法|城管|综合(?:行政)?执法)局?"
    r"|我们?是|这里是|[记笔]者从|近日|日前|今日|今天|昨日|昨天|昨晚|今晨|当日|当天|当晚|连日来|近期|本周|上周|本月|今年|以来"
    r"|[\d〇一二三四五六七八九十]{1,4}(?:年|月|日|号|时|点|分|期|篇)|许|左右"
    r"|凌晨|清晨|早上|上午|中午|下午|傍晚|晚间|晚上|晚|达州市|达州|市|局|本人|我|由"
    r"|关于|报送|上报|转发|转|回复|答复|据|本报讯|本网讯|讯|的|信息|稿件|稿|简讯|动态|投稿"
    r"|Re|Fwd?|RE|FW)*+"
)
_OTHERS_LEAD = re.compile(
    r"(?:会同|联合|配合|协同|协助|携手|邀请|陪同|对接|组织|指导|督导|督促|检查|调研|慰问|走访)$"
)
_VISITOR = re.compile(
    r"^[^，,。]{0,6}?(?:来(?=[我本达市]|参观|考察|学习|交流|调研|检查|指导|访)"
    r"|(?<![以近年月日历从原将未本])来(?!信|电|稿)|到我|赴我|至我|莅临)"
)
_PRESENT = re.compile(r"^[^，,。组织选派安排带]{0,12}(?:参加|参会|列席|陪同|受邀)")
_GROUNDS = re.compile(r"(?:按照?|根据|依据|为|落实|贯彻|在|接|据|经|结合)[^，,。]{0,60}[，,]")
_HIGHER = re.compile(
    r"(?:市|省|国家|达州市)(?:城市管理行政执法|城管执法|城管|委|政府|住建|应急)[局厅部]?|[市县区]委|[市县区]政府|领导"
    r"|[市县]长|书记|党组|督导组|检查组|调研组|召开|带队"
)
_ACTS = re.compile(
    r"(?:组织|召开|开展|举办|举行|牵头|联合|会同|完成|启动|积极|扎实|赴|对|到|推|制|编|率|梳理|负责|立即|迅速|把)"
)
_SALUTED = re.compile(r"[^，。；！？\n]{0,8}[:：]|$|各位|领导|同志|负责人")
_JOINT_CREDIT = re.compile(r"(?:联合|共同)(?:报送|供稿|撰稿|上报|投稿)")
_JOINTLY = re.compile(
    rf"(?:^|[。！？\n])[ \u3000]{{0,8}}([^。！？\n：:]{{4,60}}?)[（(]?{_JOINT_CREDIT.pattern}"
)
_JOINT_LABEL = re.compile(
    rf"{_JOINT_CREDIT.pattern}(?:单位|科室|部门)?[ \u3000]{{0,4}}[：:]([^。！？\n]{{4,60}})"
)
_BETWEEN = re.compile(r"[/、，,和与及&+ \u3000]{1,4}")  # of two names that sign together
_TWO_TEAMS = re.compile(r"([一二三四五])[、,和与及](?=[一二三四五]大队)")  # 直属一、二大队
_LONGEST_ENDING = 40  # characters of what the next finds
_ENDING = re.compile(
    r"(?:^|[。！？\n”])[ \u3000（(]{0,8}([^。！？\n（）()]{2,24})[）)]?[ \u3000]{0,4}$"
)
_AFTER_NAME = re.compile(  # 市政工程处值班室 7月2日 17时35分
    r"(?:(?:值班|现场)(?:室|员|长|领导|人员|负责人)|带班领导|办公室|夜班|党支部|信息员)?"
    r"[^，。；]{0,4}(?:报告?|供稿|报送|宣)?"
    r"(?:[ \u3000]{0,4}(?:\d{1,4}[年月日.:点时/-][ \u3000]?){1,5}(?:\d{1,2}分?)?)?"
)
_LONGEST = 300  # characters of any one signal that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEvidence:
    """All that may tell where a draft comes from.

    Attributes:
        sender_address: addr-spec of the sender, "" when unknown.
        sender_name: Display name of the sender.
        known_addresses: Address → unit name: configured and learnt.
        credits: 供稿/撰稿/审核 … lines of the draft, label and value.
        first_sentences: Where the body starts.
        last_words: Where the body ends; a short message is often signed there.
        text: The body, as far as its subject matter is looked at.
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
    last_words: str = ""
    text: str = ""
    forwarded_from: Address | None = None
    addressee: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that points at units: `rank` 0 is trusted most."""

    rank: int
    source: str
    words: str
    units: tuple[str, ...]
    firm: bool
    place: str = ""
    bare: bool = False
    beside: tuple[str, ...] = ()  # all units the same words name
    settled: bool = False  # exact only by its context (县住建局 beside 大竹县)


def signals_of(evidence: UnitEvidence, index: UnitIndex, notice: Notice) -> Iterator[Signal]:
    """Every signal of a draft and its mail, each as the words stand: `settle` firms them up."""
    yield from _address_signals(evidence, notice)
    yield from _signed(index, evidence.signature_unit, "落款")
    for label, value in evidence.credits:
        if _AUTHOR_CREDIT.search(label) and not _NOT_AUTHOR.search(label):
            yield from _signed(index, value, label)
    yield from _signed_in_text(index, evidence)
    yield from _prefixed(index, evidence.title, "标题", actor_only=True)
    if plain(evidence.subject) != plain(evidence.title):
        yield from _prefixed(index, evidence.subject, "邮件主题")
    yield from _prefixed(index, evidence.file_name.rpartition(".")[0], "文件名")
    shown = evidence.forwarded_from.name if evidence.forwarded_from else evidence.sender_name
    yield from _prefixed(index, shown, "发件人名称")
    yield from _first_sentence(index, evidence.first_sentences)


def _address_signals(evidence: UnitEvidence, notice: Notice) -> Iterator[Signal]:
    forwarded = evidence.forwarded_from
    if forwarded is not None and forwarded.address:
        unit = evidence.known_addresses.get(forwarded.address.lower())
        if unit in notice.unit_by_name:
            yield Signal(0, "转发邮件的原发件地址", forwarded.address, (unit,), firm=True)
        return
    unit = evidence.known_addresses.get(evidence.sender_address.lower())
    if unit in notice.unit_by_name:
        yield Signal(0, "发件地址", evidence.sender_address, (unit,), firm=True)


def _signed(index: UnitIndex, words: str, source: str) -> Iterator[Signal]:
    """Every unit of a 落款 or 供稿 line; blanks inside names mean nothing there."""
    words = _TWO_TEAMS.sub(r"\1大队、", words[:_LONGEST])
    text = simple(words)
    mentions = index.mentions(text)
    packed = simple(plain(words))
    if not any(m.firm for m in mentions):
        mentions = index.mentions(packed)
    teams = any(m.firm and m.words.endswith("大队") for m in mentions)
    for mention in mentions:
        firm = mention.firm or (teams and mention.words.endswith("大队"))
        yield replace(_signal(1, source, mention), firm=firm)
    if not mentions and (near := index.nearly(packed)):
        yield Signal(1, source, words, (near,), firm=True)


def _signed_in_text(index: UnitIndex, evidence: UnitEvidence) -> Iterator[Signal]:
    """市政处 环卫处联合供稿 at either end of a body, or a last sentence that is only a name."""
    head, tail = simple(evidence.first_sentences[:_LONGEST]), simple(evidence.last_words)
    for words in (head, tail):
        credited = _JOINT_CREDIT.search(words)
        found = (_JOINTLY.search(words) or _JOINT_LABEL.search(words)) if credited else None
        named = [m for m in index.mentions(found[1]) if m.firm] if found else []
        if len({m.units for m in named}) > 1:
            yield from (_signal(1, "联合报送", mention) for mention in named)
            return
    ending = _ENDING.search(tail, max(0, len(tail) - _LONGEST_ENDING))
    if ending is None or not evidence.last_words or len(evidence.last_words) < len(ending[0]) + 4:
        return
    signed = index.mentions(ending[1])
    if len(signed) > 1 and _sign_together(signed, ending[1]):
        yield from (_signal(1, "文末署名", mention) for mention in signed)
        return
    for mention in signed[:1]:
        if mention.start == 0 and _AFTER_NAME.fullmatch(ending[1][mention.end :]):
            yield _signal(1, "文末署名", mention)


def _sign_together(signed: Sequence[Mention], words: str) -> bool:
    """市政工程处/环卫处: names and what stands between them, nothing else."""
    starts = [one.start for one in signed] + [len(words)]
    between = [words[one.end : after] for one, after in zip(signed, starts[1:], strict=True)]
    named = all(one.firm and one.units for one in signed) and not starts[0] and not between[-1]
    return named and all(_BETWEEN.fullmatch(one) for one in between[:-1])


def _prefixed(
    index: UnitIndex, words: str, source: str, *, actor_only: bool = False
) -> Iterator[Signal]:
    """Units at the head of a part of a subject, title, file name or display name."""
    text = simple(words[:_LONGEST])
    mentions = index.mentions(text)
    for mention in mentions:
        if not _is_actor(text, mention.start):
            continue
        if actor_only and _VISITOR.match(text[mention.end :]):
            continue
        yield _signal(2, source, mention, mentions)
        if actor_only and mention.firm:
            return


def _first_sentence(index: UnitIndex, words: str) -> Iterator[Signal]:
    """The acting unit of the first sentences: not the addressee, not those called together."""
    text = simple(words[:_LONGEST])
    mentions = index.mentions(text)
    for mention in mentions:
        if not _is_actor(text, mention.start) or _is_receiver(text, mention):
            continue
        after = text[mention.end :]
        if _HIGHER.search(_GROUNDS.sub("", text[: mention.start])) and not _ACTS.match(after):
            return
        if _VISITOR.match(after) or _PRESENT.match(after):
            continue
        yield _signal(3, "首句", mention, mentions)
        if mention.firm:
            return


def _signal(rank: int, source: str, mention: Mention, mentions: Sequence[Mention] = ()) -> Signal:
    return Signal(
        rank=rank,
        source=source,
        words=mention.words,
        units=mention.units,
        firm=mention.firm,
        place=mention.place,
        bare=mention.bare,
        beside=tuple(unit for one in mentions if one.firm for unit in one.units),
    )


def _is_receiver(text: str, mention: Mention) -> bool:
    """The bureau's office where it is saluted: mostly drafts are sent to it."""
    return mention.units == ("办公室",) and _SALUTED.match(text, mention.end) is not None


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


def settle(signals: list[Signal], index: UnitIndex) -> list[Signal]:
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
            settled.append(replace(signal, units=(agreed[0],), firm=True, place="", settled=True))
        else:
            settled.append(signal)
    return settled
