"""Setting a text, taking it back, and whose words a message is said in."""

from dataclasses import replace

import pytest

from domain.account import Account, Locale
from domain.expiry import ExpiryKind, Unit
from domain.fields import FieldChange
from domain.ids import MerchantId, StoreId
from domain.messages import BalanceExpiring, Message, MessageKind
from domain.plumbing.people import ChooseLocale, Meet, choose_locale, meet
from domain.refusals import (
    FieldsChangedMeanwhile,
    MerchantNotFound,
    NotAllowed,
    StoreNotFound,
    WordingKindFixed,
    WordingMarkupBroken,
    WordingPlaceholderMissing,
)
from domain.rules.wordings import PLACEHOLDERS
from domain.staff import Actor, Role
from domain.team_log import team_change
from domain.usecases.join_store import join_store
from domain.usecases.read_message import reader_of
from domain.usecases.sending import send
from domain.usecases.wordings import (
    ChangeWording,
    ListWordings,
    ResetWording,
    SeeWordings,
    ShopWords,
    WordingLine,
    WordingSource,
    change_wording,
    list_wordings,
    reset_wording,
    see_wordings,
    set_wording,
)
from domain.wording import Wording, WordingPlace, place_changed
from tests.support.databases import do, look
from tests.support.shop import Holder, Shop, Town

RECEIPT, READY, EXPIRING = MessageKind.RECEIPT, MessageKind.REWARD_READY, MessageKind.POINTS_EXPIRING


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=2)


def sets(
    shop: Shop,
    text: str,
    *,
    kind: MessageKind = RECEIPT,
    locale: Locale = Locale.EN,
    store_id: StoreId | None = None,
) -> Wording:
    command = Wording(merchant_id=shop.merchant_id, store_id=store_id, kind=kind, locale=locale, text=text)
    return shop.database.write(set_wording, command)


def resets(
    shop: Shop,
    *,
    kind: MessageKind = RECEIPT,
    locale: Locale | None = None,
    store_id: StoreId | None = None,
) -> int:
    command = ResetWording(merchant_id=shop.merchant_id, store_id=store_id, kind=kind, locale=locale)
    return shop.database.write(reset_wording, command)


def line(
    shop: Shop,
    kind: MessageKind = RECEIPT,
    locale: Locale = Locale.EN,
    store_id: StoreId | None = None,
) -> tuple[WordingSource, str | None]:
    query = ListWordings(merchant_id=shop.merchant_id, store_id=store_id)
    sheet = shop.database.read(list_wordings, query)
    [found] = [each for each in sheet.lines if (each.kind, each.locale) == (kind, locale)]
    return found.source, found.text


def said(shop: Shop, message: Message) -> str | None:
    return shop.database.read(reader_of, message).wording


def joins_at(shop: Shop, store_id: StoreId) -> Holder:
    account = shop.town.somebody()
    command = replace(shop.joining("Marc", account), store_id=store_id)
    state = shop.database.write(join_store, command).held.state
    return Holder(
        account=account,
        card_id=state.card_id,
        number=state.card_number,
        token_hash=command.card_token_hash,
    )


def warned(shop: Shop, holder: Holder) -> Message:
    facts = BalanceExpiring(
        merchant_name="Café Knätsch",
        card_number=holder.number,
        unit=Unit.POINTS,
        kind=ExpiryKind.LOT,
        count=1,
        balance=2,
        last_day=shop.database.clock.now.date(),
    )
    do(shop.database, lambda tx: send(tx, shop.merchant_id, holder.account, EXPIRING, facts))
    return shop.town.messages(EXPIRING)[-1]


def knows(town: Town, account: Account, locale: Locale) -> None:
    town.database.write(meet, Meet(account=account, name="Léa", telegram_locale=None))
    town.database.write(choose_locale, ChooseLocale(account=account, locale=locale))


def test_text_is_kept_as_checked(shop: Shop) -> None:
    saved = sets(shop, " {what}\r\nMerci! ", locale=Locale.LB)
    assert saved == Wording(
        merchant_id=shop.merchant_id,
        store_id=None,
        kind=RECEIPT,
        locale=Locale.LB,
        text="{what}\nMerci!",
    )
    assert line(shop, locale=Locale.LB) == (WordingSource.MERCHANT, "{what}\nMerci!")


def test_refused_text_leaves_the_one_in_force(shop: Shop) -> None:
    sets(shop, "{what}!")
    with pytest.raises(WordingMarkupBroken):
        sets(shop, "<b>{what}")
    assert line(shop) == (WordingSource.MERCHANT, "{what}!")


def test_new_text_takes_the_place_of_the_old(shop: Shop) -> None:
    sets(shop, "{what} 1")
    sets(shop, "{what} 2")
    assert line(shop) == (WordingSource.MERCHANT, "{what} 2")
    assert resets(shop) == 1
    assert line(shop) == (WordingSource.DEFAULT, None)


def test_nothing_is_set_for_a_merchant_or_store_that_is_not_there(town: Town, shop: Shop) -> None:
    other = town.opens_shop()
    with pytest.raises(StoreNotFound):
        sets(shop, "{what}", store_id=other.store_id)
    with pytest.raises(StoreNotFound):
        sets(shop, "{what}", store_id=StoreId(""))
    with pytest.raises(StoreNotFound):
        resets(shop, store_id=other.store_id)
    with pytest.raises(StoreNotFound):
        line(shop, store_id=other.store_id)
    nobody = replace(shop, merchant_id=MerchantId("none"))
    for asked in (lambda: sets(nobody, "{what}"), lambda: resets(nobody), lambda: line(nobody)):
        with pytest.raises(MerchantNotFound):
            asked()


def test_fixed_kinds_are_neither_set_nor_reset(shop: Shop) -> None:
    for asked in (
        lambda: sets(shop, "{merchant}", kind=MessageKind.STAFF_ALERT),
        lambda: resets(shop, kind=MessageKind.STAFF_ALERT),
    ):
        with pytest.raises(WordingKindFixed):
            asked()


def test_sheet_tells_every_kind_in_every_language_and_what_a_preview_needs(shop: Shop) -> None:
    sheet = shop.database.read(list_wordings, ListWordings(merchant_id=shop.merchant_id, store_id=None))
    assert [(each.kind, each.locale) for each in sheet.lines] == [
        (kind, locale) for kind in PLACEHOLDERS for locale in Locale
    ]
    assert {(each.source, each.text) for each in sheet.lines} == {(WordingSource.DEFAULT, None)}
    assert (sheet.merchant_name, sheet.store_name, sheet.reward) == ("Café Knätsch", "Gare", "A coffee")
    assert (sheet.stamps_target, sheet.today) == (2, shop.database.clock.now.date())


def test_sheet_of_a_store_tells_whose_words_are_in_force_there(shop: Shop) -> None:
    second = shop.adds_store("Kirchberg")
    sets(shop, "{what} M")
    sets(shop, "{what} S", store_id=second)
    sets(shop, "{reward} S", kind=READY, store_id=second)
    sheet = shop.database.read(list_wordings, ListWordings(merchant_id=shop.merchant_id, store_id=second))
    changed = [each for each in sheet.lines if each.source is not WordingSource.DEFAULT]
    assert sheet.store_name == "Kirchberg"
    assert changed == [
        WordingLine(kind=RECEIPT, locale=Locale.EN, source=WordingSource.STORE, text="{what} S"),
        WordingLine(kind=READY, locale=Locale.EN, source=WordingSource.STORE, text="{reward} S"),
    ]
    assert line(shop, store_id=shop.store_id) == (WordingSource.MERCHANT, "{what} M")
    assert line(shop) == (WordingSource.MERCHANT, "{what} M")
    assert line(shop, READY) == (WordingSource.DEFAULT, None)


def test_reset_takes_back_one_language_or_all_and_nothing_else(shop: Shop) -> None:
    second = shop.adds_store("Kirchberg")
    for locale in Locale:
        sets(shop, "{what}", locale=locale)
    sets(shop, "{what} S", store_id=second)
    sets(shop, "{reward}", kind=READY)
    assert resets(shop, locale=Locale.FR) == 1
    assert resets(shop, locale=Locale.FR) == 0
    assert line(shop, locale=Locale.FR) == (WordingSource.DEFAULT, None)
    assert line(shop, locale=Locale.DE) == (WordingSource.MERCHANT, "{what}")
    assert resets(shop) == 3
    assert line(shop, store_id=second) == (WordingSource.STORE, "{what} S")
    assert line(shop, READY) == (WordingSource.MERCHANT, "{reward}")
    assert resets(shop, store_id=second) == 1
    assert line(shop, store_id=second) == (WordingSource.DEFAULT, None)


def test_message_is_said_in_the_words_of_its_language(town: Town, shop: Shop) -> None:
    lea = shop.gives_card()
    knows(town, lea.account, Locale.FR)
    shop.stamps(shop.hires("Anna"), lea)
    [message] = town.messages(RECEIPT)
    sets(shop, "{what} EN")
    assert said(shop, message) is None
    sets(shop, "{what} FR", locale=Locale.FR)
    assert said(shop, message) == "{what} FR"
    knows(town, lea.account, Locale.EN)
    assert said(shop, message) == "{what} EN"


def test_words_are_those_of_the_kind_and_of_the_merchant(town: Town, shop: Shop) -> None:
    other = town.opens_shop()
    shop.stamps(shop.hires("Anna"), shop.gives_card())
    [message] = town.messages()
    sets(other, "{what} other")
    sets(shop, "{reward} ready", kind=READY)
    assert said(shop, message) is None


def test_receipt_is_said_in_the_words_of_the_store_of_its_entry(town: Town, shop: Shop) -> None:
    second, lea, anna = shop.adds_store("Kirchberg"), shop.gives_card(), shop.owner
    sets(shop, "{what} M")
    sets(shop, "{what} S", store_id=second)
    shop.stamps(replace(anna, store_id=second), lea)
    shop.stamps(anna, lea)
    at_second, at_first = town.messages(RECEIPT)
    assert (said(shop, at_second), said(shop, at_first)) == ("{what} S", "{what} M")
    resets(shop)
    assert (said(shop, at_second), said(shop, at_first)) == ("{what} S", None)


def test_all_else_is_said_in_the_words_of_the_store_where_the_customer_joined(town: Town, shop: Shop) -> None:
    second = shop.adds_store("Kirchberg")
    lea, marc = shop.gives_card(), joins_at(shop, second)
    sets(shop, "{count} {date} S", kind=EXPIRING, store_id=second)
    for_lea, for_marc = warned(shop, lea), warned(shop, marc)
    assert (said(shop, for_lea), said(shop, for_marc)) == (None, "{count} {date} S")
    sets(shop, "{count} {date} M", kind=EXPIRING)
    assert (said(shop, for_lea), said(shop, for_marc)) == ("{count} {date} M", "{count} {date} S")


def test_whoever_never_joined_gets_the_merchants_words(town: Town, shop: Shop) -> None:
    stranger = replace(shop.gives_card(), account=town.somebody())
    message = warned(shop, stranger)
    sets(shop, "{count} {date} S", kind=EXPIRING, store_id=shop.store_id)
    assert said(shop, message) is None
    sets(shop, "{count} {date} M", kind=EXPIRING)
    assert said(shop, message) == "{count} {date} M"


def place(
    shop: Shop, kind: MessageKind = RECEIPT, locale: Locale = Locale.EN, store_id: StoreId | None = None
) -> WordingPlace:
    return WordingPlace(merchant_id=shop.merchant_id, store_id=store_id, kind=kind, locale=locale)


def says(
    shop: Shop, actor: Actor, text: str | None, *, seen: str | None = None, at: WordingPlace | None = None
) -> str | None:
    command = ChangeWording(account=actor.account, place=at or place(shop), seen=seen, text=text)
    return shop.database.write(change_wording, command)


def log(shop: Shop) -> list[FieldChange]:
    """Those of the team left out."""
    found = look(shop.database, lambda tx: tx.changes_of(shop.merchant_id, 10))
    return [each for each in found if team_change(each.field) is None]


def test_owner_and_manager_reword_and_it_is_kept_who_changed_what(shop: Shop) -> None:
    gare, mia = shop.adds_store("Gare"), shop.hires("Mia", Role.MANAGER)
    there = place(shop, locale=Locale.LB, store_id=gare)
    assert says(shop, shop.owner, " Merci! {what}\n") == "Merci! {what}"
    says(shop, mia, "{what}", at=there)
    says(shop, mia, None, seen="Merci! {what}")
    resets(shop, store_id=gare)
    assert [place_changed(each) for each in log(shop)] == [there, place(shop), there, place(shop)]
    assert [(each.before, each.after, each.staff_id) for each in reversed(log(shop))] == [
        ("", "Merci! {what}", shop.owner.staff_id),
        ("", "{what}", mia.staff_id),
        ("Merci! {what}", "", mia.staff_id),
        ("{what}", "", None),
    ]


def test_the_same_words_again_are_no_change(shop: Shop) -> None:
    says(shop, shop.owner, "{what}!")
    assert says(shop, shop.owner, "{what}!") == "{what}!"
    sets(shop, "{what}!")
    says(shop, shop.owner, None, seen="{what}!")
    assert says(shop, shop.owner, None, seen="{what}!") is None
    assert len(log(shop)) == 2


def test_words_that_are_not_those_that_were_seen_stay(shop: Shop) -> None:
    sets(shop, "{what} 1")
    for seen in (None, "{what} 0"):
        with pytest.raises(FieldsChangedMeanwhile):
            says(shop, shop.owner, "{what} 2", seen=seen)
    assert line(shop) == (WordingSource.MERCHANT, "{what} 1")


def test_text_without_what_the_message_is_for_is_refused_to_the_owner_too(shop: Shop) -> None:
    with pytest.raises(WordingPlaceholderMissing):
        says(shop, shop.owner, "Merci!")
    for text in ("{what}", None):
        with pytest.raises(WordingKindFixed):
            says(shop, shop.owner, text, at=place(shop, MessageKind.DAILY_SUMMARY))
    assert log(shop) == []


def test_nobody_else_rewords_or_reads_and_no_store_of_another_shop(town: Town, shop: Shop) -> None:
    other = town.opens_shop()
    sets(shop, "{what} ours")
    for actor in (other.owner, shop.hires("Anna"), shop.hires("Till", Role.TERMINAL)):
        with pytest.raises(NotAllowed):
            says(shop, actor, None, seen="{what} ours")
        with pytest.raises(NotAllowed):
            reads(shop, actor)
    with pytest.raises(StoreNotFound):
        says(shop, shop.owner, "{what}", at=place(shop, store_id=other.store_id))
    with pytest.raises(StoreNotFound):
        reads(shop, shop.owner, other.store_id)
    assert line(shop) == (WordingSource.MERCHANT, "{what} ours")


def test_each_place_has_its_own_words_and_goes_back_to_those_of_its_shop(shop: Shop) -> None:
    gare, belval = shop.adds_store("Gare"), shop.adds_store("Belval")
    for text, store_id in (("{what} M", None), ("{what} G", gare)):
        sets(shop, text, store_id=store_id)
    whole, at_gare, at_belval = (place(shop, store_id=each) for each in (None, gare, belval))
    found = reads(shop, shop.owner, belval)
    assert [found.text(each) for each in (whole, at_gare, at_belval)] == ["{what} M", "{what} G", None]
    assert [found.usual(each) for each in (whole, at_gare, at_belval)] == [None, "{what} M", "{what} M"]
    assert found.sheet.line(RECEIPT, Locale.EN).text == "{what} M"
    assert found.text(replace(at_gare, locale=Locale.DE)) is None


def reads(shop: Shop, actor: Actor, store_id: StoreId | None = None) -> ShopWords:
    query = SeeWordings(account=actor.account, merchant_id=shop.merchant_id, store_id=store_id)
    return shop.database.read(see_wordings, query)
