"""Letters: templates and typed contexts agree, nothing from outside breaks out of them."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import meta

from mailbot.adapters.composing import compose, message_id
from mailbot.adapters.letters import LetterWriter, deadline, lasting, one_line
from mailbot.records.letter_lines import Answered, NotRead, ReceiptDraft
from mailbot.records.letters import Answer, Letter, Receipt
from mailbot.resources import shipped
from store.records import OutboxRecord

FOLDER = shipped("templates") / "mail"
WRITER = LetterWriter(shipped("templates"))
NOW = datetime(2023, 4, 19, 1, 5, tzinfo=UTC)
SHARED = {"heading", "colour", "parts", "row", "line", "draft_row"}  # a template's own names


def receipt(title: str = "标题", file: str = "稿件.doc") -> Receipt:
    draft = ReceiptDraft(
        number="#12",
        title=title,
        unit="市政管理科",
        kind="动态简讯",
        column="第①栏",
        words=324,
        words_total=368,
        words_cjk=281,
        approximate=False,
        counted=True,
        counted_because="已登记",
    )
    lost = NotRead(file, "文件设有打开密码", "请取消密码后重新发送。")
    return Receipt("市政管理科", title, NOW, (draft,), (lost,), (), 0, (), "办公室", "")


@pytest.mark.parametrize("letter", get_args(Letter), ids=lambda letter: letter.__name__)
def test_template_and_context_agree(letter: type) -> None:
    """Subject, text and HTML name only fields of the context, and each field somewhere."""
    used: set[str] = set()
    for part in ("subject", "txt", "html"):
        source = (FOLDER / f"{letter.template}.{part}.j2").read_text(encoding="utf-8")
        tree = WRITER.environment.parse(source)
        used |= meta.find_undeclared_variables(tree) - SHARED
    names = {field.name for field in fields(letter)}
    assert used <= names | {"office"}
    assert not {name for name in names - used if name not in ("office", "hour", "mailbox")}


@given(title=st.text(max_size=200))
def test_a_subject_is_one_plain_line(title: str) -> None:
    subject = WRITER.render(receipt(title)).subject
    assert subject == one_line(subject)
    assert len(subject) <= 120
    assert subject.isprintable() or not any(ord(c) < 32 for c in subject)


def test_markup_from_outside_is_escaped() -> None:
    evil = '<script>alert("{{ 7*7 }}")</script>'
    html = WRITER.render(receipt(evil, evil)).html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "49" not in html


def test_midnight_is_24_of_the_day_before() -> None:
    assert deadline(datetime(2023, 4, 30, 16, 0, tzinfo=UTC)) == "4月30日 24:00"
    assert deadline(datetime(2023, 4, 25, 9, 0, tzinfo=UTC)) == "4月25日 17:00"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0分钟"),
        (119, "119分钟"),
        (120, "2小时"),
        (605, "10小时5分钟"),
        (48 * 60, "2天"),
        (4855, "3天8小时"),
    ],
)
def test_how_long_ago_is_said_as_people_say_it(minutes: int, said: str) -> None:
    assert lasting(minutes) == said


def letter(subject: str, references: str = "<a@b>") -> OutboxRecord:
    return OutboxRecord(
        id=1,
        key="receipt/1",
        lane="receipt",
        to=("unit@dz.example",),
        subject=subject,
        state="sending",
        attempts=1,
        created_at=NOW,
        message_id=message_id("receipt/1", b"key", "163.com"),
        text="正文",
        html="<p>正文</p>",
        headers={"In-Reply-To": references, "References": references},
    )


def test_the_same_letter_is_the_same_bytes_at_every_attempt() -> None:
    """Its witness in 已发送 is then the letter itself."""
    files = (("名单.xlsx", "application/vnd.ms-excel", b"\0\1"),)
    first, second = (compose(letter("回执"), files, "o@163.com", "办公室") for _ in range(2))
    assert first == second


def test_the_headers_of_a_letter() -> None:
    """RFC 3834: answers of a machine say so; RFC 5322 3.6.4: they hang on what they answer."""
    mail = message_from_bytes(compose(letter("回执"), (), "o@163.com", "办公室"), policy=default)
    assert mail["From"] == "办公室 <o@163.com>"
    assert mail["To"] == "unit@dz.example"
    assert mail["Date"].datetime == NOW
    assert str(mail["Date"]).endswith("+0800")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["In-Reply-To"] == mail["References"] == "<a@b>"
    assert mail["Message-ID"].startswith("<mb.")
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert mail.get_body(("plain",)).get_content().splitlines() == ["正文"]  # type: ignore[union-attr]


def test_an_answer_is_marked_as_one() -> None:
    answering = replace(letter("回执"), headers={"Auto-Submitted": "auto-replied"})
    mail = message_from_bytes(compose(answering, (), "o@163.com", "办公室"), policy=default)
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"] is None


def test_an_attachment_keeps_its_name_and_bytes() -> None:
    files = (("四月\r\n通报.docx", "application/msword", bytes(range(256))),)
    raw = compose(letter("通报"), files, "o@163.com", "办公室")
    (part,) = message_from_bytes(raw, policy=default).iter_attachments()  # type: ignore[attr-defined]
    assert part.get_filename() == "四月 通报.docx"
    assert part.get_payload(decode=True) == bytes(range(256))


@pytest.mark.parametrize(
    "address",
    [
        "a..b@163.com",
        "a.@docomo.example",
        "张三@163.com",
        "a b@163.com",
        "a@",
        "@",
        "a@b\r\nBcc: x@y",
    ],
)
def test_an_odd_address_does_not_stop_the_post(address: str) -> None:
    """The server may refuse it; the letters behind it still go."""
    odd = replace(letter("回执"), to=(address, "unit@dz.example"))
    raw = compose(odd, (), "o@163.com", "办公室")
    mail = message_from_bytes(raw, policy=default)
    assert "unit@dz.example" in mail["To"]
    assert mail["Bcc"] is None


@given(
    subject=st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P")), max_size=110)
)
def test_a_subject_arrives_as_it_was_written(subject: str) -> None:
    """Whatever script, however long: folded and encoded on the way, whole at the end."""
    mail = message_from_bytes(
        compose(letter(f"【回执】{subject}"), (), "o@163.com", "办公室"), policy=default
    )
    assert mail["Subject"] == f"【回执】{subject}"


@given(text=st.text(max_size=400))
def test_no_line_on_the_wire_is_too_long_or_eight_bit(text: str) -> None:
    """RFC 5321 4.5.3.1.6; some gateways still break 8-bit mail."""
    raw = compose(replace(letter(text), text=text, html=text), (), "o@163.com", text)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@given(subject=st.text(max_size=300), references=st.text(max_size=200))
def test_no_header_can_be_injected(subject: str, references: str) -> None:
    hostile = f"{subject}\r\nBcc: victim@example.com"
    raw = compose(letter(hostile, f"{references}\r\nBcc: x@y.z"), (), "o@163.com", "办\r\n公室")
    names = [line.partition(b":")[0].lower() for line in raw.partition(b"\r\n\r\n")[0].splitlines()]
    assert b"bcc" not in names


def test_a_message_id_depends_on_key_and_secret_alone() -> None:
    assert message_id("a", b"k", "163.com") == message_id("a", b"k", "163.com")
    assert message_id("a", b"k", "163.com") != message_id("b", b"k", "163.com")
    assert message_id("a", b"k", "163.com") != message_id("a", b"l", "163.com")


def test_an_answer_says_done_or_not() -> None:
    said = Answer((Answered("收到 #E1", done=False, what="没有执行"),), "办公室")
    assert "没有执行" in WRITER.render(said).subject
