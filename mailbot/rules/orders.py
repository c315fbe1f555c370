"""What the office orders by mail, in plain Chinese: one order a line.

`采用 #123 达州要情 单条`, `退回 #123 原因`, `收到 #E7`, `撤销`… A line that starts with
one of the words and cannot be read is explained with the right form; any other line
is no order and is passed over (greetings, thanks).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mailbot.rules.chinese_numerals import narrow
from mailbot.rules.publications import form_of

FORMS: Mapping[str, str] = {
    "采用": "采用 #123 达州要情 单条（可加日期、第几期）",
    "批示": "批示 #123 市委主要领导",
    "退回": "退回 #123 原因",
    "更正": "更正 #123 单位=市政管理科 类型=动态简讯",
    "表扬": "表扬 #123 事由（或：表扬 单位 事由）",
    "批评": "批评 #123 事由（或：批评 单位 事由）",
    "加分": "加分 #E7（突发事件迅速首报）",
    "扣分": "扣分 #E7 漏报（或误报、瞒报、通报批评）",
    "约稿": "约稿 市政管理科 4月25日17时 主题",
    "活动": "活动 市政管理科 4月25日 主题",
    "突发": "突发 直属一大队 4月20日8时22分 事由",
    "收到": "收到 #E7",
    "免除": "免除 任务编号 原因",
    "放行": "放行 通报-2023-04",
    "台账": "台账 4月",
    "查询": "查询 单位",
    "撤销": "撤销 操作号（或直接回复要撤销的那封答复，写“撤销”）",
    "确认": "确认（直接回复请您确认的那封邮件）",
}
SCORING = frozenset({"采用", "批示", "表扬", "批评", "加分", "扣分"})
CONFIRMED = SCORING | {"放行"}
"""Orders that are asked back about even when proved: they touch scores, or every unit."""
HARMLESS = frozenset({"查询", "台账"})
ALONE = frozenset({"收到", "撤销", "确认"})
"""Words that say enough in an answer to a letter of ours."""
MOST_LINES, LONGEST_LINE = 30, 300
BLANK_TO_FILL = "（请写"
"""How a link marks what the clerk still has to write."""

_LINE = re.compile(
    rf"(?:[\[【]?(?:指令|命令)[\]】]?\s?[:：]?\s?)?(?:({'|'.join(FORMS)})(?=[\s:：#＃]|\Z)"
    rf"|({'|'.join(sorted(ALONE))})(?=[，,。.！!；;、~]))[\s:：]*(.*)\Z"
)
_NOT_OWN = re.compile(
    r"\s*(?:回复|答复|回覆|转发|转寄|Re|Reply|Fw|Fwd)\s?(?:\[\d+\])?\s?[:：]", re.IGNORECASE
)
_TOKEN = re.compile(r"[\[【(（]?凭证\s?[:：]?\s?(\d{1,9})-([0-9a-f]{20})[\]】)）]?", re.IGNORECASE)
_CODE = re.compile(r"校验码\s?[:：]?\s?([0-9a-f]{10,40})(?![0-9a-f])", re.IGNORECASE)
_NUMBERS = re.compile(
    r"#\s?\d{1,9}(?!\d)(?:\s?[、,和及]\s?#?\s?\d{1,9}(?!\d)|\s?#\s?\d{1,9}(?!\d))*"
    r"|\d{1,9}(?:\s?[、,和及]\s?\d{1,9})*(?=\s|\Z)"
)
_NUMBER = re.compile(r"\d{1,9}")
_ACTS = re.compile(r"(?:[\s、,，和及#]*(?:操作号?)?\s?#?\d{1,9}(?!\d))+")
_EVENT = re.compile(r"#?\s?[Ee]\s?(\d{1,9})(?!\d)")
_PAIR = re.compile(r"(\S{1,4}?)\s?[=＝]\s?([^\s,，;；]+)")
_BLANKS = re.compile(r"[ \t\u3000\xa0]+")

_NO_NUMBERS = frozenset({"免除", "放行", "台账", "约稿", "活动", "突发", "撤销", "确认"})
_WANTS_DRAFTS = frozenset({"采用", "批示", "退回", "更正"})
_WANTS_EVENT = frozenset({"加分", "扣分"})
_WANTS_WORDS: Mapping[str, str] = {
    "采用": "刊物",
    "批示": "批示领导",
    "退回": "退回原因",
    "约稿": "单位、截止时间和主题",
    "活动": "单位、日期和主题",
    "突发": "单位、时间和事由",
    "免除": "任务编号和原因",
    "放行": "要放行的通报",
    "扣分": "扣分原因",
}


@dataclass(frozen=True, slots=True)
class Token:
    """凭证: the number and the secret of a one-time token."""

    number: int
    secret: str


@dataclass(frozen=True, slots=True)
class Order:
    """One line understood.

    Attributes:
        text: The line without its token: what the office is told back.
        rest: What follows the numbers, blanks made single.
        pairs: 项目=取值 of a 更正.
        code: 校验码 of an alert, "" when none.
        acts: 操作号 of a 撤销.
    """

    verb: str
    text: str
    drafts: tuple[int, ...] = ()
    event: int | None = None
    rest: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    token: Token | None = None
    code: str = ""
    acts: tuple[int, ...] = ()

    @property
    def scores(self) -> bool:
        """Whether it gives or takes points: then a second step is asked for."""
        return self.verb in SCORING

    @property
    def subject(self) -> str:
        """What a token for it is bound to: "#12", "#E7", "act:5", 通报-2023-04; else ""."""
        if self.event is not None:
            return f"#E{self.event}"
        if self.acts:
            return ",".join(f"act:{number}" for number in self.acts)
        if self.verb == "放行":
            return self.rest.partition(" ")[0]
        return "、".join(f"#{number}" for number in self.drafts)


@dataclass(frozen=True, slots=True)
class Misread:
    """A line that begins like an order and is none, with the right form."""

    text: str
    because: str


def read_orders(subject: str, body: str) -> tuple[Order | Misread, ...]:
    """The orders of a mail, its subject first; the same order twice counts once.

    The subject of an answer or a forward is not its writer's own word: only the code
    of a 确认 is taken from it.
    """
    lines = ["" if _NOT_OWN.match(subject) else subject, *body.splitlines()]
    found: dict[str, Order | Misread] = {}
    for line in lines:
        order = _read(line)
        if order is None or (len(found) >= MOST_LINES and order.text not in found):
            continue
        known = found.get(order.text)
        if known is None or (isinstance(known, Order) and known.token is None):
            found[order.text] = order
    heading = _heading(lines[0], found.values())
    if heading is not None:
        del found[heading.text]
    return contradictions(_confirming(order, subject) for order in found.values())


def _heading(subject: str, found: Iterable[Order | Misread]) -> Order | Misread | None:
    """A subject that only names what the body orders in full: “更正” over “更正 #2 …”."""
    said = _read(subject)
    if said is None or (isinstance(said, Order) and said.text.rstrip(" :：") not in HARMLESS):
        return None
    word = said.text.rstrip(" :：")
    more = any(item.text != said.text and item.text.startswith(word) for item in found)
    return said if more else None


def is_orders(subject: str, body: str) -> bool:
    """Whether a mail of the office without documents is orders, and no text to be filed.

    It begins with one, or somewhere names a number. What begins with 突发 and cannot
    be read as an order may be a report of an emergency: it is left to the readers of drafts.
    """
    found = read_orders(subject, body)
    lines = [line for line in body.splitlines() if line.strip()]
    heads = {line.strip() for line in ("" if _NOT_OWN.match(subject) else subject, *lines[:1])}
    for order in found:
        if isinstance(order, Order) and (order.subject or order.token or order.verb in ALONE):
            return True
        begins = any(
            (read := _read(head)) is not None and read.text == order.text for head in heads
        )
        if begins and (isinstance(order, Order) or not order.text.startswith("突发")):
            return True
    return False


def _confirming(order: Order | Misread, subject: str) -> Order | Misread:
    """An answered letter's code stands in the subject, where mail programs keep it."""
    if not isinstance(order, Order) or order.verb != "确认" or order.token is not None:
        return order
    token = _TOKEN.search(narrow(subject))
    return order if token is None else replace(order, token=_token(token))


def _token(found: "re.Match[str]") -> Token:
    return Token(int(found[1]), found[2].lower())


def _read(line: str) -> Order | Misread | None:
    text = _BLANKS.sub(" ", line).strip()
    if len(text) > LONGEST_LINE:
        return None
    narrowed = narrow(text)
    match = _LINE.match(narrowed)
    if match is None:
        return None
    token, code = _TOKEN.search(narrowed), _CODE.search(narrowed)
    for secret in (token, code):
        if secret is not None:  # narrowing keeps every length, so the spans agree
            blank = " " * (secret.end() - secret.start())
            text = text[: secret.start()] + blank + text[secret.end() :]
    return _order(match[1] or match[2], text, match.start(3), token, code)


def _order(
    verb: str,
    text: str,
    at: int,
    token: "re.Match[str] | None",
    code: "re.Match[str] | None",
) -> Order | Misread:
    said = _BLANKS.sub(" ", text).strip()
    rest = _BLANKS.sub(" ", text[at:]).strip(" ，,。.;；")
    head = narrow(rest)
    event = _EVENT.match(head)
    numbers = None if event else _NUMBERS.match(head)
    if verb in _NO_NUMBERS or (verb == "查询" and "#" not in head[:1]):
        numbers = None
    taken = event or numbers
    drafts = tuple(dict.fromkeys(int(n) for n in _NUMBER.findall(numbers[0]))) if numbers else ()
    order = Order(
        verb=verb,
        text=said,
        drafts=drafts,
        event=int(event[1]) if event else None,
        rest=rest[taken.end() :].strip(" ，,、:：") if taken else rest,
        pairs=tuple(_PAIR.findall(rest)) if verb == "更正" else (),
        token=_token(token) if token else None,
        code=code[1].lower() if code else "",
        acts=_act_numbers(head) if verb == "撤销" else (),
    )
    missing = _missing(order)
    return Misread(said, f"{missing}，请写成：{FORMS[verb]}") if missing else order


def _act_numbers(head: str) -> tuple[int, ...]:
    found = _ACTS.match(head)
    return tuple(dict.fromkeys(int(n) for n in _NUMBER.findall(found[0]))) if found else ()


def _missing(order: Order) -> str:
    verb, single = order.verb, ("批示", "退回", "更正")
    of_somebody = order.rest and (order.drafts or " " in order.rest)
    faults = (
        (BLANK_TO_FILL in order.rest, "括号里的内容还没有填写"),
        (verb in _WANTS_DRAFTS and not order.drafts, "没有写稿件编号"),
        (verb in _WANTS_EVENT and order.event is None, "没有写突发事件编号"),
        (verb in single and len(order.drafts) > 1, "一行只能写一篇稿件"),
        (verb == "更正" and not order.pairs, "没有写明改什么"),
        (verb in ("表扬", "批评") and not of_somebody, "没有写明对象和事由"),
        (verb in _WANTS_WORDS and not order.rest, f"没有写{_WANTS_WORDS.get(verb, '')}"),
    )
    return next((said for wrong, said in faults if wrong), "")


def split_form(words: str) -> tuple[str, str]:
    """Publication and form of an adoption's words: 达州要情 单条, 《达州要情》单条."""
    parts = words.replace("》", "》 ").split()
    forms = [part for part in parts if form_of(part)]
    rest = "".join(part for part in parts if part not in forms)
    if forms or not rest:
        return rest, forms[-1] if forms else ""
    for suffix in ("综合或标题", "专刊", "单条", "单篇", "综合", "标题"):
        if rest.endswith(suffix) and rest != suffix:
            return rest.removesuffix(suffix), suffix
    return rest, ""


# ---- contradictions


def contradictions(orders: Iterable[Order | Misread]) -> tuple[Order | Misread, ...]:
    """Orders of one mail that contradict each other are both turned into explanations."""
    known = list(orders)
    against: dict[int, Order] = {}
    for at, one in enumerate(known):
        for later, other in enumerate(known[at + 1 :], at + 1):
            if isinstance(one, Order) and isinstance(other, Order) and _contradict(one, other):
                against[at], against[later] = other, one
    return tuple(
        Misread(item.text, f"与同一封邮件中的“{against[at].text}”矛盾，都没有执行，请只写一条")
        if at in against
        else item
        for at, item in enumerate(known)
    )


def _contradict(one: Order, other: Order) -> bool:
    verbs = {one.verb, other.verb}
    if verbs == {"确认", "撤销"}:
        return True
    if verbs == {"加分", "扣分"}:
        return one.event is not None and one.event == other.event
    if not set(one.drafts) & set(other.drafts):
        return False
    if "退回" in verbs:
        return len(verbs) == 1 or bool(verbs & {"采用", "批示", "表扬"})
    return verbs == {"表扬", "批评"} or (len(verbs) == 1 and _said_otherwise(one, other))


def _said_otherwise(one: Order, other: Order) -> bool:
    """The same publication in another form, or the same item corrected to another value."""
    if one.verb == "采用":
        first, second = split_form(one.rest), split_form(other.rest)
        return first[0] == second[0] and first != second
    wanted, against = dict(one.pairs), dict(other.pairs)
    return any(wanted[name] != against[name] for name in wanted.keys() & against.keys())
