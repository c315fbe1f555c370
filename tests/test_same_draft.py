"""The same draft, however a unit wraps it up, is one draft with the same title and 字数."""

import base64
import io
import quopri
import zipfile
from collections.abc import Callable

import pytest
from word_files import make_doc, make_docx, make_rtf, paragraph, zipped

from parsers.reading import read_document

TITLE = "关于夜间市容整治情况的报告"
FIRST = (
    "4月18日，直属一大队组织执法人员30人，对中心城区占道经营开展集中整治，"
    "共劝导流动商贩46起，清理占道物品12处。"
)
SECOND = (
    "下一步，大队将继续加大巡查力度，坚持疏堵结合，切实维护市容环境秩序，"
    "为市民营造整洁有序的城市环境。"
)
UNIT, DAY = "直属一大队", "2023年4月18日"
LINES = [TITLE, FIRST, SECOND, UNIT, DAY]
WORDS, TOTAL = 103, 127

BODY = "".join(map(paragraph, LINES))
DOCX = make_docx(BODY)
TEXT = "\r\n".join(LINES)
PAGE = (
    "<html><head><meta http-equiv=Content-Type content='text/html; charset={}'></head><body>"
    + "".join(f"<p>{line}</p>" for line in LINES)
    + "</body></html>"
)


def rebuilt(change: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    """The .docx again, each part by what `change` makes of its name and bytes."""
    source = zipfile.ZipFile(io.BytesIO(DOCX))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            new_name, data = change(name, source.read(name))
            entry = zipfile.ZipInfo("x")
            entry.filename = new_name  # as it is: backslashes stay
            target.writestr(entry, data)
    return out.getvalue()


def recoded(encoding: str) -> bytes:
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        if name != "word/document.xml":
            return name, data
        head = f'<?xml version="1.0" encoding="{encoding}"?>'
        return name, (head + data.decode()).encode(encoding)

    return rebuilt(change)


def imported(name: str, data: bytes) -> bytes:
    """A .docx of nothing but a w:altChunk."""
    return make_docx("<w:altChunk r:id='c'/>", {f"word/{name}": data}, [("c", "aFChunk", name)])


def web_archive(head: bytes = b"") -> bytes:
    return (
        head + b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="----=_b"\r\n\r\n'
        b"------=_b\r\nContent-Location: file:///C:/a.htm\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b'Content-Type: text/html; charset="gb2312"\r\n\r\n'
        + quopri.encodestring(PAGE.format("gb2312").encode("gbk"))
        + b"\r\n------=_b--\r\n"
    )


def with_drop_cap(letter: str, rest: str) -> str:
    drop = "<w:framePr w:dropCap='drop' w:lines='3'/>"
    return paragraph(letter, properties=drop) + paragraph(rest)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("稿.docx", DOCX, id="docx"),
        pytest.param("稿.wps", DOCX, id="docx called wps"),
        pytest.param("稿.doc", DOCX, id="docx called doc"),
        pytest.param("稿.pdf", DOCX, id="docx called pdf"),
        pytest.param("稿", DOCX, id="docx without a name's ending"),
        pytest.param("稿.docx", rebuilt(lambda n, d: (n.replace("/", "\\"), d)), id="backslashes"),
        pytest.param("稿.docx", recoded("utf-16"), id="part in UTF-16"),
        pytest.param("稿.docx", recoded("gb18030"), id="part in GB 18030"),
        pytest.param(
            "稿.docx",
            make_docx(
                paragraph(TITLE)
                + with_drop_cap(FIRST[0], FIRST[1:])
                + "".join(map(paragraph, LINES[2:]))
            ),
            id="drop cap",
        ),
        pytest.param(
            "稿.docx",
            make_docx(f"<w:p><w:r>{'<w:br/>'.join(f'<w:t>{t}</w:t>' for t in LINES)}</w:r></w:p>"),
            id="one paragraph of line breaks",
        ),
        pytest.param("稿.docx", imported("a.docx", DOCX), id="docx inside"),
        pytest.param("稿.docx", imported("a.rtf", make_rtf(LINES)), id="rtf inside"),
        pytest.param("稿.docx", imported("a.mht", web_archive()), id="web archive inside"),
        pytest.param(
            "稿.docx", imported("a.html", PAGE.format("utf-8").encode()), id="page inside"
        ),
        pytest.param("稿.doc", make_doc([f"{line}\r" for line in LINES]), id="doc"),
        pytest.param("稿.docx", make_doc([f"{line}\r" for line in LINES]), id="doc called docx"),
        pytest.param("稿.et", make_doc([f"{line}\r" for line in LINES]), id="doc called et"),
        pytest.param(
            "稿.doc",
            make_doc(
                [f"{TITLE}\r", FIRST[:9], f"{FIRST[9:]}\r", f"{SECOND}\r", f"{UNIT}\r{DAY}\r"]
            ),
            id="doc in pieces",
        ),
        pytest.param("稿.rtf", make_rtf(LINES), id="rtf"),
        pytest.param("稿.doc", make_rtf(LINES), id="rtf called doc"),
        pytest.param("稿.doc", PAGE.format("gb2312").encode("gbk"), id="page called doc"),
        pytest.param("稿.html", PAGE.format("gb2312").encode(), id="UTF-8 that says gb2312"),
        pytest.param("稿.htm", PAGE.format("utf-8").encode("gbk"), id="GBK that says utf-8"),
        pytest.param("稿.html", PAGE.format("utf-16").encode("utf-16"), id="page in UTF-16"),
        pytest.param("稿.doc", web_archive(), id="web archive called doc"),
        pytest.param(
            "稿.mht", web_archive(b"From: <Saved by WPS>\r\nSubject: a\r\n"), id="mht of WPS"
        ),
        pytest.param("稿.txt", TEXT.encode("gbk"), id="GBK"),
        pytest.param("稿.txt", TEXT.encode("utf-8-sig"), id="UTF-8 with a mark"),
        pytest.param("稿.txt", TEXT.encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param("稿.docx", TEXT.encode("gbk"), id="text called docx"),
        pytest.param("稿.log", TEXT.encode(), id="text called log"),
        pytest.param(
            "稿.zip",
            zipped(
                {"稿.docx": DOCX, "__MACOSX/._稿.docx": b"\0\5\x16\7", ".DS_Store": b"\0\0\0\1"}
            ),
            id="zip of a Mac",
        ),
        pytest.param("稿.docx", zipped({"稿.docx": DOCX}), id="zip called docx"),
        pytest.param("稿.zip", zipped({"稿.rtfd/TXT.rtf": make_rtf(LINES)}), id="rtfd in a zip"),
        pytest.param(
            "转.eml",
            b"From: a@b.cn\r\nTo: c@d.cn\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
            b'Content-Type: multipart/mixed; boundary="z"\r\n\r\n--z\r\n'
            b'Content-Type: application/octet-stream; name="a.docx"\r\n'
            b"Content-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(DOCX)
            + b"\r\n--z--\r\n",
            id="attached mail",
        ),
    ],
)
def test_is_the_same_draft(name: str, data: bytes) -> None:
    (draft,) = read_document(name, data).all_drafts

    assert draft.segments.title == TITLE
    assert draft.segments.body.replace("\n", "") == FIRST + SECOND
    assert (draft.count.words, draft.count.words_total) == (WORDS, TOTAL)
