"""``/settings``: the owner changes the shop in the chat, sees what it does first, and changes it back."""

import pytest

from bot.sandbox import Person
from domain.staff import Role
from tests.support.house import House, Shop, number_of

REWARD = "SELECT reward FROM program_versions ORDER BY version DESC LIMIT 1"
TARGET = "SELECT stamps_target FROM program_versions ORDER BY version DESC LIMIT 1"
CHANGES = "SELECT field, before, after FROM changes ORDER BY change_id"


BEHIND = {
    "Welcome bonus": "🌱 New cards",
    "Birthday bonus": "✨ Bonuses",
    "Missed after days": "✨ Bonuses",
    "Cost of a reward": "🎁 Rewards",
    "Days a reward waits": "🎁 Rewards",
}
"""What leads to the page of fields that are not on the first one."""


async def opens_program(person: Person) -> None:
    await person.sends("/settings")
    shown = await person.sees("Settings of", new=True)
    await person.taps(next(text for text in shown.button_texts if text.startswith("🎟")))
    await person.sees("Tap what you want to change", new=True)


async def opens_field(person: Person, label: str) -> None:
    await opens_program(person)
    await chooses(person, label)


async def chooses(person: Person, label: str) -> None:
    shown = await person.sees("Tap what you want to change")
    if label in BEHIND:
        await person.taps(BEHIND[label])
        shown = await person.sees("· ", new=True)
    await person.taps(next(text for text in shown.button_texts if text.startswith(f"{label}:")))
    await person.sees("Type what it shall be" if label == "Reward" else label, new=True)


async def test_reward_is_changed_by_typing(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await opens_program(paul)
    await chooses(paul, "Reward")
    await paul.sends("A piece of cake")
    await paul.sees("✅ Reward: A coffee → A piece of cake", new=True)
    assert home.rows(REWARD) == [("A piece of cake",)]
    assert home.rows(CHANGES) == [("reward", "A coffee", "A piece of cake")]


async def test_fields_that_are_seldom_changed_stand_behind_the_others(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await opens_program(paul)
    await paul.taps("✨ Bonuses")
    page = await paul.sees("Stamps · Bonuses\nTap what you want to change.", new=True)
    assert page.button_texts == (
        "Multipliers: Never",
        "Birthday bonus: 0",
        "Missed after days: Never",
        "For bringing a friend: 0",
        "‹ Back",
    )
    for label, seen in (
        ("Missed after days: Never", "Missed after days: Never"),
        ("30", "✅ Missed after days: Never → 30"),
        ("Bonus for coming back: 0", "Bonus for coming back: 0"),
        ("‹ Back", "Stamps · Bonuses"),
        ("‹ Back", "Tap what you want to change."),
    ):
        await paul.taps(label)
        page = await paul.sees(seen, new=True)
    assert "Stamps for a reward: 10" in page.button_texts


async def test_limits_of_what_owners_are_told_stand_where_that_is(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await paul.sends("/settings")
    await paul.taps("🏪 Shop")
    page = await paul.sees("Tap what you want to change", new=True)
    assert len(page.inline) <= 13, "a phone shows them without scrolling"
    assert not any(text.startswith("Many in ten minutes") for text in page.button_texts)
    await paul.taps("‹ Settings")
    for label, seen in (
        ("👀 Things to look at", "There is nothing to look at."),
        ("⚙️ When you are told", "When you are told\nTap what you want to change."),
        ("Many in ten minutes: 12", "Many in ten minutes: 12"),
        ("20", "✅ Many in ten minutes: 12 → 20"),
        ("Many in ten minutes: 20", "Many in ten minutes: 20"),
    ):
        await paul.taps(label)
        await paul.sees(seen, new=True)
    await home.at_rest()
    await paul.sends("30")
    await paul.sees("✅ Many in ten minutes: 20 → 30", new=True)
    assert "Cards never seen again: 3" in (await paul.sees("When you are told")).button_texts
    await paul.taps("‹ Back")
    await paul.sees("There is nothing to look at.", new=True)


async def test_manager_is_not_offered_what_owners_alone_change(home: House, shop: Shop) -> None:
    paul, mia = await home.owner(shop), await home.member(shop, "Mia", Role.MANAGER)
    await paul.sends("/flags")
    found = await paul.sees("There is nothing to look at.", new=True)
    to_limits = next(each for each in found.inline_buttons if each.text == "⚙️ When you are told")
    await mia.sends("/flags")
    found = await mia.sees("There is nothing to look at.", new=True)
    assert found.button_texts == ("‹ Settings",)
    await mia.presses_raw(str(to_limits.callback_data), found)
    assert (await mia.sees("When you are told", new=True)).button_texts == ("‹ Back",)


async def test_contact_is_taken_away_with_a_tap(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await paul.sends("/settings")
    for label in ("🏪 Shop", "Contact: Not said"):
        await paul.taps(label)
        await paul.answered()
    await home.at_rest()
    await paul.sends("hello@example.lu")
    await paul.sees("✅ Contact: Not said → hello@example.lu", new=True)
    for label in ("Contact: hello@example.lu", "Not said"):
        await paul.taps(label)
        await paul.answered()
    await paul.sees("✅ Contact: hello@example.lu → Not said", new=True)
    assert home.rows("SELECT contact FROM merchants") == [(None,)]


async def test_name_that_no_picture_can_show_is_refused_where_it_is_typed(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    for opens in (("/stores", "Add a store"), ("/settings", "🏪 Shop", "Name: Café Knätsch")):
        await paul.sends(opens[0])
        for label in opens[1:]:
            await paul.taps(label)
            await paul.answered()
        await home.at_rest()
        await paul.sends("ᏣᎳᎩ Café")
        await paul.sees("The pictures cannot show “Ꮳ”.", new=True)
    assert home.rows("SELECT name FROM stores UNION SELECT name FROM merchants") == [("Café Knätsch",)]


async def test_currency_is_one_that_somebody_pays_with(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await paul.sends("/settings")
    for label in ("🏪 Shop", "Currency: EUR"):
        await paul.taps(label)
        await paul.answered()
    await paul.sends("ZZZ")
    await paul.sees("ZZZ is not a currency. Give three letters such as EUR.", new=True)
    await paul.sends("SEK")
    await paul.sees("✅ Currency: EUR → SEK", new=True)


async def test_what_cannot_be_is_refused_in_a_sentence_and_asked_again(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await opens_field(paul, "Stamps for a reward")
    await paul.sends("many")
    await paul.sees("“Stamps for a reward”", new=True)
    assert home.rows(CHANGES) == []
    await paul.sends("9")
    await paul.sees("✅ Stamps for a reward: 10 → 9", new=True)


@pytest.mark.parametrize(
    ("label", "typed", "said"),
    [
        ("Welcome bonus", "1,000", "0 → 1,000"),
        ("Cost of a reward", "€1,234.50", "Not said → €1,234.50"),
        ("Cost of a reward", "2,50", "Not said → €2.50"),
        ("Cost of a reward", "0", "Not said → €0.00"),
    ],
)
async def test_number_is_typed_as_it_is_shown(
    home: House, shop: Shop, label: str, typed: str, said: str
) -> None:
    paul = await home.owner(shop)
    await opens_field(paul, label)
    await paul.sends(typed)
    await paul.sees(f"✅ {label}: {said}", new=True)


@pytest.mark.parametrize("typed", ["35", "35%", "35\u00a0%"])
async def test_percent_are_shown_and_typed_as_percent(home: House, shop: Shop, typed: str) -> None:
    paul = await home.owner(shop)
    await paul.sends("/flags")
    await paul.taps("⚙️ When you are told")
    await paul.sees("When you are told\nTap what you want to change.", new=True)
    await paul.taps("Stamps beyond the takings: 20%")
    page = await paul.sees("Stamps beyond the takings: 20%", new=True)
    assert "From 1% to 1,000%.\nUsual: 20%" in page.text
    assert page.button_texts[:4] == ("No limit", "20%", "30%", "50%")
    await paul.sends(typed)
    await paul.sees("✅ Stamps beyond the takings: 20% → 35%", new=True)


async def test_another_target_says_first_what_it_does_to_the_cards(home: House, shop: Shop) -> None:
    paul, lea, tom = (
        await home.owner(shop),
        await home.customer(shop, "Léa"),
        await home.customer(shop, "Tom"),
    )
    await paul.sends(f"/stamp {number_of(lea)} 5")
    await paul.sees("✅", new=True)
    await paul.sends(f"/stamp {number_of(tom)}")
    await paul.sees("✅", new=True)
    await opens_field(paul, "Stamps for a reward")
    await paul.taps("5")
    await paul.sees("1 of 2 begun cards has one more reward at once.", new=True)
    assert home.rows(TARGET) == [(10,)]
    await paul.taps("✅ Change it")
    await paul.sees("✅ Stamps for a reward: 10 → 5", new=True)
    assert home.rows(TARGET) == [(5,)]


async def test_dearer_reward_says_who_keeps_theirs_unless_it_is_the_same_in_other_words(
    home: House, shop: Shop
) -> None:
    paul, lea = await home.owner(shop), await home.customer(shop, "Léa")
    await paul.sends(f"/stamp {number_of(lea)} 5")
    await paul.sees("✅", new=True)
    await opens_field(paul, "Stamps for a reward")
    await paul.taps("12")
    await paul.sees("1 begun card keeps what it was promised.", new=True)
    await paul.taps("✅ Change it")
    await paul.sees("✅ Stamps for a reward: 10 → 12", new=True)
    await lea.sends("/balance")
    await lea.sees("5 of 10", new=True)
    await opens_field(paul, "Reward")
    await paul.sends("A small coffee")
    await paul.sees("Or is it the same thing in other words?", new=True)
    await paul.taps("Only other words")
    await paul.sees("✅ Reward: A coffee → A small coffee", new=True)
    await lea.sends("/rewards")
    await lea.sees("A small coffee", new=True)


async def test_change_is_in_the_log_and_taken_back_from_there(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await opens_field(paul, "Reward")
    await paul.sends("A tea")
    await paul.sees("✅ Reward", new=True)
    await paul.sends("/settings")
    await paul.taps("🕘 What was changed")
    await paul.sees("Reward: A coffee → A tea", new=True)
    await paul.taps("Change 1 back")
    await paul.sees("Reward: A tea → A coffee", new=True)
    await paul.taps("✅ Change it")
    await paul.sees("✅ Reward: A tea → A coffee", new=True)
    assert home.rows(REWARD) == [("A coffee",)]


async def test_change_is_not_hidden_behind_ten_later_ones(home: House, shop: Shop) -> None:
    paul, mia = await home.owner(shop), await home.member(shop, "Mia", Role.MANAGER)
    await opens_field(mia, "Stamps for a reward")
    await mia.sends("3")
    await mia.sees("✅ Stamps for a reward: 10 → 3", new=True)
    for number in range(11):
        await opens_field(mia, "Minutes between two stamps")
        await mia.sends(str(number + 1))
        await mia.sees("✅ Minutes between two stamps", new=True)
    await paul.sends("/settings")
    await paul.taps("🕘 What was changed")
    await paul.sees("10. Minutes between two stamps: 1 → 2", new=True)
    await paul.taps("›")
    await paul.sees("12. Stamps for a reward: 10 → 3", new=True)
    await paul.taps("Change 12 back")
    await paul.sees("Stamps for a reward: 3 → 10", new=True)
    await paul.taps("✅ Change it")
    await paul.sees("✅ Stamps for a reward: 3 → 10", new=True)


async def test_pin_is_chosen_as_never_every_time_or_a_window(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    pin = "SELECT require_staff_pin, pin_window_minutes FROM program_versions ORDER BY version DESC LIMIT 1"
    for tapped, kept in (
        ("Every time", (1, 0)),
        ("After an hour idle", (1, 60)),
        ("Never", (0, 60)),
    ):
        await opens_field(paul, "PIN")
        await paul.taps(tapped)
        await paul.sees("✅", new=True)
        assert home.rows(pin) == [kept]
    await opens_field(paul, "PIN")
    await paul.sends("25")
    await paul.sees("✅", new=True)
    assert home.rows(pin) == [(1, 25)]


async def test_program_is_paused_only_when_asked_once_more_and_resumed_at_once(
    home: House, shop: Shop
) -> None:
    paul = await home.owner(shop)
    await opens_field(paul, "Switched on")
    await paul.taps("No")
    await paul.sees("Until you switch it on again, nothing is given and nothing redeemed")
    assert home.rows("SELECT field FROM changes") == []
    await paul.taps("✅ Change it")
    await paul.sees("Switched on: Yes → No")
    await chooses(paul, "Switched on")
    await paul.taps("Yes")
    await paul.sees("Switched on: No → Yes")
    assert home.rows("SELECT field, after FROM changes ORDER BY change_id") == [
        ("active", "no"),
        ("active", "yes"),
    ]


@pytest.mark.parametrize(
    ("label", "typed", "said"),
    [
        ("Expiry", "without a visit", "✅ Expiry: Never → Without a visit"),
        ("Stamps a day", "No limit", "It is so already."),
        ("PIN", "Once a day", "✅ PIN: After 15 minutes idle → Once a day"),
        ("Missed after days", "Never", "It is so already."),
        ("Expiry", "sometimes", "“Expiry” is one of these: Never, Without a visit, Each earning."),
    ],
)
async def test_what_stands_on_a_button_may_be_typed(
    label: str, typed: str, said: str, home: House, shop: Shop
) -> None:
    """It was refused, with words of the command line."""
    paul = await home.owner(shop)
    await opens_field(paul, label)
    await paul.sends(typed)
    await paul.sees(said, new=True)


async def test_colour_is_typed_by_its_name(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await paul.sends("/settings")
    await paul.taps("🏪 Shop")
    await chooses(paul, "Colour")
    await paul.sends("Blue")
    await paul.sees("🟤 Brown → 🔵 Blue", new=True)


async def test_value_that_was_changed_meanwhile_is_not_overwritten(home: House, shop: Shop) -> None:
    paul, mia = await home.owner(shop), await home.member(shop, "Mia", Role.MANAGER)
    await opens_field(paul, "Reward")
    await opens_field(mia, "Reward")
    await mia.sends("A tea")
    await mia.sees("✅ Reward", new=True)
    await paul.sends("A cake")
    await paul.sees("Somebody else has just changed this", new=True)
    assert home.rows(REWARD) == [("A tea",)]


async def test_what_the_team_types_all_day_is_no_value(home: House, shop: Shop) -> None:
    paul, lea = await home.owner(shop), await home.customer(shop, "Léa")
    for words, seen in ((number_of(lea), "Léa"), ("📊 Today", "Today"), ("/help", "For managers")):
        await opens_field(paul, "Reward")
        await paul.sends(words)
        await paul.sees(seen, new=True)
    assert home.rows(CHANGES) == []


async def test_button_pressed_twice_changes_once(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await opens_field(paul, "PIN")
    asked = await paul.sees(lambda message: "Every time" in message.button_texts)
    data = next(each.callback_data for each in asked.inline_buttons if each.text == "Every time")
    await paul.taps("Every time", on=asked)
    await paul.sees("✅", new=True)
    before = home.rows(CHANGES)
    assert data is not None
    await paul.presses_raw(data, asked)
    await paul.answered()
    assert home.rows(CHANGES) == before


async def test_staff_and_customers_see_their_own_settings_alone(home: House, shop: Shop) -> None:
    anna, lea = await home.member(shop, "Anna"), await home.customer(shop, "Léa")
    for person in (anna, lea):
        await person.sends("/settings")
        await person.sees("The language can be chosen here.")
        assert "Settings of" not in "".join(message.html for message in person.messages)


async def test_how_long_a_reward_waits_is_said_where_there_are_stamps(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await opens_field(paul, "Days a reward waits")
    await paul.taps("90")
    await paul.sees("✅ Days a reward waits: No limit → 90", new=True)
    assert home.rows("SELECT max(reward_valid_days) FROM program_versions") == [(90,)]


async def test_bonus_that_nobody_gets_while_news_are_off_says_so(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await opens_field(paul, "Birthday bonus")
    await paul.sends("2")
    told = await paul.sees("✅ Birthday bonus: 0 → 2", new=True)
    assert "⚠️ Nobody gets it while news and offers are off: /broadcast switches them on." in told.text
    await paul.sends("/broadcast")
    await paul.taps("Switch them on")
    await paul.sees("Broadcasts are on")
    await opens_field(paul, "Missed after days")
    await paul.taps("30")
    told = await paul.sees("✅ Missed after days: Never → 30", new=True)
    assert "⚠️" not in told.text


async def test_what_was_changed_is_not_said_above_a_list_longer_than_the_screen(
    home: House, shop: Shop
) -> None:
    paul = await home.owner(shop)
    await opens_field(paul, "Birthday bonus")
    await paul.sends("2")
    await paul.sees("✅ Birthday bonus: 0 → 2", new=True)
    await home.at_rest()
    assert paul.last.text.startswith("✅ Birthday bonus: 0 → 2"), "it is what stands at the bottom"
    await opens_field(paul, "Stamps a day")
    await paul.taps("3")
    await paul.answered("✅ Stamps a day: No limit → 3")
