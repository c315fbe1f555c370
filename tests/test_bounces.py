"""What a mail is, before anyone reads it as a draft."""

from dataclasses import replace

import pytest

from parsers.bounces import Evidence, classify, is_command
from parsers.facts import MessageKind

MAIL = Evidence(
    subject="关于防汛工作的信息",
    sender="unit@example.cn",
    message_id="<1@example.cn>",
    own="现报送信息一篇。",
    text="现报送信息一篇。",
    headers={},
    documents=0,
)
STATUS = b"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; A@x.cn\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n"
HALF = "message/delivery-status"
DRAFT, BOUNCE, AUTO, OTHER, COMMAND = (
    MessageKind.DRAFT,
    MessageKind.BOUNCE,
    MessageKind.AUTO_REPLY,
    MessageKind.OTHER,
    MessageKind.COMMAND,
)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        pytest.param({}, DRAFT, id="ordinary"),
        pytest.param({"subject": "", "own": "", "text": ""}, DRAFT, id="empty"),
        pytest.param({"headers": {"auto-submitted": "auto-replied"}}, AUTO, id="auto-replied"),
        pytest.param(
            {"headers": {"auto-submitted": "auto-generated; x=y"}}, AUTO, id="auto-generated"
        ),
        pytest.param({"headers": {"auto-submitted": "no"}}, DRAFT, id="auto-submitted-no"),
        pytest.param({"headers": {"x-qq-auto-reply": "true"}}, AUTO, id="qq-vacation"),
        pytest.param({"headers": {"x-autoreply": "yes"}}, AUTO, id="x-autoreply"),
        pytest.param({"headers": {"precedence": "auto_reply"}}, AUTO, id="precedence-auto-reply"),
        pytest.param({"headers": {"return-path": "<>"}}, AUTO, id="null-path"),
        pytest.param({"headers": {"return-path": "<a@x.cn>"}}, DRAFT, id="ordinary-path"),
        pytest.param({"subject": "自动回复: 约稿通知"}, AUTO, id="subject"),
        pytest.param({"subject": "自动回复：约稿通知"}, AUTO, id="subject-full-width"),
        pytest.param({"subject": "Automatic reply: x"}, AUTO, id="subject-english"),
        pytest.param({"subject": "[自动回复] x"}, AUTO, id="subject-brackets"),
        pytest.param(
            {"subject": "自动回复系统建设情况汇报"}, DRAFT, id="a-draft-about-automatic-replies"
        ),
        pytest.param({"subject": "回复：自动回复：约稿"}, DRAFT, id="answer-to-an-automatic-reply"),
        pytest.param({"headers": {"list-id": "<x>"}}, OTHER, id="list"),
        pytest.param({"headers": {"precedence": "bulk"}}, OTHER, id="bulk"),
        pytest.param({"headers": {"list-unsubscribe": "<x>"}}, OTHER, id="advertising"),
        pytest.param(
            {"headers": {"precedence": "bulk"}, "documents": 1}, DRAFT, id="bulk-with-a-document"
        ),
        pytest.param(
            {"headers": {"auto-submitted": "auto-generated"}, "documents": 1},
            DRAFT,
            id="office-system-with-a-document",
        ),
        pytest.param({"sender": "office@example.cn"}, OTHER, id="ourselves"),
        pytest.param(
            {"sender": "office@example.cn", "documents": 1}, OTHER, id="ourselves-with-a-document"
        ),
        pytest.param(
            {"message_id": f"<MB.{'0a' * 20}@163.com>", "documents": 1}, OTHER, id="our-message-id"
        ),
        pytest.param(
            {"message_id": "<5f3a.Coremail.unit@163.com>"}, DRAFT, id="a-neighbour-at-our-provider"
        ),
        pytest.param(
            {"sender": "postmaster@163.com", "subject": "系统退信"}, BOUNCE, id="163-subject"
        ),
        pytest.param(
            {"sender": "postmaster@qq.com", "subject": "来自qq.com的退信"}, BOUNCE, id="qq"
        ),
        pytest.param(
            {"sender": "mailer-daemon@x.cn", "headers": {"return-path": "<>"}},
            BOUNCE,
            id="daemon-null-path",
        ),
        pytest.param(
            {"subject": "Undelivered Mail Returned to Sender", "headers": {"return-path": "<>"}},
            BOUNCE,
            id="null-path-and-subject",
        ),
        pytest.param({"reports": [(HALF, STATUS)]}, BOUNCE, id="delivery-status"),
        pytest.param({"headers": {"x-failed-recipients": "a@x.cn"}}, BOUNCE, id="exim"),
        pytest.param(
            {"reports": [(HALF, STATUS.replace(b"failed", b"delivered"))]},
            AUTO,
            id="delivered-receipt",
        ),
        pytest.param({"report_type": "disposition-notification"}, AUTO, id="read-receipt"),
        pytest.param({"subject": "关于退信问题处理的信息"}, DRAFT, id="a-draft-about-bounces"),
        pytest.param(
            {"subject": "转发：系统退信", "documents": 1}, DRAFT, id="a-bounce-a-unit-forwards"
        ),
        pytest.param(
            {"sender": "postmaster@163.com", "subject": "升级公告"},
            OTHER,
            id="notice-of-the-provider",
        ),
        pytest.param({"subject": "采用 #123"}, COMMAND, id="command"),
        pytest.param(
            {"subject": "采用 #123", "documents": 1}, DRAFT, id="command-with-a-document-is-a-draft"
        ),
        pytest.param(
            {"subject": "采用 #123", "headers": {"precedence": "bulk"}},
            OTHER,
            id="bulk-is-no-command",
        ),
    ],
)
def test_kind(changes: dict[str, object], kind: MessageKind) -> None:
    verdict = classify(replace(MAIL, **changes), frozenset({"office@example.cn"}))

    assert verdict.kind == kind
    assert verdict.because


@pytest.mark.parametrize(
    "line",
    [
        "采用 #123 达州要情",
        "采用：#123",
        "采用#123",
        "批示 #45 市委书记",
        "退回 #12 缺审签",
        "更正 #12 标题",
        "约稿 通川区住建局 3月20日前",
        "约稿 执法监督科",
        "活动 2026-03-05 市长调研",
        "活动 3月5日 市长调研",
        "活动 明天 市长调研",
        "突发 #E7",
        "突发 E7 续报",
        "收到 #E7",
        "免除 #9",
        "免除 市政管理科 3月",
        "放行 通报-2026-03",
        "台账 2026年3月",
        "台账 本月",
        "查询 通川区综合执法局",
        "查询 #12",
        "撤销 #12",
        "回复：采用 #12",
        "【指令】采用 #12",
    ],
)
def test_command_form(line: str) -> None:
    assert is_command(line, "")
    assert is_command("回复：来稿登记", f"\n{line}\n谢谢")


@pytest.mark.parametrize(
    "line",
    [
        "采用新技术提升环卫作业水平",
        "采用 新技术提升环卫作业水平",
        "突发：通川区西外镇燃气泄漏",
        "突发 通川区住建局 西外镇燃气泄漏",
        "突发事件信息",
        "活动开展情况",
        "活动 丰富多彩",
        "活动 #城市管理主题宣传#",
        "收到，三天内报送",
        "查询系统上线运行",
        "台账管理经验做法",
        "批示精神贯彻落实情况",
        "关于采用 #12 号方案的报告",
        "约稿信息",
        "约稿：关于占道经营整治",
        "",
    ],
)
def test_drafts_and_emergencies_are_no_commands(line: str) -> None:
    """A missed emergency costs more than a command typed again."""
    assert not is_command(line, "")
    assert not is_command("信息", line)


def test_long_text_is_no_command() -> None:
    assert not is_command("采用 #12", "正文" * 400)


def test_a_short_report_about_an_activity_is_no_command() -> None:
    """动态简讯 of 300 characters may come in the body, with the date in the subject."""
    assert not is_command("活动 3月5日 市长调研环卫工作", "3月5日，市长一行调研环卫工作。" * 20)


def test_only_the_first_own_line_commands() -> None:
    assert not is_command("回复", "您好\n采用 #12")


def test_delivery_status_of_several_recipients() -> None:
    data = STATUS + b"\nOriginal-Recipient: rfc822;b@x.cn\nAction: failed\nStatus: 5.2.2\n"

    status = classify(replace(MAIL, reports=[(HALF, data)])).delivery_status

    assert status is not None
    assert status.recipients == ("a@x.cn", "b@x.cn")
    assert (status.status, status.diagnostic) == ("5.1.1", "smtp; 550 no such user")
    assert status.permanent


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"5.1.1", b"4.4.1", id="status-4"),
        pytest.param(b"failed", b"delayed", id="delayed"),
    ],
)
def test_a_delay_is_not_permanent(old: bytes, new: bytes) -> None:
    status = classify(replace(MAIL, reports=[(HALF, STATUS.replace(old, new))])).delivery_status

    assert status is not None
    assert not status.permanent


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"headers": {"x-cm-original-message-id": "<r1@a.cn>"}}, id="coremail"),
        pytest.param(
            {"originals": [b"Subject: x\r\nMessage-ID: <r1@a.cn>\r\n\r\n"]}, id="original"
        ),
        pytest.param(
            {"reports": [(HALF, STATUS), ("text/rfc822-headers", b"Message-Id:\n <r1@a.cn>\n")]},
            id="headers-only",
        ),
        pytest.param({"text": "原邮件如下\nMessage-ID: <r1@a.cn>\n"}, id="prose"),
    ],
)
def test_original_message_id(changes: dict[str, object]) -> None:
    mail = replace(MAIL, **{"reports": [(HALF, STATUS)], **changes})

    status = classify(mail).delivery_status

    assert status is not None
    assert status.original_message_id == "<r1@a.cn>"


def test_a_bounce_in_prose_names_recipient_and_reason() -> None:
    text = "您的邮件无法送达\n收件人：friend@qq.com\n550 5.1.1 Mailbox not found"
    mail = replace(MAIL, sender="postmaster@qq.com", subject="来自qq.com的退信", text=text)

    status = classify(mail).delivery_status

    assert status is not None
    assert status.recipients == ("friend@qq.com",)
    assert (status.status, status.permanent) == ("5.1.1", True)
