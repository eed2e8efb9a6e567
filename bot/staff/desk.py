"""Where a member works: ``/store``, and the same question before a link can be opened."""

from bot.kit.clock import new_key
from bot.screens import questions
from bot.screens.turn import Handler, Turn
from bot.staff.dialogues import StoreAsked, StoreAskedFor
from bot.views import team as views
from domain.acts import Act
from domain.ids import MerchantId, StoreId
from domain.refusals import StoreNotChosen
from domain.staff import Membership
from domain.usecases.choose_desk import ChooseStore, choose_store


async def store_command(turn: Turn) -> None:
    turn.check_is_staff()
    await ask_store(turn, payload=None)


async def ask_store(turn: Turn, payload: str | None, merchant_id: MerchantId | None = None) -> None:
    """Asks at which store the member works, of all merchants or of one. ``payload`` is the link to open after
    that."""
    memberships = [
        membership
        for membership in turn.caller.memberships
        if merchant_id in (None, membership.staff.merchant_id)
    ]
    await questions.remember(turn, StoreAsked(payload), new_key())
    await turn.say(views.choose_store(turn.t, memberships))


async def ask_store_for(turn: Turn, act: Act) -> None:
    """Asks at which store the member works, and for the act to be done there."""
    await questions.remember(turn, StoreAskedFor(None, act), new_key())
    await turn.say(views.choose_store(turn.t, turn.caller.memberships))


def asking_where(handler: Handler) -> Handler:
    """The handler, which asks at which store somebody works where only that is missing. What was asked for has to be
    asked for again."""

    async def handle(turn: Turn) -> None:
        try:
            await handler(turn)
        except StoreNotChosen:
            await ask_store(turn, payload=None)

    return handle


async def store_button(turn: Turn) -> StoreAsked | None:
    """Works at this store from now on. Returns the question, with what waited for the answer."""
    pressed = turn.pressed
    name = await turn.write(
        choose_store,
        ChooseStore(
            account=turn.account,
            merchant_id=MerchantId(pressed.id(0)),
            store_id=StoreId(pressed.id(1)),
        ),
    )
    await turn.show(views.store_chosen(turn.t, name))
    return turn.question if isinstance(turn.question, StoreAsked) else None


questions.add(StoreAsked)
questions.add(StoreAskedFor)


async def move_to(turn: Turn, membership: Membership, store_id: StoreId | None = None) -> bool:
    """Moves the desk to this merchant, to ``store_id`` if the member works there, else to their only store. Returns
    False where the store has to be asked for."""
    stores = [known for known, _ in membership.stores]
    if store_id not in stores:
        if len(stores) != 1:
            return False
        [store_id] = stores
    await turn.write(
        choose_store,
        ChooseStore(account=turn.account, merchant_id=membership.staff.merchant_id, store_id=store_id),
    )
    await turn.look_again()
    return True
