"""Files no reader reads: each is named, and its sender told what to do instead."""

import pytest
from word_files import make_ole, zipped

from parsers.documents.registry import Leaf, expand, read_leaf
from parsers.facts import DocumentText, Unreadable
from parsers.limits import Limits

LIMITS = Limits()


def refused(name: str, data: bytes) -> Unreadable:
    (leaf,) = expand(name, data, LIMITS)
    assert isinstance(leaf, Leaf)
    content = read_leaf(leaf, LIMITS).content
    assert isinstance(content, Unreadable), content
    return content


def ftyp(brand: bytes) -> bytes:
    return b"\0\0\0\x20ftyp" + brand + b"\0\0\2\0" + bytes(range(256)) * 9


BINARY = bytes(range(256)) * 20


@pytest.mark.parametrize(
    ("name", "data", "reason", "remedy"),
    [
        pytest.param("稿.pages", zipped({"Index/Document.iwa": "x"}), "Pages", "导出", id="pages"),
        pytest.param("稿.key", zipped({"Index/Slide.iwa": "x"}), "Keynote", "导出", id="keynote"),
        pytest.param("稿.zip", zipped({"Index/Slide.iwa": "x"}), "Pages", "导出", id="renamed"),
        pytest.param(
            "稿.docx.lnk", b"L\0\0\0\1\x14\2\0\0\0" + BINARY, "快捷方式", "文件本身", id="shortcut"
        ),
        pytest.param(
            "稿.url",
            b"[InternetShortcut]\r\nURL=https://a.cn/\r\n",
            "网址",
            "下载",
            id="web shortcut",
        ),
        pytest.param("~$稿.docx", b"\5admin" + b" \0" * 70, "临时文件", "同名", id="lock of Word"),
        pytest.param("稿.docx.crdownload", BINARY, "没有下载完", "下载完成", id="half a download"),
        pytest.param("现场.mp4", ftyp(b"isom"), "视频", "稿件请以", id="video"),
        pytest.param("现场.mov", ftyp(b"qt  "), "视频", "稿件请以", id="video of an iPhone"),
        pytest.param("现场.avi", b"RIFF\0\0\0\0AVI " + BINARY, "视频", "稿件请以", id="avi"),
        pytest.param("录音.m4a", ftyp(b"M4A "), "录音", "稿件请以", id="voice memo"),
        pytest.param(
            "录音.mp3", b"ID3\3\0\0\0\0\0\0" + b"\xff\xfb" * 99, "录音", "稿件请以", id="mp3"
        ),
        pytest.param(
            "语音.amr", b"#!AMR\n" + b"\x3c\0" * 99, "录音", "稿件请以", id="voice message"
        ),
        pytest.param("稿件.exe", b"MZ\x90\0" + BINARY, "程序", "自解压", id="program"),
        pytest.param("稿件.doc", b"MZ\x90\0" + BINARY, "程序", "自解压", id="program in disguise"),
        pytest.param("总图.dwg", b"AC1027" + BINARY, "图纸", "PDF", id="drawing"),
        pytest.param("海报.psd", b"8BPS\0\1" + BINARY, "图片处理", "JPG", id="photoshop"),
        pytest.param("论文.caj", b"CAJ\0" + BINARY, "论文", "Word", id="caj"),
        pytest.param(
            "流程.vsdx",
            zipped({"[Content_Types].xml": "", "visio/document.xml": ""}),
            "绘图",
            "PDF",
            id="visio",
        ),
        pytest.param(
            "流程.vsd", make_ole({"VisioDocument": BINARY}), "绘图", "PDF", id="old visio"
        ),
        pytest.param("导图.xmind", b"\1\2\3" + BINARY, "思维导图", ".docx", id="mind map"),
        pytest.param("通知.otl", b"\1\2\3" + BINARY, "云文档", "WPS", id="online document of WPS"),
        pytest.param(
            "库.mdb", b"\0\1\0\0Standard Jet DB\0" + BINARY, "数据库", "Excel", id="access"
        ),
        pytest.param(
            "稿.uof",
            b'<?xml version="1.0"?><uof:UOF xmlns:uof="http://schemas.uof.org/cn/2003/uof"/>',
            "UOF",
            ".docx",
            id="uof",
        ),
        pytest.param("数据.xml", b"<?xml version='1.0'?><a><b>1</b></a>", "XML", ".docx", id="xml"),
        pytest.param(
            "会.ics", "BEGIN:VCALENDAR\r\nSUMMARY:会议".encode(), "日程", "Word", id="calendar"
        ),
        pytest.param("名.vcf", b"BEGIN:VCARD\r\nFN:a\r\n", "名片", "Word", id="business card"),
        pytest.param("a.json", '{"标题": "整治"}'.encode(), "数据文件", "Word", id="json"),
        pytest.param("smime.p7m", b"0\x82" + BINARY, "S/MIME", "不要加密", id="encrypted mail"),
        pytest.param("稿件.z01", BINARY, "分卷", "不要分卷", id="volume of a zip"),
        pytest.param("稿件.7z.002", BINARY, "分卷", "不要分卷", id="volume of a 7z"),
        pytest.param(
            "document.xml", b'<w:document xmlns:w="http://x"><w:body/>', "XML", ".docx", id="part"
        ),
        pytest.param(
            "稿.dps", make_ole({"PowerPoint Document": BINARY}), "演示文稿", ".pptx", id="dps, ppt"
        ),
        pytest.param("稿件", BINARY, "不认识", ".docx", id="anything else"),
    ],
)
def test_named_with_a_remedy(name: str, data: bytes, reason: str, remedy: str) -> None:
    content = refused(name, data)

    assert reason in content.reason
    assert remedy in content.remedy
    assert content.remedy.endswith("。")
    assert not content.suspicious


def test_a_sheet_in_the_xml_of_excel_2003_is_a_sheet() -> None:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    row = "<ss:Row><ss:Cell><ss:Data ss:Type='String'>{}</ss:Data></ss:Cell></ss:Row>"
    hidden = (
        "<x:WorksheetOptions xmlns:x='urn:schemas-microsoft-com:office:excel'>"
        "<x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    )
    data = (
        f"<?xml version='1.0'?><ss:Workbook xmlns:ss='{space}'>"
        f"<ss:Worksheet><ss:Table>{row.format('单位名称')}{row.format('直属一大队')}</ss:Table>"
        f"</ss:Worksheet><ss:Worksheet><ss:Table>{row.format('藏')}</ss:Table>{hidden}"
        "</ss:Worksheet></ss:Workbook>"
    ).encode()
    (leaf,) = expand("报表.xls", data, LIMITS)
    assert isinstance(leaf, Leaf)
    content = read_leaf(leaf, LIMITS).content

    assert isinstance(content, DocumentText)
    assert (content.format, content.text) == ("xls", "单位名称\n直属一大队")
