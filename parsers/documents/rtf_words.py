"""Control words of RTF that matter for the text (Rich Text Format 1.9.1)."""

import re
from typing import Final

TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]+)(-?\d{1,10})? ?"  # control word, parameter
    rb"|\\'([0-9a-fA-F]{2})"  # a byte
    rb"|\\([^a-zA-Z])"  # control symbol
    rb"|([{}])"
    rb"|([^\\{}]+)",  # text
)

SKIPPED: Final = re.compile(rb"\\bin(\d{1,10}) ?|\\[\s\S]|[{}]")
"""What has to be looked at inside a group that is left out."""

SPECIAL: Final = {
    b"emdash": "—",
    b"endash": "–",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
    b"emspace": "\u2003",
    b"enspace": "\u2002",
    b"qmspace": "\u2005",
    b"tab": "\t",
    b"line": "\n",
    b"page": "\n",
    b"column": "\n",
}

LEFT_OUT: Final = frozenset(
    [
        b"aftnsep", b"aftnsepc", b"aftncn", b"annotation", b"atnauthor", b"atndate", b"atnicn",
        b"atnid", b"atnparent", b"atnref", b"atntime", b"atrfend", b"atrfstart",
        b"background", b"bkmkend", b"bkmkstart", b"buptim", b"category", b"colorschememapping",
        b"colortbl", b"comment", b"creatim", b"datafield", b"datastore", b"doccomm", b"docvar",
        b"falt", b"fchars", b"file", b"filetbl", b"fontemb", b"fontfile", b"footer", b"footerf",
        b"footerl", b"footerr", b"formfield", b"ftncn", b"ftnsep", b"ftnsepc", b"generator",
        b"gridtbl", b"header", b"headerf", b"headerl", b"headerr", b"hlinkbase", b"keywords",
        b"latentstyles", b"lchars", b"levelnumbers", b"leveltext", b"linkval", b"listname",
        b"listoverridetable", b"listpicture", b"liststylename", b"listtable", b"listtext",
        b"mmathPict", b"mmathPr", b"nextfile", b"nonesttables", b"nonshppict", b"objalias",
        b"objclass", b"objdata", b"objname", b"objsect", b"objtime", b"oldcprops", b"oldpprops",
        b"oldsprops", b"oldtprops", b"panose", b"password", b"passwordhash", b"pgp", b"pgptbl",
        b"picprop", b"pn", b"pnseclvl", b"pntext", b"pntxta", b"pntxtb", b"printim", b"private",
        b"propname", b"protend", b"protstart", b"protusertbl", b"pxe", b"revtim",
        b"revtbl", b"rsidtbl", b"rxe", b"shprslt", b"sp", b"staticval", b"subject", b"svb",
        b"tc", b"tcn", b"template", b"themedata", b"txe", b"userprops", b"vern", b"wgrffmtfilter",
        b"windowcaption", b"writereservation", b"writereservhash", b"xe", b"xform", b"xmlattrname",
        b"xmlattrvalue", b"xmlclose", b"xmlname", b"xmlnstbl", b"xmlopen", b"mbegChr", b"mendChr",
        b"mchr", b"mctrlPr", b"msepChr", b"mpos", b"mtype", b"mdegHide", b"mlimLoc", b"msubHide",
        b"msupHide", b"mgrow", b"mvertJc", b"mjc", b"mnor", b"mlit", b"mscr", b"msty", b"brkBinSub",
    ]
)  # fmt: skip
"""Destinations that are no text, or text Word does not count (headers, comments, list numbers)."""

TEXT_IN_STAR: Final = frozenset(
    [b"shppict", b"shpinst", b"shptxt", b"do", b"moMath", b"moMathPara", b"pict", b"footnote"]
)
r"""Destinations after \* that are read all the same; others after \* are optional, so left out."""

PROPERTIES: Final = {
    b"title": "title",
    b"author": "author",
    b"operator": "last_modified_by",
    b"company": "company",
}
