"""Hostile mails, read as the daemon reads them: in the sandbox with its own limits.

Each ends in an answer that tells the office what is wrong, or in `ReaderDied` with a
sentence for it; other mails go on either way. None may need the second way but those
said to.
"""

import base64
import struct
import zlib
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import test_bombs as files

from parsers.confinement import Budget
from parsers.facts import Reading
from parsers.sandbox import Sandbox, read_archived

HEAD = b"From: unit@163.com\r\nTo: office@163.com\r\nMessage-ID: <1@unit>\r\n"
WORDS = "11月8日14时20分，南门路塌方，两人被困，已赶赴现场。"
PLAIN = b"Subject: a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + WORDS.encode()


def multipart(parts: list[bytes]) -> bytes:
    body = b"".join(b"--x\r\n" + part + b"\r\n" for part in parts)
    return HEAD + b"Subject: a\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + body + b"--x--\r\n"  # fmt: skip


def text_part(text: str = WORDS) -> bytes:
    return b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode()


def hundred_megabytes() -> bytes:
    line = base64.b64encode(bytes(57)) + b"\r\n"
    return multipart([text_part(), b'Content-Type: application/zip; name="a.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\n' + line * 1_300_000])  # fmt: skip


def as_large_as_the_provider_takes() -> bytes:
    line = base64.b64encode(bytes(57)) + b"\r\n"
    return multipart([text_part(), b'Content-Type: application/msword; name="a.doc"\r\nContent-Transfer-Encoding: base64\r\n\r\n' + line * 880_000])  # fmt: skip


def hundred_thousand_parts() -> bytes:
    return multipart([text_part(), *[b"\r\nx"] * 100_000])


def hundred_thousand_alternatives() -> bytes:
    return multipart([text_part(), *[b"Content-Type: text/html\r\n\r\n<p>x"] * 100_000])


def fifty_thousand_parameters() -> bytes:
    parameters = b"".join(b';\r\n p%d="v"' % n for n in range(50_000))
    return multipart([text_part(), b"Content-Type: application/msword" + parameters + b"\r\n\r\nx"])


def fifty_thousand_sections_of_one_name() -> bytes:
    sections = b"".join(b";\r\n filename*%d*=%%B9" % n for n in range(50_000))
    return multipart([text_part(), b"Content-Disposition: attachment" + sections + b"\r\n\r\nx"])


def encoded_subject(kilobytes: int = 460) -> bytes:
    word = b"=?utf-8?B?5pep?=\r\n "
    return HEAD + b"Subject: " + word * (kilobytes * 1000 // len(word)) + b"\r\n" + PLAIN[12:]


def subject_of_ten_megabytes() -> bytes:
    return HEAD + b"Subject: " + b"a" * 10_000_000 + b"\r\n" + PLAIN[12:]


def nested_multiparts() -> bytes:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(10_000)
    )
    return HEAD + b"Subject: a\r\n" + opened + text_part()


def nested_mails() -> bytes:
    return HEAD + b"Subject: a\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 10_000 + PLAIN


def megabyte_of_nul() -> bytes:
    return multipart([text_part(), b'Content-Type: a/b; name="' + b"\0" * 1_000_000 + b'a.doc"\r\n\r\nx'])  # fmt: skip


def ten_thousand_senders() -> bytes:
    senders = b"".join(b"From: a%d@163.com\r\n" % n for n in range(10_000))
    return senders + b"To: office@163.com\r\n" + PLAIN


def one_sender_of_many_addresses() -> bytes:
    return b"From: " + b"(((<a@b>," * 100_000 + b"\r\n" + PLAIN


def bracketed_identifier() -> bytes:
    return b"From: unit@163.com\r\nMessage-ID: <[a]@x>\r\nReferences: " + b"<" * 200_000 + b"\r\n" + PLAIN  # fmt: skip


def bottomless_html() -> bytes:
    return multipart([text_part(), b"Content-Type: text/html\r\n\r\n" + b"<blockquote>" * 300_000])


def endless_quotes() -> bytes:
    lines = "\n".join(["> " * 200 + "字", "在 2023年 写道", "发件人: a", ""] * 20_000)
    return HEAD + b"Subject: a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + WORDS.encode() + b"\n\n" + lines.encode()  # fmt: skip


def one_endless_line() -> bytes:
    return HEAD + b"Subject: a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + "（关于".encode() * 400_000  # fmt: skip


def with_file(name: str, data: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "unit@163.com", "office@163.com", "a"
    message.set_content(WORDS)
    message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def tnef_of_claims() -> bytes:
    return with_file("winmail.dat", struct.pack("<IHBII", 0x223E9F78, 1, 1, 0x00069003, 0xFFFFFFFF) + b"\1" * 4_000)  # fmt: skip


def gzip_inside_gzip() -> bytes:
    data = zlib.compress(b"\0" * 100_000_000)
    return with_file("a.docx", b"PK\3\4" + data)


STRUCTURES: list[Callable[[], bytes]] = [
    hundred_megabytes, as_large_as_the_provider_takes, hundred_thousand_parts,
    hundred_thousand_alternatives, fifty_thousand_parameters,
    fifty_thousand_sections_of_one_name, encoded_subject, subject_of_ten_megabytes,
    nested_multiparts, nested_mails, megabyte_of_nul, ten_thousand_senders,
    one_sender_of_many_addresses, bracketed_identifier, bottomless_html, endless_quotes,
    one_endless_line, tnef_of_claims, gzip_inside_gzip,
]  # fmt: skip
TELL_NOTHING = {bracketed_identifier, endless_quotes, one_endless_line, bottomless_html}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(budget=Budget()) as running:
        yield running


def read(sandbox: Sandbox, folder: Path, raw: bytes) -> Reading:
    path = folder / "raw"
    path.write_bytes(raw)
    return sandbox.submit(read_archived, str(path), ("office@163.com",)).result()


@pytest.mark.parametrize("bomb", STRUCTURES, ids=lambda bomb: bomb.__name__)
def test_hostile_structure_is_answered(
    sandbox: Sandbox, tmp_path: Path, bomb: Callable[[], bytes]
) -> None:
    reading = read(sandbox, tmp_path, bomb())

    assert reading.message is not None
    assert bomb in TELL_NOTHING or reading.unreadable or reading.message.defects
    assert all(why.reason and why.remedy for why in reading.unreadable)


@pytest.mark.parametrize(
    "bomb",
    [*files.SUSPICIOUS, *files.MERELY_REFUSED, files.html_bottomless],
    ids=lambda bomb: bomb.__name__,
)
def test_hostile_file_costs_the_mail_nothing_else(
    sandbox: Sandbox, tmp_path: Path, bomb: Callable[[], bytes]
) -> None:
    reading = read(sandbox, tmp_path, with_file("附件", bomb()))

    assert reading.message is not None
    assert reading.message.body.strip() == WORDS
    assert reading.unreadable or bomb is files.html_bottomless


def test_an_ordinary_mail_is_read_after_them_all(sandbox: Sandbox, tmp_path: Path) -> None:
    reading = read(sandbox, tmp_path, HEAD + PLAIN)

    assert [draft.segments.body for draft in reading.drafts] == [WORDS]
