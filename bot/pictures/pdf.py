"""A PDF of one page that is one picture. Without loss, unlike Pillow's own, and the same bytes every time."""

import zlib

from PIL import Image

_POINTS_PER_INCH = 72


def picture_pdf(picture: Image.Image, palette: bytes, *, dots_per_inch: int) -> bytes:
    """The picture (mode "L": indices into `palette`, which is RGB triples) on a page of its own size. ISO 32000-1."""
    width, height = (side * _POINTS_PER_INCH / dots_per_inch for side in picture.size)
    page = (
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width:.2f} {height:.2f}]"
        "/Resources<</XObject<</Picture 5 0 R>>>>/Contents 4 0 R>>"
    )
    image = (
        f"/Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}/BitsPerComponent 8"
        f"/ColorSpace[/Indexed/DeviceRGB {len(palette) // 3 - 1}<{palette.hex()}>]/Filter/FlateDecode"
    )
    return _document(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page.encode(),
        _stream("", f"{width:.2f} 0 0 {height:.2f} 0 0 cm /Picture Do".encode()),
        _stream(image, zlib.compress(picture.tobytes(), 6)),
    )


def _stream(entries: str, data: bytes) -> bytes:
    return f"<<{entries}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"


def _document(*objects: bytes) -> bytes:
    """Header, numbered objects (the first is the catalogue), their offsets, trailer."""
    document = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(document))
    return bytes(document + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer)
