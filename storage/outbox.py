"""Messages the bot owes, and their deliveries, each leased to one dispatcher at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    update,
)

from domain.account import Account
from domain.delivery import (
    Address,
    CardShown,
    ChannelKind,
    Delivery,
    MessageForgotten,
    MessageUnreadable,
    PredecessorOwed,
    RecipientGone,
)
from domain.ids import BotId, CardId, MerchantId, MessageId
from domain.messages import MESSAGES, NOTICES, OVER, Audience, Message, MessageKind
from domain.personal import is_nobody
from storage import codec, rows, tables
from storage.base import TxBase
from storage.clauses import LIMIT, change, find, has, is_any_of, is_one, joins
from storage.instances import is_left_by_the_dead
from storage.statements import Row
from storage.upsert import insert_unless_there, upsert

_outbox, _deliveries, _shown = tables.outbox, tables.deliveries, tables.shown_cards
_is_held = _deliveries.c.held_at.is_not(None)
_is_owed = and_(
    _deliveries.c.delivered_at.is_(None), _deliveries.c.failed_at.is_(None), _deliveries.c.held_at.is_(None)
)
_of_bot = _deliveries.c.bot_id == bindparam("of_bot_id")
_of_channel = and_(_of_bot, _deliveries.c.channel == bindparam("of_channel"))
_key = tuple(column.name for column in _deliveries.primary_key.columns)
DELIVERY = tuple(_deliveries.c[name] for name in (*_key, "bot_id", "is_marketing", "attempts"))


def _between_commas(text: ColumnElement[str]) -> ColumnElement[str]:
    return literal_column("','", Text) + text + literal_column("','", Text)


_digits = func.length(_deliveries.c.address)
_place_of_chat = _between_commas(
    case(
        (_digits < literal_column("2"), literal_column("'0'", Text) + _deliveries.c.address),
        else_=func.substr(_deliveries.c.address, _digits - literal_column("1")),
    )
)
"""The last two digits of the chat's id, between commas."""

INSERT_MESSAGE = insert(_outbox)
INSERT_DELIVERY = (
    insert(_deliveries)
    .values({name: bindparam(name) for name in (*_key, "bot_id", "is_marketing", "due_at")})
    .values(attempts=literal_column("0"), is_unreported=literal_column("0"))
)
MESSAGE = list(_outbox.c)
FACTS = MESSAGE.index(_outbox.c.facts)
SELECT_REFERENCE = find([_deliveries.c[name] for name in ("reference", "failed_at", "held_at")], *_key)
SELECT_MESSAGE = find(MESSAGE, "merchant_id", "message_id")
SELECT_DUE = (
    select(*DELIVERY)
    .where(
        _is_owed,
        _of_channel,
        _deliveries.c.is_marketing == bindparam("is_marketing"),
        _deliveries.c.due_at <= bindparam("now"),
        or_(_deliveries.c.leased_until.is_(None), _deliveries.c.leased_until <= bindparam("now")),
    )
    .order_by(_deliveries.c.due_at, _deliveries.c.message_id)
    .limit(LIMIT)
)
SELECT_DUE_OF_MINE = SELECT_DUE.where(
    bindparam("my_places", type_=Text()).contains(_place_of_chat),
    ~bindparam("busy", type_=Text()).contains(_between_commas(_deliveries.c.address)),
)
"""Where several processes share the chats: of this process's chats, those to which no other has a lease."""
_is_leased = _deliveries.c.leased_by.is_not(None)
SELECT_BUSY = select(_deliveries.c.address).where(
    _is_owed,
    _of_channel,
    _is_leased,
    _deliveries.c.leased_by != bindparam("me"),
    _deliveries.c.leased_until > bindparam("now"),
)
_is_for_customer = is_any_of(
    _outbox.c.kind,
    (
        kind
        for kind, of in MESSAGES.items()
        if of.audience is Audience.CUSTOMER and kind is not MessageKind.MOVE_ASKED
    ),
)
IS_TO_ACCOUNT = and_(has(_outbox, "merchant_id", "bot_id"), is_one(_outbox.c.user_id, bindparam("user_id")))
SELECT_OWED_TO_CUSTOMER = (
    select(_deliveries.c.message_id, _deliveries.c.channel, _deliveries.c.address)
    .join(_outbox, joins(_outbox, _deliveries, "message_id"))
    .where(
        _is_owed,
        IS_TO_ACCOUNT,
        has(_deliveries, "bot_id"),
        _is_for_customer,
        or_(_deliveries.c.leased_until.is_(None), _deliveries.c.leased_until <= bindparam("now")),
    )
)
SELECT_NOTICES = (
    select(*MESSAGE)
    .where(IS_TO_ACCOUNT, is_any_of(_outbox.c.kind, NOTICES | OVER))
    .order_by(_outbox.c.message_id.desc())
    .limit(LIMIT)
)
NOTICES_MAX = 50
ADD_DELIVERY = insert_unless_there(_deliveries)
SELECT_OWED = select(*DELIVERY).where(_is_owed, _of_channel)
UPDATE_RECIPIENT = change(_outbox, "bot_id", "user_id")
UPDATE_ADDRESS = (
    update(_deliveries)
    .where(has(_deliveries, *_key))
    .values(bot_id=bindparam("of_bot_id"), address=bindparam("to_address"))
)
SELECT_NEXT_DUE = select(func.min(_deliveries.c.due_at)).where(
    _is_owed,
    _of_channel,
    _deliveries.c.is_marketing == bindparam("is_marketing"),
    _deliveries.c.leased_until.is_(None),
)
"""For one channel, marketing or not: in the order of the index, the first is the soonest."""
_end_leases = update(_deliveries).where(_is_owed).values(leased_by=None, leased_until=None)
_is_nobodys = is_left_by_the_dead(_deliveries.c.leased_by)
RELEASE_LEASES = _end_leases.where(_of_channel, or_(_deliveries.c.leased_by == bindparam("me"), _is_nobodys))
RELEASE_NOBODYS = _end_leases.where(_of_bot, _is_nobodys)
HAS_NOBODYS = select(literal_column("1", Integer)).where(_is_owed, _of_bot, _is_nobodys).limit(LIMIT)
END_LAPSED_LEASES = _end_leases.where(_of_bot, _deliveries.c.leased_until <= bindparam("now"))
_count = select(func.count()).select_from(_deliveries).where(_of_bot)
COUNT_OWED = _count.where(_is_owed)
COUNT_FAILED = _count.where(_deliveries.c.failed_at.is_not(None))
COUNT_HELD = select(func.count()).select_from(_deliveries).where(_is_held)
RELEASE_HELD = update(_deliveries).where(_is_held).values(held_at=None)
DROP_HELD = RELEASE_HELD.values(failed_at=bindparam("now"), error=literal_column("'dropped'"))
UPDATE_LEASE = change(_deliveries, "leased_by", "leased_until")
UPDATE_MADE = change(_deliveries, "delivered_at", "reference", "error")
UPDATE_POSTPONED = change(_deliveries, "due_at", "attempts", "error", "leased_by", "leased_until")
SELECT_MAILED = (
    select(*DELIVERY).where(has(_deliveries, "merchant_id", "message_id"), _of_channel).limit(LIMIT)
)
UPDATE_RETURNED = (
    update(_deliveries)
    .where(
        has(_deliveries, *_key), _deliveries.c.delivered_at.is_not(None), _deliveries.c.failed_at.is_(None)
    )
    .values(failed_at=bindparam("now"), error=bindparam("returned_for"))
)
UPDATE_NEVER_MADE = UPDATE_RETURNED.values(delivered_at=null())
UPDATE_FAILED = change(_deliveries, "failed_at", "error", "is_unreported")
GIVE_UP = (
    update(_deliveries)
    .where(has(_deliveries, "merchant_id", "message_id"))
    .values({name: bindparam(name) for name in ("failed_at", "error")})
)
UPDATE_REPORTED = change(_deliveries, "is_unreported")
SELECT_UNREPORTED = (
    select(*DELIVERY, _deliveries.c.error)
    .where(_deliveries.c.failed_at.is_not(None), _of_bot, _deliveries.c.is_unreported == 1)
    .order_by(_deliveries.c.failed_at)
)
SELECT_SHOWN = find([_shown.c.reference, _shown.c.message_id], *_shown.primary_key.columns.keys())
SAVE_SHOWN = upsert(_shown)
DELETE_SHOWN = delete(_shown).where(has(_shown, "bot_id", "user_id", "reference"))


class OutboxRows(TxBase):
    enqueued: int
    """How many messages this transaction put into the outbox."""

    def enqueue(self, message: Message, addresses: Sequence[Address]) -> None:
        created_at = rows.to_instant(message.created_at)
        self.session.run(
            INSERT_MESSAGE,
            merchant_id=message.merchant_id,
            message_id=message.message_id,
            bot_id=message.recipient.bot_id,
            user_id=message.recipient.user_id,
            kind=str(message.kind),
            facts=codec.encode(message.facts),
            created_at=created_at,
        )
        for channel, address in addresses:
            self.session.run(
                INSERT_DELIVERY,
                merchant_id=message.merchant_id,
                message_id=message.message_id,
                bot_id=message.recipient.bot_id,
                channel=str(channel),
                address=address,
                is_marketing=int(MESSAGES[message.kind].is_marketing),
                due_at=created_at,
            )
        if is_nobody(message.recipient):
            self._nobody_is_told(message, created_at)
        self.enqueued += 1

    def add_delivery(self, delivery: Delivery) -> None:
        row = {name: getattr(delivery, name) for name in (*_key, "bot_id", "attempts")}
        nothing_yet = dict.fromkeys(
            ("leased_by", "leased_until", "delivered_at", "reference", "failed_at", "error", "held_at")
        )
        self.session.run(
            ADD_DELIVERY,
            row | nothing_yet,
            channel=delivery.channel.value,
            is_marketing=int(delivery.is_marketing),
            due_at=rows.to_instant(self.now),
            is_unreported=0,
        )
        self.enqueued += 1

    def owed_by(self, bot_id: BotId, channel: ChannelKind) -> Sequence[Delivery]:
        return self._readable(delivery_of, SELECT_OWED, of_bot_id=bot_id, of_channel=channel.value)

    def redirect(self, merchant_id: MerchantId, before: Account, after: Account) -> None:
        owed = self.session.all(
            SELECT_OWED_TO_CUSTOMER,
            merchant_id=merchant_id,
            bot_id=before.bot_id,
            user_id=before.user_id,
            now=rows.to_instant(self.now),
        )
        for message_id, channel, address in owed:
            key = {"merchant_id": merchant_id, "message_id": message_id}
            self.session.run(UPDATE_RECIPIENT, key, bot_id=after.bot_id, user_id=after.user_id)
            way = {"channel": channel, "address": address, "to_address": str(after.user_id)}
            self.session.run(UPDATE_ADDRESS, key | way, of_bot_id=after.bot_id)

    def message(self, merchant_id: MerchantId, message_id: MessageId) -> Message:
        row = self.session.one(SELECT_MESSAGE, merchant_id=merchant_id, message_id=message_id)
        if row is None:
            raise MessageUnreadable("it is not there")
        if row[FACTS] == FORGOTTEN:
            raise MessageForgotten
        try:
            return message_of(row)
        except Exception as error:
            raise MessageUnreadable(f"{type(error).__name__}: {error}") from error

    def notices_to(self, merchant_id: MerchantId, recipient: Account) -> Sequence[Message]:
        found = self._readable(
            kept_message_of,
            SELECT_NOTICES,
            merchant_id=merchant_id,
            bot_id=recipient.bot_id,
            user_id=recipient.user_id,
            limit=NOTICES_MAX,
        )
        return [message for message in found if message is not None]

    def reference(self, delivery: Delivery, message_id: MessageId) -> str | None:
        key = {name: getattr(delivery, name) for name in _key}
        row = self.session.one(SELECT_REFERENCE, **key | {"message_id": message_id})
        reference, *ended = row or (None, self.now)
        if reference is None and not any(ended):
            raise PredecessorOwed
        return reference

    def lease_due(
        self, bot_id: BotId, channel: ChannelKind, holder: str, until: datetime, limit: int
    ) -> Sequence[Delivery]:
        found: list[Delivery] = []
        shared = self._of_mine(bot_id, channel) if self.crew.is_shared else {}
        for is_marketing in (0, 1):
            due = self.session.all(
                SELECT_DUE_OF_MINE if self.crew.is_shared else SELECT_DUE,
                **shared,
                of_bot_id=bot_id,
                of_channel=channel.value,
                is_marketing=is_marketing,
                now=rows.to_instant(self.now),
                limit=limit - len(found),
            )
            found += [delivery_of(row) for row in due]
        for delivery in found:
            self._change(UPDATE_LEASE, delivery, leased_by=holder, leased_until=rows.to_instant(until))
        return found

    def _of_mine(self, bot_id: BotId, channel: ChannelKind) -> Mapping[str, str]:
        busy = self.session.all(
            SELECT_BUSY,
            of_bot_id=bot_id,
            of_channel=channel.value,
            me=self.crew.me,
            now=rows.to_instant(self.now),
        )
        return {
            "my_places": _listed(self.crew.places_of_mine()),
            "busy": _listed({address for (address,) in busy}),
        }

    def release_leases(self, bot_id: BotId, channel: ChannelKind) -> int:
        return self.session.run(RELEASE_LEASES, of_bot_id=bot_id, of_channel=channel.value, me=self.crew.me)

    def has_nobodys_deliveries(self, bot_id: BotId) -> bool:
        return self.session.one(HAS_NOBODYS, of_bot_id=bot_id, limit=1) is not None

    def release_nobodys_deliveries(self, bot_id: BotId) -> int:
        return self.session.run(RELEASE_NOBODYS, of_bot_id=bot_id)

    def delivery_made(self, delivery: Delivery, reference: str) -> bool:
        now = rows.to_instant(self.now)
        return self._change(UPDATE_MADE, delivery, delivered_at=now, reference=reference, error=None) > 0

    def delivery_postponed(self, delivery: Delivery, due_at: datetime, *, attempts: int, error: str) -> None:
        when = {"due_at": rows.to_instant(due_at), "leased_by": None, "leased_until": None}
        self._change(UPDATE_POSTPONED, delivery, **when, attempts=attempts, error=error)

    def delivery_failed(self, delivery: Delivery, error: str, *, is_unreported: bool) -> None:
        now = rows.to_instant(self.now)
        self._change(UPDATE_FAILED, delivery, failed_at=now, error=error, is_unreported=int(is_unreported))

    def mailed(self, bot_id: BotId, merchant_id: MerchantId, message_id: MessageId) -> Delivery | None:
        key = {"merchant_id": merchant_id, "message_id": message_id}
        channel = {"of_bot_id": bot_id, "of_channel": ChannelKind.EMAIL.value}
        row = self.session.one(SELECT_MAILED, **key, **channel, limit=1)
        return None if row is None else delivery_of(row)

    def delivery_returned(self, delivery: Delivery, error: str, *, has_told: bool) -> bool:
        statement = UPDATE_RETURNED if has_told else UPDATE_NEVER_MADE
        key = {name: getattr(delivery, name) for name in _key}
        return self.session.run(statement, key, now=rows.to_instant(self.now), returned_for=error) > 0

    def unreported_deliveries(self, bot_id: BotId) -> Sequence[tuple[Delivery, str]]:
        return self._readable(_unreported, SELECT_UNREPORTED, of_bot_id=bot_id)

    def delivery_reported(self, delivery: Delivery) -> None:
        self._change(UPDATE_REPORTED, delivery, is_unreported=0)

    def next_due_at(self, bot_id: BotId) -> datetime | None:
        found = [
            due_at
            for channel in ChannelKind
            for is_marketing in (0, 1)
            for (due_at,) in self.session.all(
                SELECT_NEXT_DUE, of_bot_id=bot_id, of_channel=channel.value, is_marketing=is_marketing
            )
            if due_at is not None
        ]
        return rows.from_instant_or_none(min(found, default=None))

    def end_lapsed_leases(self, bot_id: BotId) -> int:
        return self.session.run(END_LAPSED_LEASES, of_bot_id=bot_id, now=rows.to_instant(self.now))

    def count_deliveries(self, bot_id: BotId) -> tuple[int, int]:
        [[owed]] = self.session.all(COUNT_OWED, of_bot_id=bot_id)
        [[failed]] = self.session.all(COUNT_FAILED, of_bot_id=bot_id)
        return owed, failed

    def count_held(self) -> int:
        [[held]] = self.session.all(COUNT_HELD)
        return int(held)

    def release_held(self) -> int:
        return self.session.run(RELEASE_HELD)

    def drop_held(self) -> int:
        return self.session.run(DROP_HELD, now=rows.to_instant(self.now))

    def card_shown(self, account: Account, merchant_id: MerchantId, card_id: CardId) -> CardShown | None:
        row = self.session.one(SELECT_SHOWN, **_place_of(account, merchant_id, card_id))
        return None if row is None else CardShown(*row)

    def show_card(self, account: Account, merchant_id: MerchantId, card_id: CardId, shown: CardShown) -> None:
        place = {
            **_place_of(account, merchant_id, card_id),
            "reference": shown.reference,
            "message_id": shown.receipt,
        }
        self.session.run(DELETE_SHOWN, **place)
        self.session.run(SAVE_SHOWN, place)

    def _nobody_is_told(self, message: Message, now: int) -> None:
        """Gives up a message whose recipient was erased. It stays in the outbox: every entry has its message."""
        key = {"merchant_id": message.merchant_id, "message_id": message.message_id}
        self.session.run(GIVE_UP, key, failed_at=now, error=RecipientGone().reason)

    def _change(self, statement: Update, delivery: Delivery, **values: object) -> int:
        return self.session.run(statement, {name: getattr(delivery, name) for name in _key}, **values)


def _listed(texts: Iterable[str]) -> str:
    return f",{','.join(texts)},"


def _place_of(account: Account, merchant_id: MerchantId, card_id: CardId) -> dict[str, object]:
    return {
        "bot_id": account.bot_id,
        "user_id": account.user_id,
        "merchant_id": merchant_id,
        "card_id": card_id,
    }


def delivery_of(row: Row) -> Delivery:
    merchant_id, message_id, channel, address, bot_id, is_marketing, attempts = row
    return Delivery(
        merchant_id=merchant_id,
        message_id=message_id,
        bot_id=bot_id,
        channel=ChannelKind(channel),
        address=address,
        is_marketing=bool(is_marketing),
        attempts=attempts,
    )


def _unreported(row: Row) -> tuple[Delivery, str]:
    return delivery_of(row[:-1]), row[-1]


FORGOTTEN = ""
"""Stands in the place of facts that were removed by an erasure, or because they were old."""


def kept_message_of(row: Row) -> Message | None:
    """None where the message's facts were removed."""
    return None if row[FACTS] == FORGOTTEN else message_of(row)


def message_of(row: Row) -> Message:
    merchant_id, message_id, bot_id, user_id, kind, facts, created_at = row
    return Message(
        merchant_id=merchant_id,
        message_id=message_id,
        kind=MessageKind(kind),
        recipient=Account(bot_id=bot_id, user_id=user_id),
        facts=codec.decode(facts, MESSAGES[MessageKind(kind)].facts),
        created_at=rows.from_instant(created_at),
    )
