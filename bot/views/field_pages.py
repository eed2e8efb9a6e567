"""Fields that stand on a page of their own behind the others of their target, so that a phone shows each page without
scrolling."""

from collections.abc import Collection, Iterable, Mapping

from bot.texts import mark
from domain.fields import Target
from domain.flags import THRESHOLDS
from domain.quick import dataclass


@dataclass(frozen=True, slots=True)
class FieldPage:
    """``sign`` stands before its title on the button that leads to it."""

    sign: str
    title: str
    fields: Collection[str]


OF_FLAGS = "f"
"""The page of the flags' thresholds, to which the list of the flags leads."""
PAGES: Mapping[Target, Mapping[str, FieldPage]] = {
    Target.MERCHANT: {OF_FLAGS: FieldPage("⚙️", mark("When you are told"), THRESHOLDS)},
    Target.STORE: {},
    Target.PROGRAM: {
        "n": FieldPage(
            "🌱",
            mark("New cards"),
            ("new_cards", "welcome_bonus", "paper_stamps_max", "paper_cards_daily_max"),
        ),
        "b": FieldPage(
            "✨",
            mark("Bonuses"),
            (
                "multipliers",
                "birthday_bonus",
                "win_back_days",
                "win_back_bonus",
                "bonus_days",
                "referral_bonus",
                "referral_welcome",
                "referrals_monthly_max",
            ),
        ),
        "p": FieldPage(
            "🧾",
            mark("Purchases"),
            ("minimum_purchase_minor", "plausible_purchase_minor", "carry_over", "stamp_per_minor"),
        ),
        "r": FieldPage("🎁", mark("Rewards"), ("interim_rewards", "reward_cost_minor", "reward_valid_days")),
    },
}
"""By the letter that stands for the page in a button's data."""


def page_of(kind: Target, names: Iterable[str]) -> str:
    """The letter of the page that has any of these fields; empty for the first page of all."""
    named = {*names}
    return next((letter for letter, page in PAGES[kind].items() if not named.isdisjoint(page.fields)), "")
