"""The front door: links, photos and plain text, each sent to the room it is for."""

from collections.abc import Mapping

from bot.customer import cards, joining, language
from bot.customer.balance_words import asks_for_balance
from bot.kit.links import Payload, parse_payload
from bot.kit.refusals import CodeNotOurs, SeveralCodes
from bot.owner import members, set_up, settings
from bot.screens import questions
from bot.screens.menus import take_tools
from bot.screens.turn import Handler, Turn
from bot.staff import counter, desk, merging, naming_cards, performing, using
from bot.staff import joining as team
from bot.staff.dialogues import StoreAskedFor
from bot.staff.words import is_number_and_count
from bot.views.below_chat import my_card_label, rewards_label, stop_label, tapped, typed
from bot.views.help import greeting, not_understood
from domain.link import LinkKind, Route
from domain.refusals import LinkUnknown
from domain.usecases.links import find_route

CARDS_ASKED_MAX = 8
KEYS: Mapping[object, Handler] = {
    my_card_label: cards.card_command,
    rewards_label: cards.rewards_command,
    stop_label: members.stop_choosing,
}
"""Below the chat, for whoever has them; those of a team are in ``counter.BELOW``."""


async def start_command(turn: Turn) -> None:
    """``/start`` alone, or with what a deep link carries."""
    if turn.words:
        payload = parse_payload(turn.words)
        if payload is None:
            raise LinkUnknown
        await _open(turn, payload)
    elif turn.caller.is_staff:
        await language.help_command(turn)
    elif turn.caller.person is None:
        await turn.say(greeting(turn.t, may_open_shop=turn.services.is_signup_open))
    else:
        await cards.card_command(turn)


async def photo_sent(turn: Turn) -> None:
    """An answer to an open question, or a code, which does what scanning it would do. Of several cards staff are
    asked which one; a poster behind a card is ignored, and both are beside a code for a reward. Raises CodeNotOurs,
    SeveralCodes."""
    if await questions.answered(turn):
        return
    texts = await turn.services.studio.codes_in(await turn.sent_picture())
    found = dict.fromkeys(filter(None, map(turn.services.links.payload_in, texts)))
    cards = [payload for payload in found if payload.kind is LinkKind.CARD]
    rewards = [payload for payload in found if payload.kind is LinkKind.USE]
    match rewards or cards or list(found):
        case []:
            raise CodeNotOurs
        case [payload]:
            await _open(turn, payload)
        case several if not rewards and cards and len(cards) <= CARDS_ASKED_MAX and turn.caller.is_staff:
            await naming_cards.ask_which(turn, [payload.token_hash for payload in several])
        case _:
            raise SeveralCodes


async def settings_command(turn: Turn) -> None:
    """The settings of the shop, for members who may change them; for others their own."""
    if settings.may_change(turn):
        await settings.open_settings(turn)
    else:
        await language.settings_command(turn)


async def text_sent(turn: Turn) -> None:
    """An answer to an open question, a card number, a tap on the menu below the chat, or something not understood."""
    if await questions.answered(turn):
        return
    label = tapped(turn.words) or typed(turn.words)
    if turn.caller.is_staff and is_number_and_count(turn.words):
        await naming_cards.number_sent(turn)
    elif label in counter.BELOW and not turn.caller.is_staff:
        await turn.say(await take_tools(turn))
    elif label in counter.BELOW:
        await counter.BELOW[label](turn)
    elif label in KEYS:
        await KEYS[label](turn)
    elif not turn.is_command and (asks_for_balance(turn.words) or await cards.is_own_number(turn)):
        await cards.balance_command(turn)
    else:
        await turn.say(not_understood(turn.t, is_asked=questions.waits(turn) and not turn.is_command))


def for_operators(handler: Handler) -> Handler:
    """For anybody else the command does not exist."""

    async def handle(turn: Turn) -> None:
        await (handler if turn.is_operator else text_sent)(turn)

    return handle


def where_mail_is_on(handler: Handler) -> Handler:
    """Elsewhere there is no such command."""

    async def handle(turn: Turn) -> None:
        await (handler if turn.services.mailer else text_sent)(turn)

    return handle


def where_wallets_are_on(handler: Handler) -> Handler:
    """Elsewhere there is no such command."""

    async def handle(turn: Turn) -> None:
        await (handler if turn.services.wallets else text_sent)(turn)

    return handle


async def store_button(turn: Turn) -> None:
    """A member has said where they work: a link that waited for that is opened now, an act is done."""
    waiting = await desk.store_button(turn)
    payload = parse_payload(waiting.payload) if waiting and waiting.payload else None
    if isinstance(waiting, StoreAskedFor):
        await turn.look_again()
        turn.show_below()
        await performing.perform(turn, waiting.act)
    elif payload is not None:
        await turn.look_again()
        turn.show_below()
        await _open(turn, payload)


async def open_shop_button(turn: Turn) -> None:
    """Opens a shop, and shows its owner the first card of it."""
    if (opened := await set_up.open_button(turn)) is not None:
        await cards.show_card_below(turn, opened.card)
        await questions.forget(turn, turn.nonce)


async def _open(turn: Turn, payload: Payload) -> None:
    if payload.kind is LinkKind.USE:
        await using.open_use_code(turn, payload)
    else:
        await _follow(turn, payload)


async def _follow(turn: Turn, payload: Payload) -> None:
    route = await turn.read(find_route, payload.token_hash)
    if route.kind is not payload.kind:
        raise LinkUnknown
    match route.kind:
        case LinkKind.JOIN:
            await joining.join_from_poster(turn, route, payload.program_id)
        case LinkKind.INVITE:
            await team.open_invite(turn, route)
        case LinkKind.NEW_SHOP:
            await set_up.open_link(turn, route)
        case LinkKind.MOVE:
            await joining.open_move_link(turn, route)
        case LinkKind.FRIEND:
            await joining.join_by_friend_link(turn, route)
        case LinkKind.CARD:
            await _open_card(turn, route, payload)


async def _open_card(turn: Turn, route: Route, payload: Payload) -> None:
    membership = turn.caller.membership_at(route.merchant_id)
    if membership is None or await joining.is_own_card(turn, route):
        await joining.open_card(turn, route)
        return
    at_desk = turn.caller.desk is not None and turn.caller.desk.merchant_id == route.merchant_id
    if isinstance(turn.question, merging.MergeAsked) and turn.question.merchant_id == route.merchant_id:
        await merging.other_scanned(turn, turn.question, route.token_hash)
    elif at_desk or await desk.move_to(turn, membership):
        await naming_cards.show_scanned(turn, route.token_hash)
    else:
        await desk.ask_store(turn, payload.text, route.merchant_id)
