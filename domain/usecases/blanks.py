"""A card that was printed or mailed becomes somebody's."""

from dataclasses import replace
from typing import Protocol

from domain.mailbox import Mailbox, Ways
from domain.ports import Customers, Mailboxes, Printed
from domain.rules.counter import Counter


class Giving(Customers, Printed, Mailboxes, Protocol):
    """Who holds which card, and those that nobody has yet."""


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
