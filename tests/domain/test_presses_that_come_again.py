"""A press is taken up again after a crash: it never counts for the question that followed."""

from datetime import timedelta

from domain.ids import UpdateId
from domain.plumbing.people import Ask, PressKey, ask, press_key
from tests.support.shop import Town


def test_press_of_before_the_same_keypad_was_emptied_counts_no_more(town: Town) -> None:
    """As when a new PIN was typed once and is asked for once more: the keypad stays, its keys are gone."""
    account = town.somebody()
    question = Ask(
        account=account,
        nonce="nonce",
        state="{}",
        expires_at=town.database.clock.now + timedelta(minutes=5),
    )

    def presses(key: str, update_id: int) -> str:
        press = PressKey(account=account, nonce="nonce", key=key, update_id=UpdateId(update_id))
        return town.database.write(press_key, press).keys

    town.database.write(ask, question)
    presses("3", 100)
    assert presses("1", 101) == "31"
    town.database.write(ask, question)
    assert presses("1", 101) == ""
    assert presses("4", 103) == "4"
