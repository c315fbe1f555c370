"""What an SMTP reply means for the letter, by its tag.

NetEase's list exists in editions that attach different numbers to one tag (451 and
554 MI:SFQ, 550 and 554 MI:STC), so the tag decides and the number only where no tag
is known. DT:SPM alone means two things, told apart by the first digit.
"""

from dataclasses import dataclass
from typing import Literal

from mailbot.ports import Outcome, Quota

Stage = Literal["connect", "ehlo", "auth", "mail", "rcpt", "data", "body"]
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of the server, classified.

    Attributes:
        text: Number and words of the server, decoded, in one line.
        meaning: In Chinese: what it means and what to do; "" when the words suffice.
        quota: The provider's limit it names, "" when none.
    """

    outcome: Outcome
    text: str
    meaning: str = ""
    quota: Quota = ""

    @property
    def said(self) -> str:
        """Words and meaning for a reader."""
        return f"{self.text}（{self.meaning}）" if self.meaning else self.text


@dataclass(frozen=True, slots=True)
class _Rule:
    tags: tuple[str, ...]
    outcome: Outcome
    meaning: str
    quota: Quota = ""


# the first rule with a matching tag decides, so narrower tags stand above wider ones
_RULES = (
    _Rule(
        ("too much fail authentication", "auth error limit exceed"),
        Outcome.LOCKED_OUT,
        "登录失败次数过多，服务器暂时锁定。请核对授权码，数小时后再试",
    ),
    _Rule(
        ("hl:ihu", "hl:ipb", "ip in blacklist", "ip is rejected", "dt:rbl", "wm:bli", "wm:blu"),
        Outcome.LOCKED_OUT,
        "本机网络地址被服务器拒绝。请数小时后再试，或联系邮箱客服",
    ),
    _Rule(("mi:stc",), Outcome.TOMORROW, "当日发信数量已达上限，次日继续", "day"),
    _Rule(("rp:trc",), Outcome.TOMORROW, "当日收件人数量已达上限，次日继续", "day"),
    _Rule(("mi:sfq",), Outcome.RETRY, "15 分钟内发信过多，稍后重试", "quarter"),
    _Rule(("hl:rep", "hl:icc", "hl:ifc", "hl:mep"), Outcome.RETRY, "服务器限制连接频率，稍后重试"),
    _Rule(
        ("mi:cel", "mi:dmc", "mi:ccl", "rp:drc", "rp:cel", "rp:ccl", "rp:qrc"),
        Outcome.RETRY,
        "本次连接发信过多，重新连接后重试",
    ),
    _Rule(
        ("user has no permission",),
        Outcome.CONFIGURATION,
        "邮箱未开通 SMTP 服务。请在网页邮箱的设置中开启 POP3/SMTP/IMAP",
    ),
    _Rule(
        ("must equal authorized user", "null sender", "local user only", "dt:sum"),
        Outcome.CONFIGURATION,
        "发件人与登录邮箱不一致。请把 [smtp] from 改为登录的邮箱地址",
    ),
    _Rule(
        ("authentication is required",),
        Outcome.CONFIGURATION,
        "服务器要求登录后发信。请核对 [smtp] user 与授权码",
    ),
    _Rule(
        ("authentication failed", "authentication failure", "auth fail", "login fail"),
        Outcome.CONFIGURATION,
        "授权码不正确或已失效。请在网页邮箱重新生成授权码并更新配置",
    ),
    _Rule(
        ("mi:spb", "mi:imf", "mi:nhd", "mi:spf", "mi:dma", "rp:frl"),
        Outcome.CONFIGURATION,
        "服务器不接受这个发件人。请核对 [smtp] from，或联系邮箱客服",
    ),
    _Rule(
        ("rp:rcl", "too much recipient", "too many recipient"),
        Outcome.NEVER,
        "一封信的收件人过多，请分开发送",
    ),
    _Rule(("illegal attachment",), Outcome.NEVER, "附件类型不被接受"),
    _Rule(("mailsize limit", "exceeds size limit"), Outcome.NEVER, "邮件超过服务器的大小上限"),
    _Rule(
        ("invalid user", "user not found", "user suspended", "user in blacklist"),
        Outcome.NEVER,
        "收件地址不存在、已停用或拒收。请核对该单位的邮箱",
    ),
)
_SPAM = "dt:spm"


def classify(stage: Stage, code: int, words: bytes | str) -> Reply:
    """What the reply `code words` at `stage` comes to."""
    text = one_line(f"{code} {decoded(words)}" if code > 0 else decoded(words))
    lowered = text.lower()
    for rule in _RULES:
        if any(tag in lowered for tag in rule.tags):
            return Reply(rule.outcome, text, rule.meaning, rule.quota)
    if _SPAM in lowered:
        return _suspected_spam(code, text)
    return _by_number(stage, code, text)


def _suspected_spam(code: int, text: str) -> Reply:
    """451 DT:SPM: keep and retry after two minutes; 5xx: the same words never pass."""
    if 400 <= code < 500:
        return Reply(Outcome.RETRY, text, "服务器疑为垃圾邮件，暂缓后重试")
    return Reply(Outcome.NEVER, text, "服务器判为垃圾邮件。请修改标题或内容后另发")


def _by_number(stage: Stage, code: int, text: str) -> Reply:
    """No tag is known: RFC 5321 4.2.1, and at which step it was said.

    Before a recipient was named a refusal cannot be the letter's fault.
    """
    if 200 <= code < 400 and stage == "body":
        return Reply(Outcome.SENT, text)
    if code >= 500 and stage in ("connect", "ehlo", "auth", "mail"):
        meaning = "服务器拒绝发信。请核对 [smtp] 的服务器、用户名、授权码和发件人"
        return Reply(Outcome.CONFIGURATION, text, meaning)
    if code >= 500:
        return Reply(Outcome.NEVER, text)
    if code < 200 and stage == "body":
        return Reply(Outcome.UNKNOWN, text, "服务器的应答无法理解，正在核对是否已发出")
    return Reply(Outcome.RETRY, text)


def decoded(words: bytes | str) -> str:
    """The server's words: UTF-8 where it is, else GBK, as NetEase and QQ send it."""
    if isinstance(words, str):
        return words
    try:
        return words.decode("utf-8")
    except UnicodeDecodeError:
        return words.decode("gb18030", "replace")


def one_line(text: str) -> str:
    """Printable, in one line, of bounded length."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(shown.split())[:LONGEST]
