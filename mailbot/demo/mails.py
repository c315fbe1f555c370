"""Mails as units really send them: Word files, GBK and UTF-8 headers, forwards, robots."""

import base64
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from typing import Literal

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH

from mailbot.clock import shanghai

Charset = Literal["gbk", "utf-8"]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a mail."""

    name: str
    data: bytes
    kind: str = DOCX


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail of the fortnight.

    Attributes:
        what: What it shows, for the closing table.
        at: When the provider received it.
        charset: Of headers and body: "gbk" as 163's web mail writes, "utf-8" as others do.
    """

    what: str
    at: datetime
    sender: str
    name: str
    subject: str
    body: str
    files: tuple[Attached, ...] = ()
    charset: Charset = "utf-8"
    html: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def word_file(title: str, body: str, tail: str = "", addressee: str = "") -> bytes:
    """A draft as .docx: centred title, body, 落款."""
    document = docx.Document()
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    heading.add_run(title).bold = True
    for line in [addressee, *body.split("\n"), *tail.split("\n")]:
        if line:
            document.add_paragraph(line)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def archive(files: tuple[Attached, ...]) -> bytes:
    """A zip as Chinese Windows writes it: names in GBK without the UTF-8 flag."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for file in files:
            packed.writestr(_Raw(file.name.encode("gbk")), file.data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


class _Raw(zipfile.ZipInfo):
    """A member whose name is bytes, written as they are."""

    def __init__(self, name: bytes) -> None:
        super().__init__(name.decode("cp437"))
        self._name = name

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  the library's hook
        return self._name, self.flag_bits & ~0x800


def write(sample: Sample) -> bytes:
    """The mail as bytes on the wire."""
    mail: Message = _content(sample)
    mail["From"] = f"{_word(sample.name, sample.charset)} <{sample.sender}>"
    mail["To"] = "<dzscgzfj@163.com>"
    mail["Subject"] = _word(sample.subject, sample.charset)
    mail["Date"] = format_datetime(shanghai(sample.at))
    stamp = f"{sample.at:%Y%m%d%H%M%S}"
    mail["Message-ID"] = (
        f"<{stamp}.{abs(hash_of(sample)) % 10**8}@{sample.sender.partition('@')[2]}>"
    )
    for name, value in sample.headers:
        mail[name] = value
    return mail.as_bytes()


def hash_of(sample: Sample) -> int:
    """A number that differs between samples and is the same in every run."""
    return int.from_bytes(sample.subject.encode() + sample.sender.encode(), "big")


def _content(sample: Sample) -> Message:
    kind = "html" if sample.html else "plain"
    text = MIMEText(sample.html or sample.body, kind, sample.charset)
    if not sample.files:
        return text
    mail = MIMEMultipart()
    mail.attach(text)
    for file in sample.files:
        main, _, sub = file.kind.partition("/")
        part = MIMEApplication(file.data, sub) if main == "application" else _other(file)
        name = _word(file.name, sample.charset)
        part.add_header("Content-Disposition", f'attachment; filename="{name}"')
        mail.attach(part)
    return mail


def _other(file: Attached) -> Message:
    part = MIMEApplication(file.data)
    part.replace_header("Content-Type", file.kind)
    return part


def _word(text: str, charset: Charset) -> str:
    """An encoded word (RFC 2047), in one piece as these clients write it."""
    data = base64.b64encode(text.encode(charset)).decode("ascii")
    return f"=?{'GBK' if charset == 'gbk' else 'UTF-8'}?B?{data}?="
