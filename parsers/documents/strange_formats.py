"""Files that no reader reads, named as a clerk would name them, with what to do instead.

"不认识的文件格式" helps nobody: whoever sent a shortcut, a video or a document of Apple's
programs is told just that. The content decides where it can, the name's ending where not.
"""

import re
from dataclasses import dataclass
from typing import Final

from parsers.documents.refusals import RESEND_AS_DOCX, Refused

_HEAD: Final = 4096
_DOCX: Final = "稿件请以 Word 或 WPS 文档发送。"
_DRAWING: Final = "请导出为 PDF 或图片后发送；稿件文字请另以 Word 或 WPS 文档发送。"
_MEDIA: Final = f"视频和录音不能登记为稿件，{_DOCX}"
_CLOUD: Final = "请在 WPS 中打开该文档，下载或另存为 .docx 后重新发送。"


@dataclass(frozen=True, slots=True)
class _Kind:
    reason: str
    remedy: str = _DOCX


_PAGES: Final = _Kind(
    "苹果 Pages、Numbers 或 Keynote 文档，本系统不能读取",
    "请在苹果程序中选“文件—导出为—Word”（表格导出为 Excel，演示导出为 PowerPoint）后重新发送。",
)
_SHORTCUT: Final = _Kind("桌面快捷方式，不含文件内容", "请找到文件本身，作为附件重新发送。")
_LINK: Final = _Kind("网址快捷方式，不含文件内容", "请打开网址，把文件下载后作为附件重新发送。")
_LOCK: Final = _Kind(
    "打开文档时产生的临时文件，不含文稿内容", "请关闭 Word 或 WPS，发送不带“~$”的同名文件。"
)
_UNFINISHED: Final = _Kind("没有下载完的文件", "请等下载完成后发送完整的文件。")
_PROGRAM: Final = _Kind("程序文件，为安全起见不打开", f"如为自解压文件，请改压缩为 .zip；{_DOCX}")
_VIDEO: Final = _Kind("视频文件，本系统不读取", _MEDIA)
_SOUND: Final = _Kind("录音或音频文件，本系统不读取", _MEDIA)
_CAD: Final = _Kind("图纸文件，本系统不能读取", _DRAWING)
_PICTURE: Final = _Kind("图片处理软件的文件，本系统不能读取", "请导出为 JPG 或 PNG 图片后发送。")
_BOOK: Final = _Kind("电子书或论文格式，本系统不能读取", "请另存为 Word 或 PDF 后重新发送。")
_UOF: Final = _Kind("UOF 格式的文档，本系统不能读取", RESEND_AS_DOCX)
_XML: Final = _Kind("XML 数据文件，不是文稿", RESEND_AS_DOCX)
_XPS: Final = _Kind("XPS 文档，本系统不能读取", "请另存为 Word 或 PDF 后重新发送。")
_CHART: Final = _Kind("绘图或排版软件的文件，本系统不能读取", _DRAWING)
_NOTES: Final = _Kind("笔记或思维导图文件，本系统不能读取", RESEND_AS_DOCX)
_ONLINE: Final = _Kind("云文档（在线文档）的本地文件，不含文稿内容", _CLOUD)
_BASE: Final = _Kind("数据库文件，本系统不能读取", "请导出为 Excel 表格后发送。")
_SLIDES: Final = _Kind("OpenDocument 演示或绘图文件，本系统不能读取", "请另存为 .pptx 后重新发送。")
_CARD: Final = _Kind("日程或名片文件，不是文稿")
_DATA: Final = _Kind("程序或数据文件，不是文稿")
_SEALED: Final = _Kind("加密的邮件或文件（S/MIME、PGP）", "请不要加密，以普通附件重新发送。")
_VOLUME: Final = _Kind("分卷压缩包的一部分", "请不要分卷：压缩成一个 .zip，或把文件直接发送。")
_FOREIGN: Final = _Kind("不认识的文件格式", RESEND_AS_DOCX)

_BY_HEAD: Final[tuple[tuple[re.Pattern[bytes], _Kind], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), kind)
    for pattern, kind in (
        (rb"L\0\0\0\x01\x14\x02\0", _SHORTCUT),
        (rb"(?:\xef\xbb\xbf)?\s*\[(?:InternetShortcut|Desktop Entry)", _LINK),
        (rb"\s*BEGIN:V(?:CALENDAR|CARD)", _CARD),
        (rb"....ftyp(?:M4A|M4B)", _SOUND),
        (rb"....ftyp|\x1aE\xdf\xa3|RIFF....AVI |FLV\x01|\0\0\x01\xba|\.RMF", _VIDEO),
        (
            rb"ID3[\x02-\x04]\x00|\xff[\xf2\xf3\xfb]|#!AMR|#!SILK|\x02#!SILK|RIFF....WAVE|OggS|fLaC|MThd",
            _SOUND,
        ),
        (rb"0&\xb2\x75\x8e\x66\xcf\x11", _VIDEO),  # wmv, wma
        (rb"MZ|\x7fELF|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe|dex\n", _PROGRAM),
        (rb"AC10\d\d", _CAD),
        (rb"8BPS|%!PS|gimp xcf", _PICTURE),
        (rb"(?:CAJ|KDH |HN)\0?|\xc8NUL?|ITOLITLS|BOOKMOBI", _BOOK),
        (rb"\0\x01\0\0Standard (?:Jet|ACE) DB|SQLite format 3", _BASE),
        (rb"\xe4\x52\x5c\x7b", _NOTES),  # OneNote
    )
)
_BY_PART: Final = (
    (b".iwa", _PAGES),
    (b"index.apxl", _PAGES),
    (b"QuickLook/", _PAGES),
    (b"AndroidManifest.xml", _PROGRAM),
    (b"META-INF/MANIFEST.MF", _PROGRAM),
    (b"visio/", _CHART),
    (b"FixedDocSeq.fdseq", _XPS),
    (b"FixedDocumentSequence.fdseq", _XPS),
    (b"application/epub+zip", _BOOK),
    (b"application/vnd.oasis.opendocument", _SLIDES),
    (b"content.json", _NOTES),  # XMind
)
NO_TEXT_ENDINGS: Final = frozenset(
    {
        *("ics", "vcf", "json", "sql", "py", "sh", "css", "reg", "svg"),
        *("bat", "cmd", "js", "vbs", "asc", "p7m", "p7b"),
    }
)
"""Files of letters and figures that are still no text anybody wrote for us."""

_VOLUME_ENDING: Final = re.compile(r"z\d\d|r\d\d|\d{3}|part\d{1,3}")
_BY_ENDING: Final = {
    ending: kind
    for endings, kind in (
        ("pages numbers key iwa", _PAGES),
        ("lnk", _SHORTCUT),
        ("url webloc desktop", _LINK),
        ("crdownload downloading xltd td part download", _UNFINISHED),
        ("exe msi apk bat cmd com scr js vbs jar dll ipa", _PROGRAM),
        ("mp4 mov avi wmv mkv flv mpg mpeg rmvb 3gp m4v ts webm", _VIDEO),
        ("mp3 wav m4a amr aac wma ogg flac silk slk mid", _SOUND),
        ("dwg dxf dwt skp rvt", _CAD),
        ("psd ai cdr eps raw cr2 nef arw dng svg", _PICTURE),
        ("caj kdh nh epub mobi azw3 chm", _BOOK),
        ("xps oxps", _XPS),
        ("uof uot uos uop", _UOF),
        ("vsd vsdx pub mpp mppx indd", _CHART),
        ("one xmind mm mmap eddx emmx", _NOTES),
        ("otl ksheet kdocs otz dbt pof", _ONLINE),
        ("mdb accdb db sqlite sqlite3", _BASE),
        ("odp odg", _SLIDES),
        ("ics vcf", _CARD),
        ("json sql py sh css ini reg conf yaml yml c cpp java", _DATA),
        ("p7m p7b pgp gpg asc", _SEALED),
    )
    for ending in endings.split()
}


def strange(name: str, data: bytes) -> Refused:
    """Why this file is not read, and what its sender can do."""
    kind = _kind(name, data)
    return Refused(kind.reason, kind.remedy)


def _kind(name: str, data: bytes) -> _Kind:
    if name.startswith("~$"):
        return _LOCK
    return _by_content(data) or _by_name(name) or (_XML if _is_xml(data) else _FOREIGN)


def _by_content(data: bytes) -> _Kind | None:
    head = data[:_HEAD]
    for pattern, kind in _BY_HEAD:
        if pattern.match(head):
            return kind
    if b"<uof:UOF" in head or b"schemas.uof.org" in head:
        return _UOF
    parts = _BY_PART if head.startswith(b"PK") else ()
    return next((kind for part, kind in parts if part in data), None)


def _by_name(name: str) -> _Kind | None:
    ending = name.rpartition(".")[2].lower()
    return _BY_ENDING.get(ending) or (_VOLUME if _VOLUME_ENDING.fullmatch(ending) else None)


def _is_xml(data: bytes) -> bool:
    return data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
