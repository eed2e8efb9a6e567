"""Which fields of a target are shown, and on which page: some stand behind the others, so that a phone shows each
page without scrolling."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, mark
from bot.views.field_values import PIN_WINDOW
from bot.views.view import Button
from domain.fields import FIELDS, Target
from domain.flags import THRESHOLDS
from domain.ids import MerchantId
from domain.merchant import Merchant, Program, Store
from domain.quick import dataclass
from domain.rules.earning import unit_of
from domain.rules.terms import unused
from domain.usecases.see_shop import Shop


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
        "r": FieldPage(
            "🎁",
            mark("Rewards"),
            ("interim_rewards", "reward_cost_minor", "reward_valid_days", "redeem_confirmation"),
        ),
    },
}
"""By the letter that stands for the page in a button's data."""


def page_of(kind: Target, names: Iterable[str]) -> str:
    """The letter of the page that has any of these fields; empty for the first page of all."""
    named = {*names}
    return next((letter for letter, page in PAGES[kind].items() if not named.isdisjoint(page.fields)), "")


def page_data(merchant_id: MerchantId, kind: Target, target_id: str, *names: str) -> str:
    """The data that leads to the page with these fields of a target; a store's page is one of its own."""
    if kind is Target.STORE:
        return press(Verb.STORE_PAGE, short_id(merchant_id), short_id(target_id))
    page = page_of(kind, names)
    return press(Verb.FIELDS, short_id(merchant_id), kind, short_id(target_id), *([page] if page else []))


def page_button(t: Texts, merchant_id: MerchantId, kind: Target, target_id: str, letter: str) -> Button:
    """Leads to a page behind the first."""
    page = PAGES[kind][letter]
    return Button(
        text=f"{page.sign} {t(page.title)}",
        data=press(Verb.FIELDS, short_id(merchant_id), kind, short_id(target_id), letter),
    )


def pages_in_use(shop: Shop, kind: Target, target: Merchant | Store | Program) -> Mapping[str, Sequence[str]]:
    """The fields in use by the letter of their page, the first one's being empty. A page behind it that would have a
    single field is none: that field is on the first."""
    used = [name for name in FIELDS[kind] if is_used(shop, target, name)]
    behind = {letter: [name for name in used if name in page.fields] for letter, page in PAGES[kind].items()}
    behind = {letter: names for letter, names in behind.items() if len(names) > 1}
    elsewhere = {name for names in behind.values() for name in names}
    return {"": [name for name in used if name not in elsewhere], **behind}


SET_BY_OPERATORS = {"kind"}
"""Fields that no button changes: with another kind, what cards have collected may be good for nothing."""


def is_used(shop: Shop, target: Merchant | Store | Program, name: str) -> bool:
    """Whether a field is shown. Hidden are fields that a program of this kind does not use, PIN_WINDOW, which is set
    together with PIN, and the name of a shop's only program."""
    if not isinstance(target, Program):
        return True
    if name == "name" and len(shop.programs) == 1:
        return False
    return name not in {*SET_BY_OPERATORS, PIN_WINDOW, *unused(target), *_beside_the_point(target)}


def _beside_the_point(program: Program) -> Iterator[str]:
    """Fields that mean nothing as the program's other fields are."""
    if not program.has_stamps:
        yield from ("stamps_target", "reward", "cooldown_minutes", "max_daily_stamps", "interim_rewards")
        yield from ("paper_stamps_max", "reward_valid_days")
    if not (program.has_stamps and program.paper_stamps_max):
        yield "paper_cards_daily_max"
    if not program.has_points:
        yield "point_rewards"
    else:
        yield "stamp_per_minor"
    if unit_of(program) is None:
        yield from ("minimum_purchase_minor", "plausible_purchase_minor", "carry_over")
    if program.win_back_days is None:
        yield "win_back_bonus"
    if not (program.birthday_bonus or (program.win_back_days and program.win_back_bonus)):
        yield "bonus_days"
    if not program.referral_bonus:
        yield from ("referral_welcome", "referrals_monthly_max")
