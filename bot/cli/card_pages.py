"""A customer's card: looked at, blocked and unblocked, moved to another account, merged with another."""

import asyncio
from dataclasses import asdict

import click

from bot.cli.asking import read, write
from bot.cli.linking import write_with_links
from bot.cli.options import TermMalformed, merchant_option
from bot.cli.printing import json_option, show
from bot.kit.clock import new_key
from bot.kit.settings import load_settings
from bot.kit.tokens import invite_token, token_hash
from domain.card import CardRef
from domain.ids import MerchantId, MoveId, OperationKey
from domain.refusals import MergeOver, MoveOver
from domain.rules.card_numbers import parse_card_number
from domain.usecases.ask_holder import ANSWER_TIME
from domain.usecases.manage_cards import CardPage, SeeCard, SetBlocked, see_card, set_blocked
from domain.usecases.merge_cards import MergeAsOperator, MergeWaiting, merge_as_operator
from domain.usecases.move_card import (
    BeginMove,
    SeeMove,
    VouchForMove,
    begin_move,
    vouch_for_move,
    withdraw_merge,
)

number_option = click.option("--card", "number", required=True, help="The card's number.")


@click.command()
@merchant_option
@number_option
@json_option
def show_command(merchant: str, number: str, *, as_json: bool) -> None:
    """Print whose card it is, what is on it, and the newest notes."""
    query = SeeCard(merchant_id=MerchantId(merchant), account=None, card=_ref(number))
    _show(read(see_card, query), as_json=as_json)


@click.command()
@merchant_option
@number_option
@click.option("--reason", required=True, help="Kept as a note; the customer is told without it.")
@json_option
def block_command(merchant: str, number: str, reason: str, *, as_json: bool) -> None:
    """Let nothing happen on a card until it is unblocked; its holder is told."""
    _set_blocked(merchant, number, is_blocked=True, reason=reason, as_json=as_json)


@click.command()
@merchant_option
@number_option
@json_option
def unblock_command(merchant: str, number: str, *, as_json: bool) -> None:
    """Let a blocked card work again; its holder is told."""
    _set_blocked(merchant, number, is_blocked=False, reason="", as_json=as_json)


@click.command()
@merchant_option
@number_option
@click.option(
    "--vouch", "reason", help="Vouch for the move under way, with this reason, instead of beginning one."
)
@json_option
def move_command(merchant: str, number: str, reason: str | None, *, as_json: bool) -> None:
    """Ask the holder, and print the link for the account that the card is to go to: it works once, for a day."""
    key, ref = MerchantId(merchant), _ref(number)
    if reason is not None:
        _vouch(merchant, number, None, reason, as_json=as_json)
        return
    token = invite_token()
    begin = BeginMove(merchant_id=key, account=None, card=ref, token_hash=token_hash(token))
    links, _ = asyncio.run(write_with_links(load_settings(), begin_move, lambda _: begin))
    show({"move_link": links.move(token)}, as_json=as_json)


@click.command()
@merchant_option
@number_option
@click.option("--into", required=True, help="The number of the card that remains.")
@click.option("--yes", "is_meant", is_flag=True, help="Do it, or ask the holder.")
@click.option(
    "--vouch", "reason", help="Vouch for the holder who was asked and has not answered, with this reason."
)
@click.option("--withdraw", "is_withdrawn", is_flag=True, help="Take the question to the holder back.")
@json_option
def merge_command(
    merchant: str,
    number: str,
    into: str,
    reason: str | None,
    *,
    is_meant: bool,
    is_withdrawn: bool,
    as_json: bool,
) -> None:
    """Merge a card into another of the same person, for good.

    A holder who has a chat is asked first, and their yes merges the cards. Both holders are told."""
    if reason is not None:
        _vouch(merchant, number, into, reason, as_json=as_json)
        return
    if is_withdrawn:
        under_way = SeeMove(
            merchant_id=MerchantId(merchant), account=None, move_id=_under_way(merchant, number, into)
        )
        _show(write(withdraw_merge, under_way), as_json=as_json)
        return
    if not is_meant:
        gone, kept = (_named(merchant, each) for each in (number, into))
        raise TermMalformed(f"{gone} would go into {kept}, for good: say --yes if it is one person.")
    command = MergeAsOperator(
        merchant_id=MerchantId(merchant), card=_ref(into), other=_ref(number), key=OperationKey(new_key())
    )
    done = write(merge_as_operator, command)
    if isinstance(done, MergeWaiting):
        asked = {
            "asked": done.customer_name,
            "is_reachable": done.is_reachable,
            "lapses_at": done.move.expires_at,
            "vouch_from": done.move.asked_at + ANSWER_TIME if done.is_reachable else done.move.asked_at,
        }
        show(asked, as_json=as_json)
        return
    facts = {
        "card_number": done.card.card_number,
        "merged_number": done.entry.note,
        "stamps_delta": done.entry.stamps_delta,
        "stamp_count": done.card.stamp_count,
        "points_delta": done.entry.points_delta,
        "points_balance": done.card.points_balance,
        "rewards_available": done.card.rewards_available,
        "entry_id": done.entry.entry_id,
    }
    show(facts, as_json=as_json)


def _set_blocked(merchant: str, number: str, *, is_blocked: bool, reason: str, as_json: bool) -> None:
    command = SetBlocked(
        merchant_id=MerchantId(merchant),
        account=None,
        card=_ref(number),
        is_blocked=is_blocked,
        reason=reason,
    )
    _show(write(set_blocked, command), as_json=as_json)


def _vouch(merchant: str, number: str, into: str | None, reason: str, *, as_json: bool) -> None:
    vouch = VouchForMove(
        merchant_id=MerchantId(merchant),
        account=None,
        move_id=_under_way(merchant, number, into),
        reason=reason,
    )
    _show(write(vouch_for_move, vouch), as_json=as_json)


def _under_way(merchant: str, number: str, into: str | None) -> MoveId:
    """The merge into this card that waits for the holder's yes, or the move. Raises MergeOver, MoveOver."""
    page = read(see_card, SeeCard(merchant_id=MerchantId(merchant), account=None, card=_ref(number)))
    number_into = parse_card_number(into) if into else None
    if page.move is None or page.move_into != number_into:
        raise MergeOver if into else MoveOver
    return page.move.move_id


def _named(merchant: str, number: str) -> str:
    """A card, with its holder."""
    query = SeeCard(merchant_id=MerchantId(merchant), account=None, card=_ref(number))
    state = read(see_card, query).state
    return f"{state.card_number} of {state.customer_name}"


def _ref(number: str) -> CardRef:
    return CardRef("number", parse_card_number(number))


def _show(page: CardPage, *, as_json: bool) -> None:
    state = page.state
    facts = {
        "card_number": state.card_number,
        "customer_name": state.customer_name,
        "stamp_count": state.stamp_count,
        "points_balance": state.points_balance,
        "rewards_available": state.rewards_available,
        "active": page.is_active,
        "created_at": page.created_at,
        "notes": [asdict(note) for note in page.notes],
    }
    if state.reward_until:
        facts["reward_until"] = state.reward_until.isoformat()
    if state.interim:
        facts["interim_ready"] = [each.name for each in state.interim_ready]
    show(facts, as_json=as_json)
