"""A printed card becomes somebody's."""

from dataclasses import replace
from typing import Protocol

from domain.ports import Customers, Printed
from domain.rules.counter import Counter


class Giving(Customers, Printed, Protocol):
    """Who holds which card, and those that nobody has yet."""


def take_up(tx: Giving, counter: Counter) -> None:
    """A printed card that nobody had is a guest's from now on."""
    blank, card, customer = counter.blank, counter.card, counter.customer
    if blank is not None and card is not None and customer is not None:
        tx.add_customer(customer)
        tx.add_card(card, blank.token_hash)
        tx.save_blank(replace(blank, used_at=tx.now))
