"""Small PDF files made by hand: text at places, pictures, rotation, damage."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

CJK_FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts["
    b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo"
    b"<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000/FontDescriptor"
    b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0"
    b"/Ascent 900/Descent -200/CapHeight 700/StemV 80>>>>]>>"
)


@dataclass(frozen=True)
class At:
    """Text at a place in points from the lower left corner."""

    x: float
    y: float
    text: str
    size: float = 16
    matrix: str = "1 0 0 1"


def text_stream(*texts: At) -> bytes:
    return b"".join(
        f"BT /F {t.size} Tf {t.matrix} {t.x} {t.y} Tm <{t.text.encode('utf-16-be').hex()}> Tj ET\n".encode()
        for t in texts
    )


def pdf(
    *contents: bytes,
    image: bytes = b"",
    packed: bool = False,
    trailer: bytes = b"",
    annotations: Sequence[bytes] = (),
    form: bytes = b"",
) -> bytes:
    """A PDF whose pages show `contents`; /F is a Chinese font, /I the picture.

    Every page bears all `annotations`; they are the fields of a form, too.
    """
    objects: list[bytes] = [b"", b"", CJK_FONT, image or b"null"]
    kids = []
    for content in contents:
        stream = zlib.compress(content) if packed else content
        coding = b"/Filter/FlateDecode" if packed else b""
        objects.append(b"<</Length %d%s>>stream\n%s\nendstream" % (len(stream), coding, stream))
        kids.append(len(objects) + 1)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R"
            b"/Resources<</Font<</F 3 0 R>>/XObject<</I 4 0 R>>>>/Annots[%s]>>"
            % (len(objects), b" ".join(annotations))
        )
    fields = b"/AcroForm<</Fields[%s]/DA(/F 0 Tf)%s>>" % (b" ".join(annotations), form)
    objects[0] = b"<</Type/Catalog/Pages 2 0 R%s>>" % (fields if annotations or form else b"")
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (
        len(kids),
        b" ".join(b"%d 0 R" % k for k in kids),
    )
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        xref,
    )
    return bytes(out)


def gray_image(width: int, height: int) -> bytes:
    data = zlib.compress(bytes(range(256)) * (width * height // 256 + 1))
    return (
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
        % (width, height, len(data), data)
    )


FULL_PAGE_PICTURE = b"q 595 0 0 842 0 0 cm /I Do Q\n"


def typed(text: str) -> bytes:
    """A text string of PDF in UTF-16."""
    return b"<%s>" % ("\ufeff" + text).encode("utf-16-be").hex().encode()
