"""``/report``: a range of days in one message, edited in place, down to the entries behind its figures."""

import pytest

from bot.sandbox import Message, Person
from domain.staff import Role
from tests.support.house import House, Shop, TestClock, number_of


@pytest.fixture
async def paul(home: House, shop: Shop, clock: TestClock) -> Person:
    """Last week, Sam gave Léa two stamps and one late on Monday, and took the one back after midnight; on Tuesday Tom
    gave one."""
    paul, lea = await home.owner(shop), await home.customer(shop, "Léa")
    gare, _ = await home.adds_store(shop, "Gare")
    sam, tom = await home.member(shop, "Sam"), await home.member(shop, "Tom", store_id=gare)
    clock.passes(hours=12, minutes=55)
    for member, words in ((sam, "/stamp {} 2"), (sam, "/stamp {}"), (sam, "/void {}"), (tom, "/stamp {}")):
        await member.sends(words.format(number_of(lea)))
        await member.sees("Léa", new=True)
        await home.at_rest()
        clock.passes(minutes=4)
    clock.passes(days=6)
    return paul


async def test_last_week_comes_in_place(paul: Person) -> None:
    await paul.sends("/report")
    asked = await paul.sees("Monday, 22 June", new=True)
    await paul.taps("Last week")
    report = await paul.sees("15–21 Jun 2026")
    assert report.id == asked.id, "the message was edited"
    assert report.photo
    assert report.caption.splitlines()[1:] == [
        "2 visits · 1 customer",
        "3 stamps · 0 rewards",
        "taken back: 1 stamp",
        "1 new customer · 0 returning customers",
        "1 came back within 30 days",
        "0 rewards are promised now",
        "Each day by itself: 4 stamps · 0 rewards. What was taken back later still counts there.",
    ]


async def part(paul: Person, button: str) -> Message:
    before = paul.last.caption
    await paul.taps(button)
    return await paul.sees(lambda shown: "‹ Back" in shown.button_texts and shown.caption != before)


async def test_figures_lead_to_the_entries_behind_them_and_back(paul: Person) -> None:
    await paul.sends("/report 15.6.2026 - 21.6.2026")
    whole = await paul.sees("15–21 Jun 2026", new=True)
    stores = await part(paul, "By store")
    assert "Café Knätsch: 1 visit · 2 stamps · 0 rewards · taken back: 1 stamp" in stores.caption
    assert "Gare: 1 visit · 1 stamp · 0 rewards" in stores.caption
    entries = await part(paul, "Gare")
    assert "+1 stamp · Tom · Gare" in entries.caption
    assert "Sam" not in entries.caption
    await part(paul, "‹ Back")
    await paul.taps("‹ Back")
    assert (await paul.sees(lambda message: "By day" in message.button_texts)).caption == whole.caption
    await part(paul, "By staff")
    entries = await part(paul, "Sam")
    assert "+2 stamps · Sam · Café Knätsch" in entries.caption
    assert "+1 stamp (taken back) · Sam" in entries.caption
    assert "1 stamp taken back · Sam" in entries.caption
    await part(paul, "‹ Back")
    await paul.taps("‹ Back")
    await paul.sees(lambda message: "By day" in message.button_texts)
    days = await part(paul, "By day")
    assert "Monday, 15 June: 1 visit · 2 stamps" in days.caption
    entries = await part(paul, "Monday, 15 June")
    assert "+1 stamp · Sam" in entries.caption, "when that day was over, it stood"


async def test_other_dates_are_typed_and_what_is_none_may_be_sent_again(paul: Person) -> None:
    await paul.sends("/report")
    await paul.sees("Monday, 22 June", new=True)
    await paul.taps("Other dates …")
    await paul.sees("Which days?")
    for none in ("last Monday", "31.12.9999", "1.1.0001"):
        await paul.sends(none)
        await paul.sees("Give a day", new=True)
    await paul.sends("15.6.2026")
    assert "1 visit" in (await paul.sees("Monday, 15 June", new=True)).caption


async def test_days_of_this_year_are_typed_without_it_and_spans_by_their_names(paul: Person) -> None:
    for typed, seen in (
        ("15.6.", "Monday, 15 June"),
        ("1.6. - 16.6.", "1–16 Jun 2026"),
        ("Last week", "15–21 Jun 2026"),
        ("letzte Woche", "15–21 Jun 2026"),
    ):
        await paul.sends(f"/report {typed}")
        await paul.sees(seen, new=True)


async def test_what_is_typed_after_back_is_no_date(paul: Person) -> None:
    await paul.sends("/report")
    await paul.sees("Monday, 22 June", new=True)
    await paul.taps("Other dates …")
    await paul.sees("Which days?")
    await paul.taps("‹ Back")
    await paul.sees(
        lambda message: "By day" not in message.button_texts and "Last week" in message.button_texts
    )
    await paul.sends("15.6.2026")
    assert not (await paul.sees("", new=True)).photo


async def test_staff_are_told_nothing(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam", Role.STAFF)
    await sam.sends("/report")
    assert (await sam.sees("You may not do this here.", new=True)).button_texts == ()
