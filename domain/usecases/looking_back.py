"""Reads a card's entries from the newest back, and only as far as needed (docs/decisions/0072)."""

from collections.abc import Callable, Sequence

from domain.card import Card
from domain.entry import Entry
from domain.expiry import ExpiryKind
from domain.kinds import KINDS
from domain.merchant import Program
from domain.ports import Ledger
from domain.rules.days import FAR_AHEAD, local_date
from domain.rules.stamps import is_far_ahead
from domain.rules.voids import recount_today

FIRST_LOOK = 20
"""The entries read first; each further look reads twice as many."""


def looked_back(
    tx: Ledger, card: Card, program: Program, is_enough: Callable[[Sequence[Entry]], bool]
) -> Sequence[Entry]:
    """The newest entries of a card that are enough, oldest first. Where no such part is enough, and where something
    on the card may expire, it is all entries, with those of the cards that were merged into it."""
    if may_expire(card, program):
        return tx.history_of(card)
    entries: list[Entry] = []
    limit = FIRST_LOOK
    while not entries or entries[0].entry_no > 1:
        page = tx.entries_of(card, newest=limit, before=entries[0].entry_no if entries else None)
        merges = [place for place, entry in enumerate(page, start=1) if KINDS[entry.kind].is_merge]
        entries = [*page[merges[-1] if merges else 0 :], *entries]
        if not page or (entries and is_enough(entries)):
            return entries
        if merges:
            return tx.history_of(card)
        limit *= 2
    return entries


def of_today(tx: Ledger, card: Card, timezone: str) -> Card:
    """The card. Where a wrong clock dated its newest stamp far ahead, its facts about today come from the days before
    that."""
    today = local_date(tx.now, timezone)
    if not is_far_ahead(card, today):
        return card
    return recount_today(card, tx.history_of(card), today + FAR_AHEAD)


def may_expire(card: Card, program: Program) -> bool:
    """Whether anything on the card expires, or the card is still due to be looked at."""
    never = program.expiry_kind is ExpiryKind.NEVER and program.reward_valid_days is None
    return not never or card.expiry_look_at is not None or card.has_dated


def is_all(entries: Sequence[Entry]) -> bool:
    """Whether these are all entries of a card."""
    return bool(entries) and entries[0].entry_no == 1
