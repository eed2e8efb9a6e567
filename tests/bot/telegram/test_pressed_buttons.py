"""Every pressed button is answered, and once: Telegram shows a waiting button until then."""

from collections import Counter

from tests.support.house import House, Shop


async def test_pressed_button_is_answered_exactly_once_whatever_comes_of_it(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.scans(anna)
    panel = await sam.sees("Anna · ", new=True)
    stamp = panel.inline_buttons[0].callback_data or ""
    pressed = [
        await sam.presses_raw(stamp, panel),
        await anna.presses_raw(stamp, anna.last),
        await anna.presses_raw("nothing we know", anna.last),
        await anna.presses_raw("b", anna.last),
    ]
    await home.at_rest()
    answers = home.sandbox.calls_of("answerCallbackQuery")
    assert Counter(call.parameters["callback_query_id"] for call in answers) == {
        query.id: 1 for query in pressed
    }
