"""What a file is, whatever it is called."""

from email.message import EmailMessage

import pytest
from word_files import make_doc, make_docx, make_ole, make_rtf, paragraph, zipped

from parsers.documents.sniff import sniff

DOCX = make_docx(paragraph("文"))
ODF = "application/vnd.oasis.opendocument"
CHINESE = "城市管理综合行政执法局关于报送信息的通知\r\n一、基本情况\r\n"


def mail() -> bytes:
    message = EmailMessage()
    message["Received"] = "from a by b; Mon, 1 Jan 2024 00:00:00 +0800"
    message["From"], message["To"], message["Subject"] = "a@example.cn", "b@example.cn", "稿件"
    message.set_content("正文")
    return bytes(message)


WEB_ARCHIVE = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/html\r\n\r\n<p>a</p>\r\n--x--\r\n"
)
BROWSER_ARCHIVE = (
    b"From: <Saved by Blink>\r\nSnapshot-Content-Location: x\r\nSubject: t\r\n" + WEB_ARCHIVE
)

XML_SHEET = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"\0" * 100, "empty", id="zeros"),
        pytest.param(b" \r\n", "empty", id="blanks"),
        pytest.param(DOCX, "docx", id="docx"),
        pytest.param(DOCX[:-40], "docx", id="docx cut off"),
        pytest.param(zipped({"word/document.xml": "x"}), "docx", id="docx without types"),
        pytest.param(zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}), "xlsx", id="xlsx"),
        pytest.param(
            zipped({"[Content_Types].xml": "", "ppt/presentation.xml": ""}), "pptx", id="pptx"
        ),
        pytest.param(zipped({"OFD.xml": "", "Doc_0/Document.xml": ""}), "ofd", id="ofd"),
        pytest.param(zipped({"mimetype": f"{ODF}.text", "content.xml": ""}), "odt", id="odt"),
        pytest.param(
            zipped({"mimetype": f"{ODF}.spreadsheet", "content.xml": ""}), "ods", id="ods"
        ),
        pytest.param(zipped({"稿件.docx": DOCX}), "zip", id="zip with a docx inside"),
        pytest.param(zipped({"解压/word/document.xml": ""}), "zip", id="zip of an unpacked docx"),
        pytest.param(zipped({}), "zip", id="empty zip"),
        pytest.param(make_doc(["文\r"]), "doc", id="doc, wps, wpt"),
        pytest.param(b"\xdb\xa5\x2d\x00" + b"x" * 99, "doc", id="Word 2"),
        pytest.param(make_ole({"Workbook": b""}), "xls", id="xls"),
        pytest.param(make_ole({"PowerPoint Document": b""}), "ppt", id="ppt"),
        pytest.param(make_ole({"__properties_version1.0": b""}), "msg", id="msg"),
        pytest.param(
            make_ole({"EncryptedPackage": b""}), "ole-encrypted", id="docx with a password"
        ),
        pytest.param(make_ole({"Sonstwas": b""}), "unknown", id="other OLE"),
        pytest.param(make_rtf(["文"]), "rtf", id="rtf"),
        pytest.param(b"\xef\xbb\xbf\r\n{\\rtf1 x}", "rtf", id="rtf after blanks"),
        pytest.param(b"%PDF-1.7\n", "pdf", id="pdf"),
        pytest.param(b"\r\njunk%PDF-1.4\n", "pdf", id="pdf after junk"),
        pytest.param(b"Rar!\x1a\x07\x01\x00", "rar", id="rar"),
        pytest.param(b"7z\xbc\xaf\x27\x1c\0\4", "7z", id="7z"),
        pytest.param(b"\x1f\x8b\x08\0", "gz", id="gz"),
        pytest.param(b"a.txt".ljust(257, b"\0") + b"ustar\x0000", "tar", id="tar"),
        pytest.param(b"\x78\x9f\x3e\x22\0\0", "tnef", id="winmail.dat"),
        pytest.param(b"\xff\xd8\xff\xe0\0\x10JFIF", "image", id="jpeg"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "image", id="png"),
        pytest.param(b"RIFF\0\0\0\0WEBPVP8 ", "image", id="webp"),
        pytest.param(b"\0\0\0\x18ftypheic", "image", id="heic"),
        pytest.param(b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0(\0\0\0" + b"\0" * 30, "image", id="bmp"),
        pytest.param(CHINESE.encode("gbk"), "txt", id="GBK text"),
        pytest.param(CHINESE.encode(), "txt", id="UTF-8 text"),
        pytest.param(("城" * 2000).encode(), "txt", id="UTF-8 cut inside a character"),
        pytest.param(CHINESE.encode("utf-16"), "txt", id="UTF-16 text"),
        pytest.param(CHINESE.encode("utf-16-le"), "txt", id="UTF-16 text without mark"),
        pytest.param("郓城县BM7z".encode("gbk"), "txt", id="text that begins like magic"),
        pytest.param(b"<!DOCTYPE html><p>x", "html", id="html"),
        pytest.param(b"\xef\xbb\xbf<html xmlns:w='x'><body>", "html", id="Word's html named doc"),
        pytest.param("<html><p>文".encode("utf-16"), "html", id="html in UTF-16"),
        pytest.param(
            b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument '
            b'xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>',
            "wordxml",
            id="XML of Word 2003 named doc",
        ),
        pytest.param(WEB_ARCHIVE, "mht", id="web archive of Word"),
        pytest.param(BROWSER_ARCHIVE, "mht", id="web archive of a browser"),
        pytest.param(mail(), "eml", id="mail"),
        pytest.param(
            b"ARC-Seal: i=1;\r\n a=b\r\n" + mail(), "eml", id="mail with another first header"
        ),
        pytest.param(
            "标题：a\nFrom: x\nTo: y\nSubject: z\n".encode(), "txt", id="text that quotes a mail"
        ),
        pytest.param(b"%TSD-Header-###%\0\1", "encrypted", id="office encryption product"),
        pytest.param(bytes(range(256)) * 20, "unknown", id="binary"),
        pytest.param(zipped({"Index/Document.iwa": ""}), "unknown", id="Apple's Pages"),
        pytest.param(
            zipped({"稿.pages/Index/a.iwa": "", "稿.docx": DOCX}), "zip", id="zip of a Pages folder"
        ),
        pytest.param(
            zipped({"[Content_Types].xml": "", "visio/document.xml": ""}), "unknown", id="Visio"
        ),
        pytest.param(b"[InternetShortcut]\r\nURL=https://a.cn\r\n", "unknown", id="web shortcut"),
        pytest.param(b"ID3\x03\0\0\0\0\0\0" + b"\xff\xfb" * 99, "unknown", id="mp3"),
        pytest.param(
            "ID3号线路改造，ID卡办理".encode(), "txt", id="text that begins as music does"
        ),
        pytest.param(XML_SHEET.encode(), "xmlsheet", id="XML of Excel 2003"),
        pytest.param(b"<?xml version='1.0'?><data><a>1</a></data>", "unknown", id="other XML"),
        pytest.param(b"<?xml version='1.0'?><html><body>x", "html", id="XHTML"),
    ],
)
def test_format(data: bytes, expected: str):
    assert sniff(data) == expected
    assert sniff(data, "误导.pdf") == expected


def test_the_name_only_breaks_ties_of_text():
    assert sniff(b"a < b", "说明.html") == "html"
    assert sniff(b"plain", "说明.html") == "txt"
    assert sniff(DOCX, "稿件.html") == "docx"
