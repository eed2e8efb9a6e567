"""Writes PDFs: one page that shows a picture once or several times, or pages with another picture in each place.

Pictures are stored without loss, unlike in Pillow's PDFs, and the same pictures give the same bytes.
"""

import zlib
from collections.abc import Sequence

from PIL import Image

from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Where the picture stands on the page, in points from the bottom left corner; if `is_turned`, upside down."""

    left: float
    bottom: float
    width: float
    height: float
    is_turned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """In points. `lines` show where to cut and fold, each as x and y of one end, then of the other."""

    width: float
    height: float
    panels: tuple[Panel, ...]
    lines: tuple[tuple[float, float, float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inset:
    """A picture (mode "RGB") laid on another; its place in shares of the other's size, from the bottom left
    corner."""

    picture: Image.Image
    left: float
    bottom: float
    width: float
    height: float


def picture_pdf(picture: Image.Image, palette: bytes, page: Page, inset: Inset | None) -> bytes:
    """The picture (mode "L": indices into `palette`, which is RGB triples) on the page. ISO 32000-1."""
    named = "/Picture 5 0 R/Inset 6 0 R" if inset else "/Picture 5 0 R"
    about = (
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {page.width:.2f} {page.height:.2f}]"
        f"/Resources<</XObject<<{named}>>>>/Contents 4 0 R>>"
    )
    return _document(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        about.encode(),
        _stream("", _content(page, inset).encode()),
        _image(picture, _indexed(palette)),
        *((_image(inset.picture, "/DeviceRGB"),) if inset else ()),
    )


def sheets_pdf(pictures: Sequence[Image.Image], palette: bytes, page: Page, inset: Inset | None) -> bytes:
    """Each picture in its own place, on as many pages as they need, with the same inset on each of them."""
    colours = _indexed(palette)
    places = len(page.panels)
    sheets = [pictures[first : first + places] for first in range(0, len(pictures), places)]
    first = 4 if inset else 3
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(sheets)))
    images = first + 2 * len(sheets)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(sheets)}>>".encode(),
        *((_image(inset.picture, "/DeviceRGB"),) if inset else ()),
    ]
    for number, sheet in enumerate(sheets):
        named = [f"/P{at} {images + number * places + at} 0 R" for at in range(len(sheet))]
        named += ["/Inset 3 0 R"] if inset else []
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {page.width:.2f} {page.height:.2f}]"
            f"/Resources<</XObject<<{''.join(named)}>>>>/Contents {first + 2 * number + 1} 0 R>>".encode()
        )
        shown = [
            f"q {_placing(panel)} cm /P{at} Do{_inset(inset)} Q"
            for at, panel in enumerate(page.panels[: len(sheet)])
        ]
        objects.append(_stream("", "\n".join([*shown, "0.7 G 0.4 w", *_lines(page)]).encode()))
    return _document(*objects, *(_image(picture, colours) for picture in pictures))


def _content(page: Page, inset: Inset | None) -> str:
    shown = f"/Picture Do{_inset(inset)}"
    panels = (f"q {_placing(panel)} cm {shown} Q" for panel in page.panels)
    return "\n".join([*panels, "0.6 G 0.5 w [4 4] 0 d", *_lines(page)])


def _inset(inset: Inset | None) -> str:
    if inset is None:
        return ""
    return f" {inset.width:.5f} 0 0 {inset.height:.5f} {inset.left:.5f} {inset.bottom:.5f} cm /Inset Do"


def _lines(page: Page) -> list[str]:
    return [f"{x:.2f} {y:.2f} m {to_x:.2f} {to_y:.2f} l S" for x, y, to_x, to_y in page.lines]


def _indexed(palette: bytes) -> str:
    return f"[/Indexed/DeviceRGB {len(palette) // 3 - 1}<{palette.hex()}>]"


def _placing(panel: Panel) -> str:
    right, top = panel.left + panel.width, panel.bottom + panel.height
    if panel.is_turned:
        return f"{-panel.width:.2f} 0 0 {-panel.height:.2f} {right:.2f} {top:.2f}"
    return f"{panel.width:.2f} 0 0 {panel.height:.2f} {panel.left:.2f} {panel.bottom:.2f}"


def _image(picture: Image.Image, colours: str) -> bytes:
    entries = (
        f"/Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}/BitsPerComponent 8"
        f"/ColorSpace{colours}/Filter/FlateDecode"
    )
    return _stream(entries, zlib.compress(picture.tobytes(), 3))


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
