"""Two cards of one person become one."""

from domain.invariants import check
from tests.support.shop import Town


def no_violations(town: Town) -> bool:
    return [found for history in town.database.histories() for found in check(history)] == []


def test_first(town: Town) -> None:
    shop = town.opens_shop(stamps_target=10, reward="A coffee")
    anna = shop.hires("Anna")
    lea, tablet = shop.gives_card("Léa"), shop.gives_card("Léa T.")
    shop.stamps(anna, lea, 3)
    entry = shop.stamps(anna, tablet, 4).entry
    done = shop.merges(shop.owner, lea, tablet)
    assert shop.card(lea).stamp_count == 7
    assert shop.card(lea).stamps_today == 7
    assert no_violations(town)
    shop.stamps(anna, tablet.card, 1)
    assert shop.card(lea).stamp_count == 8
    shop.voids(shop.owner, tablet, entry=entry.entry_id, reason="x")
    assert shop.card(lea).stamp_count == 4
    assert no_violations(town)
