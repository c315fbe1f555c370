"""HTML mail to text, as a reader sees it, with its links.

Hidden elements and style sheets are dropped (the text of a style sheet made
naive readers see cloud attachments that were not there). Links keep their
attributes and their place in the text; nothing is ever fetched.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree, html

from parsers.charset import clean_text, decode

_DROPPED = frozenset(
    {
        *("script", "style", "head", "title", "template", "noscript", "object", "embed"),
        *("svg", "math", "select", "textarea", "iframe", "xml", "rt", "rp"),
    }
)
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5"),
        *("h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table"),
        *("tbody", "tfoot", "thead", "tr", "ul", "caption"),
    }
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|!|\Z)"
    r"|mso-hide\s*:\s*all|opacity\s*:\s*0\s*(?:;|!|\Z)",
    re.IGNORECASE,
)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE
)
# A line end in the source between two Chinese characters is no blank.
_CJK_FOLD = re.compile(
    r"(?<=[\u2e80-\u9fff\uff00-\uffef])[ \t]*\n\s*(?=[\u2e80-\u9fff\uff00-\uffef])"
)
_BLANKS = re.compile(r"[ \t\n\f]+")
_QUOTE_IDS = frozenset(
    {
        *("isReplyContent", "isForwardContent", "ntes-pcmail-quote", "origbody"),
        *("original-content", "reply139content", "oriMsgHtmlSeperator", "divRplyFwdMsg"),
    }
)
_MOST_LINKS = 2_000
_MOST_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link: its target, the attributes of itself and its box, its place in the text."""

    href: str
    start: int
    end: int
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HtmlText:
    """What a reader sees.

    Attributes:
        text: Block elements end lines; table cells are separated by tabs.
        anchors: In reading order, offsets into `text`.
        quote_start: Offset where a client marked the quoted history, None if nowhere.
        quote_end: Offset where that history ends, None where the markup does not say.
    """

    text: str
    anchors: tuple[Anchor, ...] = ()
    quote_start: int | None = None
    quote_end: int | None = None


def decode_html(data: bytes, label: str) -> str:
    """HTML bytes as text; a missing charset is taken from the page's meta element."""
    if not label and (meta := _META_CHARSET.search(data, 0, 4_096)):
        label = meta[1].decode("ascii")
    return decode(data, label)


def read_html(source: str) -> HtmlText:
    """Text and links of an HTML mail; "" for what is no HTML at all."""
    encoded = clean_text(source).encode("utf-8")[:_MOST_BYTES]
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(encoded, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return HtmlText("")
    writer = _Writer()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        writer.take(event, element)
    return writer.result()


@dataclass(slots=True)
class _Writer:
    """Collects the visible text while the tree is walked; no recursion."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    anchors: list[Anchor] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)
    quote_start: int | None = None
    quote_end: int | None = None
    quote: html.HtmlElement | None = None
    hidden: int = 0
    preformatted: int = 0
    at_line_start: bool = True

    def take(self, event: str, element: html.HtmlElement) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            self._start(tag, element)
        else:
            self._end(tag, element)

    def _start(self, tag: str, element: html.HtmlElement) -> None:
        if self.hidden or not tag or _is_hidden(tag, element):
            self.hidden += 1
            return
        if tag in _BLOCKS:
            self._new_line()
        if tag == "br":
            self._write("\n")
        if self.quote_start is None and _is_quote(tag, element):
            self.quote_start, self.quote = self.length, element
        if tag == "a":
            self.opened.append(self.length)
        self.preformatted += tag == "pre"
        self._text(element.text)

    def _end(self, tag: str, element: html.HtmlElement) -> None:
        if self.hidden:
            self.hidden -= 1
        else:
            self.preformatted -= tag == "pre"
            if tag == "a":
                self._anchor(element)
            if tag in {"td", "th"} and not self.at_line_start:
                self._write("\t")
            if tag in _BLOCKS:
                self._new_line()
            if tag == "blockquote" and element is self.quote:
                self.quote_end = self.length
        if not self.hidden:
            self._text(element.tail)

    def _anchor(self, element: html.HtmlElement) -> None:
        start = self.opened.pop() if self.opened else self.length
        href = (element.get("href") or "").strip()
        if href and len(self.anchors) < _MOST_LINKS:
            attributes = dict(_attributes(element))
            self.anchors.append(Anchor(href[:4_000], start, self.length, attributes))

    def _text(self, text: str | None) -> None:
        if not text:
            return
        if not self.preformatted:
            text = _BLANKS.sub(" ", _CJK_FOLD.sub("", text))
            if self.at_line_start:
                text = text.lstrip(" ")
        self._write(text)

    def _new_line(self) -> None:
        if not self.at_line_start:
            self._write("\n")

    def _write(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.length += len(text)
            self.at_line_start = text.endswith("\n")

    def result(self) -> HtmlText:
        # A no-break space is a blank to the reader and, in China, an indent.
        text = "".join(self.pieces).replace("\xa0", " ")
        return HtmlText(text, tuple(self.anchors), self.quote_start, self.quote_end)


def _is_hidden(tag: str, element: html.HtmlElement) -> bool:
    if tag in _DROPPED or element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and _HIDDEN.search(style) is not None


def _is_quote(tag: str, element: html.HtmlElement) -> bool:
    """Boxes in which 163, Mail Master, Gmail, Apple and Outlook put the history."""
    if element.get("id") in _QUOTE_IDS:
        return True
    if tag == "blockquote":
        return bool(element.get("type") == "cite")
    marked = "gmail_quote" in str(element.get("class")) or element.get("name") == "origbody"
    return tag == "div" and marked


def _attributes(element: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """Attributes of the link and of up to three boxes around it, inner ones last to win."""
    boxes = [element]
    while len(boxes) < 4 and (parent := boxes[-1].getparent()) is not None:
        boxes.append(parent)
    for box in reversed(boxes):
        for name, value in box.attrib.items():
            if len(value) <= 1_000:
                yield str(name), str(value)
