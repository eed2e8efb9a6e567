"""Where links lead and which merchants an account has to do with."""

from collections.abc import Sequence

from sqlalchemy import insert, literal_column, select, update

from domain.account import Account
from domain.bot_profile import BotProfile
from domain.ids import Fingerprint, MerchantId, TokenHash
from domain.link import LinkKind, Route, ShopInvite
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import find, has
from storage.upsert import upsert

_directory, _known = tables.directory, tables.acquaintances

INSERT_ROUTE = insert(_directory)
INSERT_SHOP_INVITE = insert(tables.shop_invites)
RETIRE_ROUTES = (
    update(_directory)
    .where(has(_directory, "merchant_id", "target_id"))
    .values(kind=literal_column(f"'{LinkKind.REPLACED}'"))
)
SAVE_ACQUAINTANCE = upsert(_known)
SAVE_BOT = upsert(tables.bots)
SELECT_ROUTE = find(rows.ROUTE, "token_hash")
SELECT_SHOP_INVITE = find(rows.SHOP_INVITE, "merchant_id")
SELECT_MERCHANTS = find([_known.c.merchant_id], "bot_id", "user_id").order_by(
    _known.c.last_at.desc(), _known.c.merchant_id
)
SELECT_BOTS = select(*rows.BOT).order_by(tables.bots.c.bot_id)
SAVE_FINGERPRINT = upsert(tables.fingerprints)
SELECT_FINGERPRINT = find([tables.fingerprints.c.fingerprint], "name")

SECRET_KEY = "secret_key"  # noqa: S105  the name of the row


class DirectoryRows(TxBase):
    def route(self, token_hash: TokenHash) -> Route | None:
        return self._one(rows.route, SELECT_ROUTE, token_hash=token_hash)

    def add_route(self, route: Route) -> None:
        self.session.run(INSERT_ROUTE, rows.route_row(route))

    def retire_routes(self, merchant_id: MerchantId, target_id: str) -> None:
        self.session.run(RETIRE_ROUTES, merchant_id=merchant_id, target_id=target_id)

    def add_shop_invite(self, invite: ShopInvite) -> None:
        self.session.run(INSERT_SHOP_INVITE, rows.shop_invite_row(invite))

    def shop_invite(self, merchant_id: MerchantId) -> ShopInvite | None:
        return self._one(rows.shop_invite, SELECT_SHOP_INVITE, merchant_id=merchant_id)

    def merchants_of(self, account: Account) -> Sequence[MerchantId]:
        found = self.session.all(SELECT_MERCHANTS, bot_id=account.bot_id, user_id=account.user_id)
        return [merchant_id for (merchant_id,) in found]

    def remember_merchant(self, account: Account, merchant_id: MerchantId) -> None:
        self.session.run(
            SAVE_ACQUAINTANCE,
            bot_id=account.bot_id,
            user_id=account.user_id,
            merchant_id=merchant_id,
            last_at=rows.to_instant(self.now),
        )

    def bot_profiles(self) -> Sequence[BotProfile]:
        return self._readable(rows.bot, SELECT_BOTS)

    def save_bot_profile(self, profile: BotProfile) -> None:
        self.session.run(SAVE_BOT, rows.bot_row(profile))

    def key_fingerprint(self) -> Fingerprint | None:
        found = self.session.one(SELECT_FINGERPRINT, name=SECRET_KEY)
        return Fingerprint(found[0]) if found else None

    def save_key_fingerprint(self, fingerprint: Fingerprint) -> None:
        self.session.run(SAVE_FINGERPRINT, name=SECRET_KEY, fingerprint=fingerprint)
