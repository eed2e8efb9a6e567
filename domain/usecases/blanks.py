"""A card that was printed or mailed becomes somebody's."""

from typing import Protocol

from domain.link import route_to_card
from domain.mailbox import Mailbox, Ways
from domain.ports import Customers, Directory, Mailboxes, Printed
from domain.printed import Blank
from domain.quick import replace
from domain.rules.counter import Counter


class Laying(Directory, Printed, Protocol):
    """Where codes lead, and cards that nobody has yet."""


class Giving(Customers, Printed, Mailboxes, Protocol):
    """Who holds which card, and those that nobody has yet."""


def lay_out(tx: Laying, blank: Blank) -> None:
    """Whoever shows its code from now on may be the first to have it."""
    tx.add_blank(blank)
    tx.add_route(route_to_card(blank.merchant_id, blank.card_id, blank.token_hash))


def take_up(tx: Giving, counter: Counter) -> None:
    """A card that nobody had is a guest's from now on. Who shows one that was mailed has the mailbox."""
    blank, card, customer = counter.blank, counter.card, counter.customer
    if blank is not None and card is not None and customer is not None:
        tx.add_customer(customer)
        tx.add_card(card, blank.token_hash)
        tx.save_blank(replace(blank, used_at=tx.now, address=None))
        if blank.address is not None:
            tx.save_mailbox(
                Mailbox(account=customer.account, address=blank.address, ways=Ways.MAIL, verified_at=tx.now)
            )
