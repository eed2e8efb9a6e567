"""Draws and reads pictures off the event loop; keeps the newest, so that the same face is not drawn twice."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.kit.cores import any_core
from bot.kit.refusals import LogoUnusable, NoCodeInPicture, PictureUnusable
from bot.pictures.card import draw_card
from bot.pictures.day_chart import draw_day
from bot.pictures.decoder import Decoder
from bot.pictures.faces import CardFace, DayFace, PassFace, PosterFace, PosterSize, PrintedFace
from bot.pictures.logo import on_white
from bot.pictures.poster import draw_poster, draw_poster_png
from bot.pictures.printed import draw_printed
from bot.pictures.qr import draw_qr
from bot.pictures.reader import PictureTooLarge, PictureUnreadable
from bot.pictures.wallet_logo import draw_wallet_logo
from bot.pictures.wallet_pass import draw_pass

T = TypeVar("T")
FaceT = TypeVar("FaceT", CardFace, DayFace, PassFace, PosterFace)

THREADS = 2
INVITATION_WIDTH = 905
"""In px. The picture is then as high as the largest upright one that Telegram sends as it is."""
PICTURES_KEPT = 64
"""At some 30 kB each, two megabytes."""


class Studio:
    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="studio", initializer=any_core)
        self._decoder = Decoder()
        self._kept: OrderedDict[CardFace | DayFace | PassFace | PosterFace, bytes] = OrderedDict()

    async def card(self, face: CardFace) -> bytes:
        """The card's picture as PNG."""
        return await self._drawn_once(draw_card, face)

    async def wallet_pass(self, face: PassFace) -> Mapping[str, bytes]:
        """The pictures of a pass by the names of their files."""
        return await self._run(draw_pass, face)

    async def wallet_logo(self, face: PassFace) -> bytes:
        """The shop's picture as PNG, for a wallet that writes its name itself."""
        return await self._drawn_once(draw_wallet_logo, face)

    async def day(self, face: DayFace) -> bytes:
        """The day's picture as PNG."""
        return await self._drawn_once(draw_day, face)

    async def poster(self, face: PosterFace, size: PosterSize) -> bytes:
        """A page as PDF. Raises PictureUnusable for its logo."""
        return await self._run(draw_poster, face, size)

    async def printed(self, face: PrintedFace) -> bytes:
        """Cards as PDF. Raises PictureUnusable for the logo."""
        return await self._run(draw_printed, face)

    async def invitation(self, face: PosterFace) -> bytes:
        """A poster to look at in a chat, as PNG."""
        return await self._drawn_once(_draw_invitation, face)

    async def code(self, link: str) -> bytes:
        """The link's QR code alone as PNG."""
        return await self._run(draw_qr, link)

    async def codes_in(self, photo: bytes) -> tuple[str, ...]:
        """The texts of the QR codes in a photo, at least one. Raises PictureUnusable, NoCodeInPicture."""
        try:
            found = await self._decoder.read_qr(photo)
        except (PictureTooLarge, PictureUnreadable) as error:
            raise PictureUnusable from error
        if not found:
            raise NoCodeInPicture
        return found

    async def clean_logo(self, picture: bytes) -> bytes:
        """A picture that was sent, as a small PNG. Raises LogoUnusable."""
        try:
            return await self._decoder.clean_logo(picture)
        except (PictureTooLarge, PictureUnreadable) as error:
            raise LogoUnusable from error

    async def clean_photo(self, picture: bytes) -> bytes:
        """A picture that was sent, as a small JPEG. Raises PictureUnusable."""
        try:
            return await self._decoder.clean_photo(picture)
        except (PictureTooLarge, PictureUnreadable) as error:
            raise PictureUnusable from error

    async def on_white(self, logo: bytes) -> bytes:
        """The logo on white, as PNG."""
        return await self._run(on_white, logo)

    def close(self) -> None:
        self._threads.shutdown()
        self._decoder.close()

    async def _drawn_once(self, draw: Callable[[FaceT], bytes], face: FaceT) -> bytes:
        picture = self._kept.get(face)
        if picture is None:
            picture = self._kept[face] = await self._run(draw, face)
        self._kept.move_to_end(face)
        while len(self._kept) > PICTURES_KEPT:
            self._kept.popitem(last=False)
        return picture

    async def _run(self, function: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)


def _draw_invitation(face: PosterFace) -> bytes:
    return draw_poster_png(face, INVITATION_WIDTH)
