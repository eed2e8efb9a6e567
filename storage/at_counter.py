"""A transaction that reads what seldom changes of merchants out of memory, where it is known (``storage.known``)."""

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, and_, bindparam, select

from domain.card import Card, CardRef, Customer
from domain.ids import MerchantId, ProgramId
from domain.merchant import Program
from domain.quick import replace
from domain.rules.counter import Counter
from domain.staff import Actor, PinSession
from storage import rows, tables
from storage.base import Session
from storage.clauses import has, joins
from storage.customers import NAMED_BY
from storage.known import Known
from storage.statements import Row
from storage.team import SELECT_SESSION
from storage.terms import SELECT_PROGRAM
from storage.tx import Tx

_cards, _customers, _sessions = tables.cards, tables.customers, tables.pin_sessions
_his_session = and_(joins(_sessions, _cards), has(_sessions, "staff_id", "bot_id", "user_id"))


def _select_at_hand(card_is: ColumnElement[bool]) -> Select[Any]:
    """What changes from act to act: the card with its customer, and the PIN session of the member who acts."""
    return (
        select(*rows.CARD, *rows.CUSTOMER, *rows.PIN_SESSION)
        .select_from(_cards)
        .join(_customers, joins(_customers, _cards, "customer_id"))
        .outerjoin(_sessions, _his_session)
        .where(has(_cards, "merchant_id"), card_is)
    )


SELECT_AT_HAND_BY = {by: _select_at_hand(column == bindparam("card_ref")) for by, column in NAMED_BY.items()}
NO_SESSION = PinSession()
AtHand = tuple[Card, Customer, PinSession]
_CARD, _CUSTOMER, _PIN_SESSION = rows.slices(rows.CARD, rows.CUSTOMER, rows.PIN_SESSION)


class KnowingSession(Session, Protocol):
    """A session that keeps what was read of the fixed parts of merchants, for as long as it is right."""

    known: Known


class KnowingTx(Tx):
    session: KnowingSession

    def _at_counter(self, actor: Actor, card: CardRef | None) -> Counter | None:
        account = actor.account
        key: dict[str, object] = {
            "merchant_id": actor.merchant_id,
            "staff_id": actor.staff_id,
            "bot_id": account.bot_id,
            "user_id": account.user_id,
        }
        where = ("counter", actor.store_id, *key.values())
        empty = self.session.known.get(where, super()._at_counter, actor, None)
        if empty is None:
            return None
        found = card and self._at_hand(SELECT_AT_HAND_BY[card.by], {**key, "card_ref": card.value})
        if not found:
            pin_session = self._one(rows.pin_session, SELECT_SESSION, **key)
            return replace(empty, pin_session=pin_session or NO_SESSION)
        held, customer, pin_session = found
        return replace(
            empty,
            card=held,
            customer=customer,
            pin_session=pin_session,
            program=self._program(held.merchant_id, held.program_id),
        )

    def _at_hand(self, select_it: Select[Any], key: Mapping[str, object]) -> AtHand | None:
        return self._one(at_hand, select_it, **key)

    def _program(self, merchant_id: MerchantId, program_id: ProgramId) -> Program | None:
        """The present terms of the program."""
        return self.session.known.get(
            ("program", merchant_id, program_id), self._read_program, merchant_id, program_id
        )

    def _read_program(self, merchant_id: MerchantId, program_id: ProgramId) -> Program | None:
        return self._one(rows.program, SELECT_PROGRAM, merchant_id=merchant_id, program_id=program_id)


def at_hand(row: Row) -> AtHand:
    session = row[_PIN_SESSION]
    return (
        rows.card(row[_CARD]),
        rows.customer(row[_CUSTOMER]),
        NO_SESSION if session[1] is None else rows.pin_session(session),
    )
