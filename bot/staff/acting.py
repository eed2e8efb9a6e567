"""Carries out acts of the counter: finds the use case of an act, and shows its outcome."""

from datetime import datetime
from functools import partial
from typing import Any

from bot.kit.clock import new_key
from bot.kit.tokens import token_hash
from bot.screens import questions
from bot.screens.turn import Turn
from bot.staff.amount_keypad import open_keypad
from bot.staff.dialogues import AmountDoubted
from bot.telegram.chat import Place
from bot.views import approvals, counter, disputes, merges, printed, purchases, rewards, taking_back
from bot.views.confirmations import confirmation
from bot.views.view import View
from domain.acts import (
    Act,
    AdjustPoints,
    Adopt,
    AskAmount,
    AskCustomer,
    Asked,
    AskManager,
    Decide,
    EarnPoints,
    LookUp,
    MergeCards,
    RedeemAny,
    Redeeming,
    RedeemInterim,
    RedeemPoints,
    RedeemReward,
    SettleDispute,
    Stamp,
    TakeBack,
    TakeOver,
)
from domain.card import CardRef
from domain.ports import Command
from domain.quick import replace
from domain.refusals import (
    CustomerToConfirm,
    OperationKeyReused,
    PurchaseDoubted,
    Refusal,
    RewardNotChosen,
    StampsByAmount,
    UseCodeOver,
    VoidReasonMissing,
)
from domain.rules.voids import UNDO_WINDOW
from domain.staff import Actor
from domain.usecases.adjust_points import adjust_points
from domain.usecases.adopt_card import ConfirmAdoption, confirm_adoption
from domain.usecases.ask_customer import ask_customer
from domain.usecases.ask_manager import Requested, StandsIn, ask_manager, stands_in
from domain.usecases.decide_approval import decide_approval
from domain.usecases.earn_points import earn_points
from domain.usecases.look_up_card import CardAtCounter, look_up_card
from domain.usecases.merge_cards import MergeWaiting, merge_cards
from domain.usecases.posting import Posted
from domain.usecases.purchase_terms import purchase_terms
from domain.usecases.redeem_any import redeem_any
from domain.usecases.redeem_interim import redeem_interim
from domain.usecases.redeem_points import redeem_points
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.settle_dispute import settle_dispute
from domain.usecases.stamp_card import stamp_card
from domain.usecases.take_over_paper import take_over_paper
from domain.usecases.void import void_act

CHANGES: dict[type[Act], Command[Any, Posted | MergeWaiting]] = {
    Stamp: stamp_card,
    EarnPoints: earn_points,
    RedeemReward: redeem_reward,
    RedeemInterim: redeem_interim,
    RedeemPoints: redeem_points,
    RedeemAny: redeem_any,
    AdjustPoints: adjust_points,
    TakeBack: void_act,
    MergeCards: merge_cards,
    TakeOver: take_over_paper,
}


async def carry_out(
    turn: Turn, act: Act, actor: Actor, *, pin_typed: bool = False, place: Place | None = None
) -> bool:
    """Runs the act's use case and shows the outcome, in ``place`` or where ``turn.show`` puts it.

    Where a reward or a reason has to be chosen, it shows the choice. Where an amount is missing or doubted, it asks,
    and returns False. Raises what the use case raises.
    """
    asked = Asked(act=act, actor=actor, origin=turn.origin, pin_typed=pin_typed)
    match act:
        case AskAmount():
            await open_keypad(turn, asked.instead(act), place)
        case LookUp():
            await show_panel(turn, await turn.read(look_up_card, asked.instead(act)), place)
        case AskManager():
            await _asks(turn, await turn.write(ask_manager, asked.instead(act)), place)
        case AskCustomer():
            await _asks(turn, await turn.write(ask_customer, asked.instead(act)), place)
        case Decide():
            await _decide(turn, asked.instead(act), place)
        case _:
            return await _change(turn, asked, place)
    return True


async def _change(turn: Turn, asked: Asked[Act], place: Place | None) -> bool:
    act = asked.act
    try:
        if isinstance(act, SettleDispute):
            view = disputes.confirmed(turn.t, await turn.write(settle_dispute, asked.instead(act)))
        elif isinstance(act, Adopt):
            view = printed.adopted(
                turn.t, await turn.write(confirm_adoption, _adoption(turn, asked.instead(act)))
            )
        else:
            done = await _changed(turn, asked)
            if isinstance(done, Posted):
                await _confirm(turn, done, place)
                return True
            view = merges.waiting(turn.t, done, turn.timezone)
    except CustomerToConfirm:
        await _ask_customer(turn, asked, place)
        return True
    except (RewardNotChosen, VoidReasonMissing) as lacking:
        view = await _choice(turn, asked, lacking)
    except StampsByAmount:
        await open_keypad(turn, asked.instead(AskAmount(card=act.card)), place)
        return False
    except PurchaseDoubted as doubted:
        await _doubt(turn, asked, doubted.amount.amount_minor, place)
        return False
    turn.services.panels.overwritten(await turn.show(view, place))
    return True


async def _changed(turn: Turn, asked: Asked[Act]) -> Posted | MergeWaiting:
    """What the change came to. The code that a customer shows for a reward works once: it is confirmed again only to
    the same message, handled again after a crash. Raises UseCodeOver, and CustomerToConfirm also where the key may be
    that of a request to the customer."""
    act = asked.act
    if not isinstance(act, Redeeming):
        return await turn.write(CHANGES[type(act)], asked)
    is_scanned = act.confirmed_at is not None
    try:
        done = await turn.write(CHANGES[type(act)], asked)
    except OperationKeyReused as reused:
        raise UseCodeOver if is_scanned else CustomerToConfirm from reused
    if is_scanned and isinstance(done, Posted) and done.replayed and done.entry.origin != turn.origin:
        raise UseCodeOver
    return done


async def _ask_customer(turn: Turn, asked: Asked[Act], place: Place | None) -> None:
    """In the place of handing the reward out, asks its customer; their yes has the key of the act. Where they were
    asked before, shows how that stands. Raises OperationKeyReused where the key was for something else."""
    assert isinstance(asked.act, Redeeming)
    question = asked.instead(AskCustomer.about(asked.act))
    await _asks(turn, await turn.write(ask_customer, question), place)


def _adoption(turn: Turn, asked: Asked[Adopt]) -> ConfirmAdoption:
    tokens = turn.services.tokens
    return ConfirmAdoption(
        asked=asked,
        card_hash=lambda card_id, rotation: token_hash(tokens.card_token(card_id, rotation)),
        account_hash=tokens.account_hash,
    )


async def panel_again(turn: Turn, card: CardRef, actor: Actor) -> CardAtCounter | None:
    """The card with what is possible now; None where nothing may be done to it."""
    try:
        found = await turn.read(look_up_card, Asked(act=LookUp(card=card), actor=actor))
    except Refusal:
        return None
    return found if found.refusal is None else None


async def show_panel(
    turn: Turn,
    found: CardAtCounter,
    place: Place | None = None,
    said: str = "",
    refused_count: int | None = None,
    said_until: datetime | None = None,
) -> None:
    """Shows the card's panel, below ``said``. Without ``place`` and a pressed button, the card's newest panel is
    edited if nothing is ``said``; otherwise the panel is a new message."""
    panels, card_id, now = turn.services.panels, found.card.card_id, turn.services.clock()
    place = place or turn.place
    if place is None and not said:
        place = await panels.place_for(turn.user.id, card_id, now)
    view = _named(turn, counter.panel(turn.t, found, turn.timezone, said, refused_count, said_until))
    panels.shown(await turn.show(view, place), card_id, now)


async def _confirm(turn: Turn, done: Posted, place: Place | None) -> None:
    """Shows the confirmation. Its *Undo* is replaced once UNDO_WINDOW is over."""
    shown = await turn.show(_confirmation(turn, done), place)
    turn.services.panels.overwritten(shown)
    if done.may_undo:
        later = partial(_confirmation, turn, replace(done, may_undo=False))
        turn.services.chat.replace_after(done.entry.occurred_at + UNDO_WINDOW, shown, later)


def _confirmation(turn: Turn, done: Posted) -> View:
    return _named(turn, confirmation(turn.t, done))


def _named(turn: Turn, view: View) -> View:
    """At a shared phone, with the name of the member who stood there before this tap or message: whoever takes the
    phone next sees in whose name they would act."""
    standing = turn.caller.standing
    if not turn.caller.is_terminal or standing is None:
        return view
    return replace(view, text=f"{view.text}\n{counter.stands_here(turn.t, standing.name)}")


async def _asks(turn: Turn, requested: Requested, place: Place | None) -> None:
    """Shows the request and stores where it is shown, for the answer will replace it. A decision made before that was
    stored is shown at once."""
    shown = await turn.show(approvals.asked_manager(turn.t, requested, turn.timezone), place)
    turn.services.panels.overwritten(shown)
    approval = requested.approval
    standing = StandsIn(
        merchant_id=approval.merchant_id, approval_id=approval.approval_id, message_id=shown.message_id
    )
    now = await turn.write(stands_in, standing)
    if now.approval.state is not approval.state:
        await turn.show(approvals.asked_manager(turn.t, now, turn.timezone), shown)


async def _decide(turn: Turn, asked: Asked[Decide], place: Place | None) -> None:
    """Shows the decision. The question is replaced by the outbox, as for all managers."""
    done = await turn.write(decide_approval, asked)
    if place is None:
        await turn.answer(approvals.decided_in_words(turn.t, done))
    else:
        await turn.show(approvals.decided(turn.t, done), place)


async def _choice(turn: Turn, asked: Asked[Act], lacking: Refusal) -> View:
    """A button for each way to complete the act: the reward, the reason, or, if no entry is named, the act to take
    back."""
    found = await turn.read(look_up_card, asked.instead(LookUp(card=asked.act.card)))
    if isinstance(lacking, RewardNotChosen):
        return rewards.reward_list(turn.t, found.card)
    if isinstance(asked.act, TakeBack) and asked.act.entry is not None:
        return taking_back.void_reasons(turn.t, found.card.card_id, asked.act.entry, new_key())
    return taking_back.void_list(turn.t, found, turn.timezone)


async def _doubt(turn: Turn, asked: Asked[Act], amount_minor: int, place: Place | None) -> None:
    """Asks whether the amount is right. The act is kept with its operation key: confirmed twice, it happens once."""
    if not isinstance(asked.act, EarnPoints):
        raise TypeError(f"no amount: {asked.act}")
    nonce = new_key()
    await questions.remember(turn, AmountDoubted(asked.act), nonce)
    terms = await turn.read(purchase_terms, asked.instead(AskAmount(card=asked.act.card)))
    await turn.show(purchases.doubt_amount(turn.t, terms.card, amount_minor, nonce), place)
