"""Threats from around the mail: stolen codes, names on disk, exports, logs, sockets, packages."""

import ast
import io
import json
import os
import re
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path

import offices
import pytest
from cli_office import configure, run
from duty_samples import draft
from filing_samples import draft_mail
from office_samples import CONFIG, DUTY, OFFICE, deliver, opened, watching
from offices import UNIT, open_office, stop, wait_until
from order_samples import UNIT_ADDRESS, clerk_at_work
from servers.fault_smtp import FaultSmtp
from servers.mail_server import MailServer
from word_files import make_docx, part_xml, relationships

from mailbot import log
from mailbot.demo import texts
from mailbot.demo.mails import Attached, Sample, write
from mailbot.reports.ledger import write_ledger
from mailbot.rules.calendar import period_of
from mailbot.stages.ledger_book import ledger_book
from mailbot.stages.watching import SEEN_UNTIL
from parsers.sandbox import Sandbox, read_archived

ROOT = Path(__file__).parents[1]


# ---- threat 12: the authorisation code was stolen and is replaced


def test_threat_12_a_new_code_is_in_use_at_once(
    tmp_path: Path, dovecot: MailServer, fault_smtp: FaultSmtp
) -> None:
    """The old code is refused and logins rest; with the new one the next run fetches, no wait."""
    fault_smtp.user = offices.OURS
    office = open_office(tmp_path, dovecot, fault_smtp)
    dovecot.deliver(write(Sample("", offices.minutes_ago(2), UNIT, "一大队", "简讯", "报上。")))
    good, office.passwords["MAILBOT_IMAP_PASSWORD"] = dovecot.password, "the-stolen-one"
    assert office.run("once").returncode == 1
    assert "授权码" in office.run("status").stdout

    office.passwords["MAILBOT_IMAP_PASSWORD"] = good
    assert office.run("once").returncode == 0
    status = office.listing("status")
    assert not [problem for problem in status["problems"] if "授权码" in problem]
    assert next(one["recorded"] + one["ignored"] for one in status["folders"]) == 1


# ---- threat 24: names as paths


HOSTILE = ["../../etc/cron.d/x", "..\\..\\evil.bat", "/root/.ssh/authorized_keys", "a\x00.docx",
           "C:\\Windows\\x.dll", "\u202excod.exe", "-rf.docx", "$(touch x).docx"]  # fmt: skip


def test_threat_24_no_attachment_is_written_under_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All that filing leaves on disk is named by hashes, or by us; nothing can be executed."""
    office = configure(tmp_path)
    files = tuple(Attached(name, b"#!/bin/sh\ntouch x\n") for name in HOSTILE)
    raw = write(Sample("", offices.minutes_ago(9), UNIT, "一大队", "简讯", "报上。", files))
    (tmp_path / "in.eml").write_bytes(raw)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert run(capsys, "--config", office, "import", tmp_path / "in.eml").code == 0

    made = [path for path in tmp_path.rglob("*") if path.is_file() and path not in before]
    ours = re.compile(
        r"[0-9a-f]{64}\.eml|mailbot\.db(-wal|-shm)?|signing\.key|.*\.lock|ballast\.bin"
    )
    assert [path.name for path in made if not ours.fullmatch(path.name)] == []
    assert any(path.suffix == ".eml" for path in made)
    assert [path for path in made if path.stat().st_mode & 0o111] == []


# ---- threat 34: documents that call home


@contextmanager
def canary() -> Iterator[tuple[int, list[str]]]:
    """A listener that notes every connection."""
    calls: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        calls.append("called")

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], calls
        server.shutdown(socket.SHUT_RDWR)


def calling_home(port: int) -> tuple[Attached, ...]:
    """A Word template, a linked picture, an RTF field, HTML, a web archive, an OFD, a PDF."""
    url = f"http://127.0.0.1:{port}/x"
    template = {
        "word/settings.xml": part_xml("settings", ""),
        "word/_rels/settings.xml.rels": relationships(
            [("rId1", "attachedTemplate", url)], external=True
        ),
    }
    word = make_docx("<w:p/>", template, [("rId9", "settings", "settings.xml")])
    drawing = '<w:p><w:r><w:drawing><a:blip r:link="rId5"/></w:drawing></w:r></w:p>'
    linked = make_docx(drawing, {"word/_rels/document.xml.rels": relationships([("rId5", "image", url)], external=True)})  # fmt: skip
    rtf = rb"{\rtf1 {\field{\*\fldinst INCLUDEPICTURE \"%s\"}{\fldrslt x}}}" % url.encode()
    page = f'<html><img src="{url}"><link rel=stylesheet href="{url}"><iframe src="{url}"></html>'
    dtd = f'<?xml version="1.0"?><!DOCTYPE o SYSTEM "{url}"><o/>'
    pdf = b"%%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/URI/URI(%s)>>>>endobj\n" % url.encode()
    ofd = io.BytesIO()
    with zipfile.ZipFile(ofd, "w") as packed:
        packed.writestr("OFD.xml", dtd)
    contents = {"模板.docx": word, "图.docx": linked, "字段.rtf": rtf, "页.html": page.encode(),
                "网页.mht": page.encode(), "版式.ofd": ofd.getvalue(), "版式.pdf": pdf}  # fmt: skip
    return tuple(Attached(name, data) for name, data in contents.items())


def test_threat_34_nothing_named_in_a_document_is_fetched(tmp_path: Path) -> None:
    with canary() as (port, calls), Sandbox() as sandbox:
        page = f'<p>正文</p><img src="http://127.0.0.1:{port}/pixel.gif">'
        files = calling_home(port)
        raw = write(Sample("", offices.minutes_ago(1), UNIT, "", "简讯", "", files, html=page))
        (tmp_path / "raw").write_bytes(raw)
        reading = sandbox.submit(read_archived, str(tmp_path / "raw"), ()).result(60)
        assert len(reading.files) + len(reading.unreadable) >= len(files)
        assert calls == []
        with socket.create_connection(("127.0.0.1", port)):
            wait_until(lambda: calls == ["called"])  # the canary does sing


# ---- threat 38: words that a spreadsheet would carry out


@pytest.mark.parametrize("title", ['=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)",
                                   "=cmd|' /C calc'!A0", "\t=1+1", "http://evil.example"])  # fmt: skip
def test_threat_38_a_title_is_never_a_formula(tmp_path: Path, title: str) -> None:
    with opened(tmp_path) as store:
        deliver(store, draft(1, "直属一大队", "2023-04-20 09:00", title=title))
        with store.look() as uow:
            book = write_ledger(ledger_book(uow, CONFIG, period_of("month", date(2023, 4, 1))))
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        sheets = [packed.read(name).decode() for name in packed.namelist() if "sheet" in name]
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)


# ---- threat 39: words that a shell would carry out


@pytest.mark.parametrize("style", ["plain", "json"])
@pytest.mark.parametrize("evil", ["$(touch x)@a.cn", "`reboot`@a.cn", "a@b.cn\nERROR root", 'a" b=c@d.cn'])  # fmt: skip
def test_threat_39_an_address_is_one_quoted_word_in_the_log(
    capsys: pytest.CaptureFixture[str], style: str, evil: str
) -> None:
    log.set_up(style, "info")  # type: ignore[arg-type]
    log.event("received", sender=evil, mail=1)
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    if style == "json":
        assert json.loads(line)["mail"] == 1
    else:
        assert re.search(r' sender=(\S+|"(?:[^"\\]|\\.)*") mail=1\n\Z', line), line


def test_threat_39_no_shell_is_ever_asked() -> None:
    """No `shell=True`, `os.system`, `eval` or `exec` in all the program."""
    found = []
    for path in (
        p for part in ("mailbot", "parsers", "store") for p in (ROOT / part).rglob("*.py")
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            shell = any(k.arg == "shell" for k in node.keywords)
            if shell or name in {"os.system", "os.popen", "eval", "exec"}:
                found.append(f"{path.name}:{node.lineno} {name}")
    assert found == []


# ---- threat 40: pages of ours that could be made to act


def listening(pid: int) -> list[str]:
    """Sockets of a process on which somebody could knock (TCP state 0A, or UDP bound)."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            if found := re.fullmatch(r"socket:\[(\d+)\]", str(link.readlink())):
                inodes.add(found[1])
    open_ = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and words[9] in inodes:
                open_.append(words[1])
    return open_


def test_threat_40_the_daemon_listens_on_nothing(
    tmp_path: Path, dovecot: MailServer, fault_smtp: FaultSmtp
) -> None:
    fault_smtp.user = offices.OURS
    office = open_office(tmp_path, dovecot, fault_smtp, tick_seconds="tick_seconds = 1")
    daemon = office.start("run")
    try:
        wait_until(lambda: daemon.poll() is not None or "board_drawn" in office.log)
        assert daemon.poll() is None, office.log
        assert listening(daemon.pid) == []
    finally:
        assert stop(daemon) == 0
    with socket.create_server(("127.0.0.1", 0)):
        assert len(listening(os.getpid())) >= 1, "the look finds a listener where there is one"


# ---- threat 45: words of a draft in letters to others


def test_threat_45_no_letter_to_others_holds_words_of_an_adopted_draft(tmp_path: Path) -> None:
    """A draft is adopted; five weeks of receipts, reminders, digests and notices follow.

    Its sender and the office may read its words, nobody else; neither may attachments carry them.
    """
    sentences = [one for one in re.split(r"[，。；\n]", texts.SIDEWALK) if len(one) >= 8]
    with clerk_at_work(tmp_path) as clerk:
        raw = draft_mail("直属一大队", "占道经营整治", clerk.now)
        clerk.post(raw.replace(b"5@u.example", UNIT_ADDRESS.encode()))
        clerk.confirmed("采用 #1 达州要情 单条")
        clerk.now = clerk.now.replace(hour=1)
        for _ in range(35):
            clerk.now += timedelta(days=1)
            with clerk.store.work() as uow:
                uow.facts.put(SEEN_UNTIL, clerk.now.isoformat(), clerk.now)
                uow.commit()
            watching(clerk.store, clerk.config).watch(clerk.now)
        letters = clerk.letters()
        with clerk.store.look() as uow:
            files = {
                one.id: b"".join(f[2] for f in uow.outbox.attachments(one.id)) for one in letters
            }
    ours = {OFFICE, DUTY, UNIT_ADDRESS}
    others = [one for one in letters if not set(one.to) <= ours]
    assert len(others) > 20
    for letter in others:
        said = f"{letter.subject}{letter.text}{letter.html}"
        assert [words for words in sentences if words in said] == [], letter.key
        assert not files[letter.id]
