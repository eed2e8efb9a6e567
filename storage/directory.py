"""Where links lead and which merchants an account has to do with."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select

from domain.account import Account
from domain.bot_profile import BotProfile
from domain.ids import BotId, MerchantId, TokenHash
from domain.link import Route
from storage import rows, tables
from storage.base import TxBase
from storage.upsert import upsert

_directory, _known, _bots = tables.directory, tables.acquaintances, tables.bots

INSERT_ROUTE = insert(_directory)
DELETE_ROUTES = delete(_directory).where(
    _directory.c.merchant_id == bindparam("merchant_id"), _directory.c.target_id == bindparam("target_id")
)
SAVE_ACQUAINTANCE = upsert(_known)
SAVE_BOT = upsert(_bots)
SELECT_ROUTE = select(*rows.ROUTE).where(_directory.c.token_hash == bindparam("token_hash"))
SELECT_MERCHANTS = (
    select(_known.c.merchant_id)
    .where(_known.c.bot_id == bindparam("bot_id"), _known.c.user_id == bindparam("user_id"))
    .order_by(_known.c.last_at.desc(), _known.c.merchant_id)
)
SELECT_BOT = select(*rows.BOT).where(_bots.c.bot_id == bindparam("bot_id"))


class DirectoryRows(TxBase):
    def route(self, token_hash: TokenHash) -> Route | None:
        row = self.session.one(SELECT_ROUTE, token_hash=token_hash)
        return None if row is None else rows.route(row)

    def add_route(self, route: Route) -> None:
        self.session.run(INSERT_ROUTE, rows.route_row(route))

    def forget_routes(self, merchant_id: MerchantId, target_id: str) -> None:
        self.session.run(DELETE_ROUTES, merchant_id=merchant_id, target_id=target_id)

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

    def bot_profile(self, bot_id: BotId) -> BotProfile | None:
        row = self.session.one(SELECT_BOT, bot_id=bot_id)
        return None if row is None else rows.bot(row)

    def save_bot_profile(self, profile: BotProfile) -> None:
        self.session.run(SAVE_BOT, rows.bot_row(profile))
