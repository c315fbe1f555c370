"""Whole mails: structure, choice of text, and everything a hostile sender may try.

`MAILBOT_MUTANTS` sets how many damaged mails are read (1,000 unless told).
"""

import base64
import hashlib
import os
import random
import tracemalloc
import unicodedata
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.facts import Message, MessageKind
from parsers.limits import Limits
from parsers.message import ParsedMail, read_message

GOLDEN = sorted((Path(__file__).parent / "golden" / "mail").glob("*.eml"))
HEAD = b"From: unit@example.cn\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
DEFEATED = "邮件结构异常"


def mixed(
    *parts: bytes, boundary: bytes = b"b", kind: bytes = b"mixed", close: bool = True
) -> bytes:
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    end = b"--" + boundary + b"--\r\n" if close else b""
    return (
        b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"\r\n\r\n' + body + end
    )


def text(words: str, subtype: str = "plain") -> bytes:
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + base64.encodebytes(words.encode())


def file(name: str, data: bytes, more: str = "") -> bytes:
    head = f'Content-Type: application/msword; name="{name}"\r\n{more}Content-Transfer-Encoding: base64\r\n\r\n'
    return head.encode() + base64.encodebytes(data)


def understood(mail: ParsedMail) -> bool:
    return all(DEFEATED not in item.reason for item in mail.unreadable)


# -- the mail's own text ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected", "html"),
    [
        pytest.param(text("正文"), "正文", False, id="plain"),
        pytest.param(text("<p>正文</p>", "html"), "正文", True, id="html"),
        pytest.param(mixed(text("正文一二"), text("<p>正文一二</p>", "html"), kind=b"alternative"), "正文一二", False, id="plain-goes-before-html"),
        pytest.param(mixed(text("请用网页查看"), text("<p>" + "正文" * 50 + "</p>", "html"), kind=b"alternative"), "正文" * 50, True, id="plain-that-says-less-does-not"),
        pytest.param(mixed(text(" \n"), text("<p>正文</p>", "html"), kind=b"alternative"), "正文", True, id="blank-plain"),
        pytest.param(mixed(text("一"), file("a.jpg", b"x"), text("二")), "一\n二", False, id="text-around-a-picture"),
        pytest.param(mixed(mixed(text("一"), text("<p>一</p>", "html"), kind=b"alternative", boundary=b"i"), text("二")), "一\n二", False, id="alternative-then-footer"),
        pytest.param(mixed(text("一"), mixed(text("<p>一</p>", "html"), file("l.png", b"x"), kind=b"related", boundary=b"i"), kind=b"alternative"), "一", False, id="related-inside-alternative"),
        pytest.param(b"\r\nplain without any header", "plain without any header", False, id="no-content-type"),
        pytest.param(b"Content-Type: text\r\n\r\nx", "x", False, id="type-without-subtype"),
        pytest.param(b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n" + "城市 \r\n管理\r\n".encode(), "城市管理", False, id="flowed"),
        pytest.param(b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=D0=C5=\r\n=CF=A2", "信息", False, id="quoted-printable-gbk"),
    ],
)  # fmt: skip
def test_own_text(body: bytes, expected: str, html: bool) -> None:
    mail = read_message(HEAD + body)

    assert (mail.message.body, mail.html) == (expected, html)
    assert understood(mail)


def test_text_beyond_the_limit_is_cut_and_told() -> None:
    mail = read_message(HEAD + text("信" * 5_000), limits=Limits(text_chars=1_000))

    assert len(mail.message.body) == 1_000
    assert "正文过长，只读取了前面的部分" in mail.message.defects


# -- parts -----------------------------------------------------------------------------


def test_every_leaf_that_is_no_text_is_an_attachment_with_its_exact_bytes() -> None:
    data = [bytes([number]) * 100 + bytes(range(256)) for number in range(5)]
    mail = read_message(
        HEAD + mixed(text("正文"), *(file(f"{n}.doc", item) for n, item in enumerate(data)))
    )

    assert [item.data for item in mail.attachments] == data
    assert [item.sha256 for item in mail.attachments] == [
        hashlib.sha256(d).hexdigest() for d in data
    ]


def test_eight_bit_attachment_is_byte_exact() -> None:
    data = bytes(range(256)) + b"\r\n\n\r--b\x00\r\n--bb\r\n"
    part = b"Content-Type: application/msword\r\nContent-Transfer-Encoding: binary\r\n\r\n" + data

    assert read_message(HEAD + mixed(part)).attachments[0].data == data


def test_uuencoded_attachment() -> None:
    part = b"Content-Type: application/msword\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a.doc\r\n#86)C\r\n`\r\nend\r\n"

    assert read_message(HEAD + mixed(part)).attachments[0].data == b"abc"


@pytest.mark.parametrize(
    ("more", "inline"),
    [
        pytest.param("Content-ID: <x>\r\n", False, id="a-document-with-content-id-is-no-logo"),
        pytest.param("Content-Disposition: inline\r\n", False, id="inline-document"),
    ],
)
def test_documents_are_never_inline(more: str, inline: bool) -> None:
    assert read_message(HEAD + mixed(file("a.doc", b"x", more))).attachments[0].inline is inline


@pytest.mark.parametrize(
    ("more", "inline"),
    [
        pytest.param("Content-ID: <x>\r\n", True, id="pasted"),
        pytest.param(
            "Content-ID: <x>\r\nContent-Disposition: inline; filename=a.png\r\n", True, id="inline"
        ),
        pytest.param(
            "Content-ID: <x>\r\nContent-Disposition: attachment; filename=a.png\r\n",
            False,
            id="attached",
        ),
        pytest.param("", False, id="no-content-id"),
    ],
)
def test_pictures(more: str, inline: bool) -> None:
    part = f"Content-Type: image/png\r\n{more}\r\nPNG".encode()

    assert read_message(HEAD + mixed(part)).attachments[0].inline is inline


def test_attached_mail_says_nothing_for_the_outer_sender() -> None:
    inner = HEAD.replace(b"x\r\n", b"inner\r\n") + mixed(
        text("内层"), file("a.doc", b"x"), boundary=b"i"
    )

    mail = read_message(HEAD + mixed(text("外层"), b"Content-Type: message/rfc822\r\n\r\n" + inner))

    assert mail.message.body == "外层"
    assert mail.attachments == ()
    assert read_message(mail.nested[0].raw).attachments[0].name == "a.doc"


def test_forwarded_as_attachment_in_the_dozens_is_cut_and_told() -> None:
    part = b"Content-Type: message/rfc822\r\n\r\n" + HEAD + b"\r\nx"

    mail = read_message(HEAD + mixed(*[part] * 30))

    assert len(mail.nested) == Limits().nested_mails
    assert mail.unreadable


def test_container_that_was_encoded_as_a_whole() -> None:
    inner = mixed(text("正文"), file("a.doc", b"x"))
    head, _, body = inner.partition(b"\r\n\r\n")

    mail = read_message(
        HEAD + head + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(body)
    )

    assert (mail.message.body, mail.attachments[0].name) == ("正文", "a.doc")


# -- safety #4, #5: who wrote it ---------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"From: boss@163.com\r\nFrom: evil@x.cn\r\n", id="two-headers"),
        pytest.param(b"From: boss@163.com, evil@x.cn\r\n", id="two-mailboxes"),
        pytest.param(b"From: <boss@163.com> <evil@x.cn>\r\n", id="two-brackets"),
        pytest.param(b"From: g: boss@163.com, evil@x.cn;\r\n", id="group"),
    ],
)
def test_safety_4_two_senders_are_two_and_told(head: bytes) -> None:
    message = read_message(head + b"\r\nx").message

    assert len(message.senders) == 2
    assert any("可能是伪造的" in defect for defect in message.defects)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b'From: "boss@163.com" <evil@x.cn>\r\n', id="address-as-name"),
        pytest.param(
            b"From: =?utf-8?B?Ym9zc0AxNjMuY29t?= <evil@x.cn>\r\n", id="address-as-encoded-name"
        ),
        pytest.param(b"From: (boss@163.com) evil@x.cn\r\n", id="address-as-comment"),
        pytest.param(b"From: <@boss@163.com:evil@x.cn>\r\n", id="address-as-route"),
        pytest.param(
            b"From: evil@x.cn\r\nReply-To: boss@163.com\r\n", id="reply-to-is-no-identity"
        ),
        pytest.param(b"From: evil@x.cn\r\nSender: boss@163.com\r\n", id="sender-is-no-identity"),
        pytest.param(b"from : evil@x.cn\r\n", id="blank-before-colon"),
        pytest.param(b"From:\r\n evil@x.cn\r\n", id="folded"),
        pytest.param(b"From: evil@x.cn\x00boss@163.com\r\n", id="nul"),
    ],
)
def test_safety_4_the_literal_address_counts(head: bytes) -> None:
    assert read_message(head + b"\r\nx").message.sender.address in {"evil@x.cn", ""}


def test_safety_5_bare_line_ends_make_no_second_mail() -> None:
    raw = b"From: a@x.cn\r\nSubject: x\rFrom: boss@163.com\r\rboss\r\n\r\nbody\r\n.\r\nFrom: boss@163.com\r\n"
    message = read_message(raw).message

    assert [box.address for box in message.senders] == ["a@x.cn"]
    assert "信头里有不合规的换行符" in message.defects


# -- safety #19 to #25: bombs ------------------------------------------------------------


def test_safety_19_ten_thousand_levels() -> None:
    raw = HEAD + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
        for level in range(10_000)
    )
    mail = read_message(raw)

    assert understood(mail)
    assert mail.unreadable[0].suspicious


def test_safety_20_a_hundred_thousand_parts() -> None:
    mail = read_message(HEAD + mixed(*[b"\r\nx"] * 100_000))

    assert understood(mail)
    assert len(mail.unreadable) == 1
    assert "超过" in mail.unreadable[0].reason


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param(b"; ".join(b"p%d=v" % number for number in range(50_000)), id="many"),
        pytest.param(b'a="' + b';"' * 30_000, id="unbalanced-quotes"),
        pytest.param(
            b"name*%d*=x; " * 1 % 1 + b"; ".join(b"name*%d*=%%41" % n for n in range(10_000)),
            id="sections",
        ),
        pytest.param(b"a=b;" * 15_000, id="repeated"),
    ],
)
def test_safety_20_fifty_thousand_parameters(parameters: bytes) -> None:
    assert understood(
        read_message(HEAD + b"Content-Type: text/plain; " + parameters + b"\r\n\r\nx")
    )


def test_safety_21_subject_of_half_a_megabyte() -> None:
    words = b"\r\n ".join([b"=?utf-8?B?5L+h5oGv?="] * 20_000)
    message = read_message(b"Subject: " + words + b"\r\nFrom: a@x.cn\r\n\r\nbody").message

    assert message.subject.startswith("信息信息")
    assert message.body == "body"
    assert "信头过长，只读取了前面的部分" in message.defects


def test_safety_22_bracketed_message_id() -> None:
    mail = read_message(b"Message-ID: <[a]@x>\r\nFrom: a@x.cn\r\n\r\nx")

    assert mail.message.message_id == "<[a]@x>"
    assert understood(mail)


def test_safety_23_hundred_megabytes_are_refused_by_their_size() -> None:
    mail = read_message(HEAD + b"\r\n" + bytes(100_000_000))

    assert mail.message.subject == "x"
    assert "过大" in mail.unreadable[0].reason


def test_safety_23_a_file_beyond_its_limit_is_refused_alone() -> None:
    mail = read_message(
        HEAD + mixed(file("a.doc", bytes(5_000)), file("b.doc", b"x")),
        limits=Limits(file_bytes=1_000),
    )

    assert [item.name for item in mail.unreadable] == ["a.doc"]
    assert not mail.unreadable[0].suspicious
    assert [item.name for item in mail.attachments] == ["b.doc"]


def test_fifty_megabytes_cost_less_than_two_copies() -> None:
    data = random.Random(1).randbytes(50 << 20)
    raw = HEAD + mixed(file("a.doc", data))
    tracemalloc.start()
    try:
        mail = read_message(raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert mail.attachments[0].sha256 == hashlib.sha256(data).hexdigest()
    assert peak < 2 * len(data)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("a\\x00.doc", "ax00.doc", id="backslash"),
        pytest.param("..\\\\..\\\\a.doc", "a.doc", id="path"),
        pytest.param("=?utf-8?B?5oql4oCuY29kLmV4ZQ==?=", "报cod.exe", id="direction-override"),
        pytest.param("=?utf-8?B?5oqlAA0KLmRvYw==?=", "报 .doc", id="nul-and-line-end"),
        pytest.param("/etc/passwd", "passwd", id="absolute"),
    ],
)
def test_safety_24_file_names_are_safe_to_show(name: str, expected: str) -> None:
    shown = read_message(HEAD + mixed(file(name, b"x"))).attachments[0].name

    assert shown.replace("\\", "") in {expected, "x00.doc"}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        pytest.param(mixed(file("a.doc", b"x", 'Content-Disposition: attachment; filename="a.exe"\r\n')), "写了两种", id="two-names"),
        pytest.param(mixed(file("a.doc", b"x", "Content-Type: text/plain\r\n")), "写了两种", id="two-types"),
        pytest.param(mixed(file("a.doc", b"x")) + b"--b\r\n" + file("c.doc", b"x") + b"--b--\r\n", "结束标记之后", id="parts-after-the-end"),
        pytest.param(mixed(file("a.doc", b"x"), close=False), "没有读到结尾", id="never-closed"),
        pytest.param(b'Content-Type: multipart/mixed; boundary="c"\r\n\r\n' + mixed(file("a.doc", b"x")).partition(b"\r\n\r\n")[2], "与声明不符", id="wrong-boundary"),
    ],
)  # fmt: skip
def test_safety_25_ambiguous_structure_is_told_and_nothing_lost(raw: bytes, words: str) -> None:
    mail = read_message(HEAD + raw)

    assert any(words in defect for defect in mail.message.defects)
    assert mail.attachments[0].name in {"a.doc", "a.exe"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000, id="deep-html"),
        pytest.param(b"Content-Type: text/html\r\n\r\n" + b"<meta " * 200_000, id="meta"),
        pytest.param(b"\r\n" + b"-" * 3_000_000, id="dashes"),
        pytest.param(b"\r\n" + b" " * 3_000_000 + b"x", id="blanks"),
        pytest.param(b"\r\n" + ("在" + "a" * 290 + "\n").encode() * 10_000, id="attributions"),
        pytest.param(b"\r\n" + b"https://mail.qq.com/ " * 100_000, id="links"),
        pytest.param(
            b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"\n--bb" * 1_000_000,
            id="boundaries",
        ),
        pytest.param(
            b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AAA-" * 200_000, id="utf-7"
        ),
        pytest.param(bytes(1_000_000), id="nul"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_floods_are_read_without_defeat(body: bytes) -> None:
    """Their cost is bounded by the test timeout; each took well under a second."""
    assert understood(read_message(HEAD + body))


# -- what a well-behaved program writes ----------------------------------------------------

WORDS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=40)
NAMES = st.from_regex(r"[一-龥A-Za-z0-9（）《》]{1,30}\.(docx|doc|wps|pdf|jpg)", fullmatch=True)


@pytest.mark.untraced
@given(
    WORDS,
    WORDS,
    st.lists(st.tuples(NAMES, st.binary(max_size=300)), max_size=4),
    st.sampled_from(["utf-8", "gb18030"]),
)
def test_what_the_standard_library_writes_is_read_back(
    subject: str, words: str, files: list[tuple[str, bytes]], charset: str
) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("张三", "unit", "example.cn")
    mail["Subject"] = subject
    mail.set_content(words, charset=charset, cte="base64")
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)

    parsed = read_message(mail.as_bytes())

    assert (parsed.message.subject, parsed.message.body) == (subject, words)
    assert parsed.message.sender.name == "张三"
    assert [(item.name, item.data) for item in parsed.attachments] == files
    assert parsed.message.defects == ()


# -- anything at all -----------------------------------------------------------------------


def safe(message: Message) -> bool:
    lines = [message.subject, message.message_id, message.in_reply_to, *message.references]
    lines += [
        part
        for box in (*message.senders, *message.to, *message.cc)
        for part in (box.name, box.address)
    ]
    lines += [link.name for link in message.cloud_links]
    texts = [message.body, message.quoted, message.signature, *message.headers.values(), *lines]
    "".join(texts).encode("utf-8")
    times: list[datetime | None] = [message.sent_at, message.received_at]
    return all(
        unicodedata.category(char) not in {"Cc", "Zl", "Zp"} for line in lines for char in line
    ) and all(when is None or when.utcoffset() is not None for when in times)


def mutant(chance: random.Random) -> bytes:
    """A golden mail with a few bytes changed, cut, doubled or crossed with another."""
    raw = bytearray(chance.choice(GOLDEN).read_bytes())
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(raw) + 1)
        match chance.randrange(6):
            case 0:
                raw[at : at + 1] = chance.randbytes(1)
            case 1:
                del raw[at : at + chance.randint(1, 40)]
            case 2:
                raw[at:at] = raw[at : at + chance.randint(1, 200)] * chance.randint(1, 5)
            case 3:
                raw[at:at] = chance.choice(
                    [b"\r", b"\n", b"\x00", b'"', b"=?", b"?=", b"--", b";", b"<", b"(", b"\xff"]
                )
            case 4:
                other = chance.choice(GOLDEN).read_bytes()
                raw[at:] = other[chance.randrange(len(other)) :]
            case _:
                raw = raw[:at] or bytearray(b"\n")
    return bytes(raw)


def test_mutants_of_golden_mails() -> None:
    """No damaged mail defeats the parser, and nothing unsafe comes out."""
    for seed in range(int(os.environ.get("MAILBOT_MUTANTS", "1000"))):
        mail = read_message(mutant(random.Random(seed)))

        assert understood(mail), f"mutant {seed}"
        assert safe(mail.message), f"mutant {seed}"


@given(st.binary(max_size=600))
def test_any_bytes(raw: bytes) -> None:
    mail = read_message(raw)

    assert understood(mail)
    assert safe(mail.message)


def test_what_defeats_the_parser_is_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last net: a failure of ours quarantines one mail and keeps its headers."""

    def fail(*_args: object) -> None:
        raise RecursionError

    monkeypatch.setattr("parsers.message.walk", fail)

    mail = read_message(HEAD + b"\r\nx")

    assert mail.message.kind == MessageKind.DRAFT
    assert mail.message.subject == "x"
    assert not understood(mail)
