"""Word documents in XML: what a reader sees in Word is what comes out."""

import base64
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import mutants, survivors
from word_files import W, document_xml, make_docx, paragraph, part_xml, relationships, zipped

from parsers.documents import docx
from parsers.documents.docx import read_docx, read_flat_docx
from parsers.facts import Block, DocumentText, Unreadable
from parsers.limits import Limits
from parsers.wordcount import count

LIMITS = Limits()


def read(data: bytes, limits: Limits = LIMITS) -> DocumentText:
    content = read_docx("稿件.docx", data, limits)
    assert isinstance(content, DocumentText), content
    return content


def refused(data: bytes, limits: Limits = LIMITS) -> Unreadable:
    content = read_docx("稿件.docx", data, limits)
    assert isinstance(content, Unreadable)
    assert content.remedy
    return content


def texts(body: str, **parts: str) -> list[str]:
    return [block.text for block in read(make_docx(body, parts)).blocks]


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


TEXT_BOX = (
    "<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>"
    f"<w:p>{run('框内')}</w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice>"
    "<mc:Fallback><w:pict><v:textbox><w:txbxContent>"
    f"<w:p>{run('框内')}</w:p></w:txbxContent></v:textbox></w:pict></mc:Fallback>"
    "</mc:AlternateContent>"
)


def field(code: str, result: str) -> str:
    return (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r>"
        f"<w:r>{code}</w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>{run(result)}"
        "<w:r><w:fldChar w:fldCharType='end'/></w:r>"
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(f"<w:p>{run('一')}{run('二')}</w:p>", ["一二"], id="runs join"),
        pytest.param(f"<w:p/><w:p>{run('一')}</w:p>", ["", "一"], id="empty paragraph stays"),
        pytest.param(
            "<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>",
            ["甲\t乙\n丙"],
            id="tab and line break",
        ),
        pytest.param(
            "<w:p><w:pPr><w:tabs><w:tab w:val='left' w:pos='1'/></w:tabs></w:pPr></w:p>",
            [""],
            id="tab stops are no tabs",
        ),
        pytest.param(
            "<w:p><w:r><w:t xml:space='preserve'> 留 </w:t><w:t> 去 </w:t></w:r></w:p>",
            [" 留 去"],
            id="outer blanks count only when preserved",
        ),
        pytest.param(
            f"<w:p>{run('前')}<w:ins>{run('增')}</w:ins><w:del><w:r><w:delText>删</w:delText></w:r>"
            f"</w:del><w:moveFrom>{run('移走')}</w:moveFrom><w:moveTo>{run('移来')}</w:moveTo></w:p>",
            ["前增移来"],
            id="tracked changes accepted",
        ),
        pytest.param(
            f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('前半')}</w:p><w:p>{run('后半')}</w:p>",
            ["前半后半"],
            id="deleted paragraph mark joins",
        ),
        pytest.param(
            f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('末段')}</w:p>",
            ["末段"],
            id="deleted last mark loses nothing",
        ),
        pytest.param(
            f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p>{run('删行')}</w:p></w:tc></w:tr>"
            f"<w:tr><w:tc><w:p>{run('留行')}</w:p></w:tc></w:tr></w:tbl>",
            ["留行"],
            id="deleted table row",
        ),
        pytest.param(
            f"<w:p>{run('外')}<w:r>{TEXT_BOX}</w:r></w:p>", ["外", "框内"], id="text box once"
        ),
        pytest.param(
            f"<w:p><w:r>{TEXT_BOX}<w:t>后文</w:t></w:r></w:p>",
            ["后文", "框内"],
            id="run goes on after its text box",
        ),
        pytest.param(
            f"<mc:AlternateContent><mc:Fallback><w:p>{run('唯一')}</w:p></mc:Fallback>"
            "</mc:AlternateContent>",
            ["唯一"],
            id="fallback alone",
        ),
        pytest.param(
            "<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc>"
            f"<w:p>{run('内')}</w:p></w:tc></w:tr></w:tbl><w:p>{run('外')}</w:p></w:tc></w:tr></w:tbl>",
            ["内", "外"],
            id="nested table",
        ),
        pytest.param(
            f"<w:sdt><w:sdtPr><w:alias w:val='名'/></w:sdtPr><w:sdtContent><w:p>{run('控件')}"
            f"<w:sdt><w:sdtContent>{run('行内')}</w:sdtContent></w:sdt></w:p></w:sdtContent></w:sdt>",
            ["控件行内"],
            id="content controls",
        ),
        pytest.param(
            f"<w:p><w:hyperlink r:id='x'>{run('链接')}</w:hyperlink><w:smartTag>{run('标记')}"
            f"</w:smartTag><w:fldSimple w:instr='DATE'>{run('日期')}</w:fldSimple></w:p>",
            ["链接标记日期"],
            id="hyperlink, smart tag, simple field",
        ),
        pytest.param(
            f"<w:p>{field('<w:instrText>PAGE</w:instrText>', '12')}</w:p>",
            ["12"],
            id="field result",
        ),
        pytest.param(
            f"<w:p>{run('前')}{field('<w:t>代码</w:t>', '果')}</w:p>",
            ["前果"],
            id="text in field code",
        ),
        pytest.param(
            f"<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r>{run('正文')}</w:p><w:p>{run('续')}</w:p>",
            ["正文", "续"],
            id="field never ended swallows nothing",
        ),
        pytest.param(
            f"<w:p><w:r><w:ruby><w:rubyPr/><w:rt>{run('pīn')}</w:rt>"
            f"<w:rubyBase>{run('拼')}</w:rubyBase></w:ruby></w:r></w:p>",
            ["拼"],
            id="phonetic guide without its reading",
        ),
        pytest.param(
            "<w:p><m:oMath><m:r><m:t>x+1</m:t></m:r></m:oMath></w:p>", ["x+1"], id="formula"
        ),
        pytest.param(
            "<w:p><w:r><w:sym w:font='Wingdings' w:char='F0FE'/><w:noBreakHyphen/></w:r></w:p>",
            ["☑-"],
            id="symbol and hyphen",
        ),
        pytest.param(
            f"<w:p>{run(chr(0xF0FE) + '是' + chr(0xF0B7))}</w:p>",
            ["☑是•"],
            id="symbols typed as text",
        ),
        pytest.param(
            f"<w:p><w:commentRangeStart w:id='0'/>{run('文')}<w:commentRangeEnd w:id='0'/>"
            "<w:r><w:commentReference w:id='0'/></w:r></w:p>",
            ["文"],
            id="comment marks",
        ),
        pytest.param(
            "<w:p><w:pPr><w:framePr w:dropCap='drop' w:lines='3'/></w:pPr>"
            f"{run('达')}</w:p><w:p>{run('州市')}</w:p>",
            ["达州市"],
            id="drop cap",
        ),
        pytest.param(
            f"<w:p><w:pPr><w:framePr w:dropCap='drop'/></w:pPr>{run('末')}</w:p>",
            ["末"],
            id="drop cap of nothing",
        ),
        pytest.param(
            f"<w:p><w:pPr><w:framePr w:w='100'/></w:pPr>{run('框')}</w:p><w:p>{run('文')}</w:p>",
            ["框", "文"],
            id="other frames are paragraphs",
        ),
        pytest.param(
            "<w:p><w:r><w:rPr><w:rFonts w:ascii='Wingdings 2' w:hAnsi='Wingdings 2'/></w:rPr>"
            f"<w:t>R 已办</w:t></w:r>{run('R')}</w:p>",
            ["☑ 已办R"],
            id="letters in a symbol font",
        ),
        pytest.param(
            "<w:p><w:r><w:rPr><w:rFonts w:ascii='Symbol'/></w:rPr><w:t>(a1)</w:t></w:r></w:p>",
            ["(α1)"],
            id="Greek by font",
        ),
        pytest.param(
            f"<w:p>{run('前')}<w:r><w:pict><v:shape><v:textpath string='城管 信息'/></v:shape>"
            "</w:pict></w:r></w:p>",
            ["前", "城管 信息"],
            id="WordArt",
        ),
        pytest.param(
            "<w:p><w:r><w:pict><v:shape id='PowerPlusWaterMarkObject1'>"
            f"<v:textpath string='草稿'/></v:shape></w:pict></w:r>{run('文')}</w:p>",
            ["文"],
            id="watermark",
        ),
        pytest.param(
            f"<w:p><w:r><w:drawing><wps:txbx id='1'><w:txbxContent><w:p>{run('框')}</w:p>"
            "</w:txbxContent></wps:txbx></w:drawing></w:r></w:p><w:p><w:r><w:drawing>"
            "<wps:linkedTxbx id='1' seq='1'/></w:drawing></w:r></w:p>",
            ["", "框", ""],
            id="linked text boxes",
        ),
        pytest.param(
            f"<w:customXml><w:p><w:dir w:val='rtl'>{run('向')}</w:dir></w:p></w:customXml>",
            ["向"],
            id="unknown wrappers are transparent",
        ),
        pytest.param(
            f"<w:p>{run('文')}</w:p><w:sectPr><w:headerReference r:id='h'/></w:sectPr>",
            ["文"],
            id="section properties",
        ),
    ],
)
def test_visible_text(body: str, expected: list[str]):
    assert texts(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            f"<w:tbl><w:tr><w:tc><w:p>{run('格')}</w:p></w:tc></w:tr></w:tbl>",
            Block("格", "cell", east_asian=()),
            id="cell",
        ),
        pytest.param(
            paragraph("一、情况", properties="<w:pStyle w:val='2'/>"),
            Block("一、情况", "heading", 1, (), bold=True),
            id="heading by a localised style, bold by inheritance",
        ),
        pytest.param(
            paragraph("大纲", properties="<w:outlineLvl w:val='2'/>"),
            Block("大纲", "heading", 3, ()),
            id="outline level of the paragraph itself",
        ),
        pytest.param(
            paragraph("正文", properties="<w:pStyle w:val='2'/><w:outlineLvl w:val='9'/>"),
            Block("正文", "paragraph", 0, (), bold=True),
            id="body level overrides the style",
        ),
        pytest.param(
            paragraph("题目", properties="<w:pStyle w:val='a3'/>"),
            Block("题目", "title", 0, (), centred=True),
            id="title",
        ),
        pytest.param(
            paragraph("居中", run="<w:b/>", properties="<w:jc w:val='center'/>"),
            Block("居中", "paragraph", 0, (), centred=True, bold=True),
            id="direct formatting",
        ),
        pytest.param(
            paragraph("不粗", run="<w:b w:val='0'/>", properties="<w:pStyle w:val='2'/>"),
            Block("不粗", "heading", 1, ()),
            id="bold switched off",
        ),
        pytest.param(
            "<w:p><w:r><w:t>A</w:t></w:r><w:r><w:rPr><w:rFonts w:hint='eastAsia'/></w:rPr>"
            "<w:t>“中</w:t></w:r><w:r><w:rPr><w:rFonts w:hint='eastAsia'/></w:rPr><w:t>”</w:t></w:r></w:p>",
            Block("A“中”", east_asian=((1, 4),)),
            id="East Asian hints of neighbours join",
        ),
    ],
)
def test_blocks(body: str, expected: Block):
    styles = part_xml(
        "styles",
        "<w:style w:type='paragraph' w:default='1' w:styleId='a'><w:name w:val='Normal'/></w:style>"
        "<w:style w:type='paragraph' w:styleId='1'><w:name w:val='底'/><w:rPr><w:b/></w:rPr></w:style>"
        "<w:style w:type='paragraph' w:styleId='2'><w:name w:val='标题 1'/><w:basedOn w:val='1'/>"
        "</w:style><w:style w:type='paragraph' w:styleId='a3'><w:name w:val='Title'/>"
        "<w:pPr><w:jc w:val='center'/></w:pPr></w:style>",
    )
    data = make_docx(body, {"word/styles.xml": styles}, [("rId2", "styles", "styles.xml")])
    assert read(data).blocks == (expected,)


def test_notes_follow_the_text_in_the_order_cited():
    notes = "".join(
        f"<w:footnote w:id='{key}' {kind}><w:p>{run(text)}</w:p></w:footnote>"
        for key, kind, text in [
            ("0", "w:type='separator'", "线"),
            ("1", "", "注一"),
            ("2", "", "注二"),
            ("3", "", "已删引用"),
        ]
    )
    body = (
        "<w:p><w:r><w:footnoteReference w:id='2'/></w:r><w:r><w:footnoteReference w:id='1'/></w:r>"
        f"{run('文')}<w:del><w:r><w:footnoteReference w:id='3'/></w:r></w:del></w:p>"
    )
    parts = {"word/footnotes.xml": part_xml("footnotes", notes)}
    data = make_docx(body, parts, [("rId3", "footnotes", "footnotes.xml")])
    assert [(b.kind, b.text) for b in read(data).blocks] == [
        ("paragraph", "文"),
        ("note", "注二"),
        ("note", "注一"),
    ]


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


def test_pictures_shown_are_listed_once():
    blip = "<w:p><w:r><w:drawing><a:blip r:embed='rId5'/></w:drawing></w:r></w:p>"
    parts = {"word/media/image1.png": png(640, 480), "word/media/unused.png": png(1, 1)}
    related = [("rId5", "image", "media/image1.png"), ("rId6", "image", "media/unused.png")]
    (image,) = read(make_docx(blip * 2, parts, related)).images
    assert (image.format, image.width, image.height) == ("png", 640, 480)


@pytest.mark.parametrize(
    ("parts", "related", "body", "warning"),
    [
        pytest.param({}, [], f"<w:p><w:ins>{run('增')}</w:ins></w:p>", docx.TRACKED, id="tracked"),
        pytest.param({"word/vbaProject.bin": b"x"}, [], "<w:p/>", docx.MACROS, id="macros"),
        pytest.param({}, [], "<w:p><w:r><w:object/></w:r></w:p>", docx.EMBEDDED, id="embedded"),
        pytest.param({}, [], paragraph("隐", run="<w:vanish/>"), docx.HIDDEN, id="hidden text"),
        pytest.param(
            {},
            [],
            "<w:p><w:r><w:commentReference w:id='0'/></w:r></w:p>",
            docx.COMMENTED,
            id="comment",
        ),
        pytest.param(
            {},
            [],
            "<w:p><w:r><w:drawing><c:chart r:id='x' xmlns:c="
            "'http://schemas.openxmlformats.org/drawingml/2006/chart'/></w:drawing></w:r></w:p>",
            docx.CHARTED,
            id="chart",
        ),
        pytest.param({}, [], "<w:subDoc r:id='x'/>", docx.LINKED, id="chapter in another file"),
        pytest.param({}, [], "<w:altChunk r:id='x'/>", docx.IMPORTED, id="part that is missing"),
        pytest.param(
            {
                "word/settings.xml": part_xml("settings", ""),
                "word/_rels/settings.xml.rels": relationships(
                    [("rId1", "attachedTemplate", "http://evil.example/t.dotm")], external=True
                ),
            },
            [("rId9", "settings", "settings.xml")],
            "<w:p/>",
            docx.REMOTE_TEMPLATE,
            id="remote template",
        ),
    ],
)
def test_warnings(
    parts: dict[str, str | bytes], related: list[tuple[str, str, str]], body: str, warning: str
):
    assert read(make_docx(body, parts, related)).warnings == (warning,)


def test_a_template_on_the_authors_disk_is_nothing_special():
    parts = {
        "word/settings.xml": part_xml("settings", ""),
        "word/_rels/settings.xml.rels": relationships(
            [("rId1", "attachedTemplate", "file:///C:\\Templates\\Normal.dotm")], external=True
        ),
    }
    data = make_docx("<w:p/>", parts, [("rId9", "settings", "settings.xml")])
    assert read(data).warnings == ()


def test_hidden_codes_are_no_hidden_text():
    body = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:instrText>TOC</w:instrText></w:r></w:p>"
    assert read(make_docx(body)).warnings == ()


def test_properties():
    core = (
        '<cp:coreProperties xmlns:cp="x" xmlns:dc="y"><dc:title>题</dc:title>'
        "<dc:creator>张三</dc:creator></cp:coreProperties>"
    )
    app = '<Properties xmlns="z"><Pages>2</Pages><Words>999</Words></Properties>'
    data = make_docx("<w:p/>", {"docProps/core.xml": core, "docProps/app.xml": app})
    assert read(data).properties == {"title": "题", "author": "张三", "pages": "2"}


STRICT = document_xml(f"<w:p>{run('严格')}</w:p>").replace(
    W, "http://purl.oclc.org/ooxml/wordprocessingml/main"
)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param(
            {
                "_rels/.rels": relationships([("a", "officeDocument", "/word/document.xml")]),
                "word/document.xml": STRICT,
            },
            "严格",
            id="strict namespace, absolute target",
        ),
        pytest.param(
            {"word/document.xml": document_xml(paragraph("无关系"))},
            "无关系",
            id="no relationships",
        ),
        pytest.param(
            {
                "_rels/.rels": relationships([("a", "officeDocument", "word/document2.xml")]),
                "word/document2.xml": document_xml(paragraph("别名")),
            },
            "别名",
            id="main part of another name",
        ),
        pytest.param(
            {"word\\document.xml": document_xml(paragraph("反斜杠"))}, "反斜杠", id="backslashes"
        ),
        pytest.param(
            {"word/document.xml": document_xml(paragraph("双字节")).encode("utf-16")},
            "双字节",
            id="UTF-16",
        ),
    ],
)
def test_unusual_packages(parts: dict[str, str | bytes], expected: str):
    assert read(zipped(parts)).text == expected


def test_imported_html_is_text_of_the_document():
    html = "<html><body><p>网页导出的正文</p></body></html>"
    data = make_docx(
        "<w:altChunk r:id='c1'/>", {"word/chunk.html": html}, [("c1", "aFChunk", "chunk.html")]
    )
    assert read(data).text.strip() == "网页导出的正文"


def chunked(data: bytes, body: str = "<w:altChunk r:id='c1'/>") -> bytes:
    return make_docx(body, {"word/chunk.docx": data}, [("c1", "aFChunk", "chunk.docx")])


def test_an_imported_document_is_text_of_the_document():
    inner = make_docx(f"<w:p><w:ins>{run('内层正文')}</w:ins></w:p>")
    content = read(chunked(inner, f"<w:p>{run('外层')}</w:p><w:altChunk r:id='c1'/>"))
    assert content.text == "外层\n内层正文"
    assert content.warnings == (docx.TRACKED,)


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param(chunked(chunked(make_docx(paragraph("三层")))), id="a third inside"),
        pytest.param(b"PK\x03\x04 broken", id="broken"),
        pytest.param(make_docx("<w:p>")[:300], id="cut off"),
    ],
)
def test_an_imported_document_that_cannot_be_read_is_told(inner: bytes):
    content = read(chunked(inner, f"<w:p>{run('外层')}</w:p><w:altChunk r:id='c1'/>"))
    assert content.text.strip() == "外层"
    assert content.warnings == (docx.IMPORTED,)


def test_imported_parts_together_stay_within_the_limit():
    inner = make_docx(paragraph("字" * 900))
    assert refused(
        chunked(inner, "<w:altChunk r:id='c1'/>" * 3), Limits(text_chars=2000)
    ).suspicious


def test_smart_art_is_read_and_not_counted():
    dgm = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
    point = "<dgm:pt><dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t></dgm:pt>"
    data = part_xml("x", f"<dgm:ptLst>{point.format('摸排')}{point.format('整治')}</dgm:ptLst>")
    data = data.replace("xmlns:w=", f"xmlns:dgm='{dgm}' xmlns:w=", 1)
    body = (
        f"<w:p>{run('正文')}<w:r><w:drawing><dgm:relIds xmlns:dgm='{dgm}' r:dm='d1'/>"
        "</w:drawing></w:r></w:p>"
    )
    content = read(
        make_docx(
            body, {"word/diagrams/data1.xml": data}, [("d1", "diagramData", "diagrams/data1.xml")]
        )
    )
    assert content.text == "正文\n摸排\n整治"
    assert count(content.blocks)[0] == 2
    assert content.warnings == (docx.DIAGRAM,)


def test_headers_and_footers_stand_around_the_text():
    parts = {
        "word/header1.xml": part_xml("hdr", f"<w:p>{run('机密')}{run('★1年')}</w:p><w:p/>"),
        "word/footer1.xml": part_xml("ftr", f"<w:p>{run('第')}</w:p>"),
    }
    related = [("h", "header", "header1.xml"), ("f", "footer", "footer1.xml")]
    content = read(make_docx(f"<w:p>{run('文')}</w:p>", parts, related))
    assert (content.text, content.around) == ("文", ("机密★1年", "第"))


def test_xml_of_word_2003():
    body = (
        f'<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" '
        f'xml:space="preserve" xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" '
        f'xmlns:aml="http://schemas.microsoft.com/aml/2001/core"><w:body><wx:sect>'
        f"<w:p>{run('旧 ')}{run('格式')}<aml:annotation w:type='Word.Deletion'>{run('删')}</aml:annotation>"
        f"</w:p></wx:sect></w:body></w:wordDocument>"
    )
    content = read_flat_docx("稿.doc", body.encode(), LIMITS)
    assert isinstance(content, DocumentText)
    assert content.text == "旧 格式"


def test_flat_package_with_a_note_and_a_picture():
    notes = f"<w:footnote w:id='1'><w:p>{run('注')}</w:p></w:footnote>"
    picture = base64.b64encode(png(3, 2)).decode()
    body = (
        f"<w:p>{run('文')}<w:r><w:footnoteReference w:id='1'/></w:r>"
        f"<w:r><w:pict><w:binData>{picture}</w:binData></w:pict></w:r></w:p>"
    )
    package = (
        f'<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
        f"<pkg:part><pkg:xmlData>{document_xml(body)}</pkg:xmlData></pkg:part>"
        f"<pkg:part><pkg:xmlData>{part_xml('footnotes', notes)}</pkg:xmlData></pkg:part>"
        "</pkg:package>"
    )
    content = read_flat_docx("稿.doc", package.encode(), LIMITS)
    assert isinstance(content, DocumentText)
    assert [(b.kind, b.text) for b in content.blocks] == [("paragraph", "文"), ("note", "注")]
    assert [(i.width, i.height) for i in content.images] == [(3, 2)]


def bomb(size: int) -> bytes:
    return make_docx("", {"word/document.xml": b"<w:p/>" * (size // 6)})


@pytest.mark.parametrize(
    ("data", "suspicious"),
    [
        pytest.param(b"", False, id="empty"),
        pytest.param(make_docx(paragraph("文"))[:-40], False, id="cut off"),
        pytest.param(zipped({"a.txt": "x"}), False, id="no document inside"),
        pytest.param(make_docx("<w:p>"), False, id="broken XML is not repaired"),
        pytest.param(bomb(60_000_000), True, id="one part unpacks to 60 MB"),
        pytest.param(bomb(20_000_000), True, id="20 MB of tags at a ratio of a thousand"),
        pytest.param(
            make_docx("<w:p/>", {"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
            True,
            id="document type",
        ),
        pytest.param(
            make_docx(
                "<w:p/>",
                {
                    "word/document.xml": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'.encode(
                        "utf-16"
                    )
                },
            ),
            True,
            id="document type in UTF-16",
        ),
    ],
)
def test_refused(data: bytes, suspicious: bool):
    assert refused(data).suspicious is suspicious


def test_text_beyond_the_limit_is_refused_not_cut():
    assert refused(make_docx(paragraph("字" * 101)), Limits(text_chars=100)).suspicious
    assert read(make_docx(paragraph("字" * 100)), Limits(text_chars=100)).text == "字" * 100


@pytest.mark.parametrize("depth", [60, 20_000])
def test_deeply_nested_tables_neither_hang_nor_crash(depth: int):
    opening, closing = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    body = opening * depth + f"<w:p>{run('底')}</w:p>" + closing * depth
    content = read_docx("深.docx", make_docx(body), LIMITS)
    if depth > 1000:
        assert isinstance(content, Unreadable)
    else:
        assert isinstance(content, DocumentText)
        assert content.text == "底"


LINES = st.lists(
    st.text(
        st.sampled_from("城市管理局一二三年月日，。“”—…A z09%-.,()&<>𠮷👍①é\t"),
        min_size=1,
        max_size=30,
    )
    .map(str.strip)
    .filter(bool),
    min_size=1,
    max_size=6,
)


@settings(deadline=None)  # a busy machine is no failure
@given(LINES)
def test_text_written_comes_back(lines: list[str]):
    # A tab inside w:t is a blank to Word; a real tab is an element of its own.
    lines = [line.replace("\t", " ") for line in lines]
    assert read(make_docx("".join(map(paragraph, lines)))).text == "\n".join(lines)


def test_mutants_give_values_and_never_raise():
    seeds = [make_docx(paragraph("城市管理") * 5 + f"<w:p><w:r>{TEXT_BOX}</w:r></w:p>")]
    assert survivors(mutants(seeds, "docx"), read_docx) == []


def test_mutants_of_the_xml_give_values_and_never_raise():
    table = f"<w:tbl><w:tr><w:tc><w:p>{run('格')}</w:p></w:tc></w:tr></w:tbl>"
    body = f"<w:p>{field('<w:instrText>X</w:instrText>', '果')}<w:r>{TEXT_BOX}</w:r></w:p>{table}"
    wrapped = mutants(
        [document_xml(body).encode()],
        "docx xml",
        lambda xml: make_docx("", {"word/document.xml": xml}),
    )
    assert survivors(wrapped, read_docx) == []


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        pytest.param("", 6, id="counted"),
        pytest.param("<w:doNotIncludeSubdocsInStats/>", 2, id="unticked-in-words-dialog"),
        pytest.param("<w:doNotIncludeSubdocsInStats w:val='0'/>", 6, id="ticked-again"),
    ],
)
def test_notes_and_boxes_count_as_the_document_says(setting: str, words: int) -> None:
    data = make_docx(
        f"<w:p>{run('正文')}<w:r><w:footnoteReference w:id='2'/></w:r><w:r>{TEXT_BOX}</w:r></w:p>",
        {
            "word/settings.xml": part_xml("settings", setting),
            "word/footnotes.xml": part_xml(
                "footnotes", f"<w:footnote w:id='2'><w:p>{run('脚注')}</w:p></w:footnote>"
            ),
        },
        [("rId7", "settings", "settings.xml"), ("rId8", "footnotes", "footnotes.xml")],
    )
    document = read(data)

    assert document.text == "正文\n框内\n脚注"
    assert count(document.blocks) == (words, words)
    assert (docx.NOTES_UNCOUNTED in document.warnings) == (words == 2)
