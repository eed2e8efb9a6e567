"""``/messages``: the owner says a message in the shop's own words, in the chat."""

from collections.abc import Sequence

import pytest
from telegram import Chat, Message, MessageEntity

from bot.owner.markup import typed_markup
from bot.sandbox import Person
from domain.merchant import PointReward, ProgramKind
from domain.staff import Role
from tests.bot.views.scenes import NOW
from tests.support.house import House, Shop, number_of

WORDINGS = "SELECT kind, locale, store_id, text FROM wordings"
CHANGES = "SELECT target_kind, field, before, after FROM changes ORDER BY change_id"


async def opens_kind(person: Person, name: str) -> None:
    await person.sends("/messages")
    await person.sees("Messages to customers", new=True)
    await person.taps(name)
    await person.sees("usual words:")


async def test_receipt_is_reworded_in_five_taps_and_messages_and_read_by_the_next_customer(
    home: House, shop: Shop
) -> None:
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    await opens_kind(paul, "Receipt")
    await paul.taps("✏️ Change")
    asked = await paul.sees("Needed: {what} (✅ +1 stamp)")
    assert "{what}\n{progress}\n<b>{merchant}</b> · {store}" in asked.text
    assert [each.copy_text.text for each in asked.inline_buttons if each.copy_text] == [
        "{what}",
        "{progress}",
        "{merchant}",
        "{store}",
    ]
    await paul.sends("<b>Merci!</b> {what} & {progress}")
    shown = await paul.sees("Your customers will read:\nMerci! ✅ +1 stamp & 1 of 10", new=True)
    assert shown.button_texts == ("✅ Save", "✏️ Write anew", "‹ Back")
    assert home.rows(WORDINGS) == []
    await paul.taps("✅ Save")
    await paul.sees("✅ Saved.")
    await paul.sends(f"/stamp {number_of(anna)}")
    await anna.sees("Merci! ✅ +1 stamp & 1 of 10")
    assert home.rows(CHANGES) == [
        ("merchant", "wording.receipt.en", "", "<b>Merci!</b> {what} &amp; {progress}")
    ]


async def test_messages_of_what_a_shop_does_not_give_are_not_offered(home: House, shop: Shop) -> None:
    rewards = (PointReward(cost=10, name="A croissant"),)
    points = await home.opens_shop("Bäckerei Schmit", kind=ProgramKind.POINTS, point_rewards=rewards)
    for each, gives, not_given in ((shop, "Stamps", "Points"), (points, "Points", "Stamps")):
        paul = await home.member(each, "Mia", Role.MANAGER)
        await paul.sends("/messages")
        shown = await paul.sees("Messages to customers", new=True)
        assert {f"{gives} expire soon", f"{gives} expired"} <= {*shown.button_texts}
        assert not {f"{not_given} expire soon", f"{not_given} expired"} & {*shown.button_texts}


async def test_refused_text_is_shown_with_what_is_wrong_and_can_be_sent_again(
    home: House, shop: Shop
) -> None:
    paul = await home.owner(shop)
    await opens_kind(paul, "Reward ready")
    await paul.taps("✏️ Change")
    await paul.sees("Needed: {reward}")
    for sent, wrong in (
        ("Hooray!", "The placeholder reward is missing."),
        ("{reward} {gift}", "no placeholder gift"),
        ("<b>{reward}", "a mistake at <b>"),
        ("{reward}" + "x" * 1000, "too long: at most 1,000"),
    ):
        await paul.sends(sent)
        refused = await paul.sees(wrong, new=True)
        assert (sent in refused.text) is (len(sent) <= 1000)
    await paul.sends("Hooray: {reward}")
    await paul.sees("Hooray: A coffee", new=True)
    await paul.taps("✏️ Write anew")
    await paul.sees("change it:\nHooray: {reward}")
    assert home.rows(WORDINGS) == []


async def test_words_are_taken_back_and_changed_back(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await opens_kind(paul, "Reward ready")
    await paul.taps("✏️ Change")
    await paul.sends("Hooray: {reward}")
    await paul.sees("Hooray: A coffee", new=True)
    await paul.taps("✅ Save")
    await paul.sees("Own words:")
    await paul.taps("↩️ Usual words")
    await paul.sees("Your customers will read again:\n🎉 Your reward is ready: A coffee")
    await paul.taps("✅ Save")
    await paul.sees("✅ The usual words are back.")
    assert home.rows(WORDINGS) == []
    await paul.sends("/settings")
    await paul.sees("Settings of", new=True)
    await paul.taps("🕘 What was changed")
    await paul.sees("1. Reward ready · English: Hooray: {reward} → the usual words")
    await paul.taps("Change 1 back")
    await paul.sees("Your customers will read:\nHooray: A coffee")
    await paul.taps("✅ Save")
    await paul.sees("Own words:")
    assert [after for *_, after in home.rows(CHANGES)] == ["Hooray: {reward}", "", "Hooray: {reward}"]


async def test_words_that_another_changed_meanwhile_are_shown_before_they_are_replaced(
    home: House, shop: Shop
) -> None:
    paul, mia = await home.owner(shop), await home.member(shop, "Mia", Role.MANAGER)
    for person, text in ((paul, "Paul: {reward}"), (mia, "Mia: {reward}")):
        await opens_kind(person, "Reward ready")
        await person.taps("✏️ Change")
        await person.sees("Needed:")
        await person.sends(text)
        await person.sees("Your customers will read:", new=True)
    await mia.taps("✅ Save")
    await mia.sees("✅ Saved.")
    await paul.taps("✅ Save")
    await paul.sees("Somebody else has just changed it. Now it says:\nMia: A coffee")
    assert [text for *_, text in home.rows(WORDINGS)] == ["Mia: {reward}"]
    await paul.taps("✅ Save")
    await paul.sees("✅ Saved.")
    assert [text for *_, text in home.rows(WORDINGS)] == ["Paul: {reward}"]


async def test_a_store_has_words_of_its_own_in_the_language_that_was_chosen(home: House, shop: Shop) -> None:
    gare, _ = await home.adds_store(shop, "Gare")
    paul = await home.owner(shop)
    await opens_kind(paul, "Card blocked")
    await paul.taps("Deutsch")
    await paul.sees("gesperrt")
    await paul.taps("🏪 Whole shop ›")
    await paul.sees("Whose words?")
    await paul.taps("📍 Gare")
    await paul.sees("Card blocked · Deutsch · 📍 Gare")
    await paul.taps("✏️ Change")
    await paul.sees("Needed: {merchant}")
    await paul.sends("{merchant}: Karte weg")
    await paul.sees("Café Knätsch: Karte weg", new=True)
    await paul.taps("✅ Save")
    await paul.sees("✅ Saved.")
    assert home.rows(WORDINGS) == [("card_blocked", "de", gare, "{merchant}: Karte weg")]
    await paul.taps("📍 Gare ›")
    await paul.sees("Whose words?")
    await paul.taps("🏪 Whole shop")
    await paul.sees("Other words at: Gare")


async def test_what_is_typed_after_back_is_no_text(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await opens_kind(paul, "Reward ready")
    await paul.taps("✏️ Change")
    await paul.sees("Needed:")
    await paul.taps("‹ Back")
    await paul.sees("The usual words:")
    await paul.sends("Hooray: {reward}")
    await paul.sees("", new=True)
    assert paul.last.button_texts != ("✅ Save", "✏️ Write anew", "‹ Back")


@pytest.mark.parametrize(
    ("text", "entities", "meant"),
    [
        ("Kaffi & Kuch", [], "Kaffi &amp; Kuch"),
        ("I <3 you > all", [], "I &lt;3 you &gt; all"),
        ("<b>{what}</b> &amp; more", [], "<b>{what}</b> &amp; more"),
        ("🎉 bold", [("bold", 3, 4)], "🎉 <b>bold</b>"),
        ("both here", [("italic", 0, 4), ("bold", 0, 9)], "<b><i>both</i> here</b>"),
        ("one two", [("bold", 0, 4), ("italic", 4, 3)], "<b>one </b><i>two</i>"),
        ("see x.lu", [("url", 4, 4)], "see x.lu"),
    ],
)
def test_what_was_typed_becomes_markup(
    text: str, entities: Sequence[tuple[str, int, int]], meant: str
) -> None:
    message = Message(
        1, NOW, Chat(1, "private"), text=text, entities=[MessageEntity(*each) for each in entities]
    )
    assert typed_markup(message) == meant
