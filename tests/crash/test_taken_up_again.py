"""What is under way in a dialogue when the bot is killed goes on as if nothing had happened."""

from bot.sandbox import Message, Person
from bot.sandbox.qr import draw_qr
from domain.staff import Role
from domain.steps import Step
from tests.crash.conftest import Cafe, Opening
from tests.support.house import PIN, has_keypad, has_picture, number_of
from tests.support.patience import PATIENCE_S


async def test_first_typing_of_a_new_pin_counts_once_on_the_keypad(opening: Opening) -> None:
    async with opening({"Anna": Role.STAFF}, require_staff_pin=True) as cafe:
        anna = await opens_invite(cafe, "Anna")
        await types(anna)
        async with cafe.dying_at(Step.EFFECT_KNOWN):
            await anna.taps("✓")
        answer = await anna.answered(timeout=PATIENCE_S)
        assert answer.text == ""
        await sees(anna, "Anna, type the PIN once more\n○")
        await types(anna)
        await anna.taps("✓")
        await sees(anna, "Your PIN is set")


async def test_first_typing_of_a_new_pin_counts_once_as_text(opening: Opening) -> None:
    async with opening({"Anna": Role.STAFF}, require_staff_pin=True) as cafe:
        anna = await opens_invite(cafe, "Anna")
        async with cafe.dying_at(Step.EFFECT_KNOWN):
            await anna.sends(PIN)
        await sees(anna, "Anna, type the PIN once more\n○")
        await anna.sends(PIN)
        await sees(anna, "Your PIN is set")


async def test_pin_of_which_nothing_was_done_before_the_crash_is_asked_for_again(opening: Opening) -> None:
    """It is nowhere but in memory; the invitation's link is kept hashed, and goes on."""
    async with opening({"Anna": Role.STAFF}, require_staff_pin=True) as cafe:
        anna = cafe.person("Anna")
        async with cafe.dying_at(Step.UPDATE_STORED):
            await anna.opens(cafe.links["Anna"])
        await sees(anna, "Anna, choose a PIN")
        async with cafe.dying_at(Step.UPDATE_STORED):
            await anna.sends(PIN)
        await sees(anna, "A PIN has 4 to 8 digits. Type it again.", new=True)
        await anna.sends(PIN)
        await sees(anna, "Anna, type the PIN once more\n○")


async def test_a_pin_that_was_chosen_before_the_crash_is_chosen_after_it(opening: Opening) -> None:
    async with opening({"Anna": Role.STAFF}, require_staff_pin=True) as cafe:
        anna = await opens_invite(cafe, "Anna")
        await types(anna)
        await anna.taps("✓")
        await sees(anna, "Anna, type the PIN once more")
        await types(anna)
        async with cafe.dying_at(Step.EFFECT_KNOWN):
            await anna.taps("✓")
        assert (await anna.answered(timeout=PATIENCE_S)).text == ""
        await sees(anna, "Your PIN is set")


async def test_what_a_new_pin_was_chosen_for_happens_after_the_crash(opening: Opening) -> None:
    async with opening({"Anna": Role.STAFF}, require_staff_pin=True) as cafe:
        anna, emma = await opens_invite(cafe, "Anna"), await joins(cafe, "Emma")
        await anna.sends(f"/stamp {number_of(emma)}")
        await sees(anna, "choose a PIN", new=True)
        await types(anna)
        await anna.taps("✓")
        await sees(anna, "Anna, type the PIN once more", new=True)
        await types(anna)
        async with cafe.dying_at(Step.EFFECT_KNOWN):
            await anna.taps("✓")
        await sees(anna, "1 of 10")
        assert await cafe.staff_names_in_ledger() == [("Anna", 1)]


async def test_picking_a_name_at_the_shared_phone_keeps_what_it_is_for(opening: Opening) -> None:
    async with opening({"Till": Role.TERMINAL, "Anna": Role.STAFF}, require_staff_pin=True) as cafe:
        till = await opens_terminal(cafe)
        emma = await joins(cafe, "Emma")
        await till.sends(f"/stamp {number_of(emma)}")
        await sees(till, "Who are you?")
        async with cafe.dying_at(Step.ANSWER_SENT):
            await till.taps("Anna")
        await cafe.is_at_rest()
        await types(till)
        await till.taps("✓")
        await sees(till, "1 of 10")
        assert await cafe.staff_names_in_ledger() == [("Anna", 1)]


async def test_making_room_at_the_shared_phone_keeps_what_it_is_for(opening: Opening) -> None:
    async with opening({"Till": Role.TERMINAL, "Anna": Role.STAFF}, require_staff_pin=True) as cafe:
        till = await opens_terminal(cafe)
        emma = await joins(cafe, "Emma")
        await till.sends(f"/stamp {number_of(emma)}")
        await till.taps("Anna", timeout=PATIENCE_S)
        await sees(till, "Anna, your PIN")
        async with cafe.dying_at(Step.ANSWER_SENT):
            await till.taps("Someone else")
        await cafe.is_at_rest()
        await till.taps("Anna", timeout=PATIENCE_S)
        await sees(till, "Anna, your PIN", new=True)
        await types(till)
        await till.taps("✓")
        await sees(till, "1 of 10")
        assert await cafe.staff_names_in_ledger() == [("Anna", 1)]


async def test_a_crash_after_a_wrong_pin_was_counted_gives_no_free_try(opening: Opening) -> None:
    async with opening({"Anna": Role.STAFF}, require_staff_pin=True, pin_window_minutes=0) as cafe:
        anna, emma = await opens_invite(cafe, "Anna"), await joins(cafe, "Emma")
        for _ in range(2):
            await types(anna)
            await anna.taps("✓")
            await sees(anna, lambda message: "●" not in message.text, new=True)
        await sees(anna, "Your PIN is set")
        await anna.sends(f"/stamp {number_of(emma)}")
        await sees(anna, "your PIN", new=True)
        await types(anna, "1111")
        async with cafe.dying_at(Step.EFFECT_KNOWN):
            await anna.taps("✓")
        await anna.answered("Wrong PIN. 3 tries left.", timeout=PATIENCE_S)


async def test_whose_update_is_kept_aside_is_told_even_if_the_bot_dies_over_it(opening: Opening) -> None:
    """Jobs commit as well: when the bot dies before Emma is told, her question is answered after all."""
    async with opening({}) as cafe:
        emma = await joins(cafe, "Emma")
        cafe.sandbox.faults.refuse("something nobody has thought of", method="sendMessage", chat_id=emma.id)
        async with cafe.dying_at(Step.GROUP_COMMITTED, occurrence=2):
            await emma.sends("/balance")
        await sees(
            emma, lambda said: "went wrong on our side" in said.text or "0 of 10" in said.text, new=True
        )


async def test_picture_over_which_the_bot_dies_twice_is_kept_aside_and_the_third_life_serves_everybody(
    opening: Opening,
) -> None:
    async with opening({}) as cafe:
        emma, noa = await joins(cafe, "Emma"), await joins(cafe, "Noa")
        await cafe.is_at_rest()
        looked_at = cafe.sandbox.faults.stall(method="getFile", count=None)
        await emma.sends_photo(draw_qr(cafe.shop.join_link))
        await noa.sends("/balance")
        await sees(noa, "0 of 10", new=True)
        for times in (1, 2):
            await cafe.sandbox.until(lambda times=times: looked_at.hits == times, timeout=PATIENCE_S)  # type: ignore[misc]
            cafe.life.kill()
            await cafe.life.dies()
            await noa.sends("/balance")
            cafe.life = cafe.nursery.begin()
            await sees(noa, "0 of 10", new=True)
        await sees(emma, "went wrong on our side", new=True)
        await cafe.is_at_rest()
        assert looked_at.hits == 2


async def opens_invite(cafe: Cafe, name: str) -> Person:
    """Up to the keypad for a first PIN."""
    person = cafe.person(name)
    await person.opens(cafe.links[name])
    await sees(person, "choose a PIN")
    return person


async def opens_terminal(cafe: Cafe) -> Person:
    """A shared phone, at which Anna, who has a PIN, may work."""
    anna = await opens_invite(cafe, "Anna")
    for _ in range(2):
        await types(anna)
        await anna.taps("✓")
        await sees(anna, lambda message: "●" not in message.text, new=True)
    till = cafe.person("Till")
    await till.opens(cafe.links["Till"])
    await sees(till, "This phone now works")
    return till


async def joins(cafe: Cafe, name: str) -> Person:
    person = cafe.person(name)
    await person.opens(cafe.shop.join_link)
    await sees(person, has_picture)
    return person


async def types(person: Person, digits: str = PIN) -> None:
    """Key by key, each seen on the screen before the next."""
    for typed, digit in enumerate(digits, start=1):
        keypad = await sees(person, has_keypad)
        await person.taps(digit, on=keypad, timeout=PATIENCE_S)
        await sees(person, lambda message, dots="●" * typed: message.text.endswith(f"\n{dots}"))


async def sees(person: Person, wanted: object, *, new: bool = False) -> Message:
    return await person.sees(wanted, new=new, timeout=PATIENCE_S)  # type: ignore[arg-type]
