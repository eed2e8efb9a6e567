"""``/stores``: adding, renaming, closing and reopening a shop's stores."""

from typing import ClassVar

from bot.kit.clock import new_id, new_key
from bot.kit.tokens import token_hash
from bot.owner.asking import is_prose, merchant_asked, merchant_pressed, shop_of
from bot.pictures.lettering import legible
from bot.screens import questions
from bot.screens.turn import Turn
from bot.views import stores as views
from bot.views.view import View
from domain.fields import NAME
from domain.ids import MerchantId, StoreId
from domain.merchant import Store
from domain.refusals import StoreNotFound
from domain.usecases.keep_stores import AddStore, SetStore, add_store, set_store
from domain.usecases.set_up import CreateStore


class StoreNameAsked(questions.Question, frozen=True, tag="store_name"):
    """What is the store called? For a new store (``is_new``), ``store_id`` is the id that it will have."""

    passed_over: ClassVar[bool] = True
    merchant_id: MerchantId
    store_id: StoreId
    is_new: bool


async def stores_command(turn: Turn) -> None:
    await _show_all(turn, merchant_asked(turn), 0)


async def stores_button(turn: Turn) -> None:
    await _show_all(turn, merchant_pressed(turn), turn.pressed.number(1))


async def store_page_button(turn: Turn) -> None:
    await turn.show(_page(turn, await _pressed_store(turn)))


async def close_button(turn: Turn) -> None:
    await turn.show(views.close_meant(turn.t, await _pressed_store(turn)))


async def set_button(turn: Turn) -> None:
    """Closes the store or opens it again, as the button says."""
    merchant_id, store_id = merchant_pressed(turn), StoreId(turn.pressed.id(1))
    store = await _set(turn, merchant_id, store_id, "active", value=turn.pressed.number(2) == 1)
    await turn.show(_page(turn, store))


async def name_button(turn: Turn) -> None:
    store = await _pressed_store(turn)
    await turn.show(views.ask_store_name(turn.t, store.merchant_id, store))
    await _ask_name(turn, StoreNameAsked(store.merchant_id, store.store_id, is_new=False))


async def new_button(turn: Turn) -> None:
    merchant_id = merchant_pressed(turn)
    await shop_of(turn, merchant_id)
    await turn.show(views.ask_store_name(turn.t, merchant_id, None))
    await _ask_name(turn, StoreNameAsked(merchant_id, StoreId(new_id()), is_new=True))


async def take_name(turn: Turn, asked: StoreNameAsked) -> None:
    """A name that is refused may be sent again."""
    name = legible(NAME.parse(turn.words, ""))
    if asked.is_new:
        hashed = token_hash(turn.services.tokens.store_token(asked.store_id))
        new = CreateStore(
            merchant_id=asked.merchant_id, store_id=asked.store_id, name=name, token_hash=hashed
        )
        store = await turn.write(add_store, AddStore(account=turn.account, store=new))
    else:
        store = await _set(turn, asked.merchant_id, asked.store_id, "name", value=name)
    await questions.forget(turn, turn.nonce)
    await turn.say(_page(turn, store))


def _page(turn: Turn, store: Store) -> View:
    return views.store_page(turn.t, store, has_wallets=bool(turn.services.wallets))


async def _ask_name(turn: Turn, question: StoreNameAsked) -> None:
    await questions.remember(turn, question, new_key())


async def _show_all(turn: Turn, merchant_id: MerchantId, page: int) -> None:
    shop = await shop_of(turn, merchant_id)
    await turn.show(views.stores(turn.t, merchant_id, shop.stores, page))


async def _pressed_store(turn: Turn) -> Store:
    """Raises NotStaff, NotAllowed, StoreNotFound."""
    merchant_id, store_id = merchant_pressed(turn), StoreId(turn.pressed.id(1))
    for store in (await shop_of(turn, merchant_id)).stores:
        if store.store_id == store_id:
            return store
    raise StoreNotFound


async def _set(turn: Turn, merchant_id: MerchantId, store_id: StoreId, field: str, *, value: object) -> Store:
    command = SetStore(
        account=turn.account, merchant_id=merchant_id, store_id=store_id, field=field, value=value
    )
    return await turn.write(set_store, command)


questions.add(StoreNameAsked, take_name, lambda turn, _question: is_prose(turn))
