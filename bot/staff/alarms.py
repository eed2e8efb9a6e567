"""The buttons below an alarm: to open its card, and to settle a dispute."""

from bot.screens.turn import Turn
from bot.staff import desk
from bot.staff.counter import perform
from bot.views.reasons import DISPUTED
from bot.views.view import View
from domain.acts import Act, LookUp, SettleDispute, TakeBack
from domain.card import CardRef
from domain.dispute import DisputeOutcome
from domain.ids import EntryId, MerchantId, StoreId
from domain.refusals import DisputeGone, DisputeNotOpen, NotAllowed, StoreNotChosen
from domain.usecases.settle_dispute import SeeDispute, see_dispute


async def open_card_button(turn: Turn) -> None:
    merchant_id, card = MerchantId(turn.pressed.id(0)), CardRef("id", turn.pressed.id(1))
    await work_at(turn, merchant_id, None)
    await below(turn, LookUp(card=card))


async def settle_button(turn: Turn) -> None:
    """Settles a dispute. The alarm stays until the outbox replaces it for everybody; questions and answers come
    below."""
    act = await _settling(turn)
    await below(turn, act)


async def settle_listed_button(turn: Turn) -> None:
    """Settles a dispute that was opened out of the list: no alarm, so questions and answers come in its place."""
    try:
        act = await _settling(turn)
    except (DisputeGone, DisputeNotOpen) as refusal:
        await turn.show(View(text=turn.said(refusal)))
        return
    await perform(turn, act)


async def _settling(turn: Turn) -> Act:
    """What the pressed button does; the member works where it happened. Raises NotAllowed, DisputeGone,
    DisputeNotOpen, StoreNotChosen."""
    pressed = turn.pressed
    merchant_id, entry_id = MerchantId(pressed.id(0)), EntryId(pressed.id(1))
    outcome = pressed.one_of(DisputeOutcome, 2)
    query = SeeDispute(account=turn.account, merchant_id=merchant_id, entry_id=entry_id)
    disputed = await turn.read(see_dispute, query)
    card = CardRef("id", disputed.card_id)
    act: Act = SettleDispute(card=card, entry=entry_id, outcome=outcome)
    if outcome is DisputeOutcome.TAKEN_BACK and not disputed.is_taken_back:
        act = TakeBack(card=card, entry=entry_id, key=turn.typed_key, reason=turn.t(DISPUTED))
    await work_at(turn, merchant_id, disputed.store_id)
    return act


async def below(turn: Turn, act: Act) -> None:
    turn.show_below()
    await perform(turn, act)


async def work_at(turn: Turn, merchant_id: MerchantId, store_id: StoreId | None) -> None:
    """Moves the member's desk to this merchant, unless it is there: to ``store_id``, or their only store if they do
    not work at that one; for None to their first store. Raises NotAllowed, StoreNotChosen."""
    membership = turn.caller.membership_at(merchant_id)
    if membership is None:
        raise NotAllowed
    if turn.caller.desk is not None and turn.caller.desk.merchant_id == merchant_id:
        return
    if not membership.stores or not await desk.move_to(turn, membership, store_id or membership.stores[0][0]):
        raise StoreNotChosen
