"""Who holds which card."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    not_,
    select,
    update,
)

from domain.account import Account
from domain.card import (
    ANSWERED_BY_HOLDER,
    Card,
    CardFlag,
    CardMove,
    CardNote,
    CardRef,
    Customer,
    FlagReason,
    Holding,
)
from domain.dispute import Dispute
from domain.ids import (
    CardId,
    CardNumber,
    CustomerId,
    EntryId,
    MerchantId,
    MoveId,
    OperationKey,
    ProgramId,
    TokenHash,
)
from domain.kinds import KINDS
from domain.merchant import Program
from domain.quick import replace
from domain.rules.held import point_rewards
from domain.rules.names import folded
from domain.rules.points import affordable
from domain.rules.rewards import progress
from domain.staff import Role
from storage import rows, tables
from storage.clauses import LIMIT, change, find, has, in_no_index, is_any_of, is_one, joins
from storage.printed import SELECT_BLANK_NUMBER
from storage.statements import Row
from storage.terms import SELECT_MERCHANT, is_present
from storage.upsert import insert_unless_there
from storage.wallets import WalletMarks

_cards, _customers = tables.cards, tables.customers
_programs, _versions = tables.programs, tables.program_versions

INSERT_CUSTOMER = insert(_customers)
INSERT_CARD = insert(_cards)
INSERT_NOTE = insert(tables.card_notes)
INSERT_MOVE = insert(tables.card_moves)
UPDATE_MOVE = change(tables.card_moves, "allowed_at", "ended_at")
SELECT_MOVE = find(rows.MOVE, "merchant_id", "move_id")
SELECT_MOVE_BY_KEY = find(rows.MOVE, "merchant_id", "operation_key")
_moves = tables.card_moves
SELECT_MOVES = (
    find(rows.MOVE, "merchant_id")
    .where(is_one(_moves.c.card_id, bindparam("card_id")))
    .order_by(_moves.c.asked_at.desc(), _moves.c.move_id.desc())
    .limit(LIMIT)
)
"""By when they were asked for: an id bears the machine's time, and one of a clock ahead would stay the newest."""
SELECT_OPEN_MOVE = SELECT_MOVES.where(_moves.c.ended_at.is_(None), _moves.c.expires_at > bindparam("now"))
HAND_OVER = change(_customers, "bot_id", "user_id", "name", "folded_name")
HAND_OVER_DISPUTES = (
    update(tables.disputes)
    .where(
        has(tables.disputes, "merchant_id"),
        tables.disputes.c.bot_id == bindparam("before_bot_id"),
        tables.disputes.c.user_id == bindparam("before_user_id"),
        tables.disputes.c.settled_at.is_(None),
    )
    .values(bot_id=bindparam("bot_id"), user_id=bindparam("user_id"))
)
UPDATE_ACTIVE = change(_cards, "active")
INSERT_DISPUTE = insert_unless_there(tables.disputes)
UPDATE_DISPUTE = change(tables.disputes, "settled_at", "settled_by", "outcome")
SELECT_DISPUTE = find(rows.DISPUTE, "merchant_id", "entry_id")
SELECT_DISPUTES = find(rows.DISPUTE, "merchant_id").order_by(
    tables.disputes.c.opened_at, tables.disputes.c.entry_id
)
UPDATE_TOKEN = change(_cards, "token_hash", "token_rotation")
SELECT_CUSTOMER = find(rows.CUSTOMER, "merchant_id", "customer_id")
SELECT_CUSTOMER_OF = find(rows.CUSTOMER, "merchant_id", "bot_id", "user_id")
SELECT_NUMBER = find([_cards.c.card_id], "merchant_id", "number")
_SELECT_CARD: Select[tuple[object, ...]] = (
    select(*rows.CARD, *rows.CUSTOMER, *rows.PROGRAM)
    .select_from(
        _cards.join(_customers, joins(_customers, _cards, "customer_id"))
        .join(_programs, joins(_programs, _cards, "program_id"))
        .join(_versions, is_present)
    )
    .where(has(_cards, "merchant_id"))
)
NAMED_BY = {"id": _cards.c.card_id, "number": _cards.c.number, "token": _cards.c.token_hash}
"""The column in which a card's reference is looked up."""
SELECT_CARD_BY = {by: _SELECT_CARD.where(column == bindparam("card_ref")) for by, column in NAMED_BY.items()}
_has_program = _cards.c.program_id > literal_column("''")
"""Each has one. SQLite 3.46 walks through all cards of the merchant unless both columns of the index are named."""
_of_customer = _SELECT_CARD.where(is_one(_cards.c.customer_id, bindparam("card_ref")), _has_program).order_by(
    in_no_index(_cards.c.created_at), _cards.c.card_id
)
SELECT_CARDS_OF = _of_customer.where(_cards.c.merged_into.is_(None))
SELECT_MERGED_CARDS_OF = _of_customer.where(_cards.c.merged_into.is_not(None))
_stood_for = and_(has(_cards, "merchant_id"), is_one(_cards.c.merged_into, bindparam("before")))
SELECT_MERGED_INTO = select(_cards.c.card_id).where(_stood_for).order_by(_cards.c.card_id)
RETIRE_MERGED_CODES = update(_cards).where(_stood_for).values(token_hash=_cards.c.card_id)
CLOSE_MERGED = change(_cards, "active", "merged_into")
MERGE_ON = update(_cards).where(_stood_for).values(merged_into=bindparam("after"))
SELECT_OF_NAMES = (
    find(rows.CUSTOMER, "merchant_id")
    .where(_customers.c.folded_name >= bindparam("first"), _customers.c.folded_name < bindparam("last"))
    .order_by(_customers.c.folded_name, _customers.c.customer_id)
    .limit(LIMIT)
    .offset(bindparam("skip", type_=Integer))
)
LAST_CHARACTER = "\U0010ffff"
SELECT_NOTES = (
    find(rows.NOTE, "merchant_id", "card_id").order_by(tables.card_notes.c.note_id.desc()).limit(LIMIT)
)
SELECT_ANSWER = SELECT_NOTES.where(is_any_of(tables.card_notes.c.kind, sorted(ANSWERED_BY_HOLDER)))
_earlier = _cards.alias()
_had_one = exists().where(
    joins(_earlier, _cards, "customer_id"), _earlier.c.created_at + 0 < bindparam("begins_at")
)
"""``created_at + 0``, so that the database does not look for the earlier card by an index of dates."""
_staff, _invites, _entries = tables.staff, tables.invites, tables.entries
_is_an_owners = exists().where(
    joins(_customers, _cards, "customer_id"),
    joins(_staff, _customers, "bot_id", "user_id"),
    is_any_of(_staff.c.role, (Role.OWNER,)),
)
SELECT_CARDS_MADE = find([_cards.c.card_id], "merchant_id").where(
    _cards.c.created_at >= bindparam("begins_at"),
    _cards.c.created_at < bindparam("ends_at"),
    not_(_had_one),
    not_(_is_an_owners),
)
SELECT_CARDS_BY_PROGRAM = find([_cards.c.card_id, _cards.c.program_id, _cards.c.customer_id], "merchant_id")
_FLAG = (_cards.c.card_id, _cards.c.number, _customers.c.name, _staff.c.staff_id, _staff.c.name)
_held = _cards.join(_customers, joins(_customers, _cards, "customer_id"))
_opened_by_holder = and_(
    joins(_invites, _customers),
    _invites.c.used_by_bot_id == _customers.c.bot_id,
    _invites.c.used_by_user_id == _customers.c.user_id,
)
SELECT_CARDS_OF_TEAM = (
    select(*_FLAG)
    .distinct()
    .select_from(_held.join(_invites, _opened_by_holder).join(_staff, joins(_staff, _invites, "staff_id")))
    .where(has(_cards, "merchant_id"))
    .order_by(_cards.c.card_id, _staff.c.staff_id)
)


def _gives(entries: FromClause) -> ColumnElement[bool]:
    kinds = (kind for kind, what in KINDS.items() if what.opens_lot and what.is_visit)
    return is_any_of(entries.c.kind, kinds)


_giver, _others = func.min(_entries.c.staff_id), _entries.alias()
_alone = (
    select(_entries.c.merchant_id, _entries.c.card_id, _giver.label("staff_id"))
    .where(has(_entries, "merchant_id"), _gives(_entries))
    .group_by(_entries.c.merchant_id, _entries.c.card_id)
    .having(_giver == func.max(_entries.c.staff_id), func.count() >= bindparam("acts_min", type_=Integer))
    .subquery()
)
_others_give = exists().where(
    has(_others, "merchant_id"),
    joins(_others, _alone),
    _gives(_others),
    _others.c.staff_id != _alone.c.staff_id,
)
SELECT_CARDS_OF_ONE = (
    select(*_FLAG)
    .select_from(
        _held.join(_alone, joins(_alone, _cards, "card_id")).join(_staff, joins(_staff, _alone, "staff_id"))
    )
    .where(has(_cards, "merchant_id"), _others_give)
    .order_by(_cards.c.card_id)
)
SELECT_CARDS_IN = (
    find([_cards.c.card_id], "merchant_id", "program_id")
    .where(_cards.c.card_id > bindparam("after"))
    .order_by(_cards.c.card_id)
    .limit(LIMIT)
)
_of_program = and_(has(_cards, "merchant_id", "program_id"), _cards.c.active == 1)
_by_present_terms = _cards.c.held_cards.is_(None), _cards.c.held_points_count.is_(None)
SELECT_FULL_CARDS = select(func.sum(_cards.c.stamp_count // bindparam("stamps_target"))).where(
    _of_program, *_by_present_terms
)
SELECT_RICH_CARDS = select(func.count()).where(
    _of_program, _cards.c.points_balance >= bindparam("cost"), *_by_present_terms
)
SELECT_CARDS_BY_EARLIER_TERMS = select(*rows.CARD).where(_of_program, not_(and_(*_by_present_terms)))


class CustomerRows(WalletMarks):
    def customer(self, merchant_id: MerchantId, customer_id: CustomerId) -> Customer | None:
        return self._one(rows.customer, SELECT_CUSTOMER, merchant_id=merchant_id, customer_id=customer_id)

    def customer_of(self, merchant_id: MerchantId, account: Account) -> Customer | None:
        key = {"merchant_id": merchant_id, "bot_id": account.bot_id, "user_id": account.user_id}
        return self._one(rows.customer, SELECT_CUSTOMER_OF, **key)

    def add_customer(self, customer: Customer) -> None:
        self.session.run(INSERT_CUSTOMER, rows.customer_row(customer), folded_name=folded(customer.name))

    def card(self, merchant_id: MerchantId, ref: CardRef) -> tuple[Card, Customer, Program] | None:
        return self._one(_card_of, SELECT_CARD_BY[ref.by], merchant_id=merchant_id, card_ref=ref.value)

    def cards_of(self, customer: Customer) -> Sequence[tuple[Card, Program]]:
        key = {"merchant_id": customer.merchant_id, "card_ref": customer.customer_id}
        return [(card, program) for card, _, program in self._all(_card_of, SELECT_CARDS_OF, **key)]

    def merged_cards_of(self, customer: Customer) -> Sequence[Card]:
        key = {"merchant_id": customer.merchant_id, "card_ref": customer.customer_id}
        return [card for card, _, _ in self._all(_card_of, SELECT_MERGED_CARDS_OF, **key)]

    def retire_merged_codes(self, card: Card) -> Sequence[CardId]:
        key = {"merchant_id": card.merchant_id, "before": card.card_id}
        found = self.session.all(SELECT_MERGED_INTO, **key)
        if found:
            self.session.run(RETIRE_MERGED_CODES, **key)
        return [card_id for (card_id,) in found]

    def close_merged(self, card: Card) -> None:
        self.session.run(CLOSE_MERGED, rows.card_row(card))
        self.session.run(MERGE_ON, merchant_id=card.merchant_id, before=card.card_id, after=card.merged_into)

    def add_card(self, card: Card, token_hash: TokenHash) -> None:
        self.session.run(INSERT_CARD, rows.card_row(card), token_hash=token_hash)

    def is_number_taken(self, merchant_id: MerchantId, number: CardNumber) -> bool:
        key = {"merchant_id": merchant_id, "number": number}
        return any(self.session.one(each, **key) is not None for each in (SELECT_NUMBER, SELECT_BLANK_NUMBER))

    def customers_of_names(
        self, merchant_id: MerchantId, beginning: str, skip: int, limit: int
    ) -> Sequence[Customer]:
        between = {"first": beginning, "last": beginning + LAST_CHARACTER}
        page = {"skip": skip, "limit": limit}
        return self._readable(rows.customer, SELECT_OF_NAMES, merchant_id=merchant_id, **between, **page)

    def save_active(self, card: Card) -> None:
        self.session.run(UPDATE_ACTIVE, rows.card_row(card))
        self.mark_passes(card)

    def add_note(self, note: CardNote) -> None:
        self.session.run(INSERT_NOTE, rows.note_row(note))

    def notes_of(self, card: Card, limit: int) -> Sequence[CardNote]:
        key = {"merchant_id": card.merchant_id, "card_id": card.card_id}
        return self._readable(rows.note, SELECT_NOTES, limit=limit, **key)

    def newest_answer(self, merchant_id: MerchantId, card_id: CardId) -> CardNote | None:
        return self._one(rows.note, SELECT_ANSWER, merchant_id=merchant_id, card_id=card_id, limit=1)

    def add_move(self, move: CardMove) -> None:
        self.session.run(INSERT_MOVE, rows.move_row(move))

    def save_move(self, move: CardMove) -> None:
        self.session.run(UPDATE_MOVE, rows.move_row(move))

    def move(self, merchant_id: MerchantId, move_id: MoveId) -> CardMove | None:
        return self._one(rows.move, SELECT_MOVE, merchant_id=merchant_id, move_id=move_id)

    def move_by_key(self, merchant_id: MerchantId, key: OperationKey) -> CardMove | None:
        return self._one(rows.move, SELECT_MOVE_BY_KEY, merchant_id=merchant_id, operation_key=key)

    def open_move(self, card: Card) -> CardMove | None:
        key = {"merchant_id": card.merchant_id, "card_id": card.card_id}
        now = rows.to_instant(self.now)
        found = self._readable(rows.move, SELECT_OPEN_MOVE, now=now, limit=1, **key)
        return found[0] if found else None

    def moves_of(self, card: Card, limit: int) -> Sequence[CardMove]:
        key = {"merchant_id": card.merchant_id, "card_id": card.card_id}
        return self._readable(rows.move, SELECT_MOVES, limit=limit, **key)

    def hand_over(self, customer: Customer, account: Account, name: str) -> None:
        row = rows.customer_row(replace(customer, account=account, name=name))
        self.session.run(HAND_OVER, row, folded_name=folded(name))
        self.session.run(
            HAND_OVER_DISPUTES,
            merchant_id=customer.merchant_id,
            before_bot_id=customer.account.bot_id,
            before_user_id=customer.account.user_id,
            bot_id=account.bot_id,
            user_id=account.user_id,
        )

    def rotate_token(self, card: Card, token_hash: TokenHash) -> Card:
        card = replace(card, token_rotation=card.token_rotation + 1)
        self.session.run(UPDATE_TOKEN, rows.card_row(card), token_hash=token_hash)
        self.mark_passes(card)
        return card

    def add_dispute(self, dispute: Dispute) -> bool:
        return self.session.run(INSERT_DISPUTE, rows.dispute_row(dispute)) == 1

    def save_dispute(self, dispute: Dispute) -> None:
        self.session.run(UPDATE_DISPUTE, rows.dispute_row(dispute))

    def dispute(self, merchant_id: MerchantId, entry_id: EntryId) -> Dispute | None:
        return self._one(rows.dispute, SELECT_DISPUTE, merchant_id=merchant_id, entry_id=entry_id)

    def disputes_of(self, merchant_id: MerchantId) -> Sequence[Dispute]:
        return self._readable(rows.dispute, SELECT_DISPUTES, merchant_id=merchant_id)

    def lock_card(self, merchant_id: MerchantId, card_id: CardId) -> Holding | None:
        found = self.card(merchant_id, CardRef("id", card_id))
        merchant = self._one(rows.merchant, SELECT_MERCHANT, merchant_id=merchant_id)
        if found is None or merchant is None:
            return None
        card, customer, program = found
        return Holding(merchant=merchant, customer=customer, card=card, program=program)

    def cards_made_between(
        self, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime
    ) -> frozenset[CardId]:
        found = self.session.all(
            SELECT_CARDS_MADE,
            merchant_id=merchant_id,
            begins_at=rows.to_instant(begins_at),
            ends_at=rows.to_instant(ends_at),
        )
        return frozenset(card_id for (card_id,) in found)

    def cards_by_program(self, merchant_id: MerchantId) -> Mapping[CardId, tuple[ProgramId, CustomerId]]:
        found = self.session.all(SELECT_CARDS_BY_PROGRAM, merchant_id=merchant_id)
        return {card_id: (program_id, customer_id) for card_id, program_id, customer_id in found}

    def cards_in(self, program: Program, after: CardId | None, limit: int) -> Sequence[CardId]:
        found = self.session.all(
            SELECT_CARDS_IN,
            merchant_id=program.merchant_id,
            program_id=program.program_id,
            after=after or "",
            limit=limit,
        )
        return [card_id for (card_id,) in found]

    def cards_of_the_team(self, merchant_id: MerchantId) -> Sequence[CardFlag]:
        found = self.session.all(SELECT_CARDS_OF_TEAM, merchant_id=merchant_id)
        return [_flag(FlagReason.TEAMS_PHONE, row) for row in found]

    def cards_of_one_person(self, merchant_id: MerchantId, acts_min: int) -> Sequence[CardFlag]:
        found = self.session.all(SELECT_CARDS_OF_ONE, merchant_id=merchant_id, acts_min=acts_min)
        return [_flag(FlagReason.ONE_PERSON, row) for row in found]

    def rewards_outstanding(self, program: Program) -> int:
        of_program = {"merchant_id": program.merchant_id, "program_id": program.program_id}
        outstanding = 0
        if program.has_stamps:
            row = self.session.one(SELECT_FULL_CARDS, stamps_target=program.stamps_target, **of_program)
            outstanding += (row[0] or 0) if row else 0
        if program.has_points:
            row = self.session.one(SELECT_RICH_CARDS, cost=program.point_rewards[0].cost, **of_program)
            outstanding += row[0] if row else 0
        held = self._readable(rows.card, SELECT_CARDS_BY_EARLIER_TERMS, **of_program)
        return outstanding + sum(_rewards_of(card, program) for card in held)


_CARD, _CUSTOMER, _PROGRAM = rows.slices(rows.CARD, rows.CUSTOMER, rows.PROGRAM)


def _rewards_of(card: Card, program: Program) -> int:
    """As ``SELECT_FULL_CARDS`` and ``SELECT_RICH_CARDS`` count them."""
    full = progress(card, program).rewards_available if program.has_stamps else 0
    rewards = point_rewards(card, program) if program.has_points else ()
    return full + bool(affordable(card.points_balance, rewards))


def _flag(reason: FlagReason, row: Row) -> CardFlag:
    card_id, number, customer_name, staff_id, staff_name = row
    return CardFlag(
        card_id=card_id,
        card_number=number,
        customer_name=customer_name,
        reason=reason,
        staff_id=staff_id,
        staff_name=staff_name,
    )


def _card_of(row: Row) -> tuple[Card, Customer, Program]:
    return rows.card(row[_CARD]), rows.customer(row[_CUSTOMER]), rows.program(row[_PROGRAM])
