"""Merging two cards of one person: begun on a card's page, and shown before it happens."""

from typing import ClassVar

from bot.kit.clock import new_key
from bot.screens import questions
from bot.screens.questions import Question
from bot.screens.turn import Turn
from bot.staff.alarms import work_at
from bot.staff.performing import perform
from bot.views import merges as views
from domain.acts import MergeCards
from domain.card import CardRef
from domain.ids import CardId, MerchantId, OperationKey
from domain.rules.card_numbers import looks_like_card_number, parse_card_number
from domain.usecases.manage_cards import SeeCard, see_card
from domain.usecases.merge_cards import SeeMerge, see_merge


class MergeAsked(Question, frozen=True, tag="merge"):
    """Which card is to be merged into this one?"""

    passed_over: ClassVar[bool] = True

    merchant_id: MerchantId
    card_id: CardId


class MergeOffered(Question, frozen=True, tag="merge_offered"):
    """Should they be merged, so that ``card_id`` remains? The nonce is the key of the operation."""

    merchant_id: MerchantId
    card_id: CardId
    other_id: CardId


async def merge_button(turn: Turn) -> None:
    """The button on a card's page: asks for the other card."""
    turn.check_is_staff()
    merchant_id, card_id = MerchantId(turn.pressed.id(0)), CardId(turn.pressed.id(1))
    asked = SeeCard(merchant_id=merchant_id, account=turn.account, card=CardRef("id", card_id))
    page = await turn.read(see_card, asked)
    await questions.remember(turn, MergeAsked(merchant_id, card_id), new_key())
    await turn.show(views.ask_other(turn.t, page))


async def other_scanned(turn: Turn, question: MergeAsked, token_hash: str) -> None:
    asked = SeeMerge(
        merchant_id=question.merchant_id,
        account=turn.account,
        card=CardRef("id", question.card_id),
        other=CardRef("token", token_hash),
        is_undecided=True,
        is_at_hand=True,
    )
    await _offer(turn, asked)


async def swap_button(turn: Turn) -> None:
    """Offers the same merge with the other card as the one that remains."""
    offered = questions.expected(turn, MergeOffered, turn.pressed.text(0))
    asked = SeeMerge(
        merchant_id=offered.merchant_id,
        account=turn.account,
        card=CardRef("id", offered.other_id),
        other=CardRef("id", offered.card_id),
    )
    await _offer(turn, asked)


async def merge_meant_button(turn: Turn) -> None:
    nonce = turn.pressed.key(0)
    offered = questions.expected(turn, MergeOffered, nonce)
    await work_at(turn, offered.merchant_id, None)
    act = MergeCards(
        card=CardRef("id", offered.card_id), other=CardRef("id", offered.other_id), key=OperationKey(nonce)
    )
    await perform(turn, act)


async def _other_sent(turn: Turn, question: MergeAsked) -> None:
    asked = SeeMerge(
        merchant_id=question.merchant_id,
        account=turn.account,
        card=CardRef("id", question.card_id),
        other=CardRef("number", parse_card_number(turn.words)),
        is_undecided=True,
    )
    await _offer(turn, asked)


async def _offer(turn: Turn, asked: SeeMerge) -> None:
    found, nonce = await turn.read(see_merge, asked), new_key()
    offered = MergeOffered(asked.merchant_id, found.card.card_id, found.other.card_id)
    await questions.remember(turn, offered, nonce)
    await turn.show(views.offer(turn.t, found, nonce))


questions.add(MergeAsked, _other_sent, lambda turn, _question: looks_like_card_number(turn.words))
questions.add(MergeOffered)
