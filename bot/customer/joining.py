"""Joining a shop, by a poster, a friend's link or a button; and cards that come to an account: moved, or adopted."""

from dataclasses import replace
from typing import ClassVar

from bot.customer.cards import show_card_below, show_card_here
from bot.customer.mailbox import digits_in, is_code, send_code
from bot.delivery.mailer import may_have_arrived
from bot.kit.clock import new_key
from bot.kit.refusals import CardOfAnotherShop
from bot.kit.tokens import token_hash
from bot.screens import questions
from bot.screens.turn import Turn
from bot.texts import plain
from bot.views import joining as views
from bot.views import printed
from bot.views.coming_back import brought_along
from bot.views.mails import Frame
from domain.ids import CardId, CustomerId, MerchantId, MoveId, OperationKey, ProgramId, StoreId, TokenHash
from domain.link import Route
from domain.mailbox import CODE_HOLDS
from domain.refusals import MailCodeWrong
from domain.usecases.adopt_card import (
    AdoptionCode,
    AskAdoption,
    ProveAdoption,
    ask_adoption,
    prove_adoption,
)
from domain.usecases.bring_friend import JoinByFriend, join_by_friend
from domain.usecases.join_store import Joined, JoinProgram, JoinStore, join_program, join_store
from domain.usecases.links import OpenCardLink, open_card_link
from domain.usecases.move_card import AnswerMove, OpenMove, answer_move, open_move
from domain.usecases.my_cards import MyCard, my_card


async def join_from_poster(turn: Turn, route: Route, program_id: ProgramId | None) -> None:
    await _join(turn, route.merchant_id, StoreId(route.target_id), program_id)


async def join_button(turn: Turn) -> None:
    pressed = turn.pressed
    await _join(turn, MerchantId(pressed.id(0)), StoreId(pressed.id(1)), None)


async def join_program_button(turn: Turn) -> None:
    """Gives a customer of the shop a card of another of its programs."""
    pressed, (card_id, hashed) = turn.pressed, _new_card(turn)
    command = JoinProgram(
        account=turn.account,
        merchant_id=MerchantId(pressed.id(0)),
        program_id=ProgramId(pressed.id(1)),
        card_id=card_id,
        card_token_hash=hashed,
        account_hash=turn.services.tokens.account_hash(turn.account, MerchantId(pressed.id(0))),
    )
    joined = await turn.write(join_program, command)
    _bonus_comes_after(turn, joined)
    if joined.is_new:
        await turn.answer(plain(views.one_more_card(turn.t, joined.held)))
    await show_card_here(turn, joined.held)


async def is_own_card(turn: Turn, route: Route) -> bool:
    asked = OpenCardLink(account=turn.account, route=route, is_own_alone=True)
    return (await turn.read(open_card_link, asked)).card_id is not None


async def open_card(turn: Turn, route: Route) -> None:
    """A card's code was opened by a person who does not work at the shop. The holder sees the card. Anybody else sees
    nothing of it: they may adopt a guest's card, or are offered a card of their own. Raises CardOfAnotherShop for
    staff of other shops instead of such an offer: their scan may have been a slip."""
    link = await turn.read(open_card_link, OpenCardLink(account=turn.account, route=route))
    if link.card_id is not None:
        own = MyCard(account=turn.account, merchant_id=link.merchant_id, card_id=link.card_id)
        await show_card_below(turn, await turn.read(my_card, own))
    elif link.offer is not None and link.guest_card_id is not None:
        await turn.say(printed.is_it_yours(turn.t, link.offer, link.guest_card_id, link.other_card_id))
    elif link.offer is not None and turn.caller.is_staff:
        raise CardOfAnotherShop(merchant_name=link.offer.merchant.name)
    elif link.offer is not None and link.other_card_id is not None and not link.is_blank:
        await turn.say(views.somebody_elses(turn.t, link.offer, link.other_card_id))
    elif link.offer is not None:
        offered = views.nobodys if link.is_blank else views.stranger
        await turn.say(offered(turn.t, link.offer))


async def adopt_button(turn: Turn) -> None:
    """A person who scanned a guest's card says that it is theirs. They then show it at the counter, or type the code
    that is mailed to the card's address. Each tap mails another code, and the number of codes is limited."""
    services, tokens = turn.services, turn.services.tokens
    merchant_id, card_id = MerchantId(turn.pressed.id(0)), CardId(turn.pressed.id(1))
    key = OperationKey(f"adopt:{turn.update.update_id}")
    digits = tokens.mail_code(turn.account, key)
    code = AdoptionCode(
        key=key,
        mail_hash=services.links.code_mail_hash(turn.account, key),
        code_hash=tokens.mail_code_hash(turn.account, digits),
        address_mark=tokens.address_mark,
    )
    command = AskAdoption(
        account=turn.account,
        name=turn.user.full_name,
        merchant_id=merchant_id,
        card_id=card_id,
        code=code if services.mailer else None,
    )
    asked = await turn.write(ask_adoption, command)
    if services.mailer is not None and asked.mail_to is not None:
        frame = Frame(shop=asked.merchant_name, chat_url=services.links.chat, is_guest=True)
        if may_have_arrived(await send_code(turn, services.mailer, key, digits, asked.mail_to, frame)):
            await questions.remember(
                turn, AdoptionCodeAsked(merchant_id=merchant_id, card_id=card_id), new_key()
            )
        else:
            asked = replace(asked, mail_to=None)
    await turn.show(printed.adoption_asked(turn.t, asked))


class AdoptionCodeAsked(questions.Question, frozen=True, tag="adoption_code"):
    """Which code went to the mailbox of the card that they take into Telegram?"""

    merchant_id: MerchantId
    card_id: CardId
    patience = CODE_HOLDS
    passed_over: ClassVar[bool] = True


async def take_adoption_code(turn: Turn, question: AdoptionCodeAsked) -> None:
    """Checks the code; after a wrong one another may be typed. After the right one it shows the card; that it was
    adopted is told by a message of its own."""
    tokens = turn.services.tokens
    command = ProveAdoption(
        account=turn.account,
        merchant_id=question.merchant_id,
        card_id=question.card_id,
        code_hash=tokens.mail_code_hash(turn.account, digits_in(turn)),
        card_hash=lambda card_id, rotation: token_hash(tokens.card_token(card_id, rotation)),
        account_hash=tokens.account_hash,
    )
    proved = await turn.write(prove_adoption, command)
    if proved.adopted is None:
        raise MailCodeWrong(tries_left=proved.tries_left)
    await questions.forget(turn, turn.nonce)
    own = MyCard(account=turn.account, merchant_id=question.merchant_id, card_id=proved.adopted.card_id)
    await show_card_below(turn, await turn.read(my_card, own))


questions.add(AdoptionCodeAsked, take_adoption_code, lambda turn, _question: is_code(turn))


async def open_move_link(turn: Turn, route: Route) -> None:
    tokens = turn.services.tokens
    command = OpenMove(
        account=turn.account,
        name=turn.user.full_name,
        merchant_id=route.merchant_id,
        move_id=MoveId(route.target_id),
        card_hash=lambda card_id, rotation: token_hash(tokens.card_token(card_id, rotation)),
    )
    held = await turn.write(open_move, command)
    await turn.say(views.moved_here(turn.t, held, is_staff=turn.caller.is_staff))
    await show_card_below(turn, held)


async def move_answer_button(turn: Turn) -> None:
    """The holder allows or refuses the move of their card, or its merge."""
    command = AnswerMove(
        account=turn.account,
        merchant_id=MerchantId(turn.pressed.id(0)),
        move_id=MoveId(turn.pressed.id(1)),
        is_allowed=turn.pressed.number(2) == 1,
    )
    move = await turn.write(answer_move, command)
    await turn.show(views.move_answered(turn.t, is_allowed=command.is_allowed, is_merge=move.is_merge))


async def _join(turn: Turn, merchant_id: MerchantId, store_id: StoreId, program_id: ProgramId | None) -> None:
    card_id, hashed = _new_card(turn)
    command = JoinStore(
        account=turn.account,
        name=turn.user.full_name,
        merchant_id=merchant_id,
        store_id=store_id,
        card_id=card_id,
        card_token_hash=hashed,
        program_id=program_id,
        account_hash=turn.services.tokens.account_hash(turn.account, merchant_id),
    )
    await _is_joined(turn, await turn.write(join_store, command))


def _new_card(turn: Turn) -> tuple[CardId, TokenHash]:
    """Id and token hash of a new card; the same whenever the same update is handled."""
    tokens = turn.services.tokens
    card_id = tokens.card_id(turn.account.bot_id, turn.update.update_id, turn.said_at)
    return card_id, token_hash(tokens.card_token(card_id, 0))


def _bonus_comes_after(turn: Turn, joined: Joined) -> None:
    state = joined.held.state
    if joined.is_new and (state.stamp_count or state.points_balance):
        turn.services.chat.answers_first(turn.user.id)


async def join_by_friend_link(turn: Turn, route: Route) -> None:
    card_id, hashed = _new_card(turn)
    command = JoinByFriend(
        account=turn.account,
        name=turn.user.full_name,
        merchant_id=route.merchant_id,
        referrer_id=CustomerId(route.target_id),
        card_id=card_id,
        card_token_hash=hashed,
        account_hash=turn.services.tokens.account_hash(turn.account, route.merchant_id),
    )
    done = await turn.write(join_by_friend, command)
    await _is_joined(turn, done.joined, brought_along(turn.t, done))


async def _is_joined(turn: Turn, joined: Joined, more: str = "") -> None:
    _bonus_comes_after(turn, joined)
    await turn.answer()
    welcome = views.welcome(turn.t, joined.held, is_new=joined.is_new, is_staff=turn.caller.is_staff)
    await turn.say(replace(welcome, text="\n\n".join(filter(None, [welcome.text, more]))))
    await show_card_below(turn, joined.held)
