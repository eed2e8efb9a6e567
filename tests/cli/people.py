"""What people do in the shop of the command line: open a link, and have a card."""

from collections.abc import Mapping
from typing import Any

from bot.cli import asking
from bot.kit.links import parse_payload
from domain.account import Account
from domain.card import CardRef
from domain.ids import BotId, CardId, CardNumber, InviteId, MerchantId, StoreId, TokenHash, UserId
from domain.staff import Actor
from domain.usecases.claim_invite import ClaimInvite, claim_invite
from domain.usecases.join_store import JoinStore, join_store
from domain.usecases.links import find_route

PAUL, LEA, ANNA = (Account(bot_id=BotId(110201543), user_id=UserId(user)) for user in (1, 2, 3))
CARD = CardRef("id", "card 2")
"""Léa's."""


def opens(shop: Mapping[str, Any], link: str, account: Account, at: Any = asking) -> Actor:
    """The member that the link makes of the account, at the shop's first store."""
    payload = parse_payload(link.partition("start=")[2])
    assert payload is not None
    merchant_id, invite_id = (
        MerchantId(shop["merchant_id"]),
        at.read(find_route, payload.token_hash).target_id,
    )
    claim = ClaimInvite(account=account, merchant_id=merchant_id, invite_id=InviteId(invite_id))
    staff_id = at.write(claim_invite, claim).staff_id
    return Actor(
        merchant_id=merchant_id, staff_id=staff_id, store_id=StoreId(shop["store_id"]), account=account
    )


def joins(shop: Mapping[str, Any], account: Account = LEA, at: Any = asking) -> CardNumber:
    """The number of the card."""
    join = JoinStore(
        account=account,
        name="Léa",
        merchant_id=MerchantId(shop["merchant_id"]),
        store_id=StoreId(shop["store_id"]),
        card_id=CardId(f"card {account.user_id}"),
        card_token_hash=TokenHash(f"hash {account.user_id}"),
        account_hash="",
    )
    number: CardNumber = at.write(join_store, join).held.state.card_number
    return number
