"""Acts by the names under which they are persisted: whoever renames a class changes nothing that is stored."""

import pytest

from domain.account import Account
from domain.acts import (
    ACTS,
    AdjustPoints,
    Asked,
    Change,
    EarnPoints,
    MergeCards,
    RedeemAny,
    RedeemPoints,
    RedeemReward,
    Stamp,
    TakeBack,
    fingerprint,
)
from domain.card import CardRef
from domain.ids import BotId, EntryId, MerchantId, OperationKey, StaffId, StoreId, UserId
from domain.staff import Actor

ANNA = Actor(
    merchant_id=MerchantId("m"),
    staff_id=StaffId("anna"),
    store_id=StoreId("gare"),
    account=Account(bot_id=BotId(42), user_id=UserId(1)),
)
BY_ID, BY_NUMBER, BY_TOKEN = CardRef("id", "c1"), CardRef("number", "482109375"), CardRef("token", "a1b2")
KEY, ENTRY = OperationKey("AAAAAAAAAAA"), EntryId("e1")


def test_names_of_acts_stay_what_they_are() -> None:
    assert list(ACTS) == [
        "look",
        "ask_amount",
        "stamp",
        "earn",
        "redeem",
        "redeem_points",
        "redeem_any",
        "adjust",
        "take_back",
        "merge",
        "settle",
        "ask_manager",
        "decide",
        "redeem_interim",
        "take_over",
        "adopt",
        "ask_customer",
    ]


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (Stamp(card=BY_ID, count=2, key=KEY), "stamp staff=anna card=id:c1 count=2"),
        (Stamp(card=BY_TOKEN, count=1, key=KEY), "stamp staff=anna card=token:a1b2 count=1"),
        (EarnPoints(card=BY_ID, amount_minor=1250, key=KEY), "earn staff=anna card=id:c1 amount_minor=1250"),
        (RedeemReward(card=BY_ID, key=KEY), "redeem staff=anna card=id:c1"),
        (
            RedeemPoints(card=BY_ID, position=0, cost=50, key=KEY),
            "redeem_points staff=anna card=id:c1 position=0 cost=50",
        ),
        (RedeemAny(card=BY_NUMBER, key=KEY), "redeem_any staff=anna card=number:482109375"),
        (
            AdjustPoints(card=BY_NUMBER, points=-50, reason="wrong card", key=KEY),
            "adjust staff=anna card=number:482109375 points=-50 reason=wrong card",
        ),
        (TakeBack(card=BY_ID, key=KEY), "take_back staff=anna card=id:c1"),
        (TakeBack(card=BY_ID, count=3, key=KEY), "take_back staff=anna card=id:c1 count=3"),
        (TakeBack(card=BY_ID, entry=ENTRY, key=KEY), "take_back staff=anna card=id:c1 entry=e1"),
        (
            TakeBack(card=BY_ID, entry=ENTRY, is_undo=True, key=KEY),
            "take_back staff=anna card=id:c1 entry=e1 is_undo=True",
        ),
        (
            MergeCards(card=BY_ID, other=BY_NUMBER, key=KEY),
            "merge staff=anna card=id:c1 other=number:482109375",
        ),
    ],
)
def test_input_of_an_act_is_told_in_names_and_values(act: Change, told: str) -> None:
    assert fingerprint(Asked(act=act, actor=ANNA)) == told


def test_neither_the_key_nor_the_pin_nor_the_reason_of_a_void_make_another_input() -> None:
    first = TakeBack(card=BY_ID, entry=ENTRY, key=KEY, reason="a slip")
    again = TakeBack(card=BY_ID, entry=ENTRY, key=OperationKey("other"), reason="wrong card")
    assert fingerprint(Asked(act=first, actor=ANNA)) == fingerprint(
        Asked(act=again, actor=ANNA, pin_typed=True)
    )
