"""Where the links in marketing mails lead (RFC 8058): a page that asks, and one click that needs no page."""

import hmac
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from bot.kit.buttons import ButtonUnknown, long_id
from bot.kit.links import STOP_PATH
from bot.kit.tokens import Tokens
from bot.texts import texts
from bot.views.mails import lost_page, stop_page
from domain.account import Locale
from domain.ids import CustomerId, MerchantId
from domain.ports import Database, DatabaseUnavailable
from domain.usecases.marketing import OffersOf, OffersTo, offers_of, stop_offers

Answerer = Callable[[OffersTo], Awaitable[OffersOf | None]]
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
}


def unsubscribe_routes(
    database: Database, tokens: Tokens, default_locale: Locale
) -> Sequence[web.AbstractRouteDef]:
    """Looking changes nothing: scanners of mail open every link. Nothing is asked of the database before the token
    has been found right."""

    async def answer(request: web.Request, of: Answerer, *, is_done: bool) -> web.Response:
        asked = _asked(request, tokens)
        try:
            found = await of(asked) if asked else None
        except DatabaseUnavailable:
            return web.Response(status=503)
        if found is None:
            return _page(lost_page(texts(default_locale)), 404)
        return _page(stop_page(texts(found.locale), found.merchant_name, is_done=is_done))

    async def look(request: web.Request) -> web.Response:
        return await answer(request, lambda asked: database.read(offers_of, asked), is_done=False)

    async def stop(request: web.Request) -> web.Response:
        return await answer(request, lambda asked: database.write(stop_offers, asked), is_done=True)

    path = f"{STOP_PATH}/{{merchant}}/{{customer}}/{{token}}"
    return [web.get(path, look), web.post(path, stop)]


def _asked(request: web.Request, tokens: Tokens) -> OffersTo | None:
    """None for a link that is not ours."""
    named = request.match_info
    try:
        merchant_id = MerchantId(long_id(named["merchant"]))
        customer_id = CustomerId(long_id(named["customer"]))
    except ButtonUnknown:
        return None
    right = tokens.unsubscribe_token(merchant_id, customer_id)
    given = named["token"].encode(errors="surrogateescape")
    is_right = hmac.compare_digest(given, right.encode())
    return OffersTo(merchant_id=merchant_id, customer_id=customer_id) if is_right else None


def _page(html: str, status: int = 200) -> web.Response:
    return web.Response(text=html, content_type="text/html", status=status, headers=HEADERS)
