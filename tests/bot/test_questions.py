"""Questions as they are kept: what earlier versions wrote is read, and what nobody can read is no question."""

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import msgspec
import pytest

from bot.customer.joining import AdoptionCodeAsked
from bot.customer.mailbox import MailAddressAsked, MailCodeAsked
from bot.owner.broadcasts import BroadcastAsked
from bot.owner.cards import Finding, NoteAsked
from bot.owner.closures import ClosureAsked
from bot.owner.logos import LogoAsked
from bot.owner.members import InvitedAsked, MemberNameAsked, PersonAsked
from bot.owner.programs import ProgramAsked
from bot.owner.reports import DatesAsked
from bot.owner.set_up import SetUpAsked
from bot.owner.settings import FieldAsked
from bot.owner.stores import StoreNameAsked
from bot.owner.takings import TakingsAsked
from bot.owner.wordings import WordingAsked
from bot.routes import table
from bot.sandbox import Message
from bot.screens import questions
from bot.staff.dialogues import (
    AmountAsked,
    AmountDoubted,
    AmountGiven,
    AnotherPinAsked,
    CardAsked,
    NewPinAsked,
    OldPinAsked,
    PinAsked,
    StoreAsked,
    StoreAskedFor,
    WhichAsked,
    WhoAsked,
)
from bot.staff.mailed import CardAddressAsked
from bot.staff.merging import MergeAsked, MergeOffered
from bot.views.set_up import Step
from domain.account import Locale
from domain.acts import (
    ACTS,
    AdjustPoints,
    Adopt,
    AskAmount,
    AskCustomer,
    AskManager,
    Decide,
    EarnPoints,
    LookUp,
    MergeCards,
    RedeemAny,
    RedeemInterim,
    RedeemPoints,
    RedeemReward,
    SettleDispute,
    Stamp,
    TakeBack,
    TakeOver,
)
from domain.card import CardRef
from domain.dispute import DisputeOutcome
from domain.fields import Target
from domain.ids import (
    AdoptionId,
    ApprovalId,
    CampaignId,
    CardId,
    ClosureId,
    EntryId,
    MerchantId,
    OperationKey,
    ProgramId,
    StaffId,
    StoreId,
)
from domain.kinds import EntryKind
from domain.messages import MessageKind
from domain.staff import Role
from tests.support.house import House, Shop, TestClock, number_of

BY_ID, BY_NUMBER, BY_TOKEN = CardRef("id", "c1"), CardRef("number", "434640978"), CardRef("token", "hash-4")
KEY, ENTRY = OperationKey("AAAAAAAAAAA"), EntryId("e1")
SAM: dict[str, Any] = {
    "merchant_id": MerchantId("m"),
    "staff_id": StaffId("s"),
    "name": "Sam",
    "message_id": 7,
}
WROTE = '{"merchant_id":"m","staff_id":"s","name":"Sam","message_id":7,'
NONE_YET = (
    '"has_picture":false,"judged_update_id":null,"attempts_left":0,"asked_update_id":null,"type":"pin"}'
)


def pin(act: str) -> str:
    return f'{WROTE}"act":{act},{NONE_YET}'


OF_BEFORE: dict[str, questions.Question] = {
    '{"type":"card","then":"stamp"}': CardAsked("stamp"),
    '{"type":"who","act":null}': WhoAsked(None),
    '{"type":"who","act":{"type":"look","card":{"by":"id","value":"c1"}}}': WhoAsked(LookUp(card=BY_ID)),
    '{"type":"dates","merchant_id":"m"}': DatesAsked(MerchantId("m")),
    '{"type":"find","merchant_id":"m1","beginning":""}': Finding(MerchantId("m1")),
    '{"type":"find","merchant_id":"m1","beginning":"Ann"}': Finding(MerchantId("m1"), "Ann"),
    '{"type":"note","merchant_id":"m1","card_id":"c1"}': NoteAsked(MerchantId("m1"), CardId("c1")),
    '{"type":"store","payload":"c0123"}': StoreAsked("c0123"),
    '{"type":"store_for","payload":null,"act":{"type":"redeem","card":{"by":"id","value":"c1"},'
    '"key":"AAAAAAAAAAA"}}': StoreAskedFor(None, RedeemReward(card=BY_ID, key=KEY)),
    '{"type":"store_name","merchant_id":"m","store_id":"s","is_new":true}': StoreNameAsked(
        MerchantId("m"), StoreId("s"), is_new=True
    ),
    '{"type":"member_name","merchant_id":"m","staff_id":"s"}': MemberNameAsked(MerchantId("m"), StaffId("s")),
    '{"type":"invited","merchant_id":"m","staff_id":"s","role":"staff","store_ids":["a","b"]}': InvitedAsked(
        MerchantId("m"), StaffId("s"), Role.STAFF, (StoreId("a"), StoreId("b"))
    ),
    '{"type":"person","merchant_id":"m","staff_id":"s","role":"manager","store_ids":[],"request_id":7}': (
        PersonAsked(MerchantId("m"), StaffId("s"), Role.MANAGER, (), 7)
    ),
    '{"type":"field","message_id":9,"has_picture":false,"merchant_id":"m","target_kind":"program",'
    '"target_id":"p","field":"reward","seen":{"reward":"A coffee"},"proposed":{"reward":"A tea"}}': FieldAsked(
        message_id=9,
        merchant_id=MerchantId("m"),
        target_kind=Target.PROGRAM,
        target_id="p",
        field="reward",
        seen={"reward": "A coffee"},
        proposed={"reward": "A tea"},
    ),
    '{"type":"wording","message_id":9,"has_picture":false,"merchant_id":"m","store_id":null,"kind":"receipt",'
    '"locale":"fr","seen":null,"proposed":"{what}","is_shown":true}': WordingAsked(
        message_id=9,
        merchant_id=MerchantId("m"),
        store_id=None,
        kind=MessageKind.RECEIPT,
        locale=Locale.FR,
        seen=None,
        proposed="{what}",
        is_shown=True,
    ),
    '{"type":"program","message_id":9,"has_picture":false,"merchant_id":"m","at":"name",'
    '"answers":{"language":"fr","kind":"stamps","count":"5","reward":"Un repas"},"update_id":7,'
    '"program_id":"p","present_name":"Carte de fidélité"}': ProgramAsked(
        merchant_id=MerchantId("m"),
        program_id=ProgramId("p"),
        present_name="Carte de fidélité",
        at=Step.NAME,
        answers={"language": "fr", "kind": "stamps", "count": "5", "reward": "Un repas"},
        update_id=7,
        message_id=9,
    ),
    '{"type":"set_up","message_id":9,"has_picture":false,"merchant_id":"m","at":"town",'
    '"answers":{"name":"Café Rosa","town":"Europe/Luxembourg"},"update_id":7}': SetUpAsked(
        message_id=9,
        merchant_id=MerchantId("m"),
        at=Step.COUNTRY,
        answers={Step.NAME: "Café Rosa", Step.COUNTRY: "Europe/Luxembourg"},
        update_id=7,
    ),
    '{"type":"set_up","message_id":9,"has_picture":false,"merchant_id":"m","at":"count",'
    '"answers":{"name":"Café Rosa","language":"fr","kind":"stamps"},"update_id":7}': SetUpAsked(
        message_id=9,
        merchant_id=MerchantId("m"),
        at=Step.COUNT,
        answers={Step.NAME: "Café Rosa", Step.LANGUAGE: "fr", Step.KIND: "stamps"},
        update_id=7,
    ),
    '{"type":"which","then":"stamp","cards":["c1","c2"]}': WhichAsked("stamp", (CardId("c1"), CardId("c2"))),
    pin('{"type":"stamp","card":{"by":"id","value":"c1"},"count":1,"key":"AAAAAAAAAAA"}'): PinAsked(
        act=Stamp(card=BY_ID, count=1, key=KEY), **SAM
    ),
    pin(
        '{"type":"stamp","card":{"by":"id","value":"c1"},"count":1,"key":"AAAAAAAAAAA",'
        '"asked_at":"2026-06-15T14:00:00Z"}'
    ): PinAsked(
        act=Stamp(card=BY_ID, count=1, key=KEY, asked_at=datetime(2026, 6, 15, 14, tzinfo=UTC)), **SAM
    ),
    pin('{"type":"ask_amount","card":{"by":"number","value":"434640978"}}'): PinAsked(
        act=AskAmount(card=BY_NUMBER), **SAM
    ),
    pin('{"type":"redeem","card":{"by":"id","value":"c1"},"key":"AAAAAAAAAAA"}'): PinAsked(
        act=RedeemReward(card=BY_ID, key=KEY), **SAM
    ),
    pin(
        '{"type":"redeem_points","card":{"by":"id","value":"c1"},"position":1,"cost":100,"key":"AAAAAAAAAAA"}'
    ): PinAsked(
        act=RedeemPoints(card=BY_ID, position=1, cost=100, key=KEY), **SAM
    ),
    pin(
        '{"type":"redeem_interim","card":{"by":"id","value":"c1"},"position":0,"stamps":5,"key":"AAAAAAAAAAA"}'
    ): PinAsked(
        act=RedeemInterim(card=BY_ID, position=0, stamps=5, key=KEY), **SAM
    ),
    pin('{"type":"take_over","card":{"by":"id","value":"c1"},"key":"AAAAAAAAAAA","count":6}'): PinAsked(
        act=TakeOver(card=BY_ID, count=6, key=KEY), **SAM
    ),
    pin('{"type":"adopt","card":{"by":"id","value":"c1"},"adoption":"a1"}'): PinAsked(
        act=Adopt(card=BY_ID, adoption=AdoptionId("a1")), **SAM
    ),
    pin('{"type":"redeem_any","card":{"by":"token","value":"hash-4"},"key":"42:1:13"}'): PinAsked(
        act=RedeemAny(card=BY_TOKEN, key=OperationKey("42:1:13")), **SAM
    ),
    pin(
        '{"type":"adjust","card":{"by":"number","value":"434640978"},"points":-50,"reason":"wrong","key":"AAAAAAAAAAA"}'
    ): PinAsked(act=AdjustPoints(card=BY_NUMBER, points=-50, reason="wrong", key=KEY), **SAM),
    pin(
        '{"type":"take_back","card":{"by":"id","value":"c1"},"key":"AAAAAAAAAAA","entry":"e1","count":null,'
        '"reason":null,"is_undo":true}'
    ): PinAsked(act=TakeBack(card=BY_ID, entry=ENTRY, key=KEY, is_undo=True), **SAM),
    pin(
        '{"type":"take_back","card":{"by":"id","value":"c1"},"key":"AAAAAAAAAAA","entry":null,"count":2,'
        '"reason":"slip","is_undo":false}'
    ): PinAsked(act=TakeBack(card=BY_ID, count=2, reason="slip", key=KEY), **SAM),
    f'{WROTE}"type":"pin","act":null,"has_picture":true,"judged_update_id":5,"attempts_left":4,'
    '"asked_update_id":3}': (
        PinAsked(act=None, has_picture=True, judged_update_id=5, attempts_left=4, asked_update_id=3, **SAM)
    ),
    f'{WROTE}"type":"old_pin","act":null,"has_picture":false,"judged_update_id":5,"attempts_left":4,'
    '"asked_update_id":3,"helpers":["Mia"]}': OldPinAsked(
        act=None, judged_update_id=5, attempts_left=4, asked_update_id=3, helpers=("Mia",), **SAM
    ),
    f'{WROTE}"type":"another_pin","act":null,"has_picture":false,"first":null,"judged_update_id":8,'
    '"asked_update_id":3,"replaces":2}': AnotherPinAsked(
        act=None, judged_update_id=8, asked_update_id=3, replaces=2, **SAM
    ),
    f'{WROTE}"type":"new_pin","act":{{"type":"earn","card":{{"by":"id","value":"c1"}},"amount_minor":1250,'
    '"key":"AAAAAAAAAAA"},"has_picture":false,"first":"3141","judged_update_id":8,"asked_update_id":3}': NewPinAsked(
        act=EarnPoints(card=BY_ID, amount_minor=1250, key=KEY),
        first="3141",
        judged_update_id=8,
        asked_update_id=3,
        **SAM,
    ),
    '{"type":"amount","card":{"by":"id","value":"c1"},"message_id":9,"has_picture":true}': AmountAsked(
        card=BY_ID, message_id=9, has_picture=True
    ),
    '{"type":"amount_given","act":{"type":"earn","card":{"by":"id","value":"c1"},"amount_minor":1250,'
    '"key":"AAAAAAAAAAA"},"update_id":12}': AmountGiven(
        act=EarnPoints(card=BY_ID, amount_minor=1250, key=KEY), update_id=12
    ),
    pin('{"type":"settle","card":{"by":"id","value":"c1"},"entry":"e1","outcome":"right"}'): PinAsked(
        act=SettleDispute(card=BY_ID, entry=ENTRY, outcome=DisputeOutcome.RIGHT), **SAM
    ),
    pin(
        '{"type":"merge","card":{"by":"id","value":"c1"},"key":"AAAAAAAAAAA","other":{"by":"id","value":"c2"}}'
    ): PinAsked(act=MergeCards(card=BY_ID, other=CardRef("id", "c2"), key=KEY), **SAM),
    '{"type":"merge","merchant_id":"m","card_id":"c1"}': MergeAsked(MerchantId("m"), CardId("c1")),
    '{"type":"merge_offered","merchant_id":"m","card_id":"c1","other_id":"c2"}': MergeOffered(
        MerchantId("m"), CardId("c1"), CardId("c2")
    ),
    pin(
        '{"type":"earn","card":{"by":"id","value":"c1"},"amount_minor":125000,"key":"AAAAAAAAAAA","is_sure":true}'
    ): PinAsked(act=EarnPoints(card=BY_ID, amount_minor=125000, key=KEY, is_sure=True), **SAM),
    pin(
        '{"type":"ask_manager","card":{"by":"id","value":"c1"},"key":"AAAAAAAAAAA","count":2,"entry":null,'
        '"reason":"in a rush"}'
    ): PinAsked(act=AskManager(card=BY_ID, key=KEY, count=2, reason="in a rush"), **SAM),
    pin(
        '{"type":"ask_customer","card":{"by":"id","value":"c1"},"key":"AAAAAAAAAAA","redeems":"points_redeemed",'
        '"position":1,"price":50}'
    ): PinAsked(
        act=AskCustomer(card=BY_ID, key=KEY, redeems=EntryKind.POINTS_REDEEMED, position=1, price=50),
        **SAM,
    ),
    pin('{"type":"decide","card":{"by":"id","value":"c1"},"approval":"a1","is_approved":true}'): PinAsked(
        act=Decide(card=BY_ID, approval=ApprovalId("a1"), is_approved=True), **SAM
    ),
    '{"type":"takings","merchant_id":"m","local_date":"2026-11-22","store_id":"s",'
    '"amount_minor":81250}': TakingsAsked(
        merchant_id=MerchantId("m"),
        local_date=date(2026, 11, 22),
        store_id=StoreId("s"),
        amount_minor=81_250,
    ),
    '{"type":"closure","message_id":9,"has_picture":false,"merchant_id":"m","store_id":"s","closure_id":"c",'
    '"replaces":"b","first":"2026-12-24","last":"2027-01-02"}': ClosureAsked(
        message_id=9,
        merchant_id=MerchantId("m"),
        store_id=StoreId("s"),
        closure_id=ClosureId("c"),
        replaces=ClosureId("b"),
        first=date(2026, 12, 24),
        last=date(2027, 1, 2),
    ),
    '{"type":"logo","message_id":9,"has_picture":true,"merchant_id":"m"}': LogoAsked(
        message_id=9, has_picture=True, merchant_id=MerchantId("m")
    ),
    '{"type":"broadcast","message_id":9,"has_picture":false,"merchant_id":"m","campaign_id":"c"}': BroadcastAsked(
        message_id=9, merchant_id=MerchantId("m"), campaign_id=CampaignId("c")
    ),
    '{"type":"mail_address"}': MailAddressAsked(),
    '{"type":"mail_code"}': MailCodeAsked(),
    '{"type":"card_address"}': CardAddressAsked(),
    '{"type":"adoption_code","merchant_id":"m","card_id":"c1"}': AdoptionCodeAsked(
        merchant_id=MerchantId("m"), card_id=CardId("c1")
    ),
    '{"type":"amount_doubted","act":{"type":"earn","card":{"by":"id","value":"c1"},"amount_minor":125000,'
    '"key":"AAAAAAAAAAA"}}': AmountDoubted(EarnPoints(card=BY_ID, amount_minor=125000, key=KEY)),
}  # fmt: skip


@pytest.mark.parametrize("state", OF_BEFORE)
def test_question_of_an_earlier_version_is_read_and_written_as_it_was(state: str) -> None:
    question = OF_BEFORE[state]
    assert questions.decode(state) == question
    assert msgspec.json.decode(questions.encode(question)) == msgspec.json.decode(state)


def test_every_kind_of_question_and_of_act_is_among_them() -> None:
    assert table.BUTTONS
    shapes = {type(question) for question in OF_BEFORE.values()}
    assert shapes == set(questions.KINDS)
    acts = {
        type(value) for question in OF_BEFORE.values() for value in msgspec.structs.asdict(question).values()
    }
    assert set(ACTS.values()) <= acts


@pytest.mark.parametrize(
    "state",
    [
        "",
        "{",
        "[]",
        '{"type":"of a later version"}',
        '{"type":"card","then":"fly"}',
        pin('{"type":"fly","card":{"by":"id","value":"c1"}}'),
        pin('{"card":{"by":"id","value":"c1"}}'),
        pin('{"type":"stamp","card":{"by":"colour","value":"red"},"count":1,"key":"AAAAAAAAAAA"}'),
        pin('{"type":"stamp","card":{"by":"id","value":"c1"},"key":"AAAAAAAAAAA"}'),
        pin('["stamp"]'),
    ],
)
def test_what_cannot_be_read_says_so(state: str) -> None:
    with pytest.raises(msgspec.MsgspecError):
        questions.decode(state)


async def test_question_that_cannot_be_read_counts_as_none_and_is_logged(
    home: House, shop: Shop, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends("/stamp")
    await sam.sees("Which card?", new=True)
    await home.at_rest()
    with closing(sqlite3.connect(home.settings.database_path)) as file, file:
        file.execute("UPDATE dialogues SET state = ?", ['{"type":"of a later version"}'])
    with caplog.at_level(logging.ERROR):
        await sam.sends(number_of(anna))
        await sam.sees("0 of 10", new=True)
    assert "a question cannot be read" in caplog.text
    await sam.sends("/stamp")
    await sam.sees("Which card?", new=True)
    await sam.sends(number_of(anna))
    await sam.sees("✅ 1 of 10", new=True)


WAYS_BACK = {
    "field": ("/settings", "🏪", "Name:", "‹ Back"),
    "store_name": ("/stores", "Add a store", "‹ Back"),
    "member_name": ("/team", "Sam", "Rename", "‹ Back"),
    "invited": ("/team", "Invite", "Staff", "‹ Back"),
    "note": ("/find", "Write a note", "‹ Card page"),
    "logo": ("/settings", "🏪", "Logo", "Send a picture", "‹ Back"),
    "dates": ("/report", "Other dates", "‹ Back"),
    "closure": ("/settings", "🏪", "🏖 Holidays", "➕", "‹ Back"),
    "broadcast": ("/broadcast", "Switch them on", "‹ "),
    "merge": ("/find", "Merge", "‹ Card page"),
    "wording": ("/messages", "Receipt", "✏️", "‹ Back"),
}
"""By the tag of the question: what is sent, and the beginnings of what is tapped."""
AT_THE_COUNTER = "amount_doubted"
"""In a shop with points: tests/bot/staff/test_purchases.py."""
OF_MAILBOXES = {"mail_address", "mail_code", "card_address", "adoption_code"}
"""Where there is no relay nobody is asked: ``tests/bot/delivery/test_email.py``."""
SHOWN = "SELECT merchants.name, stores.name FROM merchants JOIN stores USING (merchant_id)"


async def test_what_is_typed_after_back_is_no_answer(home: House, shop: Shop) -> None:
    ends = {shape.__struct_config__.tag for shape in questions.KINDS if shape.passed_over}
    assert ends == {*WAYS_BACK, *OF_MAILBOXES, AT_THE_COUNTER}
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    await home.member(shop, "Sam")
    for tag, (command, *taps, back) in WAYS_BACK.items():
        await paul.sends(f"{command} {number_of(anna)}" if command == "/find" else command)
        for beginning in (*taps, back):
            has_it = partial(_that_begins, beginning)
            shown = await paul.sees(has_it, new=True)
            if beginning == back:
                await home.at_rest()
                [(state,)] = home.rows("SELECT state FROM dialogues WHERE user_id = ?", paul.id)
                assert msgspec.json.decode(state)["type"] == tag
            await paul.taps(_that_begins(beginning, shown), on=shown)
        await paul.answered()
        await home.at_rest()
        await paul.sends("Tuesday")
        await paul.sees("not understood", new=True)
    assert home.rows(SHOWN) == [("Café Knätsch", "Café Knätsch")]
    assert "Tuesday" not in str(home.rows("SELECT name FROM staff UNION SELECT text FROM card_notes"))


def _that_begins(beginning: str, message: Message) -> str:
    return next((text for text in message.button_texts if text.startswith(beginning)), "")


async def test_what_is_no_answer_does_not_hide_that_one_is_waited_for(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    waits = "This was not understood: what was asked before still waits for an answer."
    await paul.sends("/stores")
    await paul.taps("Add a store")
    await paul.sees("What is the new store called?", new=True)
    await paul.sends_location(49.6, 6.1)
    await paul.sees(waits, new=True)
    await paul.sends("Gare")
    await paul.sees("Gare\nOpen.", new=True)
    await paul.sends_location(49.6, 6.1)
    await paul.sees("This was not understood. /help", new=True)
