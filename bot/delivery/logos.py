"""Serves the pictures of shops for cards in Google Wallet, which gets them from here."""

from collections.abc import Callable, Sequence

from aiohttp import web

from bot.delivery.passkit import Allowance
from bot.kit.buttons import ButtonUnknown, long_id
from bot.kit.links import LOGOS_PATH, logo_mark
from bot.pictures.faces import PassFace
from bot.pictures.studio import Studio
from domain.ids import MerchantId
from domain.ports import Database, DatabaseUnavailable
from domain.refusals import MerchantNotFound
from domain.usecases.keep_logo import SeeLogo, see_logo

HEADERS = {"Cache-Control": "public, max-age=86400"}


def logo_routes(
    database: Database, studio: Studio, seconds: Callable[[], float]
) -> Sequence[web.AbstractRouteDef]:
    """Anybody who has the address may see it, as on the shop's posters. ``seconds`` never goes back."""
    allowance = Allowance(20, 100, seconds)

    async def logo(request: web.Request) -> web.Response:
        if not allowance.has("logos"):
            return web.Response(status=429, headers={"Retry-After": "30"})
        try:
            merchant_id = MerchantId(long_id(request.match_info["merchant"]))
            shop = await database.read(see_logo, SeeLogo(account=None, merchant_id=merchant_id))
        except (ButtonUnknown, MerchantNotFound):
            return web.Response(status=404)
        except DatabaseUnavailable:
            return web.Response(status=503)
        if request.match_info["mark"] != logo_mark(shop.merchant, shop.picture):
            return web.Response(status=404)
        face = PassFace(merchant_name=shop.merchant.name, colour=shop.merchant.colour, logo=shop.picture)
        return web.Response(body=await studio.wallet_logo(face), content_type="image/png", headers=HEADERS)

    return [web.get(f"{LOGOS_PATH}/{{merchant}}/{{mark}}.png", logo)]
