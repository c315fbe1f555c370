"""What kind of mail this is: draft, command, bounce, automatic reply, or none of our business.

RFC 3834 and RFC 3464 as far as 163 and QQ follow them: their bounces carry no
Auto-Submitted, QQ's vacation replies nothing but a header of their own. A robot's
mark on a mail that carries documents does not make it less of a draft: the offices'
own systems send drafts with "Precedence: bulk".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_string

from parsers.charset import clean_text, decode, decode_header, one_line
from parsers.facts import DeliveryStatus, MessageKind

_ROBOT = re.compile(r"(?:postmaster|mailer-daemon|mail-daemon|mailerdaemon|mailadm)(?:@.*)?")
_BOUNCE_SUBJECT = re.compile(
    r"系统退信|退信|来自.{1,40}的退信|邮件(?:投递|发送)失败|无法(?:投递|送达|传递)|未送达|投递失败"
    r"|undeliver|returned mail|mail is returned|delivery (?:status|failure|has failed|report)"
    r"|failure notice|mail delivery (?:failed|system)|returned to sender",
    re.IGNORECASE,
)
_AUTO_SUBJECT = re.compile(
    r"[\[【(（]?(?:自动回复|自動回覆|自动答复|自动应答|休假回复|外出回复|外出自动答复"
    r"|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|vacation reply)[\]】)）]?"
    r"\s?(?:[:：\s]|\Z)",
    re.IGNORECASE,
)
_READ_SUBJECT = re.compile(
    r"(?:已读|未读|read|not read)\s?[:：]|已读回执|read receipt", re.IGNORECASE
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<!\d)([45]\d\d)[ -]\S")
_MAILBOX = re.compile(r"[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}", re.ASCII)
_MESSAGE_ID = re.compile(
    r"^[>| \t]{0,8}(?:message-id|x-original-message-id)[ \t]*:\s*(<[^<>\s]{1,900}>)",
    re.IGNORECASE | re.MULTILINE,
)
_OUR_MESSAGE_ID = re.compile(r"<mb\.[0-9a-f]{40}@[^<>@\s]{1,253}>")
_MOST_RECIPIENTS = 100
_MOST_TEXT = 100_000

# The words of an office command, and the arguments that make them one. An emergency
# report may well begin with 突发, so that word needs a number.
_NUMBER = r"[#＃]\s?[A-Za-z]{0,2}\d{1,9}\b"
_DATE = (
    r"\d{4}\s?[-年/.]\s?\d{1,2}(?:\s?[-月/.]\s?\d{1,2}\s?日?)?|\d{1,2}月\d{1,2}日"
    r"|[今明昨][天日]"
)
_PERIOD = (
    r"\d{4}\s?年?\s?(?:第?[一二三四1-4]季度|W\d{1,2}|\d{1,2}月)?|本周|本月|上月|本季|今年|上周"
)
_UNIT = r"\S{0,16}(?:局|科|室|队|中心|处|办|公司|站|院)(?=\s|[,，:：;；（(]|\Z)"
_NOTICE = r"(?:通报|催报|约稿|回执|日报|提醒)-\S{1,40}"
_GAP = r"(?:[ \t\u3000:：]{1,3}|(?=[#＃]))"
_NUMBERED: tuple[tuple[str, str], ...] = (
    ("采用|批示|退回|更正|撤销|放行|收到|免除|表扬|批评|确认", f"{_NUMBER}|{_NOTICE}"),
    ("突发", r"[#＃]\s?E\d{1,9}\b|E\d{1,9}\b"),
    ("约稿|活动|台账|查询", f"{_NUMBER}|{_NOTICE}"),
)
_WORDED: tuple[tuple[str, str], ...] = (
    ("约稿|免除", _UNIT),
    ("活动", _DATE),
    ("台账|查询", f"{_UNIT}|{_DATE}|{_PERIOD}"),
)


def _pattern(table: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    forms = "|".join(rf"(?:{words}){_GAP}(?:{what})" for words, what in table)
    reply = r"(?:(?:回复|答复|Re)\s?[:：]\s?){0,3}"
    mark = r"(?:[\[【]?(?:指令|命令)[\]】]?\s?[:：]?\s?)?"
    return re.compile(f"{reply}{mark}(?:{forms})", re.IGNORECASE)


_LONGEST = ((_pattern(_NUMBERED), 600), (_pattern(_WORDED), 160))
"""How many characters of own words an order has at most. A 动态简讯 about an
activity of 3月5日 starts like an order that names a date, but is longer."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What `classify` looks at.

    Attributes:
        headers: Kept headers by lower-case name.
        sender: Address of the first From, lower case.
        own: The sender's own words.
        documents: Number of attachments that are no inline pictures, nested mails and
            cloud links included.
        report_type: Parameter of a multipart/report, "" for other mail.
        reports: (content type, bytes) of delivery-status and header parts.
        originals: Raw mails attached to the mail.
    """

    subject: str
    sender: str
    message_id: str
    own: str
    text: str
    headers: Mapping[str, str]
    documents: int
    report_type: str = ""
    reports: Sequence[tuple[str, bytes]] = ()
    originals: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Kind, the reason in Chinese, and what a bounce says."""

    kind: MessageKind
    because: str
    delivery_status: DeliveryStatus | None = None


def classify(mail: Evidence, own_addresses: frozenset[str] = frozenset()) -> Verdict:
    """Kind of a mail, before anything reads its drafts.

    Args:
        mail: The facts.
        own_addresses: Addresses of the mailbox itself, lower case.
    """
    verdict = _returned(mail) or _ours(mail, own_addresses)
    if verdict is not None:
        return verdict
    robot = _robot(mail)
    if robot is not None and mail.documents:
        return Verdict(MessageKind.DRAFT, f"带有附件，按来稿处理（{robot.because}，不回回执）")
    if robot is not None:
        return robot
    if is_command(mail.subject, mail.own) and not mail.documents:
        return Verdict(MessageKind.COMMAND, "主题或首行是指令格式，且没有附件")
    return Verdict(MessageKind.DRAFT, "普通来信，按来稿处理")


def is_our_letter(message_id: str) -> bool:
    """Whether a Message-ID has the form of those that this program writes.

    The form alone, not the domain: that is the provider's, whose other users' mails
    end in it too.
    """
    return _OUR_MESSAGE_ID.fullmatch(message_id.strip().lower()) is not None


def _ours(mail: Evidence, own_addresses: frozenset[str]) -> Verdict | None:
    """Our own mail coming back: a copy to ourselves, or one sent round in a circle."""
    if mail.sender and mail.sender in own_addresses:
        return Verdict(MessageKind.OTHER, "发件人是本邮箱自己")
    if is_our_letter(mail.message_id):
        return Verdict(MessageKind.OTHER, "这是本系统自己发出的邮件")
    return None


def is_command(subject: str, own: str) -> bool:
    """True where the subject or the first own line has the form of an office command."""
    first = next((line.strip() for line in own.split("\n") if line.strip()), "")
    return any(
        len(own) <= longest and pattern.match(text.strip()[:200])
        for pattern, longest in _LONGEST
        for text in (subject, first)
    )


def _returned(mail: Evidence) -> Verdict | None:
    """A bounce, or another report about a mail of ours."""
    if mail.report_type == "disposition-notification":
        return Verdict(MessageKind.AUTO_REPLY, "已读回执")
    from_robot = _ROBOT.fullmatch(mail.sender) is not None
    about_delivery = _BOUNCE_SUBJECT.search(mail.subject) is not None
    status = next((data for kind, data in mail.reports if kind.endswith("delivery-status")), None)
    no_path = mail.headers.get("return-path", "").strip() == "<>"
    if status is not None:
        parsed, actions = _delivery_status(status, mail)
        if actions and actions <= {"delivered", "relayed", "expanded"}:
            return Verdict(MessageKind.AUTO_REPLY, "送达回执", parsed)
        return Verdict(MessageKind.BOUNCE, "退信：带有投递状态报告", parsed)
    marks = (
        ("x-failed-recipients" in mail.headers, "信头列出了投递失败的收件人"),
        (from_robot and (about_delivery or no_path or bool(mail.report_type)), "由邮件系统发来"),
        (no_path and about_delivery and not mail.documents, "空回信路径且主题为退信"),
    )
    for marked, because in marks:
        if marked:
            return Verdict(MessageKind.BOUNCE, f"退信：{because}", _from_text(mail))
    return None


def _robot(mail: Evidence) -> Verdict | None:
    """Marks of an automatic sender (RFC 3834, 2; QQ's own header)."""
    headers = mail.headers
    submitted = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    precedence = headers.get("precedence", "").strip().lower()
    marks = (
        (headers.get("x-qq-auto-reply", "").lower() == "true", "QQ 邮箱自动回复"),
        ("x-autoreply" in headers or "x-autorespond" in headers, "信头标明自动回复"),
        (submitted not in {"no", ""}, "信头标明由程序自动发出"),
        (_AUTO_SUBJECT.match(mail.subject) is not None, "主题为自动回复"),
        (_READ_SUBJECT.match(mail.subject) is not None and len(mail.own) < 200, "已读回执"),
        (precedence == "auto_reply", "信头标明自动回复"),
        (headers.get("return-path", "").strip() == "<>", "回信路径为空，是系统自动邮件"),
    )
    for marked, because in marks:
        if marked:
            return Verdict(MessageKind.AUTO_REPLY, because)
    if "list-id" in headers or "list-post" in headers or precedence == "list":
        return Verdict(MessageKind.OTHER, "邮件列表的邮件")
    if precedence in {"bulk", "junk"} or "list-unsubscribe" in headers:
        return Verdict(MessageKind.OTHER, "群发邮件")
    if _ROBOT.fullmatch(mail.sender):
        return Verdict(MessageKind.OTHER, "邮件系统的通知")
    return None


def _delivery_status(data: bytes, mail: Evidence) -> tuple[DeliveryStatus, frozenset[str]]:
    """Fields of a delivery-status part (RFC 3464, 2): one block a recipient."""
    text = clean_text(decode(data[:_MOST_TEXT]))
    recipients: list[str] = []
    actions: set[str] = set()
    status = diagnostic = ""
    for block in re.split(r"\n[ \t]*\n", text)[: _MOST_RECIPIENTS + 1]:
        fields = message_from_string(block.strip() + "\n\n")
        who = str(fields.get("Final-Recipient") or fields.get("Original-Recipient") or "")
        address = one_line(who.rpartition(";")[2]).strip("<> ").lower()
        if address:
            recipients.append(address)
        if action := one_line(str(fields.get("Action") or "")).lower():
            actions.add(action)
        status = status or one_line(str(fields.get("Status") or "")).partition(" ")[0]
        diagnostic = diagnostic or one_line(str(fields.get("Diagnostic-Code") or ""))
    permanent = not status.startswith("4") and "delayed" not in actions
    parsed = DeliveryStatus(
        recipients=tuple(dict.fromkeys(recipients)),
        status=status,
        diagnostic=diagnostic[:1_000],
        original_message_id=_original_id(mail),
        permanent=permanent,
    )
    return parsed, frozenset(actions)


def _from_text(mail: Evidence) -> DeliveryStatus:
    """The same from a bounce that is mere prose."""
    text = mail.text[:_MOST_TEXT]
    named = mail.headers.get("x-failed-recipients", "") or text
    recipients = [
        address
        for address in map(str.lower, _MAILBOX.findall(named))
        if not _ROBOT.fullmatch(address)
    ]
    status = _STATUS.search(text)
    lines = [line.strip() for line in text.split("\n") if _REPLY_CODE.search(line)]
    diagnostic = lines[0][:1_000] if lines else ""
    code = _REPLY_CODE.search(diagnostic)
    first = status[1] if status else (code[1] if code else "5")
    return DeliveryStatus(
        recipients=tuple(dict.fromkeys(recipients))[:_MOST_RECIPIENTS],
        status=status[1] if status else "",
        diagnostic=diagnostic,
        original_message_id=_original_id(mail),
        permanent=not first.startswith("4"),
    )


def _original_id(mail: Evidence) -> str:
    """Message-ID of the mail that came back, with angle brackets; "" where unknown."""
    named = mail.headers.get("x-cm-original-message-id", "").strip()
    if named:
        return named if named.startswith("<") else f"<{named}>"
    parts = [data for kind, data in mail.reports if kind.endswith("rfc822-headers")]
    for data in (*mail.originals, *parts, mail.text.encode("utf-8", "replace")):
        head = data[:_MOST_TEXT].decode("latin-1").replace("\r\n", "\n")
        if match := _MESSAGE_ID.search(head):
            return one_line(decode_header(match[1]))
    return ""
