"""A printed or mailed card gets its holder."""

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
    """Who holds which card, and cards that nobody has yet."""


def lay_out(tx: Laying, blank: Blank) -> None:
    """From now on the first person who shows its code gets the card."""
    tx.add_blank(blank)
    tx.add_route(route_to_card(blank.merchant_id, blank.card_id, blank.token_hash))


def take_up(tx: Giving, counter: Counter) -> None:
    """A blank becomes a guest's card. Whoever shows a mailed card has received the mail, so the mailbox is theirs."""
    blank, card, customer = counter.blank, counter.card, counter.customer
    if blank is not None and card is not None and customer is not None:
        tx.add_customer(customer)
        tx.add_card(card, blank.token_hash)
        tx.save_blank(replace(blank, used_at=tx.now, address=None))
        if blank.address is not None:
            tx.save_mailbox(
                Mailbox(account=customer.account, address=blank.address, ways=Ways.MAIL, verified_at=tx.now)
            )
