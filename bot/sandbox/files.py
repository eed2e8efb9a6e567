"""The files that the sandbox holds, and what Telegram makes of a photo: https://core.telegram.org/bots/api#file."""

import mimetypes
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from io import BytesIO
from pathlib import PurePath

from PIL import Image

from bot.sandbox.errors import bad_request

PHOTO_BYTES_MAX = 10 * 1024 * 1024
DOCUMENT_BYTES_MAX = 50 * 1024 * 1024
DOWNLOAD_BYTES_MAX = 20 * 1024 * 1024
_SIDE_SUM_MAX = 10_000
_SIDE_RATIO_MAX = 20
_PHOTO_BOXES = (90, 320, 800, 1280, 2560)


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """One downloadable file; its data is made when it is first read."""

    file_id: str
    unique_id: str
    path: str
    make: Callable[[], bytes]

    @cached_property
    def data(self) -> bytes:
        return self.make()


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG of `width` x `height` pixels, as `make` makes it."""

    make: Callable[[], bytes]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PhotoSize:
    file: StoredFile
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo in several sizes, the smallest first."""

    sizes: tuple[PhotoSize, ...]

    @property
    def largest(self) -> PhotoSize:
        return self.sizes[-1]

    @property
    def data(self) -> bytes:
        """What the phone shows: the largest size, a JPEG."""
        return self.largest.file.data


@dataclass(frozen=True, slots=True)
class Document:
    file: StoredFile
    file_name: str
    mime_type: str

    @property
    def data(self) -> bytes:
        return self.file.data


class FileStore:
    """Files by their id and by their path; ids stay valid as long as the sandbox runs."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._photos: dict[str, Photo] = {}
        self._documents: dict[str, Document] = {}

    def add_photo(self, pictures: tuple[Picture, ...]) -> Photo:
        sizes = [(self._store("photos", ".jpg", each.make), each.width, each.height) for each in pictures]
        photo = Photo(tuple(PhotoSize(*size) for size in sizes))
        self._photos.update({size.file.file_id: photo for size in photo.sizes})
        return photo

    def add_document(self, data: bytes, file_name: str) -> Document:
        check_document(data)
        name = PurePath(file_name).name or "file"
        file = self._store("documents", PurePath(name).suffix, lambda: data)
        mime_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        document = Document(file, name, mime_type)
        self._documents[file.file_id] = document
        return document

    def photo(self, file_id: str) -> Photo:
        """The photo that a file_id stands for; a 400 when it is none."""
        if file_id in self._documents:
            raise bad_request("can't use file of type Document as Photo")
        if file_id not in self._photos:
            raise _wrong_identifier(file_id)
        return self._photos[file_id]

    def document(self, file_id: str) -> Document:
        """The document that a file_id stands for; a 400 when it is none."""
        if file_id in self._photos:
            raise bad_request("can't use file of type Photo as Document")
        if file_id not in self._documents:
            raise _wrong_identifier(file_id)
        return self._documents[file_id]

    def by_id(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def _store(self, folder: str, suffix: str, make: Callable[[], bytes]) -> StoredFile:
        path = f"{folder}/file_{len(self._by_path)}{suffix}"
        file = StoredFile(
            file_id=f"AgAC{secrets.token_urlsafe(36)}",
            unique_id=secrets.token_urlsafe(9),
            path=path,
            make=make,
        )
        self._by_id[file.file_id] = self._by_path[path] = file
        return file


def photo_pictures(data: bytes) -> tuple[Picture, ...]:
    """The JPEGs that Telegram makes of an uploaded photo, the smallest first; refuses what it would refuse.

    At most 10 MB, width and height together at most 10000 pixels, their ratio at most 20
    (https://core.telegram.org/bots/api#sendphoto). Works on the pixels: call it in a thread. The smaller ones, which
    are hardly ever looked at, are made from the largest on demand.
    """
    if not data:
        raise bad_request("file must be non-empty")
    if len(data) > PHOTO_BYTES_MAX:
        raise bad_request("file is too big for a photo: at most 10 MB")
    try:
        with Image.open(BytesIO(data)) as image:
            _check_sides(*image.size)
            flat = _on_white(image)
    except (OSError, SyntaxError, Image.DecompressionBombError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    largest = _jpeg(_scaled(flat, _PHOTO_BOXES[-1]))
    longest = max(flat.size)
    boxes = [box for box in _PHOTO_BOXES if box < longest] + [min(longest, _PHOTO_BOXES[-1])]
    *smaller, size = [_within(flat, box) for box in sorted(set(boxes))]
    return (
        *(Picture(partial(_smaller, largest, each), *each) for each in smaller),
        Picture(lambda: largest, *size),
    )


def check_document(data: bytes) -> None:
    if not data:
        raise bad_request("file must be non-empty")
    if len(data) > DOCUMENT_BYTES_MAX:
        raise bad_request("file is too big: at most 50 MB")


def _check_sides(width: int, height: int) -> None:
    if width + height > _SIDE_SUM_MAX or max(width, height) > _SIDE_RATIO_MAX * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        flat = Image.new("RGBA", rgba.size, "white")
        flat.alpha_composite(rgba)
        return flat.convert("RGB")
    return image.convert("RGB")


def _within(image: Image.Image, box: int) -> tuple[int, int]:
    """The size of the picture fitted into a square of this side."""
    longest = max(image.size)
    return max(1, round(image.width * box / longest)), max(1, round(image.height * box / longest))


def _scaled(image: Image.Image, box: int) -> Image.Image:
    return image if max(image.size) <= box else image.resize(_within(image, box))


def _smaller(jpeg: bytes, size: tuple[int, int]) -> bytes:
    with Image.open(BytesIO(jpeg)) as image:
        return _jpeg(image.resize(size))


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, format="JPEG", quality=87)
    return out.getvalue()


def _wrong_identifier(file_id: str) -> Exception:
    if file_id.startswith(("http://", "https://")):
        return bad_request("wrong HTTP URL specified: the sandbox fetches nothing from other machines")
    return bad_request("wrong file identifier/HTTP URL specified")
