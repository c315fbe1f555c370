"""Parts of an Office Open XML package and how they point at each other."""

import posixpath
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from lxml import etree

from parsers.documents.refusals import RESEND_AS_DOCX, Refused, too_large
from parsers.documents.xml_parts import MAX_BYTES, local_name, parse_xml
from parsers.documents.zip_guard import GuardedZip, ZipRefused, open_zip
from parsers.limits import Limits

_USUAL_MAIN: Final = "word/document.xml"
_MAX_RELATIONSHIPS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Relationship:
    """One pointer of a part; `kind` is the last step of its type, such as "styles"."""

    kind: str
    target: str  # a part's name, or an address where external
    external: bool


class Package:
    """A zip of parts, read one by one."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._zip: GuardedZip = open_zip(data, limits)
        self.names = self._zip.names
        self._sizes = {entry.name: entry.size for entry in self._zip.entries}

    def __contains__(self, name: str) -> bool:
        return name in self._zip

    def read(self, name: str) -> bytes:
        """Bytes of a part; raises Refused, ZipRefused."""
        if self._sizes.get(name, 0) > MAX_BYTES:
            raise too_large()
        try:
            return self._zip.read(name)
        except KeyError as exc:
            raise Refused("文件不完整，缺少正文", RESEND_AS_DOCX) from exc

    def read_optional(self, name: str) -> bytes | None:
        """Bytes of a part that the text can do without; None where it cannot be had."""
        try:
            return self._zip.read(name)
        except (KeyError, ZipRefused):
            return None

    def xml(self, name: str) -> etree._Element | None:
        """Root of a part that the text can do without; None where it is missing or broken."""
        data = self.read_optional(name)
        if data is None:
            return None
        try:
            return parse_xml(data)
        except Refused as why:
            if why.suspicious:
                raise
            return None

    def relationships(self, part: str) -> dict[str, Relationship]:
        """Pointers of a part by id; "" for those of the package."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, Relationship] = {}
        if root is None:
            return found
        for element in root:
            if len(found) >= _MAX_RELATIONSHIPS:
                break
            kind = (element.get("Type") or "").rpartition("/")[2]
            external = (element.get("TargetMode") or "").lower() == "external"
            target = element.get("Target") or ""
            where = target if external else self._resolve(folder, target)
            found[element.get("Id") or str(len(found))] = Relationship(kind, where, external)
        return found

    def _resolve(self, folder: str, target: str) -> str:
        plain = target.replace("\\", "/").partition("#")[0]
        path = posixpath.normpath(posixpath.join("/", folder, plain)).lstrip("/")
        return path if path in self else unquote(path)

    def main_part(self) -> str:
        """Name of the document part; raises Refused where there is none."""
        for relationship in self.relationships("").values():
            if relationship.kind == "officeDocument" and relationship.target in self:
                return relationship.target
        if _USUAL_MAIN in self:
            return _USUAL_MAIN
        declared = self._declared_main()
        if declared is None:
            raise Refused("文件不完整，缺少正文", RESEND_AS_DOCX)
        return declared

    def _declared_main(self) -> str | None:
        types = self.xml("[Content_Types].xml")
        for element in () if types is None else types:
            kind = element.get("ContentType") or ""
            if local_name(element) == "Override" and "document.main" in kind:
                name = (element.get("PartName") or "").lstrip("/")
                if name in self:
                    return name
        return None
