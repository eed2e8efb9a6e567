"""Which shop an owner or manager means, and whether a text can be the answer to a question."""

from bot.screens.turn import Turn
from bot.views.below_chat import tapped
from domain.ids import MerchantId
from domain.refusals import NotAllowed
from domain.rights import Right, entitled
from domain.rules.card_numbers import looks_like_card_number
from domain.staff import Role
from domain.usecases.see_settings import SeeSettings, see_settings
from domain.usecases.see_shop import Shop


def merchant_asked(turn: Turn) -> MerchantId:
    """The merchant a command is about: that of the desk, or the only one. Raises NotStaff, StoreNotChosen."""
    turn.check_is_staff()
    return turn.caller.merchant_id


def merchant_pressed(turn: Turn) -> MerchantId:
    """The merchant that a button names first. Raises NotStaff, ButtonUnknown."""
    turn.check_is_staff()
    return MerchantId(turn.pressed.id(0))


def check_may(turn: Turn, merchant_id: MerchantId, right: Right) -> None:
    """Checks a right before a question is asked. Raises NotAllowed."""
    membership = turn.caller.membership_at(merchant_id)
    entitled(membership.staff if membership else None, right)


def role_at(turn: Turn, merchant_id: MerchantId) -> Role:
    """Raises NotAllowed."""
    membership = turn.caller.membership_at(merchant_id)
    if membership is None:
        raise NotAllowed
    return membership.staff.role


async def shop_of(turn: Turn, merchant_id: MerchantId) -> Shop:
    """For who may change its fields. Raises NotAllowed, MerchantNotFound."""
    return (await turn.read(see_settings, SeeSettings(account=turn.account, merchant_id=merchant_id))).shop


def is_prose(turn: Turn) -> bool:
    """Whether the text is neither a command, nor a key below the chat, nor a card number, which have their usual
    effect."""
    leads_elsewhere = turn.is_command or tapped(turn.words) or looks_like_card_number(turn.words)
    return bool(turn.words) and not leads_elsewhere
