"""A merchant with staff at work and customers who have cards, made through the use cases."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.kit.clock import new_id
from bot.kit.tokens import Tokens, invite_token, token_hash
from bot.sandbox.sandbox import TOKEN
from domain.account import Account, Locale
from domain.ids import BotId, CardId, CardNumber, InviteId, MerchantId, StaffId, StoreId, UserId
from domain.plumbing.people import Meet, meet
from domain.ports import Database
from domain.staff import Role
from domain.usecases.claim_invite import ClaimInvite, claim_invite
from domain.usecases.join_store import JoinStore, join_store
from domain.usecases.links import find_route
from domain.usecases.set_up import InviteStaff, create_merchant, invite_staff
from tests.support.commands import opening

TIMEZONE = ZoneInfo("Europe/Luxembourg")
SECRET = "a secret for measurements, worth nothing elsewhere"
BOT_ID = BotId(int(TOKEN.partition(":")[0]))
FIRST_STAFF = 1_000
FIRST_CUSTOMER = 100_000


@dataclass(frozen=True, slots=True)
class Member:
    staff_id: StaffId
    account: Account


@dataclass(frozen=True, slots=True)
class Town:
    merchant_id: MerchantId
    store_id: StoreId
    staff: tuple[Member, ...]
    numbers: tuple[CardNumber, ...]


async def build_town(
    store: Database,
    *,
    staff: int,
    customers: int,
    first_staff: int = FIRST_STAFF,
    first_customer: int = FIRST_CUSTOMER,
) -> Town:
    """User ids are counted up from the first."""
    merchant_id, store_id = await _open_shop(store)
    members = [await _hire(store, merchant_id, store_id, first_staff + number) for number in range(staff)]
    numbers = [
        await _enrol(store, merchant_id, store_id, first_customer + number) for number in range(customers)
    ]
    return Town(merchant_id, store_id, tuple(members), tuple(numbers))


async def _open_shop(store: Database) -> tuple[MerchantId, StoreId]:
    tokens, store_id = Tokens(SECRET.encode()), StoreId(new_id())
    command = opening(
        new_id,
        timezone=TIMEZONE.key,
        store_id=store_id,
        store_token_hash=token_hash(tokens.store_token(store_id)),
        owner_token_hash=token_hash(invite_token()),
    )
    merchant = await store.write(create_merchant, command)
    return merchant.merchant_id, store_id


async def _hire(store: Database, merchant_id: MerchantId, store_id: StoreId, user_id: int) -> Member:
    hashed, account = token_hash(invite_token()), Account(bot_id=BOT_ID, user_id=UserId(user_id))
    invite = InviteStaff(
        merchant_id=merchant_id, store_id=store_id, name="Staff", role=Role.STAFF, token_hash=hashed
    )
    staff = await store.write(invite_staff, invite)
    route = await store.read(find_route, hashed)
    claim = ClaimInvite(account=account, merchant_id=merchant_id, invite_id=InviteId(route.target_id))
    await store.write(claim_invite, claim)
    await store.write(meet, Meet(account=account, name="Staff", telegram_locale=Locale.EN))
    return Member(staff.staff_id, account)


async def _enrol(store: Database, merchant_id: MerchantId, store_id: StoreId, user_id: int) -> CardNumber:
    card_id = CardId(new_id())
    joined = await store.write(
        join_store,
        JoinStore(
            account=Account(bot_id=BOT_ID, user_id=UserId(user_id)),
            name="Customer",
            merchant_id=merchant_id,
            store_id=store_id,
            card_id=card_id,
            card_token_hash=token_hash(Tokens(SECRET.encode()).card_token(card_id, 0)),
            account_hash="",
        ),
    )
    return joined.held.state.card_number
