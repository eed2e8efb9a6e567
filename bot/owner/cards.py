"""``/find``: a customer's card as owners and managers look after it."""

import re
from collections.abc import Sequence
from typing import ClassVar

from bot.kit.buttons import ButtonUnknown
from bot.kit.clock import new_key
from bot.kit.tokens import token_hash
from bot.owner.asking import check_may, is_prose, merchant_asked, merchant_pressed
from bot.screens import questions
from bot.screens.questions import Question
from bot.screens.turn import Turn
from bot.views import card_pages as views
from bot.views.below_chat import tapped
from bot.views.reasons import TO_BLOCK, TO_VOUCH
from domain.card import CardRef
from domain.ids import CardId, MerchantId, MoveId
from domain.rights import Right
from domain.rules.card_numbers import parse_card_number
from domain.usecases.manage_cards import (
    CardPage,
    FindCards,
    SeeCard,
    SetBlocked,
    WriteNote,
    find_cards,
    see_card,
    see_history,
    set_blocked,
    write_note,
)
from domain.usecases.move_card import (
    BeginMove,
    SeeMove,
    VouchForMove,
    begin_move,
    see_move,
    vouch_for_move,
    withdraw_merge,
)

_LIKE_A_NUMBER = re.compile(r"[0-9 .\-]+")


class Finding(Question, frozen=True, tag="find"):
    """Whose card? After an answer with the ``beginning`` of a name, only the buttons of the list answer."""

    merchant_id: MerchantId
    beginning: str = ""


class NoteAsked(Question, frozen=True, tag="note"):
    """What should be noted on the card?"""

    passed_over: ClassVar[bool] = True
    merchant_id: MerchantId
    card_id: CardId


async def find_command(turn: Turn) -> None:
    """``/find 482 109 375``, ``/find Anna``, or alone to be asked."""
    merchant_id = merchant_asked(turn)
    if turn.words:
        await _find(turn, merchant_id)
        return
    check_may(turn, merchant_id, Right.MANAGE_CARDS)
    await questions.remember(turn, Finding(merchant_id), new_key())
    await turn.say(views.ask_whom(turn.t))


async def found_button(turn: Turn) -> None:
    """Another page of the list."""
    nonce = turn.pressed.text(0)
    question = questions.expected(turn, Finding, nonce)
    await _show_found(turn, question, nonce, turn.pressed.number(1))


async def card_page_button(turn: Turn) -> None:
    await turn.show(views.card_page(turn.t, await _page(turn)))


async def history_button(turn: Turn) -> None:
    before = turn.pressed.number(2) or None
    await turn.show(views.history(turn.t, await turn.read(see_history, _pressed(turn, before))))


async def note_button(turn: Turn) -> None:
    page = await _page(turn)
    await questions.remember(turn, NoteAsked(page.merchant_id, page.state.card_id), new_key())
    await turn.show(views.ask_note(turn.t, page))


async def block_button(turn: Turn) -> None:
    await turn.show(views.block_why(turn.t, await _page(turn)))


async def block_meant_button(turn: Turn) -> None:
    await _set_blocked(turn, is_blocked=True, reason=_chosen(turn, TO_BLOCK))


async def unblock_button(turn: Turn) -> None:
    await _set_blocked(turn, is_blocked=False)


async def move_button(turn: Turn) -> None:
    await turn.show(views.move_offer(turn.t, await _page(turn), new_key()))


async def move_meant_button(turn: Turn) -> None:
    """Makes the link, and sends it as a code for the phone that is to get the card."""
    token = turn.services.tokens.move_token(turn.pressed.key(2))
    named = _pressed(turn)
    command = BeginMove(
        merchant_id=named.merchant_id,
        account=turn.account,
        card=named.card,
        token_hash=token_hash(token),
    )
    page = await turn.write(begin_move, command)
    link = turn.services.links.move(token)
    await turn.show(views.card_page(turn.t, page))
    await turn.say(views.move_link(turn.t, page, link, await turn.services.studio.code(link)))


async def vouch_button(turn: Turn) -> None:
    await turn.show(views.vouch_why(turn.t, await turn.read(see_move, _move(turn))))


async def vouched_button(turn: Turn) -> None:
    named = _move(turn)
    command = VouchForMove(
        merchant_id=named.merchant_id,
        account=turn.account,
        move_id=named.move_id,
        reason=_chosen(turn, TO_VOUCH),
    )
    await turn.show(views.card_page(turn.t, await turn.write(vouch_for_move, command)))


async def unask_button(turn: Turn) -> None:
    """Takes back what the holder was asked about a merge."""
    await turn.show(views.card_page(turn.t, await turn.write(withdraw_merge, _move(turn))))


async def _asked_name_sent(turn: Turn, question: Finding) -> None:
    await _find(turn, question.merchant_id)


async def _note_sent(turn: Turn, question: NoteAsked) -> None:
    command = WriteNote(
        merchant_id=question.merchant_id,
        account=turn.account,
        card=CardRef("id", question.card_id),
        text=turn.words,
    )
    page = await turn.write(write_note, command)
    await questions.forget(turn, turn.nonce)
    await turn.say(views.card_page(turn.t, page))


def _is_name_or_number(turn: Turn, question: Finding) -> bool:
    return not (question.beginning or turn.is_command or tapped(turn.words))


questions.add(Finding, _asked_name_sent, _is_name_or_number)
questions.add(NoteAsked, _note_sent, lambda turn, _question: is_prose(turn))


async def _find(turn: Turn, merchant_id: MerchantId) -> None:
    """Raises CardNumberMistyped."""
    if _LIKE_A_NUMBER.fullmatch(turn.words):
        number = CardRef("number", parse_card_number(turn.words))
        asked = SeeCard(merchant_id=merchant_id, account=turn.account, card=number)
        page = await turn.read(see_card, asked)
        if isinstance(turn.question, Finding):
            await questions.forget(turn, turn.nonce)
        await turn.say(views.card_page(turn.t, page))
        return
    nonce, question = new_key(), Finding(merchant_id, turn.words)
    await questions.remember(turn, question, nonce)
    await _show_found(turn, question, nonce, 0)


async def _show_found(turn: Turn, question: Finding, nonce: str, page: int) -> None:
    asked = FindCards(
        merchant_id=question.merchant_id, account=turn.account, beginning=question.beginning, page=page
    )
    await turn.show(views.found(turn.t, await turn.read(find_cards, asked), question.merchant_id, nonce))


async def _set_blocked(turn: Turn, *, is_blocked: bool, reason: str = "") -> None:
    named = _pressed(turn)
    command = SetBlocked(
        merchant_id=named.merchant_id,
        account=turn.account,
        card=named.card,
        is_blocked=is_blocked,
        reason=reason,
    )
    await turn.show(views.card_page(turn.t, await turn.write(set_blocked, command)))


def _chosen(turn: Turn, reasons: Sequence[str]) -> str:
    """Raises ButtonUnknown."""
    position = turn.pressed.number(2)
    if position >= len(reasons):
        raise ButtonUnknown
    return turn.t(reasons[position])


async def _page(turn: Turn) -> CardPage:
    return await turn.read(see_card, _pressed(turn))


def _move(turn: Turn) -> SeeMove:
    """The move or merge that a button names. Raises NotStaff."""
    return SeeMove(
        merchant_id=merchant_pressed(turn), account=turn.account, move_id=MoveId(turn.pressed.id(1))
    )


def _pressed(turn: Turn, before: int | None = None) -> SeeCard:
    """The card that a button names. Raises NotStaff."""
    return SeeCard(
        merchant_id=merchant_pressed(turn),
        account=turn.account,
        card=CardRef("id", turn.pressed.id(1)),
        before=before,
    )
