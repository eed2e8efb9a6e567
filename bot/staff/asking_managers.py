"""Requests to managers for what staff may not do alone, and their answers."""

from collections.abc import Sequence

from bot.kit.buttons import ButtonUnknown
from bot.screens.turn import Turn
from bot.staff.alarms import below, work_at
from bot.staff.performing import look_up, perform
from bot.views import approvals as views
from bot.views import reasons
from domain.acts import AskManager, Decide
from domain.card import CardRef
from domain.ids import ApprovalId, EntryId, MerchantId
from domain.refusals import NothingToVoid
from domain.rules.stamps import check_stamp_count
from domain.usecases.decide_approval import SeeApproval, see_approval
from domain.usecases.end_approval import Withdraw, withdraw_approval


async def more_button(turn: Turn) -> None:
    """Asks why stamps are to be given above the daily limit."""
    count = turn.pressed.number(1)
    check_stamp_count(count)
    found = await look_up(turn, _card(turn))
    await turn.show(views.why_more(turn.t, found.card, count))


async def more_for_button(turn: Turn) -> None:
    pressed = turn.pressed
    reason = _nth(reasons.choices(turn.t, reasons.FOR_MORE), pressed.number(3))
    await perform(
        turn, AskManager(card=_card(turn), count=pressed.number(1), key=pressed.key(2), reason=reason)
    )


async def back_button(turn: Turn) -> None:
    """Asks why an act is to be taken back that staff may not take back alone."""
    entry_id = EntryId(turn.pressed.id(1))
    found = await look_up(turn, _card(turn))
    entry = next((each for each in found.askable if each.entry_id == entry_id), None)
    if entry is None:
        raise NothingToVoid
    await turn.show(views.why_back(turn.t, found.card, entry, turn.timezone))


async def back_for_button(turn: Turn) -> None:
    pressed = turn.pressed
    entry, reason = (
        EntryId(pressed.id(1)),
        _nth(reasons.choices(turn.t, reasons.TO_TAKE_BACK), pressed.number(3)),
    )
    await perform(turn, AskManager(card=_card(turn), entry=entry, key=pressed.key(2), reason=reason))


async def decide_button(turn: Turn) -> None:
    """Approves or declines. The question stays until the outbox replaces it for everybody; a PIN keypad comes
    below."""
    pressed = turn.pressed
    merchant_id, approval_id = MerchantId(pressed.id(0)), ApprovalId(pressed.id(1))
    is_approved = bool(pressed.number(2))
    query = SeeApproval(account=turn.account, merchant_id=merchant_id, approval_id=approval_id)
    waiting = await turn.read(see_approval, query)
    await work_at(turn, merchant_id, waiting.store_id)
    card = CardRef("id", waiting.card_id)
    await below(turn, Decide(card=card, approval=approval_id, is_approved=is_approved))


async def unask_button(turn: Turn) -> None:
    pressed = turn.pressed
    command = Withdraw(
        account=turn.account,
        merchant_id=MerchantId(pressed.id(0)),
        approval_id=ApprovalId(pressed.id(1)),
    )
    asked = await turn.write(withdraw_approval, command)
    await turn.show(views.withdrawn(turn.t, asked, turn.timezone))


def _card(turn: Turn) -> CardRef:
    return CardRef("id", turn.pressed.id(0))


def _nth(said: Sequence[str], position: int) -> str:
    if position >= len(said):
        raise ButtonUnknown
    return said[position]
