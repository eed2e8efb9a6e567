"""What Telegram refuses or loses of a direct answer, each dealt with in its own way."""

import asyncio

import pytest

from bot.sandbox import Call, Fault, FaultKind, Person, Sandbox
from bot.telegram import chat, handling
from bot.telegram import rate_limit as gate
from tests.support.house import House, Shop, has_picture, number_of

UNREACHABLE = "SELECT count(*) FROM people WHERE unreachable_since IS NOT NULL"
KEPT_ASIDE = "SELECT count(*) FROM inbox WHERE failed_at IS NOT NULL"


def calls_to(sandbox: Sandbox, person: Person) -> list[Call]:
    """Messages sent to one person; of a call that met a fault the parameters are as they came."""
    return [
        call for call in sandbox.calls_of("sendMessage") if str(call.parameters["chat_id"]) == str(person.id)
    ]


def answers_to(sandbox: Sandbox, person: Person) -> list[bool]:
    return [call.ok for call in calls_to(sandbox, person)]


async def test_flood_of_one_chat_is_waited_for_and_holds_up_no_other(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_over = asyncio.Event()

    async def at_the_earliest(seconds: float) -> None:
        await asyncio.sleep(seconds)
        await is_over.wait()

    monkeypatch.setattr(chat, "sleep", at_the_earliest)
    anna, ben = home.sandbox.person("Anna"), home.sandbox.person("Ben")
    fault = home.sandbox.faults.flood(1, method="sendMessage", chat_id=anna.id)
    await anna.sends("/help")
    await home.sandbox.until(lambda: fault.hits)
    await ben.sends("/help")
    await ben.sees("Your card")
    assert answers_to(home.sandbox, anna) == [False]
    is_over.set()
    await anna.sees("Your card")
    first, second = calls_to(home.sandbox, anna)
    assert second.at - first.at >= 1


async def test_long_flood_goes_back_to_the_inbox_and_the_person_waits_their_turn(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "LONGEST_WAIT_FOR_TELEGRAM_S", 0.5)
    anna = home.sandbox.person("Anna")
    fault = home.sandbox.faults.flood(1, method="sendMessage", chat_id=anna.id)
    await anna.sends("/help")
    await anna.sends("/balance")
    await anna.sees("You have no card.")
    assert fault.hits == 1
    said = [message.text for message in anna.messages if message.from_bot]
    assert [text[:9] for text in said] == ["Your card", "You have "]


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.RESET])
async def test_answer_that_failed_in_passing_is_sent_again_before_the_inbox_tries_again(
    kind: FaultKind, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(handling, "FIRST_WAIT_S", 3600.0)
    anna = home.sandbox.person("Anna")
    home.sandbox.faults.add(Fault(kind=kind, method="sendMessage", count=2))
    await anna.sends("/help")
    await anna.sees("Your card")
    assert answers_to(home.sandbox, anna) == [False, False, True]


@pytest.mark.usefixtures("tried_at_once")
async def test_outage_longer_than_the_quick_tries_ends_with_one_stamp_and_its_confirmation(
    home: House, shop: Shop
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    fault = home.sandbox.faults.server_error(503, html=True, method="sendMessage", chat_id=sam.id, count=10)
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("✅ 1 of 10", new=True)
    assert fault.hits == 10
    assert len(await home.ledger(shop)) == 1


@pytest.mark.usefixtures("tried_at_once")
@pytest.mark.parametrize("status", [401, 404])
async def test_answer_whose_token_was_refused_in_passing_is_sent_after_all(status: int, home: House) -> None:
    refused = Fault(kind=FaultKind.SERVER_ERROR, method="sendMessage", status=status, count=5)
    home.sandbox.faults.add(refused)
    anna = home.sandbox.person("Anna")
    await anna.sends("/help")
    await anna.sees("Your card")
    assert answers_to(home.sandbox, anna) == [False] * 5 + [True]


@pytest.mark.usefixtures("tried_at_once")
async def test_answer_cut_off_after_it_arrived_is_repeated_and_the_stamp_is_not(
    home: House, shop: Shop
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    home.sandbox.faults.cut(method="sendMessage", chat_id=sam.id)
    await sam.sends(f"/stamp {number_of(anna)}")
    await home.at_rest()
    confirmations = [message for message in sam.messages if message.text.startswith("✅ 1 of 10")]
    assert len(confirmations) == 2
    assert len(await home.ledger(shop)) == 1


@pytest.mark.parametrize("words", ["/help", "/stamp 1", "/start cAAAAAAAAAAAAAAAAAAAAAA"])
async def test_forbidden_marks_the_person_unreachable_and_ends_the_turn(words: str, home: House) -> None:
    anna = home.sandbox.person("Anna")
    home.sandbox.faults.refuse("bot was blocked by the user", kind=FaultKind.FORBIDDEN, method="sendMessage")
    await anna.sends(words)
    await home.until_rows(UNREACHABLE, [(1,)])
    await home.at_rest()
    assert home.rows(KEPT_ASIDE) == [(0,)]
    assert answers_to(home.sandbox, anna) == [False]
    await anna.sends("/help")
    await anna.sees("Your card")
    assert home.rows(UNREACHABLE) == [(0,)]


@pytest.mark.usefixtures("tried_at_once")
async def test_who_is_turned_away_and_has_blocked_the_bot_is_no_poison(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "CUSTOMER", gate.Allowance(per_second=0.001, burst=1))
    anna = home.sandbox.person("Anna")
    await anna.sends("/help")
    await anna.sees("Your card")
    home.sandbox.faults.refuse(
        "bot was blocked by the user", kind=FaultKind.FORBIDDEN, method="sendMessage", count=None
    )
    await anna.sends("/help")
    await home.at_rest()
    assert home.rows(KEPT_ASIDE) == [(0,)]


async def test_text_that_telegram_cannot_parse_is_sent_once_as_plain_text(home: House) -> None:
    anna = home.sandbox.person("Anna")
    home.sandbox.faults.refuse("can't parse entities: broken", method="sendMessage")
    await anna.sends("/help")
    told = await anna.sees("Your card")
    assert "<" not in told.text
    first, second = home.sandbox.calls_of("sendMessage")
    assert (first.parameters["parse_mode"], second.parameters.get("parse_mode")) == ("HTML", None)


async def test_caption_that_telegram_cannot_parse_is_sent_once_as_plain_text(home: House, shop: Shop) -> None:
    anna = home.sandbox.person("Anna")
    home.sandbox.faults.refuse("can't parse entities: broken", method="sendPhoto")
    await anna.opens(shop.join_link)
    card = await anna.sees(has_picture)
    assert card.caption.startswith("Café Knätsch\n")


async def test_edit_that_telegram_cannot_parse_is_made_once_as_plain_text(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.sends("/balance")
    shown = await anna.sees("0 of 10 · 10 to go", new=True)
    home.sandbox.faults.refuse("can't parse entities: broken", method="editMessageText")
    await anna.sends("/history")
    history = await anna.sees("history", new=True)
    await anna.presses_raw("b", history)
    await anna.answered()
    edited = await anna.sees(lambda message: message.id == history.id and "0 of 10" in message.text, new=True)
    assert edited.text == shown.text
    assert edited.content.body.entities == ()


async def test_caption_edit_that_telegram_cannot_parse_is_made_once_as_plain_text(
    home: House, shop: Shop
) -> None:
    anna = await home.customer(shop, "Anna")
    card = anna.last
    home.sandbox.faults.refuse("can't parse entities: broken", method="editMessageCaption")
    await anna.taps("Balance")
    await anna.sees(lambda message: message.id == card.id and "0 of 10" in message.caption, new=True)


async def test_text_that_cannot_be_parsed_twice_is_kept_aside_and_apologized_for(home: House) -> None:
    anna = home.sandbox.person("Anna")
    home.sandbox.faults.refuse("can't parse entities: broken", method="sendMessage", count=2)
    await anna.sends("/help")
    await anna.sees("tell the shop this reference:")
    await home.at_rest()
    assert home.rows(KEPT_ASIDE) == [(1,)]


async def test_refused_answer_is_permanent(home: House) -> None:
    anna = home.sandbox.person("Anna")
    fault = home.sandbox.faults.refuse("something is wrong with it", method="sendMessage")
    await anna.sends("/help")
    await anna.sees("Something went wrong on our side")
    await home.at_rest()
    assert fault.hits == 1
    assert home.rows(KEPT_ASIDE) == [(1,)]


async def test_same_view_again_is_no_error(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.sends("/balance")
    shown = await anna.sees("0 of 10", new=True)
    await anna.presses_raw("b", shown)
    await anna.answered()
    await home.at_rest()
    [refused] = [call for call in home.sandbox.calls_of("editMessageText") if not call.ok]
    assert refused.error is not None
    assert "message is not modified" in refused.error.description
    assert home.rows(KEPT_ASIDE) == [(0,)]


@pytest.mark.parametrize(
    "reason", ["message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID"]
)
async def test_view_for_a_message_that_is_gone_comes_as_a_new_one(
    reason: str, home: House, shop: Shop
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.scans(anna)
    panel = await sam.sees("Anna · ", new=True)
    home.sandbox.faults.refuse(reason, method="editMessageText")
    await sam.taps("+1", on=panel)
    done = await sam.sees("✅ 1 of 10", new=True)
    assert done.id > panel.id
    assert len(await home.ledger(shop)) == 1


async def test_button_on_a_message_that_telegram_no_longer_shows_answers_below(
    home: House, shop: Shop
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.scans(anna)
    panel = await sam.sees("Anna · ", new=True)
    data = panel.inline_buttons[0].callback_data or ""
    home.sandbox.world.delete(panel)
    await sam.presses_raw(data, panel)
    await sam.sees("✅ 1 of 10", new=True)


async def test_press_that_telegram_has_forgotten_is_carried_out_all_the_same(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.scans(anna)
    home.sandbox.faults.refuse("query is too old and response timeout expired", method="answerCallbackQuery")
    await sam.taps("+1")
    await sam.sees("✅ 1 of 10", new=True)
    await home.at_rest()
    assert home.rows(KEPT_ASIDE) == [(0,)]


async def test_stalled_chat_holds_up_nobody_else(home: House) -> None:
    anna, ben = home.sandbox.person("Anna"), home.sandbox.person("Ben")
    stalled = home.sandbox.faults.stall(method="sendMessage", chat_id=anna.id)
    await anna.sends("/help")
    await home.sandbox.until(lambda: stalled.hits)
    for _ in range(5):
        await ben.sends("/help")
        await ben.sees("Your card", new=True)
    stalled.release()
    await home.at_rest()
    assert answers_to(home.sandbox, anna) == [True]


async def test_menu_and_chat_action_that_fail_hold_nothing_up(home: House, shop: Shop) -> None:
    for method in ("setMyCommands", "sendChatAction"):
        home.sandbox.faults.server_error(method=method, count=None)
    sam = await home.member(shop, "Sam")
    anna = await home.customer(shop, "Anna")
    await anna.sends("/card")
    await anna.sees(has_picture, new=True)
    await home.at_rest()
    assert sam.messages
    assert home.rows(KEPT_ASIDE) == [(0,)]
