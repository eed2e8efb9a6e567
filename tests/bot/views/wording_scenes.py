"""The views of wordings.py."""

from collections.abc import Mapping
from dataclasses import replace

from bot.views import wordings
from domain.account import Locale
from domain.ids import StoreId
from domain.messages import MessageKind
from domain.rules.wordings import PLACEHOLDERS, TEXT_LENGTH_MAX
from domain.usecases.see_shop import Shop
from domain.usecases.wordings import ShopWords, WordingLine, WordingSheet, WordingSource
from domain.wording import Wording, WordingPlace
from tests.bot.views.scenes import NOW, Names, Scene, uuid
from tests.bot.views.settings_scenes import MERCHANT, NONCE, STORE, shop

SHOP = WordingPlace(merchant_id=MERCHANT, store_id=None, kind=MessageKind.RECEIPT, locale=Locale.DE)
GARE = replace(SHOP, store_id=STORE)
LONG = "{what}" + "🎉<b>!</b>" * 60


def words(n: Names, *own: tuple[WordingPlace, str], asked: WordingPlace = SHOP) -> ShopWords:
    there = shop(n)
    second = replace(there.stores[0], store_id=StoreId(uuid(8)))
    texts = dict(own)

    def line(kind: MessageKind, locale: Locale) -> WordingLine:
        place = replace(asked, kind=kind, locale=locale)
        text = texts.get(place, texts.get(replace(place, store_id=None)))
        source = WordingSource.DEFAULT if text is None else WordingSource.MERCHANT
        if place.store_id and place in texts:
            source = WordingSource.STORE
        return WordingLine(kind=kind, locale=locale, source=source, text=text)

    return ShopWords(
        shop=Shop(merchant=there.merchant, stores=[*there.stores, second], programs=there.programs),
        sheet=WordingSheet(
            merchant_id=MERCHANT,
            merchant_name=n.merchant,
            store_name=n.store,
            reward=n.reward,
            stamps_target=10,
            today=NOW.date(),
            lines=tuple(line(kind, locale) for kind in PLACEHOLDERS for locale in Locale),
        ),
        own=[
            Wording(
                merchant_id=place.merchant_id,
                store_id=place.store_id,
                kind=place.kind,
                locale=place.locale,
                text=text,
            )
            for place, text in own
        ],
    )


WORDING_SCENES: Mapping[str, Scene] = {
    "kinds": lambda t, n: wordings.kinds(t, words(n), 0),
    "kinds: one reworded": lambda t, n: wordings.kinds(t, words(n, (SHOP, LONG)), 0),
    **{
        f"kind_page: {kind}": lambda t, n, k=kind: wordings.kind_page(  # type: ignore[misc]
            t, words(n), replace(SHOP, kind=k, locale=t.locale)
        )
        for kind in PLACEHOLDERS
    },
    "kind_page: reworded": lambda t, n: wordings.kind_page(
        t, words(n, (SHOP, LONG), (GARE, "{what}")), SHOP, wordings.saved(t, SHOP, is_own=True)
    ),
    "kind_page: of a store": lambda t, n: wordings.kind_page(
        t, words(n, (SHOP, LONG), asked=GARE), GARE, wordings.saved(t, GARE, is_own=False)
    ),
    "kind_page: a store's own": lambda t, n: wordings.kind_page(
        t, words(n, (SHOP, LONG), (GARE, "{what}"), asked=GARE), GARE
    ),
    "choose_whose": lambda t, n: wordings.choose_whose(t, words(n, (GARE, "{what}")), GARE, 0),
    **{
        f"ask_text: {kind}": lambda t, n, k=kind: wordings.ask_text(  # type: ignore[misc]
            t, words(n), replace(SHOP, kind=k, locale=t.locale)
        )
        for kind in (MessageKind.RECEIPT, MessageKind.STAMPS_EXPIRING)
    },
    "ask_text: refused": lambda t, n: wordings.ask_text(
        t, words(n), SHOP, "🎉" * TEXT_LENGTH_MAX, "The text is empty."
    ),
    "ask_text: refused, too long": lambda t, n: wordings.ask_text(
        t, words(n), SHOP, "🎉" * TEXT_LENGTH_MAX + "!", "The text is too long."
    ),
    "confirm_text": lambda t, n: wordings.confirm_text(t, words(n), SHOP, LONG, NONCE),
    "confirm_text: overtaken": lambda t, n: wordings.confirm_text(
        t, words(n, (SHOP, "{merchant}" * 100)), SHOP, "{what}" + "{merchant}" * 99, NONCE, is_overtaken=True
    ),
    "confirm_text: the usual": lambda t, n: wordings.confirm_text(
        t, words(n, (SHOP, LONG)), SHOP, None, NONCE
    ),
    "confirm_text: as the shop": lambda t, n: wordings.confirm_text(
        t, words(n, (SHOP, LONG), (GARE, "{what}"), asked=GARE), GARE, None, NONCE
    ),
}
