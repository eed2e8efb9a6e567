"""Reads a Bot API request in all forms that Telegram takes: https://core.telegram.org/bots/api#making-requests."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
from aiohttp import BodyPartReader, web

from bot.sandbox.api_types import InputFile
from bot.sandbox.errors import ApiError, bad_request

REQUEST_BYTES_MAX = 60 * 1024 * 1024


@dataclass(slots=True)
class Incoming:
    """The parameters as they came, and the file parts by name."""

    values: dict[str, object] = field(default_factory=dict)
    uploads: dict[str, InputFile] = field(default_factory=dict)

    def take(self, pairs: Iterable[tuple[str, object]]) -> None:
        for name, value in pairs:
            if name in self.values:
                raise bad_request(f'parameter "{name}" is given twice')
            self.values[name] = value

    @property
    def chat_id(self) -> int | None:
        """The chat that the request is about, if it can be told before the request is checked."""
        raw = self.values.get("chat_id")
        return int(raw) if isinstance(raw, int) or (isinstance(raw, str) and raw.isdecimal()) else None


async def read_request(request: web.Request) -> Incoming:
    """The parameters of query string and body, GET or POST."""
    if (request.content_length or 0) > REQUEST_BYTES_MAX:
        raise ApiError(413, "Request Entity Too Large")
    incoming = Incoming()
    incoming.take(request.query.items())
    if request.content_type == "application/json":
        await _read_json(request, incoming)
    elif request.content_type == "application/x-www-form-urlencoded":
        incoming.take((name, str(value)) for name, value in (await request.post()).items())
    elif request.content_type == "multipart/form-data":
        await _read_multipart(request, incoming)
    return incoming


async def _read_json(request: web.Request, incoming: Incoming) -> None:
    body = await request.read()
    try:
        values = msgspec.json.decode(body, type=dict[str, object]) if body else {}
    except msgspec.MsgspecError:
        raise bad_request("can't parse JSON object of the request") from None
    incoming.take(values.items())


async def _read_multipart(request: web.Request, incoming: Incoming) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("every part of multipart/form-data must have a name")
        data = bytes(await part.read(decode=True))
        if part.filename is None:
            incoming.take([(part.name, _text(data))])
        else:
            content_type = part.headers.get("Content-Type", "application/octet-stream")
            incoming.uploads[part.name] = InputFile(part.name, part.filename, content_type, data)


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
