"""A mail's text split into own words, quoted or forwarded history, and signature.

Every client marks history in its own way; the table `_SEPARATORS` and the
header-block rule below are what QQ Mail, Foxmail, the 163 pages, Mail Master,
Outlook and the phones write. When in doubt the text stays in the sender's own
words: a quoted line too many costs the office a glance, a lost one a draft.
"""

import re
from dataclasses import dataclass

from parsers.addresses import parse_addresses
from parsers.charset import one_line
from parsers.facts import Address

_MOST_LINES = 20_000
_NEARLY_EMPTY = 20
"""Characters of own words below which a forward's text is looked for in its history."""

_DASHES = r"[-‐—_－=*]{2,80}\s{0,4}"
_SEPARATORS = re.compile(
    rf"{_DASHES}(?:原始邮件|原始信息|原邮件|邮件原件|回复的原?邮件|回复邮件|Original(?: Message)?"
    rf"|Original E-?mail|Reply Message|Replied Message)\s{{0,4}}[-‐—_－=*]{{2,80}}",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    rf"{_DASHES}(?:转发邮件信息|转发的?邮件|转发信息|Forwarded message|Forwarded mail"
    rf"|Forwarded by .{{1,80}})\s{{0,4}}[-‐—_－=*]{{2,80}}"
    r"|(?:以下|下面)是被?转发的?邮件\s?[:：]?|开始转发的?(?:邮件|信息)\s?[:：]"
    r"|Begin forwarded message\s?[:：]",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r".{0,300}(?:写道|写到|寫道|编写|来信|wrote|writes)\s{0,3}[:：]"
    r"|-{2,20} ?在 .{0,300} ?撰写 ?-{2,20}",
    re.IGNORECASE,
)
_WHO_OR_WHEN = re.compile(r"@|\d{1,2}[:：]\d{2}|<[^<>]{3,}>")
_WROTE_START = re.compile(r"在|于|At |On |\d{4}|[^\s]{1,40}\s?\(?<|\"|星期|--+ ?在", re.IGNORECASE)

_LABEL = re.compile(
    r"[\s|*>]{0,8}(?P<label>发\s?件\s?人|寄件人|发送人|发件者|From|发送时间|发送日期|已发送|日\s?期|时\s?间|寄件日期|Sent|Date"
    r"|收\s?件\s?人|收件者|To|抄\s?送人?|Cc|主\s?题|标\s?题|Subject|附\s?件|Attachments?)"
    r"\s{0,4}\*{0,2}\s{0,4}[:：|\t]\s{0,4}\*{0,2}(?P<value>.*)",
    re.IGNORECASE,
)
_FROM_LABELS = frozenset({"发件人", "寄件人", "发送人", "发件者", "from"})
_RULE = re.compile(r"[-—_－=*~]{3,}|[\s|]*")
_ABOVE_BLOCK = re.compile(
    rf"{_RULE.pattern}|(?:原始邮件|原邮件|回复的原?邮件|转发的?邮件)\s?[:：]?"
)
_ARROW = re.compile(r"\s{0,3}>")

_FOOTER = re.compile(
    r"(?:发|寄|来)自(?:于)?\s?(?:我的|网易|华为|小米|QQ|新浪|Windows|Outlook|Foxmail|iPhone|iPad|荣耀|vivo|OPPO|手机).{0,30}"
    r"|Sent from (?:my|Mail|Outlook|Foxmail|Windows|Samsung).{0,40}"
    r"|(?:从|发送自)\s?Windows\s?(?:10\s?)?版?邮件.{0,20}|获取 ?(?:Outlook for|适用于).{0,30}"
    r"|Get Outlook for .{1,20}|签名由\s?网易邮箱大师\s?定制|【?网易自营.{0,60}",
    re.IGNORECASE,
)
_DASH_RULE = re.compile(r"-- ?|-{6,80}|_{6,80}")
_DISCLAIMER = re.compile(
    r"本(?:电子)?邮件.{0,20}(?:保密|机密|仅限|仅供)|保密(?:声明|提示|提醒)"
    r"|(?:privileged|confidential) information"
    r"|e-?mail.{0,80}confidential",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"供\s?稿|撰\s?稿|审\s?核|签\s?发|作者|通讯员|联系(?:人|电话)|附件|报送")
_CLOUD_LINE = re.compile(
    r"从\S{1,30}发来的(?:超大附件|云附件)(?:推荐客户端极速下载)?"
    r"|.{0,200}[(（]\d{1,6}(?:\.\d{1,3})?\s?[KMGT]?B?\s?[,，]\s?(?:\d{4}年.{4,20}到期|无限期)[)）].{0,400}"
)
_ADDRESS_LINE = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,253}", re.ASCII)
_TAIL_LINES = 12
_CARD_LINES = 16
_CARD_WIDTH = 50

_FORWARD_SUBJECT = re.compile(r"(?:转发|转寄|转|Fwd?|FW)\s?[:：]", re.IGNORECASE)
_REPLY_SUBJECT = re.compile(r"(?:回复|答复|回覆|Re|Reply)\s?(?:\[\d+\])?\s?[:：]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Split:
    """A mail's text taken apart; the three texts are stripped of outer blank lines."""

    own: str
    quoted: str = ""
    signature: str = ""
    forwarded_from: Address | None = None


def is_forward(subject: str) -> bool:
    """True for 转发：, Fw:, Fwd: at the head of the subject, behind replies too."""
    rest = subject.strip()
    for _ in range(5):
        if _FORWARD_SUBJECT.match(rest):
            return True
        reply = _REPLY_SUBJECT.match(rest)
        if reply is None:
            return False
        rest = rest[reply.end() :].strip()
    return False


def split_text(
    text: str, subject: str = "", quote_start: int | None = None, quote_end: int | None = None
) -> Split:
    """Separate the sender's own words from history and signature.

    Args:
        text: The whole text, LF line ends.
        subject: Tells a forward from a reply.
        quote_start: Offset where the client's own markup begins the history.
        quote_end: Offset where that markup ends it, None where it does not say.

    A forward whose own words are nearly empty keeps the forwarded text in
    `quoted`, where the caller looks for the draft; `forwarded_from` names its
    author as far as the text shows one.
    """
    lines = text.split("\n")
    start, kind = _history(lines[:_MOST_LINES])
    if quote_start is not None:
        marked = text.count("\n", 0, quote_start)
        if marked < start:
            start, kind = marked, "quote"
    own_lines, quoted_lines = lines[:start], lines[start:]
    # Some write below the history instead of above it.
    below = len(quoted_lines)
    if quote_end is not None and kind in {"wrote", "quote"}:
        below = max(text.count("\n", 0, quote_end) - start, 0)
    elif kind == "wrote":
        below = _after_arrows(quoted_lines)
    again, _ = _history(quoted_lines[below:])
    own_lines += quoted_lines[below : below + again]
    quoted_lines = quoted_lines[:below] + quoted_lines[below + again :]
    own_lines, arrows = _without_arrows(own_lines)
    own_lines, signature = _without_signature(own_lines)
    own = _joined(own_lines)
    forward = kind == "forward" or is_forward(subject)
    bare = len("".join(own.split())) <= _NEARLY_EMPTY
    if kind == "block" and bare and not _REPLY_SUBJECT.match(subject.strip()):
        forward = True
    author = _author(quoted_lines) if forward else None
    return Split(own, _joined(arrows + quoted_lines), _joined(signature), author)


def _joined(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _history(lines: list[str]) -> tuple[int, str]:
    """Line where the history begins and how it is marked; the end where there is none."""
    for number, line in enumerate(lines):
        stripped = line.strip()
        if not stripped:
            continue
        if _FORWARDED.fullmatch(stripped):
            return number, "forward"
        if _SEPARATORS.fullmatch(stripped):
            return number, "block"
        if _is_header_block(lines, number):
            return _with_rule(lines, number), "block"
        if _is_wrote(lines, number):
            return number, "wrote"
    return len(lines), ""


def _label(line: str) -> str:
    match = _LABEL.match(line)
    return "".join(match["label"].split()).lower() if match else ""


def _is_header_block(lines: list[str], number: int) -> bool:
    """`发件人：…` among at least three header lines (Outlook, Foxmail, Mail Master)."""
    if not _label(lines[number]):
        return False
    near = [line for line in lines[number : number + 14] if line.strip(" |\t-")][:8]
    labels = {label for line in near if (label := _label(line))}
    return len(labels) >= 3 and not labels.isdisjoint(_FROM_LABELS)


def _with_rule(lines: list[str], number: int) -> int:
    """Include the rule and blank lines directly above a header block."""
    start = number
    while start > 0 and number - start < 6 and _ABOVE_BLOCK.fullmatch(lines[start - 1].strip()):
        start -= 1
    return start


def _is_wrote(lines: list[str], number: int) -> bool:
    """`在 2023-05-01 10:00:00，"张三" <…> 写道：`, perhaps wrapped over three lines."""
    first = lines[number].strip()
    if len(first) > 300 or not _WROTE_START.match(first):
        return False
    text = ""
    for line in lines[number : number + 3]:
        text = f"{text} {line.strip()}".strip()
        if _WROTE.fullmatch(text):
            return _WHO_OR_WHEN.search(text) is not None
        if len(text) > 300:
            return False
    return False


def _after_arrows(quoted: list[str]) -> int:
    """End of `> ` lines that follow an attribution; the whole length if none do."""
    seen = False
    for number, line in enumerate(quoted):
        if _ARROW.match(line):
            seen = True
        elif line.strip() and number > 2 and not seen:
            return len(quoted)
        elif line.strip() and seen:
            return number
    return len(quoted)


def _without_arrows(lines: list[str]) -> tuple[list[str], list[str]]:
    """Take `> ` lines out; one alone may be the sender's own ("> 90%")."""
    arrows = [line for line in lines if _ARROW.match(line)]
    if len(arrows) < 2:
        return lines, []
    return [line for line in lines if not _ARROW.match(line)], arrows


def _without_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """Take the client's footer and a signature below a dash rule off the end."""
    taken: list[str] = [line for line in lines if _CLOUD_LINE.fullmatch(line.strip())]
    lines = [line for line in lines if not _CLOUD_LINE.fullmatch(line.strip())]
    filled = [number for number, line in enumerate(lines) if line.strip()]
    for number in reversed(filled[-_TAIL_LINES:]):
        line = lines[number].strip(" |\t")
        rest = lines[number:]
        said = [text for text in rest if not _DISCLAIMER.search(text)]
        if _FOOTER.fullmatch(line) and not _CREDIT.search("".join(rest[1:])):
            lines, taken = lines[:number], rest + taken
        elif _DASH_RULE.fullmatch(line) and not _CREDIT.search("".join(said)):
            short = all(len(text) <= 60 for text in said)
            if short or line == "--":
                lines, taken = lines[:number], rest + taken
    card = _card(lines)
    lines, taken = lines[:card], lines[card:] + taken
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if filled and _ADDRESS_LINE.fullmatch(lines[filled[-1]].strip()):
        # Foxmail signs every mail with its account.
        lines, taken = lines[: filled[-1]], lines[filled[-1] :] + taken
    return lines, taken


def _card(lines: list[str]) -> int:
    """Where Mail Master's visiting card begins: short lines between bars, at the very end."""
    start, bars = len(lines), 0
    filled = [number for number, line in enumerate(lines) if line.strip()]
    for number in reversed(filled[-_CARD_LINES:]):
        line = lines[number].strip()
        if len(line) > _CARD_WIDTH or line.endswith(("。", "！", "？", "；")):
            break
        if "|" in line and not line.strip("| \t\u00a0"):
            start, bars = number, bars + 1
    return start if bars > 1 else len(lines)


def _author(quoted: list[str]) -> Address | None:
    """The first 发件人 line of forwarded history."""
    for line in quoted[:40]:
        match = _LABEL.match(line)
        if match and _label(line) in _FROM_LABELS:
            return _mailbox(match["value"])
    return None


def _mailbox(value: str) -> Address | None:
    text = one_line(value).strip("|; ；*")
    text = re.sub(r"\[(?:mailto:)?([^\]\s]{3,200})\]", r"<\1>", text)
    text = text.replace("（", "(").replace("）", ")").replace("&lt;", "<").replace("&gt;", ">")
    found = parse_addresses(text)
    return next((box for box in found if box.address), found[0] if found else None)
