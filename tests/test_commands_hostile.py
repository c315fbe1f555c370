"""Attacks on orders by mail, threat by threat: nothing is carried out, nobody else hears a word."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from email.mime.text import MIMEText
from hashlib import sha256
from pathlib import Path

import pytest
from office_samples import watching
from order_samples import (
    DUTY,
    OFFICE,
    UNIT_ADDRESS,
    Clerk,
    clerk_at_work,
    filled,
    links,
    mail,
    said,
)

EVIL = "evil@elsewhere.example"
REGISTERED = {OFFICE, DUTY, UNIT_ADDRESS}
ORDER = "采用 #1 达州要情 单条"
SECRET = "0123456789abcdef0123"


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    with clerk_at_work(tmp_path) as working:
        yield working


def changed_nothing(clerk: Clerk) -> bool:
    """No act, the draft as it was, and no letter to anybody but registered addresses."""
    with clerk.store.look() as uow:
        letters = uow.outbox.listing()
    outside = [address for letter in letters for address in letter.to if address not in REGISTERED]
    strangers = [address for address in outside if not address.endswith("@example.com")]
    return not clerk.acts() and not strangers and clerk.drafts()[:1] in ([], ["counted"])


def from_line(value: str) -> str:
    return f"From: {value}"


# ---- threat 1: somebody writes our operator's address into From

FORGED_WORDS = [
    ORDER,
    "批示 #1 市委主要领导",
    "表扬 #1 好",
    "批评 #1 差",
    "退回 #1 不用了",
    "更正 #1 单位=扬尘办",
    "撤销 1",
    "免除 直属一大队 放假",
    "放行 通报-2023-04",
    "约稿 市政管理科 4月25日17时 假约稿",
    "活动 市政管理科 4月25日 假活动",
    "突发 直属一大队 8时22分 假事件",
    "确认",
    f"确认 凭证1-{SECRET}",
    f"{ORDER} 凭证1-{SECRET}",
]
FORGED_FROM = [f"办公室 <{OFFICE}>", OFFICE]


@pytest.mark.parametrize("written", FORGED_FROM, ids=["with-a-name", "bare"])
@pytest.mark.parametrize("words", FORGED_WORDS)
def test_threat_1_thirty_forgeries_change_nothing(clerk: Clerk, words: str, written: str) -> None:
    """What comes of them is read in the office's own mailbox alone."""
    clerk.draft()
    letters = clerk.post(mail(OFFICE, words, words, sender_header=from_line(written)))
    assert changed_nothing(clerk)
    assert all(letter.to == (OFFICE,) for letter in letters)
    assert len(FORGED_WORDS) * len(FORGED_FROM) == 30


def test_threat_1_a_forger_cannot_confirm_what_he_ordered(clerk: Clerk) -> None:
    """The code is in the office's mailbox; neither its number nor our form helps."""
    clerk.draft()
    (asked,) = clerk.send(ORDER)
    for words in ("确认", f"确认 凭证1-{SECRET}", f"确认 {asked.message_id}"):
        for subject in ("回复：【请确认】采用 #1 达州要情 单条", ""):
            clerk.send(subject, words, ("In-Reply-To", "<guess@163.com>"))
    assert changed_nothing(clerk)


def test_threat_1_the_forged_name_of_our_message_is_no_proof(clerk: Clerk) -> None:
    clerk.draft()
    for number in range(5):
        identifier = f"<mb.{number:040x}@example.com>"
        headers = (("In-Reply-To", identifier), ("References", identifier))
        clerk.send("回复：日报", f"更正 #1 栏目={'①②③'[number % 3]}", *headers)
    assert changed_nothing(clerk)


def test_threat_1_our_message_proves_nothing_for_whom_it_did_not_go_to(clerk: Clerk) -> None:
    """The duty answers a letter that went to the office: a forward showed it to him."""
    clerk.draft(), clerk.event()
    letters = clerk.reply(clerk.digest(), "收到 #E1", sender=DUTY)
    assert changed_nothing(clerk)
    assert "请确认" in said(letters)


# ---- threat 2: headers that praise the sender

VERDICTS = [
    ("Authentication-Results", "mx12; spf=pass smtp.mail=office@example.com; dkim=pass"),
    ("Received-SPF", "pass"),
    ("X-CM-TRANSID", "Ab1"),
    ("ARC-Authentication-Results", "i=1; mx.163.com; dmarc=pass"),
    ("X-Priority", "1"),
]


@pytest.mark.parametrize("header", VERDICTS, ids=[name for name, _ in VERDICTS])
def test_threat_2_no_header_raises_trust(clerk: Clerk, header: tuple[str, str]) -> None:
    clerk.draft()
    clerk.send(ORDER, ORDER, header)
    clerk.send("更正 #1 栏目=②", "", header)
    assert changed_nothing(clerk)


# ---- threat 3: Reply-To as identity


@pytest.mark.parametrize("header", ["Reply-To", "Sender", "Return-Path", "Resent-From", "Cc"])
def test_threat_3_letters_go_to_the_registered_address_alone(clerk: Clerk, header: str) -> None:
    clerk.draft()
    letters = clerk.send(ORDER, "", (header, EVIL))
    assert [letter.to for letter in letters] == [(OFFICE,)]
    assert clerk.send(ORDER, "", (header, OFFICE), sender=EVIL) == []
    assert changed_nothing(clerk)


# ---- threat 4: a From that programs read differently

SYNTAXES = [
    pytest.param(from_line(f"{OFFICE}, {EVIL}"), id="list"),
    pytest.param(from_line(f"{EVIL}, {OFFICE}"), id="list-the-other-way"),
    pytest.param(f"{from_line(OFFICE)}\n{from_line(EVIL)}", id="two-headers"),
    pytest.param(f"{from_line(EVIL)}\n{from_line(OFFICE)}", id="two-headers-the-other-way"),
    pytest.param(f"{from_line(OFFICE)}\n{from_line(OFFICE)}", id="the-same-twice"),
    pytest.param(from_line(f"Office: {OFFICE};"), id="group"),
    pytest.param(from_line(f"<@elsewhere.example:{OFFICE}>"), id="route"),
    pytest.param(from_line(f"{OFFICE} (evil@elsewhere.example)"), id="comment-behind"),
    pytest.param(from_line(f"(evil) {OFFICE}"), id="comment-before"),
    pytest.param(from_line("office(evil)@example.com"), id="comment-inside"),
    pytest.param(from_line(f'"{EVIL}" <{OFFICE}> <{EVIL}>'), id="two-angles"),
    pytest.param(from_line(f"{EVIL} <{OFFICE}>"), id="an-address-for-a-name"),
    pytest.param(
        from_line("=?utf-8?B?b2ZmaWNlQGV4YW1wbGUuY29t?="), id="address-in-an-encoded-word"
    ),
    pytest.param(from_line('"office"@example.com'), id="quoted-local-part"),
    pytest.param(from_line("office @ example.com"), id="blanks-in-the-address"),
    pytest.param(from_line(f"<{OFFICE}"), id="half-an-angle"),
]


def token_order(clerk: Clerk) -> str:
    """A genuine order with its one-time token, as if it had leaked."""
    clerk.draft()
    subject, _ = filled(links(clerk.digest())["退回"])
    return subject.replace("（请写原因）", "数据有误")


@pytest.mark.parametrize("written", SYNTAXES)
def test_threat_4_even_a_genuine_token_needs_a_plain_sender(clerk: Clerk, written: str) -> None:
    words = token_order(clerk)
    assert clerk.post(mail(OFFICE, words, words, sender_header=written)) == []
    assert changed_nothing(clerk)
    clerk.send(words, words)
    assert clerk.verbs() == ["return"], "the same from a plain sender is carried out"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(OFFICE, id="bare"),
        pytest.param(f"<{OFFICE}>", id="angle"),
        pytest.param(f'"Office" <{OFFICE}>', id="quoted-name"),
        pytest.param(f'"Office (Duty), 2" <{OFFICE}>', id="signs-in-a-quoted-name"),
        pytest.param(f"=?gb18030?B?sOy5q8rS?= <{OFFICE}>", id="qq"),
        pytest.param(f'"=?utf-8?B?5Yqe5YWs5a6kKOe7vOWQiCk=?=" <{OFFICE}>', id="signs-in-an-encoded-name"),
        pytest.param("Office <Office@Example.com>", id="upper-case"),
    ],
)  # fmt: skip
def test_what_mail_programs_write_is_plain(clerk: Clerk, written: str) -> None:
    words = token_order(clerk)
    clerk.post(mail(OFFICE, words, words, sender_header=from_line(written)))
    assert clerk.verbs() == ["return"]


# ---- threat 5: bare line ends in the header block


@pytest.mark.parametrize("sign", ["\r", "\x00"], ids=["bare-cr", "nul"])
def test_threat_5_a_smuggled_header_block_is_not_obeyed(clerk: Clerk, sign: str) -> None:
    words = token_order(clerk)
    smuggled = f"From: <{EVIL}>\nX-Note: a{sign}From: <{OFFICE}>"
    other = f"From: <{OFFICE}>\nX-Note: a{sign}From: <{EVIL}>"
    for written in (smuggled, other):
        clerk.post(mail(OFFICE, words, words, sender_header=written))
    assert changed_nothing(clerk)


# ---- threat 7: a token that was used, or lies in a forwarded mail


def test_threat_7_a_replayed_link_is_refused(clerk: Clerk) -> None:
    words = token_order(clerk)
    clerk.send(words, words)
    acts = len(clerk.acts())
    replayed = clerk.send(words, f"{words}\n")
    assert len(clerk.acts()) == acts
    assert "已经用过" in said(replayed)


def test_threat_7_a_replayed_confirmation_is_refused(clerk: Clerk) -> None:
    clerk.draft()
    (asked,) = clerk.send(ORDER)
    clerk.reply(asked, "确认")
    assert "没有找到可确认的指令" in said(clerk.reply(asked, "确认！"))
    assert clerk.verbs() == ["adopted"]


def test_threat_7_the_same_mail_twice_is_one_order(clerk: Clerk) -> None:
    """Another UID, another folder: the same bytes."""
    words = token_order(clerk)
    raw = mail(OFFICE, words, words, when=clerk.now)
    clerk.post(raw)
    with clerk.store.look() as uow:
        assert uow.messages.id_of(sha256(raw).hexdigest())
    assert clerk.verbs() == ["return"]


@pytest.mark.parametrize("sender", [DUTY, UNIT_ADDRESS, EVIL])
def test_threat_7_a_token_is_of_no_use_to_who_was_forwarded_it(clerk: Clerk, sender: str) -> None:
    words = token_order(clerk)
    clerk.send(words, words, sender=sender)
    clerk.send(f"Fw: {words}", f"供参考\n\n----- 转发邮件 -----\n{words}", sender=sender)
    assert changed_nothing(clerk)


def test_threat_7_an_old_alert_does_not_acknowledge_again(clerk: Clerk) -> None:
    """Else a forwarded alert would silence those that follow."""
    event = clerk.event()
    watching(clerk.store, clerk.config).watch(clerk.now)
    alert = next(one for one in clerk.fresh() if one.key.startswith("alert/"))
    subject, _ = filled(links(alert)[f"点此确认收到（E{event}）"])
    clerk.send(subject, sender=DUTY)
    assert clerk.verbs() == ["event-ack"]
    clerk.now += timedelta(hours=6)
    clerk.send(subject, "再次", sender=DUTY)
    clerk.reply(alert, "收到", sender=DUTY)
    assert clerk.verbs() == ["event-ack"]


# ---- threat 8: programs that open links


def test_threat_8_no_link_acts_by_being_opened(clerk: Clerk) -> None:
    """Every link opens a mail to be sent; nothing is fetched, so nothing is used up."""
    clerk.draft()
    digest = clerk.digest()
    (asked,) = clerk.send(ORDER)
    for letter in (digest, asked):
        assert letter.html.count("href=") == letter.html.count('href="mailto:')
        assert "http" not in letter.html
    assert changed_nothing(clerk)
    clerk.click(asked, "确认办理")
    assert clerk.verbs() == ["adopted"]


# ---- threat 9: a token too old


@pytest.mark.parametrize(("minutes", "verbs"), [(28, ["adopted"]), (30, []), (24 * 60, [])])
def test_threat_9_a_score_is_confirmed_within_thirty_minutes(
    clerk: Clerk, minutes: int, verbs: list[str]
) -> None:
    clerk.draft()
    (asked,) = clerk.send(ORDER)
    clerk.now += timedelta(minutes=minutes)
    answer = clerk.reply(asked, "确认")
    assert clerk.verbs() == verbs
    assert verbs or "确认晚了" in said(answer)


def test_threat_9_a_link_of_yesterday_asks_for_confirmation(clerk: Clerk) -> None:
    words = token_order(clerk)
    clerk.now += timedelta(hours=24)
    letters = clerk.send(words, words)
    assert changed_nothing(clerk)
    assert "请确认" in said(letters)


# ---- threat 10: an order inside quoted text

BLOCK = "发件人: 系统 <x@163.com>\n发送时间: 2023年4月20日 8:30\n收件人: 办公室\n主题: 日报\n\n"
TEXT_STYLES = {
    "qq": "------------------ 原始邮件 ------------------\n" + BLOCK,
    "qq-no-break": "------------------\u00a0原始邮件\u00a0------------------\n" + BLOCK,
    "foxmail": "发件人： 系统\n发送时间： 2023-04-20 08:30\n收件人： 办公室\n主题： 日报\n\n",
    "163": '在 2023-04-20 08:30:00，"系统" <x@163.com> 写道：\n\n',
    "163-english": 'At 2023-04-20 08:30:00, "系统" <x@163.com> wrote:\n',
    "mail-master": "---- 回复的原邮件 ----\n| 发件人 | 系统<x@163.com> |\n| 日期 | 2023年04月20日 |\n| 收件人 | a@b.cn |\n",
    "mail-master-forward": "---- 转发的邮件 ----\n| 发件人 | 系统<x@163.com> |\n| 日期 | 2023年04月20日 |\n| 收件人 | a@b.cn |\n",
    "outlook": "________________________________\n" + BLOCK,
    "outlook-2003": "-----邮件原件-----\n" + BLOCK,
    "outlook-english": "From: S <x@163.com>\nSent: Thursday, April 20, 2023 8:30\nTo: o\nSubject: d\n\n",
    "outlook-bold": "*发件人:* 系统\n*发送时间:* 2023年4月20日\n*收件人:* 办公室\n\n",
    "iphone": "在 2023年4月20日，上午8:30，系统 <x@163.com> 写道：\n\n",
    "iphone-english": "On Apr 20, 2023, at 8:30 AM, 系统 <x@163.com> wrote:\n\n",
    "gmail": "系统 <x@163.com> 于2023年4月20日周四 08:30写道：\n\n",
    "gmail-wrapped": "On Thu, Apr 20, 2023 at 8:30 AM 系统\n<x@163.com> wrote:\n\n",
    "yahoo": "系统 (<x@163.com>) 在 2023年4月20日星期四 上午08:30:00 [GMT+8] 寫道：\n\n",
    "zoho": "---- 在 星期四, 20 四月 2023 08:30:00 +0800 系统 <x@163.com> 撰写 ----\n\n",
    "sina": "----- 原始邮件 -----\n发件人：系统 <x@163.com>\n收件人：a\n日期：2023年04月20日 8点30分\n",
    "date-first": "Date: Thu, 20 Apr 2023 08:30:00 +0800\nSubject: d\nFrom: x@163.com\nTo: o\n\n",
    "original": "-----Original Message-----\n",
    "plain-separator": "-----原始邮件-----\n",
    "reply-separator": "-----回复邮件-----\n",
    "forwarded": "---------- Forwarded message ---------\n" + BLOCK,
    "forwarded-chinese": "-------- 转发邮件信息 --------\n" + BLOCK,
    "apple-forward": "开始转发的邮件：\n\n" + BLOCK,
    "begin-forward": "Begin forwarded message:\n\n" + BLOCK,
}
HTML_STYLES = {
    "gmail-html": '<div class="gmail_quote">{}</div>',
    "cite": '<blockquote type="cite">{}</blockquote>',
    "foxmail-html": "<blockquote><div>发件人： 系统</div><div>发送时间： 2023-04-20 08:30</div><div>收件人： o</div><div>{}</div></blockquote>",
    "163-html": '<div id="isReplyContent">{}</div>',
    "163-forward": '<div id="isForwardContent">{}</div>',
    "mail-master-html": '<div id="ntes-pcmail-quote">{}</div>',
    "139": '<div id="reply139content">{}</div>',
    "outlook-web": '<div id="divRplyFwdMsg">{}</div>',
    "qq-html": '<div id="original-content">{}</div>',
    "origbody": '<div name="origbody">{}</div>',
}
ARROWS = {
    "arrows": "> 日报\n> {}\n",
    "one-arrow": "> {}\n",
    "two-arrows": "> > 日报\n> > {}\n",
    "bar": "| {}\n",
}
STYLES = [
    *(
        pytest.param(f"已阅。\n\n{head}{{}}\n谢谢", "plain", id=name)
        for name, head in TEXT_STYLES.items()
    ),
    *(pytest.param(f"已阅。\n\n{form}", "plain", id=name) for name, form in ARROWS.items()),
    *(
        pytest.param(f"<html><body><p>已阅。</p>{form}</body></html>", "html", id=name)
        for name, form in HTML_STYLES.items()
    ),
]


def test_threat_10_forty_styles_are_tried() -> None:
    assert len(STYLES) == 40


@pytest.mark.parametrize(("form", "kind"), STYLES)
def test_threat_10_quoted_orders_are_not_orders(clerk: Clerk, form: str, kind: str) -> None:
    """A genuine token in it, in answer to a genuine letter."""
    words = token_order(clerk)
    (answered,) = clerk.letters()[:1]
    text = MIMEText(form.replace("{}", words), kind, "utf-8")
    head = f"From: <{OFFICE}>\nTo: <x@163.com>\nSubject: Re: notes\nIn-Reply-To: {answered.message_id}\n"
    clerk.post(head.encode() + text.as_bytes())
    assert changed_nothing(clerk)
    clerk.send("", f"{words}\n\n{form.replace('{}', '旧文') if kind == 'plain' else ''}")
    assert clerk.verbs() == ["return"], "the same order above the quote is carried out"


# ---- floods, strangers, and what an attacker may learn


def test_a_flood_in_our_name_does_not_fill_our_mailbox(clerk: Clerk) -> None:
    clerk.draft()
    sent = sum(
        len(clerk.send(f"更正 #1 任务={number % 26 + 1}", str(number))) for number in range(90)
    )
    assert sent == 60
    assert changed_nothing(clerk)


@pytest.mark.untraced
def test_a_flood_does_not_lock_the_clerk_out(clerk: Clerk) -> None:
    """What bears a proof is answered beyond the cap."""
    clerk.draft()
    digest = clerk.digest()
    for number in range(61):
        clerk.send("收到 #E9", str(number))
    asked = clerk.click(digest, "采用·达州要情")
    clerk.reply(asked[0], "确认")
    assert clerk.verbs() == ["adopted"]


@pytest.mark.parametrize("words", FORGED_WORDS)
def test_a_stranger_hears_nothing(clerk: Clerk, words: str) -> None:
    clerk.draft()
    letters = clerk.send(words, words, sender=EVIL)
    assert not any(EVIL in letter.to for letter in letters)
    assert {letter.lane for letter in letters} <= {"urgent"}, "an emergency is told to the duty"
    assert changed_nothing(clerk)


def test_a_robots_answer_is_no_order(clerk: Clerk) -> None:
    """A vacation reply that quotes the confirmation does not confirm it."""
    clerk.draft()
    (asked,) = clerk.send(ORDER)
    robot = (("Auto-Submitted", "auto-replied"), ("In-Reply-To", asked.message_id))
    clerk.send(f"自动回复：{asked.subject}", "确认", *robot)
    assert changed_nothing(clerk)


def test_threat_11_a_stolen_mailbox_leaves_its_track(clerk: Clerk) -> None:
    """Whoever holds the mailbox can order; but each order is named, dated and undone."""
    clerk.draft()
    (done,) = clerk.reply(clerk.send(ORDER)[0], "确认")
    (act,) = clerk.acts()
    with clerk.store.look() as uow:
        assert uow.messages.id_of(str(act.detail["order"])), "the very mail is in the archive"
    assert act.by == OFFICE
    asked = clerk.reply(done, "撤销")
    clerk.reply(asked[0], "确认")
    assert [one.undone_by is not None for one in clerk.acts()] == [True, False]


def test_tokens_are_not_logged(clerk: Clerk, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("mailbot")
    was, logger.propagate = logger.propagate, True
    try:
        with caplog.at_level("DEBUG", logger="mailbot"):
            words = token_order(clerk)
            clerk.send(words, words)
            clerk.reply(clerk.send("采用 #1 达州要情 单条")[0], "确认")
    finally:
        logger.propagate = was
    logged = "\n".join(
        f"{record.getMessage()} {getattr(record, 'fields', '')}" for record in caplog.records
    )
    assert "order" in logged
    assert words.rpartition("-")[2] not in logged
    assert "凭证" not in logged
