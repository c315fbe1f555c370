"""Big attachments that came as links (超大附件): recognised by where the link points.

The file itself was not received and is never fetched here. Only targets count:
the words "超大附件" and NetEase's style sheets stand in ordinary mail too.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from parsers.charset import one_line
from parsers.facts import CloudLink
from parsers.filenames import display_name
from parsers.html_text import Anchor, HtmlText
from parsers.mail_dates import parse_date

_MOST = 50
_NEAR = 240
"""Characters before and after a link in which its name, size and expiry are looked for."""


class _Provider(NamedTuple):
    name: str
    host: re.Pattern[str]
    path: re.Pattern[str]


_PROVIDERS = (
    _Provider(
        "163",
        re.compile(r"(?:[a-z0-9-]+\.)?mail\.(?:163|126|188)\.com|mail\.yeah\.net|fs\.163\.com"),
        re.compile(r"/large-attachment-download/|/fs/display/|/filehub/"),
    ),
    _Provider("dashi", re.compile(r"dashi\.163\.com"), re.compile(r"/html/cloud-attachment")),
    _Provider(
        "qiye163",
        re.compile(r"(?:[a-z0-9-]+\.)*(?:qiye\.163\.com|qiye\.126\.com)"),
        re.compile(r"/attachment/download|/edisk/|/large-attachment"),
    ),
    _Provider(
        "qq",
        re.compile(r"(?:[a-z0-9-]+\.)*(?:mail\.qq\.com|exmail\.qq\.com)"),
        re.compile(r"/cgi-bin/ftn\w*|/ftn/download"),
    ),
    # Documents kept online and shares of network disks: the file was not sent either.
    _Provider(
        "kdocs",
        re.compile(r"(?:[a-z0-9-]+\.)?kdocs\.cn"),
        re.compile(r"/(?:l|p|view/l|office|weboffice)/"),
    ),
    _Provider(
        "tencent-docs",
        re.compile(r"docs\.qq\.com"),
        re.compile(r"/(?:doc|sheet|slide|pdf|aio|smartsheet|desktop/doc)/"),
    ),
    _Provider(
        "feishu",
        re.compile(r"(?:[a-z0-9-]+\.)?(?:feishu\.cn|larksuite\.com)"),
        re.compile(r"/(?:docx|docs|wiki|file|sheets|drive)/"),
    ),
    _Provider("baidu-pan", re.compile(r"pan\.baidu\.com"), re.compile(r"/s/|/share/")),
    _Provider("weiyun", re.compile(r"share\.weiyun\.com"), re.compile(r"/\w")),
    _Provider("alipan", re.compile(r"www\.(?:alipan|aliyundrive)\.com"), re.compile(r"/s/")),
    _Provider("quark-pan", re.compile(r"pan\.quark\.cn"), re.compile(r"/s/")),
    _Provider("189-cloud", re.compile(r"cloud\.189\.cn"), re.compile(r"/t/|/web/share|/")),
    _Provider(
        "139-cloud", re.compile(r"(?:yun|caiyun)\.139\.com"), re.compile(r"/link|/w/|/m/|/shareweb")
    ),
)
_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'*+,;=%\[\]-]{8,2000}")
_PRINTED = re.compile(
    r"[(（]\s*(?P<size>\d{1,6}(?:\.\d{1,3})?\s?[KMGT]?B?)\s*[,，]?\s*"
    r"(?P<expiry>(?:\d{4}年\d{1,2}月\d{1,2}日\s*\d{1,2}:\d{2}|无限期|[^()（）]{0,30}?)\s*(?:到期|过期)?)\s*[)）]",
    re.IGNORECASE,
)
_SIZE = re.compile(r"\d{1,6}(?:\.\d{1,3})?\s?[KMGT]B?", re.IGNORECASE)
_BUTTON = re.compile(
    r"(?:进入|点击|立即|打开|马上)?(?:下载|预览|查看|转存|收藏)(?:页面|附件|文件)?"
    r"|download|打开|https?://.*",
    re.IGNORECASE | re.DOTALL,
)
_LABEL = re.compile(
    r"^\s*(?:通过(?:百度)?网盘分享的文件|分享文件|文件名?|【[^】]{1,10}(?:文档|网盘)】)[：:]?"
    r"|(?:分享)?(?:链接|网址|地址)\s*[：:]\s*$"
)
_HEADING = re.compile(r"从\S{1,30}发来的(?:超大附件|云附件)|超大附件|云附件")


def provider_of(url: str) -> str:
    """Whose big attachment the address leads to; "" for any other link."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"}:
        return ""
    for provider in _PROVIDERS:
        if provider.host.fullmatch(host) and provider.path.search(parts.path):
            return provider.name
    return ""


def find_cloud_links(page: HtmlText | None, plain: str = "") -> tuple[CloudLink, ...]:
    """Cloud attachments of a mail, from its HTML or else its plain text; one a file."""
    found: dict[str, CloudLink] = {}
    previous = Anchor("", 0, 0, {})
    for text, anchor in _candidates(page, plain):
        provider = provider_of(anchor.href)
        if not provider:
            continue
        # What stands before another file's link was said of that file.
        since = previous.end if previous.end <= anchor.start else 0
        link = _link(provider, text, anchor, since)
        known = found.get(link.url)
        found[link.url] = link if known is None else _merged(known, link)
        previous = anchor
        if len(found) >= _MOST:
            break
    return tuple(found.values())


def without_cloud_names(page: HtmlText) -> str:
    """The page's text with blanks where a cloud attachment's link stands.

    Its name and button are no words of the sender; offsets stay as they were.
    """
    pieces = []
    end = 0
    for anchor in sorted(page.anchors, key=lambda anchor: anchor.start):
        if end <= anchor.start < anchor.end <= anchor.start + _NEAR and provider_of(anchor.href):
            shown = page.text[anchor.start : anchor.end]
            pieces.append(page.text[end : anchor.start])
            pieces.append("".join(char if char == "\n" else " " for char in shown))
            end = anchor.end
    return "".join(pieces) + page.text[end:]


def _candidates(page: HtmlText | None, plain: str) -> Iterator[tuple[str, Anchor]]:
    anchors: list[tuple[str, Anchor]] = []
    if page is not None:
        anchors = [(page.text, anchor) for anchor in page.anchors]
        yield from anchors
    if any(provider_of(anchor.href) for _, anchor in anchors):
        return
    for text in (page.text if page is not None else "", plain):
        for match in _URL.finditer(text):
            yield text, Anchor(match[0], match.start(), match.end(), {})


def _merged(one: CloudLink, two: CloudLink) -> CloudLink:
    return CloudLink(
        one.provider,
        one.name or two.name,
        one.url,
        one.size or two.size,
        one.expires_at or two.expires_at,
    )


def _link(provider: str, text: str, anchor: Anchor, since: int) -> CloudLink:
    attributes = anchor.attributes
    before = text[max(since, anchor.start - _NEAR) : anchor.start]
    after = text[anchor.end : anchor.end + _NEAR]
    shown = text[anchor.start : anchor.end].strip()
    printed = _PRINTED.search(shown) or _PRINTED.match(after.lstrip(" \t\n"))
    name = attributes.get("file-name") or attributes.get("filename") or ""
    if printed is None and shown:
        earlier = list(_PRINTED.finditer(before))
        printed = earlier[-1] if earlier else None
        if printed is not None and not name:
            name = _last_line(before[: printed.start()])
    size = None
    if not name and shown and not _BUTTON.fullmatch(shown):
        words = [line for line in _PRINTED.sub("", shown).splitlines() if line.strip()]
        name = words[0] if words else ""
        size = _SIZE.fullmatch(words[1].strip()) if len(words) > 1 else None
    name = name or attributes.get("download") or _queried(anchor.href)
    return CloudLink(
        provider=provider,
        name=display_name(name or (_last_line(before) if shown else "")),
        url=one_line(anchor.href),
        size=one_line(attributes.get("file-size") or _size(printed, size)),
        expires_at=_expiry(attributes.get("expired", ""), printed["expiry"] if printed else ""),
    )


def _queried(url: str) -> str:
    """The name older NetEase links carry in their query."""
    fields = parse_qs(urlsplit(url).query, errors="replace")
    return next((fields[key][0] for key in ("title", "fileName", "filename") if key in fields), "")


def _size(printed: re.Match[str] | None, alone: re.Match[str] | None) -> str:
    if printed is not None:
        return printed["size"]
    return alone[0] if alone is not None else ""


def _last_line(text: str) -> str:
    """The last words before a link, the provider's own heading left out."""
    lines = [_LABEL.sub("", line).strip() for line in text.splitlines()]
    line = next((line for line in reversed(lines) if line), "")
    return "" if _HEADING.search(line) or len(line) > 120 else line


def _expiry(epoch: str, printed: str) -> datetime | None:
    """When the provider deletes the file: epoch milliseconds, or the printed date."""
    if epoch.isascii() and epoch.isdigit() and len(epoch) <= 14:
        seconds = int(epoch) / (1000 if len(epoch) > 11 else 1)
        when = datetime.fromtimestamp(seconds, UTC)
        return when if 2000 <= when.year <= 2100 else None
    return parse_date(printed)
