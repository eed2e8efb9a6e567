"""What the page can do under /sandbox/: everything that a person can do with a phone, and a few things more."""

import base64
from collections.abc import Sequence

import msgspec
from aiohttp import web

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.markup_rules import CALLBACK_BYTES_MAX
from bot.sandbox.methods import METHODS
from bot.sandbox.page_guard import json_answer, read_body
from bot.sandbox.people import CannotDo, Person
from bot.sandbox.stage import ScanSource, Stage


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class _OfPerson(_Body, frozen=True):
    person: int


class SendBody(_OfPerson, frozen=True):
    text: str
    reply_to: int | None = None


class OpenBody(_OfPerson, frozen=True):
    link: str


class PressBody(_OfPerson, frozen=True):
    """A button as it was shown below a message, which may have another by now."""

    message_id: int
    data: str


class TapBody(_OfPerson, frozen=True):
    """A key of the reply keyboard as it was shown."""

    text: str
    picks: list[int] = []


class ScanBody(_OfPerson, frozen=True):
    source: str


class PhotoBody(_OfPerson, frozen=True):
    """Either something in front of the camera, or a file in base64."""

    source: str | None = None
    image: str | None = None


class LocationBody(_OfPerson, frozen=True):
    """In degrees."""

    latitude: float
    longitude: float


class BlockBody(_OfPerson, frozen=True):
    blocked: bool


class LanguageBody(_OfPerson, frozen=True):
    language: str


class NewPersonBody(_Body, frozen=True):
    name: str | None = None
    language: str = "en"
    role: str = "customer"


class ActionBody(_Body, frozen=True):
    label: str


class PageActions:
    def __init__(self, stage: Stage, faults: Faults, languages: tuple[str, ...]) -> None:
        self._stage = stage
        self._faults = faults
        self._languages = languages

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        return [
            web.post("/sandbox/send", self._send),
            web.post("/sandbox/open", self._open),
            web.post("/sandbox/press", self._press),
            web.post("/sandbox/tap", self._tap),
            web.post("/sandbox/scan", self._scan),
            web.post("/sandbox/photo", self._photo),
            web.post("/sandbox/location", self._location),
            web.post("/sandbox/block", self._block),
            web.post("/sandbox/language", self._language),
            web.post("/sandbox/people", self._new_person),
            web.post("/sandbox/actions", self._act),
            web.post("/sandbox/faults", self._fault),
            web.delete("/sandbox/faults", self._clear_faults),
        ]

    async def _send(self, request: web.Request) -> web.Response:
        body = await read_body(request, SendBody)
        person = self._person(body.person)
        replied = next((each for each in person.messages if each.id == body.reply_to), None)
        message = await person.sends(body.text, reply_to=replied)
        return json_answer({"message_id": message.id})

    async def _open(self, request: web.Request) -> web.Response:
        body = await read_body(request, OpenBody)
        message = await self._person(body.person).opens(body.link)
        return json_answer({"message_id": message.id})

    async def _press(self, request: web.Request) -> web.Response:
        """Telegram passes on what the phone sends, whatever is below the message by then
        (https://core.telegram.org/bots/api#callbackquery)."""
        body = await read_body(request, PressBody)
        person = self._person(body.person)
        message = next((each for each in person.messages if each.id == body.message_id), None)
        if message is None or not message.from_bot:
            raise CannotDo("the message is gone")
        if not 1 <= len(body.data.encode()) <= CALLBACK_BYTES_MAX:
            raise CannotDo("no button carries that")
        query = await person.presses_raw(body.data, message)
        return json_answer({"id": query.id})

    async def _tap(self, request: web.Request) -> web.Response:
        body = await read_body(request, TapBody)
        picks = [self._person(user_id) for user_id in body.picks]
        message = await self._person(body.person).taps_key(body.text, picks=picks)
        return json_answer({"message_id": message.id})

    async def _scan(self, request: web.Request) -> web.Response:
        """Reads the QR code as the phone's camera does: the link is shown, nothing is sent yet."""
        body = await read_body(request, ScanBody)
        return json_answer({"text": self._source(self._person(body.person), body.source).text})

    async def _photo(self, request: web.Request) -> web.Response:
        body = await read_body(request, PhotoBody)
        person = self._person(body.person)
        if body.source is not None:
            picture = self._source(person, body.source).picture
        else:
            picture = base64.b64decode(body.image or "", validate=True)
        message = await person.sends_photo(picture)
        return json_answer({"message_id": message.id})

    async def _location(self, request: web.Request) -> web.Response:
        body = await read_body(request, LocationBody)
        message = await self._person(body.person).sends_location(body.latitude, body.longitude)
        return json_answer({"message_id": message.id})

    async def _block(self, request: web.Request) -> web.Response:
        body = await read_body(request, BlockBody)
        person = self._person(body.person)
        if body.blocked:
            person.blocks_bot()
        else:
            person.unblocks_bot()
        return json_answer({})

    async def _language(self, request: web.Request) -> web.Response:
        body = await read_body(request, LanguageBody)
        if body.language not in self._languages:
            raise CannotDo(f"the language must be one of {', '.join(self._languages)}")
        person = self._person(body.person)
        self._stage.world.set_language(self._stage.world.chats[person.id], body.language)
        return json_answer({})

    async def _new_person(self, request: web.Request) -> web.Response:
        body = await read_body(request, NewPersonBody)
        name = (body.name or "").strip()[:64]
        person = self._stage.add_person(name or None, language=body.language, role_hint=body.role)
        return json_answer({"id": person.id, "name": person.name})

    async def _act(self, request: web.Request) -> web.Response:
        body = await read_body(request, ActionBody)
        await self._stage.act(body.label)
        return json_answer({})

    async def _fault(self, request: web.Request) -> web.Response:
        raw = await read_body(request, dict[str, object])
        if unknown := raw.keys() - Fault.__dataclass_fields__.keys():
            raise CannotDo(f"a fault has no {min(unknown)}")
        fault = msgspec.convert(raw, Fault)
        if fault.method is not None and fault.method not in METHODS:
            raise CannotDo(f"the sandbox has no method {fault.method}")
        self._faults.add(fault)
        return json_answer({})

    async def _clear_faults(self, _: web.Request) -> web.Response:
        self._faults.clear()
        return json_answer({})

    def _person(self, user_id: int) -> Person:
        if user_id not in self._stage.people:
            raise web.HTTPNotFound
        return self._stage.people[user_id]

    def _source(self, person: Person, source_id: str) -> ScanSource:
        source = self._stage.scan_source(person, source_id)
        if source is None:
            raise CannotDo("it is no longer in front of the camera")
        return source
