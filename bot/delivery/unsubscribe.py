"""Where the links in marketing mails lead (RFC 8058): a page that asks, and one click that needs no page."""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from aiohttp import web

from bot.kit.buttons import ButtonUnknown, long_id
from bot.kit.links import NOT_MINE_PATH, STOP_PATH
from bot.kit.tokens import Tokens
from bot.texts import Texts, texts
from bot.views.mails import lost_page, not_mine_page, stop_page
from domain.account import Locale
from domain.ids import CardId, CustomerId, MerchantId
from domain.ports import Database, DatabaseUnavailable
from domain.quick import dataclass
from domain.usecases.mail_card import GuestMail, mail_from, stop_mail
from domain.usecases.marketing import OffersTo, offers_of, stop_offers

AskedT = TypeVar("AskedT")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
}


class Found(Protocol):
    @property
    def merchant_name(self) -> str: ...
    @property
    def locale(self) -> Locale: ...


class Showing(Protocol):
    def __call__(self, t: Texts, shop: str, *, is_done: bool) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkInMail(Generic[AskedT]):
    """Where the links of one kind lead: ``read`` is who is meant, None for a link that is not ours; ``look`` changes
    nothing, ``stop`` ends what the mail was sent for."""

    read: Callable[[web.Request], AskedT | None]
    look: Callable[[AskedT], Awaitable[Found | None]]
    stop: Callable[[AskedT], Awaitable[Found | None]]
    page: Showing
    default_locale: Locale

    def routes(self, path: str) -> Sequence[web.AbstractRouteDef]:
        where = f"{path}/{{merchant}}/{{whose}}/{{token}}"
        return [web.get(where, self._looked), web.post(where, self._stopped)]

    async def _looked(self, request: web.Request) -> web.Response:
        return await self._answer(request, self.look, is_done=False)

    async def _stopped(self, request: web.Request) -> web.Response:
        return await self._answer(request, self.stop, is_done=True)

    async def _answer(
        self, request: web.Request, of: Callable[[AskedT], Awaitable[Found | None]], *, is_done: bool
    ) -> web.Response:
        asked = self.read(request)
        try:
            found = await of(asked) if asked else None
        except DatabaseUnavailable:
            return web.Response(status=503)
        if found is None:
            return _page(lost_page(texts(self.default_locale)), 404)
        return _page(self.page(texts(found.locale), found.merchant_name, is_done=is_done))


def unsubscribe_routes(
    database: Database, tokens: Tokens, default_locale: Locale
) -> Sequence[web.AbstractRouteDef]:
    """Looking changes nothing: scanners of mail open every link. Nothing is asked of the database before the token
    has been found right."""
    offers = LinkInMail(
        read=lambda request: _offers(request, tokens),
        look=lambda asked: database.read(offers_of, asked),
        stop=lambda asked: database.write(stop_offers, asked),
        page=stop_page,
        default_locale=default_locale,
    )
    cards = LinkInMail(
        read=lambda request: _guest(request, tokens),
        look=lambda asked: database.read(mail_from, asked),
        stop=lambda asked: database.write(stop_mail, asked),
        page=not_mine_page,
        default_locale=default_locale,
    )
    return [*offers.routes(STOP_PATH), *cards.routes(NOT_MINE_PATH)]


def _offers(request: web.Request, tokens: Tokens) -> OffersTo | None:
    found = _asked(request, lambda merchant, whose: tokens.unsubscribe_token(merchant, CustomerId(whose)))
    return OffersTo(merchant_id=found[0], customer_id=CustomerId(found[1])) if found else None


def _guest(request: web.Request, tokens: Tokens) -> GuestMail | None:
    found = _asked(request, lambda merchant, whose: tokens.guest_mail_token(merchant, CardId(whose)))
    return GuestMail(merchant_id=found[0], card_id=CardId(found[1])) if found else None


def _asked(request: web.Request, token: Callable[[MerchantId, str], str]) -> tuple[MerchantId, str] | None:
    """None for a link that is not ours."""
    named = request.match_info
    try:
        merchant_id, whose = MerchantId(long_id(named["merchant"])), long_id(named["whose"])
    except ButtonUnknown:
        return None
    given = named["token"].encode(errors="surrogateescape")
    is_right = hmac.compare_digest(given, token(merchant_id, whose).encode())
    return (merchant_id, whose) if is_right else None


def _page(html: str, status: int = 200) -> web.Response:
    return web.Response(text=html, content_type="text/html", status=status, headers=HEADERS)
