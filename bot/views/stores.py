"""The stores of a shop, for those who may change them."""

from collections.abc import Sequence

from bot.kit.buttons import Verb, press, short_id
from bot.pictures.faces import PosterSize
from bot.texts import Texts, isolated, plain
from bot.views.closures import holidays_button
from bot.views.field_screens import field_button
from bot.views.settings import to_home
from bot.views.view import Button, Style, View, keyboard, row
from domain.fields import FIELDS, Target
from domain.ids import MerchantId
from domain.merchant import Store

STORES_ON_A_PAGE = 8
SET_OTHERWISE = {"name", "active"}
"""Fields that have a button of another kind."""
OF_WALLETS = "location"
"""The field that only wallets use."""


def stores(t: Texts, merchant_id: MerchantId, every: Sequence[Store], page: int) -> View:
    """Buttons for the stores, oldest first."""
    first = page * STORES_ON_A_PAGE
    there = every[first : first + STORES_ON_A_PAGE]
    earlier = _page_button(t("‹ Earlier"), merchant_id, page - 1) if page else None
    later = _page_button(t("Later ›"), merchant_id, page + 1) if every[first + len(there) :] else None
    add = Button(text=t("Add a store"), data=press(Verb.STORE_NEW, short_id(merchant_id)))
    return View(
        text=t("<b>Your stores</b>\nWhat is collected counts together at all of them."),
        buttons=keyboard(
            *(row(_store_button(t, store)) for store in there),
            row(earlier, later),
            row(add),
            row(to_home(t, merchant_id)),
        ),
    )


def store_page(t: Texts, store: Store, said: str = "", *, has_wallets: bool) -> View:
    """``said`` tells what was just changed. OF_WALLETS is asked only where there are wallets."""
    ids = short_id(store.merchant_id), short_id(store.store_id)
    rename = Button(text=t("Rename"), data=press(Verb.STORE_NAME, *ids))
    poster = Button(text=t("Poster"), data=press(Verb.POSTER, *ids, PosterSize.A4, 0))
    close = Button(text=t("Close the store …"), data=press(Verb.STORE_CLOSE, *ids))
    reopen = Button(text=t("Open the store again"), data=press(Verb.STORE_SET, *ids, 1))
    state = t("Open.") if store.active else t("Closed: its poster leads nowhere, and nobody works here.")
    named = t("<b>{store}</b>\n{state}", store=store.name, state=state)
    return View(
        text="\n\n".join(filter(None, [said, named])),
        buttons=keyboard(
            row(rename, poster if store.active else None),
            *(
                row(field_button(t, Target.STORE, store, store.store_id, name, currency=""))
                for name in FIELDS[Target.STORE]
                if name not in SET_OTHERWISE and (has_wallets or name != OF_WALLETS)
            ),
            row(holidays_button(t, store.merchant_id, store.store_id)),
            row(close if store.active else reopen),
            row(_page_button(t("‹ All stores"), store.merchant_id, 0)),
        ),
    )


def close_meant(t: Texts, store: Store) -> View:
    ids = short_id(store.merchant_id), short_id(store.store_id)
    back = Button(text=t("‹ Back"), data=press(Verb.STORE_PAGE, *ids))
    return View(
        text=t(
            "<b>Close {store}?</b>\nIts poster and the invitations to it will lead nowhere, and nobody will work"
            " there. Cards, stamps and history stay, and you can open it again.",
            store=store.name,
        ),
        buttons=keyboard(
            row(Button(text=t("Close it"), data=press(Verb.STORE_SET, *ids, 0), style=Style.DANGER)),
            row(back),
        ),
        spare=back,
    )


def ask_store_name(t: Texts, merchant_id: MerchantId, store: Store | None) -> View:
    """``store`` is None for the name of a new store."""
    if store is None:
        back = _page_button(t("‹ Back"), merchant_id, 0)
        return View(text=t("What is the new store called? Send its name."), buttons=keyboard(row(back)))
    ids = short_id(merchant_id), short_id(store.store_id)
    return View(
        text=t("What is <b>{store}</b> to be called? Send the name.", store=store.name),
        buttons=keyboard(row(Button(text=t("‹ Back"), data=press(Verb.STORE_PAGE, *ids)))),
    )


def _store_button(t: Texts, store: Store) -> Button:
    return Button(
        text=isolated(store.name) if store.active else plain(t("{store} · closed", store=store.name)),
        data=press(Verb.STORE_PAGE, short_id(store.merchant_id), short_id(store.store_id)),
    )


def _page_button(label: str, merchant_id: MerchantId, page: int) -> Button:
    return Button(text=label, data=press(Verb.STORES, short_id(merchant_id), page))
