"""Files taken out of archives, each read by the right reader, garbled text refused."""

import shutil
from pathlib import Path

import pytest
from word_files import make_doc, make_docx, make_ole, make_rtf, paragraph, zipped

from parsers.documents import libreoffice, registry
from parsers.documents.quality_gate import NO_TEXT, ONLY_PICTURES, admit
from parsers.documents.refusals import REMOVE_PASSWORD, Refused
from parsers.documents.registry import Leaf, expand, read_leaf
from parsers.facts import Block, DocumentText, ImageFact, ReadFile, Unreadable
from parsers.limits import Limits

LIMITS = Limits()
DRAFT = "今日我局组织开展夜间巡查，共出动执法人员12名。"
DOCX = make_docx(paragraph(DRAFT))


def leaves(name: str, data: bytes, limits: Limits = LIMITS) -> list[Leaf | ReadFile]:
    return list(expand(name, data, limits))


def test_a_file_that_is_no_archive_is_its_own_leaf():
    assert leaves("C:\\稿件\\巡查.docx", DOCX) == [Leaf("巡查.docx", DOCX, "", "docx")]


def test_archives_are_flattened_and_remember_the_way():
    inner = zipped({"b.doc": make_doc([f"{DRAFT}\r"])})
    data = zipped({"a.docx": DOCX, "内.zip": inner})
    found = [(leaf.name, leaf.container) for leaf in leaves("外.zip", data)]
    assert found == [("a.docx", "外.zip"), ("b.doc", "外.zip/内.zip")]


def test_mails_are_left_to_the_caller():
    eml = b"Received: x\r\nFrom: a@example.cn\r\nTo: b@example.cn\r\nSubject: x\r\n\r\nx"
    assert leaves("转发.eml", eml) == [Leaf("转发.eml", eml, "", "eml")]


@pytest.mark.parametrize(
    ("data", "limits", "suspicious"),
    [
        pytest.param(DOCX, Limits(file_bytes=100), False, id="file too large"),
        pytest.param(
            zipped({"1.zip": zipped({"2.zip": zipped({"3.zip": zipped({"x": "x"})})})}),
            Limits(archive_depth=2),
            False,
            id="archives too deep",
        ),
        pytest.param(
            zipped({f"{n}.zip": zipped({"x": b"x" * 600}) for n in range(3)}),
            Limits(archive_total_bytes=2_000),
            True,
            id="too much in all archives together",
        ),
    ],
)
def test_what_cannot_be_opened_is_reported(data: bytes, limits: Limits, suspicious: bool):
    refused = [f for f in leaves("包.zip", data, limits) if isinstance(f, ReadFile)]
    assert refused
    for file in refused:
        assert isinstance(file.content, Unreadable)
        assert file.content.remedy
        assert file.content.suspicious is suspicious


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.docx", DOCX, id="docx"),
        pytest.param("a.doc", DOCX, id="docx named doc"),
        pytest.param("a.wps", make_doc([f"{DRAFT}\r"]), id="wps"),
        pytest.param("a.doc", make_rtf([DRAFT]), id="rtf named doc"),
        pytest.param("a.txt", DRAFT.encode("gbk"), id="txt in GBK"),
        pytest.param(
            "a.doc", f"<html><body><p>{DRAFT}</p></body></html>".encode(), id="html named doc"
        ),
    ],
)
def test_each_format_reaches_its_reader(name: str, data: bytes):
    (leaf,) = leaves(name, data)
    assert isinstance(leaf, Leaf)
    file = read_leaf(leaf, LIMITS)
    assert isinstance(file.content, DocumentText)
    assert file.content.text.strip() == DRAFT
    assert (file.name, file.size) == (name, len(data))


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        pytest.param(b"", "空", id="empty"),
        pytest.param(
            make_ole({"EncryptedPackage": b"x"}), REMOVE_PASSWORD, id="docx with a password"
        ),
        pytest.param(make_doc(["密\r"], flags=0x1300), REMOVE_PASSWORD, id="doc with a password"),
        pytest.param(b"%TSD-Header-###%\x01", "解密", id="office encryption product"),
        pytest.param(bytes(range(256)) * 9, ".docx", id="unknown"),
        pytest.param(b"{\\rtf1 " + b"\\par" * 200_000 + b"}", "拆分", id="absurdly large"),
    ],
)
def test_unreadable_files_tell_the_sender_what_to_do(data: bytes, remedy: str):
    (leaf,) = leaves("稿件.doc", data)
    assert isinstance(leaf, Leaf)
    content = read_leaf(leaf, LIMITS).content
    assert isinstance(content, Unreadable)
    assert remedy in content.remedy
    assert content.remedy.endswith("。")
    assert content.sha256


def test_a_defect_of_ours_costs_one_file_not_the_mail(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(registry._READERS, "txt", ("no_such_module", "read"))
    content = read_leaf(Leaf("a.txt", b"x", "", "txt"), LIMITS).content
    assert isinstance(content, Unreadable)
    assert "出错" in content.reason


def document(text: str, *images: ImageFact) -> DocumentText:
    return DocumentText("doc", (Block(text),), images)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(DRAFT, id="a draft"),
        pytest.param("5G", id="two letters"),
        pytest.param("00000000000 2024-03-15 98.5%", id="numbers"),
        pytest.param("The quick brown fox", id="English"),
        pytest.param("Résumé à côté, Straße, señor", id="Western European"),
        pytest.param("姓名：龚毓麒、翟翀昊、靳懿曦", id="names in rare characters"),
        pytest.param("臺灣國語繁體中文測試，機關團體與個人應當遵守", id="traditional"),
        pytest.param("①②③□★℃㎡—…“”", id="signs"),
        pytest.param("□" * 50, id="form of boxes"),
        pytest.param("日本の市長は東京で会議を開いた", id="Japanese"),
    ],
)
def test_what_people_write_is_admitted(text: str):
    assert admit(document(text)).text == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "国防部新闻局发布通知内容".encode("gbk").decode("latin-1") * 3, id="GBK as Latin-1"
        ),
        pytest.param(DRAFT.encode("utf-8").decode("gbk", "replace") * 3, id="UTF-8 as GBK"),
        pytest.param(
            DRAFT.encode("utf-16-le").decode("gb18030", "replace") * 3, id="UTF-16 as GBK"
        ),
        pytest.param("".join(map(chr, range(0x5000, 0x9000, 37))), id="random ideographs"),
        pytest.param("锟斤拷" * 20, id="replacement characters encoded once more"),
        pytest.param("正文" * 20 + "\ufffd" * 8, id="replacement characters"),
        pytest.param("正文" * 20 + "\ue123" * 8, id="private use"),
        pytest.param("正文" * 20 + "\x81\x8d" * 4, id="control characters"),
    ],
)
def test_garbled_text_is_refused(text: str):
    with pytest.raises(Refused, match="乱码"):
        admit(document(text))


def test_a_document_without_text_is_marked():
    picture = ImageFact("0" * 64, 10, "png")
    assert admit(document(" ")).warnings == (NO_TEXT,)
    assert admit(document("", picture)).warnings == (ONLY_PICTURES,)


FAKE = """#!/bin/sh
for last; do :; done
while [ "$1" != --outdir ]; do shift; done
mkdir -p "$2"
{action}
"""


def install(folder: Path, action: str) -> None:
    program = folder / "soffice"
    program.write_text(FAKE.format(action=action))
    program.chmod(0o755)


def test_libreoffice_is_not_asked_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    install(tmp_path, f"touch {tmp_path}/called")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    leaf = Leaf("坏.doc", make_doc(["字\r"])[:5000], "", "doc")
    assert isinstance(read_leaf(leaf, LIMITS).content, Unreadable)
    assert not (tmp_path / "called").exists()


def test_what_libreoffice_converts_is_read_by_our_own_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "good.docx").write_bytes(DOCX)
    install(tmp_path, f'cp {tmp_path}/good.docx "$2/in.docx"')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    leaf = Leaf("坏.doc", make_doc(["字\r"])[:5000], "", "doc")
    content = read_leaf(leaf, LIMITS, libreoffice=True).content
    assert isinstance(content, DocumentText)
    assert content.text == DRAFT


@pytest.mark.parametrize(
    "action",
    [
        pytest.param("exit 0", id="success without output"),
        pytest.param('echo nonsense > "$2/in.docx"', id="output that is no document"),
        pytest.param("sleep 60 & sleep 60", id="hangs and leaves a child"),
    ],
)
def test_libreoffice_may_fail_in_any_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str
):
    install(tmp_path, action)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(libreoffice, "WALL_SECONDS", 1.0)
    leaf = Leaf("坏.doc", make_doc(["字\r"])[:5000], "", "doc")
    assert isinstance(read_leaf(leaf, LIMITS, libreoffice=True).content, Unreadable)


def test_libreoffice_is_never_asked_about_unknown_bytes():
    assert libreoffice.convert_to_docx(b"x", "unknown", LIMITS) is None


def test_without_libreoffice_nothing_changes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("soffice") is None
    assert libreoffice.convert_to_docx(b"x", "doc", LIMITS) is None
