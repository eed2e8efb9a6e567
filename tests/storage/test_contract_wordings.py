"""What every store promises of the words of merchants."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import product

import pytest

from domain.account import Locale
from domain.ids import MerchantId, StoreId
from domain.messages import MessageKind
from domain.ports import Tx
from domain.wording import Wording
from tests.support.databases import SyncDatabase, do, look
from tests.support.shop import Shop, Town
from tests.support.violations import BROKEN


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def saves(shop: Shop, store_id: StoreId | None = None, **changes: str) -> Wording:
    wording = Wording(
        merchant_id=shop.merchant_id,
        store_id=store_id,
        kind=MessageKind(changes.get("kind", "receipt")),
        locale=Locale(changes.get("locale", "en")),
        text=changes.get("text", "<b>{what}</b>\n'🎉' &amp; \"{merchant}\""),
    )
    do(shop.database, lambda tx: tx.save_wording(wording))
    return wording


def of(database: SyncDatabase, merchant_id: MerchantId) -> set[Wording]:
    found = look(database, lambda tx: tx.wordings_of(merchant_id))
    assert len(found) == len(set(found))
    return set(found)


def forgets(shop: Shop, wording: Wording) -> bool:
    return do(
        shop.database,
        lambda tx: tx.forget_wording(wording.merchant_id, wording.store_id, wording.kind, wording.locale),
    )


def test_wording_comes_back_as_saved_for_the_merchant_and_for_a_store(shop: Shop) -> None:
    saved = {saves(shop), saves(shop, shop.store_id)}
    assert of(shop.database, shop.merchant_id) == saved


def test_every_kind_and_language_comes_back(shop: Shop) -> None:
    saved = {
        (kind, locale): saves(shop, kind=kind.value, locale=locale.value)
        for kind, locale in product(MessageKind, Locale)
    }
    assert of(shop.database, shop.merchant_id) == set(saved.values())
    for (kind, locale), wording in saved.items():
        found = look(shop.database, partial(_for, shop.merchant_id, kind, locale))
        assert list(found) == [wording]


def _for(merchant_id: MerchantId, kind: MessageKind, locale: Locale, tx: Tx) -> Sequence[Wording]:
    return tx.wordings_for(merchant_id, kind, locale)


def test_saved_wording_takes_the_place_of_the_one_before(shop: Shop) -> None:
    saves(shop)
    at_store = saves(shop, shop.store_id)
    later = saves(shop, text="{what}")
    assert of(shop.database, shop.merchant_id) == {at_store, later}


def test_wordings_for_a_message_are_the_merchants_and_its_stores_in_one_language(
    town: Town, shop: Shop
) -> None:
    other = town.opens_shop()
    wanted = {saves(shop), saves(shop, shop.store_id), saves(shop, shop.adds_store("Kirchberg"))}
    saves(shop, locale="fr")
    saves(shop, kind="reward_ready")
    saves(other)
    found = look(shop.database, lambda tx: tx.wordings_for(shop.merchant_id, MessageKind.RECEIPT, Locale.EN))
    assert (len(found), set(found)) == (3, wanted)
    nothing = look(
        shop.database, lambda tx: tx.wordings_for(shop.merchant_id, MessageKind.RECEIPT, Locale.LB)
    )
    assert list(nothing) == []


def test_forgetting_takes_exactly_one(town: Town, shop: Shop) -> None:
    other = town.opens_shop()
    kept = {
        saves(shop, shop.store_id),
        saves(shop, locale="fr"),
        saves(shop, kind="reward_ready"),
    }
    wording, elsewhere = saves(shop), saves(other)
    assert [forgets(shop, wording), forgets(shop, wording)] == [True, False]
    assert of(shop.database, shop.merchant_id) == kept
    assert of(shop.database, other.merchant_id) == {elsewhere}


def test_wording_of_no_merchant_is_refused(shop: Shop) -> None:
    nobody = replace(saves(shop), merchant_id=MerchantId("none"))
    with pytest.raises(BROKEN):
        do(shop.database, lambda tx: tx.save_wording(nobody))
