"""What members asked managers for is listed and settled from the command line."""

from bot.cli.asking import read, write
from bot.kit.links import parse_payload
from domain.account import Account
from domain.acts import Asked, AskManager
from domain.card import CardRef
from domain.ids import BotId, CardId, InviteId, OperationKey, StaffId, TokenHash, UserId
from domain.staff import Actor
from domain.usecases.ask_manager import ask_manager
from domain.usecases.claim_invite import ClaimInvite, claim_invite
from domain.usecases.join_store import JoinStore, join_store
from domain.usecases.links import find_route
from tests.cli.conftest import Stempel
from tests.cli.test_disputes import LEA, owner

__all__ = ["owner"]


def test_requests_are_listed_and_settled(stempel: Stempel, owner: Actor) -> None:
    anna = Account(bot_id=BotId(110201543), user_id=UserId(3))
    where = ["--merchant", owner.merchant_id, "--store", owner.store_id]
    invited = stempel("staff", "invite", *where, "--name", "Anna", "--role", "staff", "--json").object
    payload = parse_payload(invited["invite_link"].partition("start=")[2])
    assert payload is not None
    invite_id = InviteId(read(find_route, payload.token_hash).target_id)
    claim = ClaimInvite(account=anna, merchant_id=owner.merchant_id, invite_id=invite_id)
    staff_id = StaffId(write(claim_invite, claim).staff_id)
    join = JoinStore(
        account=LEA,
        name="Léa",
        merchant_id=owner.merchant_id,
        store_id=owner.store_id,
        card_id=CardId("card"),
        card_token_hash=TokenHash("hash"),
        account_hash="",
    )
    write(join_store, join)
    asker = Actor(merchant_id=owner.merchant_id, staff_id=staff_id, store_id=owner.store_id, account=anna)
    act = AskManager(card=CardRef("id", "card"), count=2, key=OperationKey("one"), reason="a rush")
    write(ask_manager, Asked(act=act, actor=asker))
    of_shop = ["--merchant", owner.merchant_id, "--json"]
    [line] = stempel("approval", "list", *of_shop, "--open").objects
    assert (line["staff_name"], line["stamps"], line["state"]) == ("Anna", 2, "asked")
    settle = ["approval", "settle", *of_shop, "--approval", line["approval_id"], "--decision", "approved"]
    unnamed = stempel(*settle)
    assert (unnamed.status, unnamed.err) == (2, "Say with --staff which owner or manager approves it.\n")
    settled = stempel(*settle, "--staff", owner.staff_id).object
    assert (settled["state"], settled["decided_by"]) == ("approved", "Owner")
    assert stempel("approval", "list", *of_shop, "--open").objects == []
    [entry] = stempel("ledger", *of_shop).objects
    assert (entry["staff_name"], entry["approved_by"]) == ("Anna", "Owner")
    again = stempel(*settle, "--staff", owner.staff_id)
    said = "This request is over: it was answered, withdrawn or too late.\n"
    assert (again.status, again.err) == (2, said)


def test_id_that_names_no_request_is_said_to_name_none(stempel: Stempel, owner: Actor) -> None:
    settle = ["approval", "settle", "--merchant", owner.merchant_id, "--approval", "x"]
    said = "There is no request with this id. Take one that stempel approval list prints.\n"
    for decision in (["--decision", "declined"], ["--decision", "approved", "--staff", owner.staff_id]):
        ran = stempel(*settle, *decision)
        assert (ran.status, ran.out, ran.err) == (2, "", said)
