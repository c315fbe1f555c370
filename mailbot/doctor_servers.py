"""What the doctor asks of servers: logins, folders, clocks; nothing is sent or changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from mailbot.config import Config
from mailbot.errors import MailbotError
from mailbot.ports import Mailbox, Outcome
from mailbot.stages.heartbeat import Watcher
from mailbot.wiring import Secrets, watcher_of

_SLOW_SECONDS = 30  # a mail cannot have been received in the future
_SET_CLOCK = "30分钟时限按时间判断，请打开电脑的自动对时（NTP）"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor: ✓ or ✗."""

    what: str
    good: bool
    found: str
    remedy: str = ""


def expected_by(config: Config) -> tuple[Watcher | None, Check]:
    """Who watches whether we live, and the line on it."""
    what = "平安信号"
    try:
        watcher = watcher_of(config)
    except MailbotError as error:
        return None, Check(what, good=False, found=str(error))
    if watcher is None:
        remedy = "可选：把监测网址写入 heartbeat.url_file 所指文件，程序停了会有人知道"
        return None, Check(what, good=True, found="没有设置", remedy=remedy)
    return watcher, Check(what, good=True, found="已设置")


def watched(config: Config, watcher: Watcher) -> Check:
    """Whether the watcher can be reached, and agrees with our clock; no sign of life is sent."""
    what, told = "监测网站", watcher.time()
    if told is None:
        remedy = "请检查网址和网络；突发预警和收信不受影响"
        return Check(what, good=False, found="连不上，或没有报出时间", remedy=remedy)
    off = (datetime.now(UTC) - told).total_seconds()
    good = abs(off) <= config.heartbeat.clock_within_seconds
    found = f"可以连上，本机时钟与它相差{abs(off):.0f}秒"
    return Check(what, good, found, "" if good else _SET_CLOCK)


def imap(config: Config, secrets: Secrets, now: datetime) -> Iterator[Check]:
    """Login, folders, the sent folder, and the clock against the newest mail's receipt."""
    from mailbot.adapters.imap import ImapMailbox  # noqa: PLC0415  slow to import

    mailbox, newest = ImapMailbox(config.mailbox, secrets.imap), now
    try:
        folders = mailbox.folders()
        yield Check("收信登录", good=True, found=f"{config.mailbox.host}:{config.mailbox.port}")
        yield _introduced(config)
        _, idle, inbox, _ = mailbox.probe()
        yield Check("即时通知", good=True, found=idle.partition("：")[2])
        yield Check("收件箱", "不一致" not in inbox, inbox)
        for name in folders:
            state = mailbox.select(name)
            yield Check(f"文件夹 {name}", good=True, found=f"{state.count}封")
            newest = max(newest, _newest(mailbox) or newest)
        missing = list(mailbox.missing_folders())
        if missing:
            remedy = "请核对 [mailbox] folders 的写法"
            yield Check("文件夹", good=False, found=f"没有 {'、'.join(missing)}", remedy=remedy)
        sent = config.smtp.sent_folder or mailbox.sent_folder()
        remedy = "" if sent else "找不到“已发送”，中断的发送将无法核对；请填写 smtp.sent_folder"
        yield Check("已发送文件夹", bool(sent), sent or "没有", remedy)
        if (slow := (newest - now).total_seconds()) > _SLOW_SECONDS:
            found = f"比邮件服务器慢至少{slow:.0f}秒"
            yield Check("时钟与邮件服务器", good=False, found=found, remedy=_SET_CLOCK)
    except MailbotError as error:
        yield Check("收信登录", good=False, found=str(error))
    finally:
        mailbox.close()


def _introduced(config: Config) -> Check:
    """163 refuses whoever does not say its name after LOGIN ("Unsafe Login")."""
    what, told = "报上程序名称（ID）", config.mailbox.send_id
    needed = config.mailbox.host.endswith(("163.com", "126.com", "yeah.net"))
    remedy = "163 等邮箱要求登录后报上名称，请改为 send_id = true" if needed and not told else ""
    return Check(what, not remedy, "已报" if told else "没有报", remedy)


def _newest(mailbox: Mailbox) -> datetime | None:
    """When the provider received the newest mail of the open folder."""
    last = list(mailbox.uids())[-1:]
    return next((envelope.internal_date for envelope in mailbox.envelopes(last)), None)


def smtp(config: Config, secrets: Secrets) -> Check:
    """Login only: nothing is sent."""
    from mailbot.adapters.smtp import SmtpTransport  # noqa: PLC0415  slow to import

    transport = SmtpTransport(config.smtp, secrets.smtp)
    try:
        reply = transport.check()
    finally:
        transport.close()
    if reply.outcome is Outcome.SENT:
        return Check("发信登录", good=True, found=f"{config.smtp.host}:{config.smtp.port}")
    return Check("发信登录", good=False, found=reply.text, remedy=reply.meaning)
