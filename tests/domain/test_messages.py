"""Messages are declared once: what is in the table can be sent, and nothing else."""

from dataclasses import asdict, fields
from typing import get_args

import pytest

from domain.account import Account
from domain.delivery import ALWAYS_ON, ChannelKind, addresses_of
from domain.ids import CardNumber, MerchantId, MessageId, UserId
from domain.messages import (
    MESSAGES,
    ApprovalAsked,
    Audience,
    CardMoved,
    CardsMerged,
    Message,
    MessageKind,
    RewardReady,
)
from domain.rules.wordings import PLACEHOLDERS
from domain.usecases.read_message import OfOneCard
from domain.usecases.wordings import WordingSheet, sample
from tests.support.clock import MONDAY_MORNING
from tests.support.shop import BOT


def message(kind: MessageKind) -> Message:
    facts = RewardReady(merchant_name="", card_number=CardNumber("1"), reward="", rewards_available=1)
    return Message(
        merchant_id=MerchantId("m"),
        message_id=MessageId("1"),
        kind=kind,
        recipient=Account(bot_id=BOT, user_id=UserId(7)),
        facts=facts,
        created_at=MONDAY_MORNING,
    )


def test_every_kind_is_declared() -> None:
    assert set(MessageKind) == set(MESSAGES)


def test_own_words_are_for_customers() -> None:
    assert {MESSAGES[kind].audience for kind in PLACEHOLDERS} == {Audience.CUSTOMER}


@pytest.mark.parametrize("kind", MESSAGES)
def test_everybody_is_told_in_their_chat(kind: MessageKind) -> None:
    assert addresses_of(message(kind), ALWAYS_ON) == [(ChannelKind.TELEGRAM, "7")]


def test_nothing_is_owed_over_a_channel_that_is_not_on() -> None:
    assert addresses_of(message(MessageKind.RECEIPT), ()) == []


def test_what_is_said_of_one_card_says_which() -> None:
    """To who has several of the shop. What is said of a card that is gone gives its number instead, and who is asked
    whether a reward is to be handed out reads which."""
    told = {what.facts for what in MESSAGES.values() if what.audience is Audience.CUSTOMER}
    of_a_card = {
        each for each in told if {"merchant_name", "card_number"} <= {name.name for name in fields(each)}
    }
    assert of_a_card - {*get_args(OfOneCard)} == {CardMoved, CardsMerged, ApprovalAsked}


@pytest.mark.parametrize("kind", PLACEHOLDERS)
def test_sample_is_of_the_shop(kind: MessageKind) -> None:
    sheet = WordingSheet(
        merchant_id=MerchantId("m"),
        merchant_name="Café Knätsch",
        store_name="Gare",
        reward="A coffee",
        stamps_target=10,
        today=MONDAY_MORNING.date(),
        lines=(),
    )
    facts = sample(sheet, kind)
    assert type(facts) is MESSAGES[kind].facts
    assert asdict(facts)["merchant_name"] == "Café Knätsch"
