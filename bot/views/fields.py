"""What the fields of domain/fields.py are called, and what they mean."""

from bot.texts import Texts, mark
from domain.ids import FieldName

SAID: dict[str, tuple[str, str]] = {
    "name": (mark("Name"), mark("As customers and the team read it.")),
    "colour": (mark("Colour"), mark("The card's colour, such as #6f4e37.")),
    "timezone": (mark("Time zone"), mark("Whose clock the shop goes by, such as Europe/Luxembourg.")),
    "currency": (
        mark("Currency"),
        mark("Its three letters, such as EUR. A change converts no amounts."),
    ),
    "default_locale": (
        mark("Language"),
        mark("For amounts at the counter, and for people whose own is not known."),
    ),
    "languages": (
        mark("Languages of posters"),
        mark(
            "Beside the shop's own, as far as there is room. Customers read messages in their own language."
        ),
    ),
    "summary_hour": (
        mark("Hour of the daily summary"),
        mark(
            "The hour, by the shop's clock, at which you are told of the day; before noon, of the day before."
        ),
    ),
    "allow_void": (mark("Taking back"), mark("Whether the team may take back what it gave.")),
    "own_texts": (
        mark("Rewards in other languages"),
        mark("One a line, a language first: fr Tea=Thé. All of them at once; a hyphen alone: none."),
    ),
    "contact": (
        mark("Contact"),
        mark(
            "E-mail, phone or address for questions about what is kept: customers see it in /privacy. A hyphen"
            " alone: none."
        ),
    ),
    "pair_acts_max": (
        mark("Same person, same card"),
        mark("You are told when one person serves one card more often than this in a week."),
    ),
    "burst_acts_max": (
        mark("Many in ten minutes"),
        mark("You are told when one person does more than this in ten minutes, and more than is usual here."),
    ),
    "unseen_cards_max": (
        mark("Cards never seen again"),
        mark(
            "You are told when more new cards than this were served by one person alone, got a reward, and"
            " were not seen again."
        ),
    ),
    "takings_gap_max": (
        mark("Stamps beyond the takings"),
        mark(
            "You are told when a day has so many percent more stamps than is usual for its takings (/takings)."
        ),
    ),
    "marketing_monthly_max": (
        mark("News and offers a month"),
        mark("At most so many to each customer who said yes to them; off: none, and nobody is asked."),
    ),
    "kind": (mark("What the cards collect"), mark("Stamps, points, or both on one card.")),
    "stamps_target": (mark("Stamps for a reward"), mark("With so many stamps a card is full.")),
    "reward": (mark("Reward"), mark("What a full card is good for.")),
    "cooldown_minutes": (
        mark("Minutes between two stamps"),
        mark("How long a card waits for its next stamp; 0: no wait."),
    ),
    "max_daily_stamps": (mark("Stamps a day"), mark("At most, per card and day.")),
    "require_staff_pin": (
        mark("PIN"),
        mark("When the team types a PIN for what it does; on a shared phone always."),
    ),
    "pin_window_minutes": (
        mark("Minutes that a PIN holds"),
        mark("After each act, until the day ends; 0: a PIN every time."),
    ),
    "points_per_unit_milli": (
        mark("Points for one unit of the currency"),
        mark("To thousandths, such as 0.5."),
    ),
    "minimum_purchase_minor": (
        mark("Smallest purchase"),
        mark("Smaller purchases earn nothing."),
    ),
    "plausible_purchase_minor": (
        mark("Largest usual purchase"),
        mark("Above it, the till asks once more whether the amount is right; 0: never."),
    ),
    "point_rewards": (
        mark("Rewards for points"),
        mark("Each with its price in points, one a line: 50=Espresso"),
    ),
    "point_reward_cost": (mark("Price of a reward"), mark("In points.")),
    "welcome_bonus": (
        mark("Welcome bonus"),
        mark("What a new card starts with: points where there are points, else stamps."),
    ),
    "reward_cost_minor": (
        mark("Cost of a reward"),
        mark("To you, so that a report can say what promised rewards are worth. Customers do not see it."),
    ),
    "expiry_kind": (
        mark("Expiry"),
        mark("All at once after so many months without a visit, or each earning after so many months."),
    ),
    "expiry_months": (mark("Months until expiry"), mark("How many, counted as the kind of expiry says.")),
    "opening_hours": (
        mark("Opening hours"),
        mark(
            "Such as Mon-Fri 8-12, 14-18:30, Sat 9-13. What closes after midnight belongs to the day before."
        ),
    ),
    "location": (
        mark("Location"),
        mark(
            "Send it with 📎 → Location, or type it such as 49.6116, 6.1319. A card in a phone’s wallet shows up by"
            " itself nearby."
        ),
    ),
    "new_cards": (mark("New cards"), mark("When no, whoever has a card goes on, and nobody else gets one.")),
    "multipliers": (
        mark("Multipliers"),
        mark(
            "When more is earned, one a line: Mon-Fri 14-16 2, Sat 2, 2026-12-24 3. The highest counts alone. All of"
            " them at once; a hyphen alone: none."
        ),
    ),
    "carry_over": (
        mark("Carry over"),
        mark("Whether what a purchase leaves below a point or a stamp counts with the next one."),
    ),
    "stamp_per_minor": (
        mark("Amount for a stamp"),
        mark("The team types what was paid, and the card gets a stamp for each such amount."),
    ),
    "interim_rewards": (
        mark("Interim rewards"),
        mark(
            "On the way to a full card, each once, at so many stamps. One a line: 5=Cookie; a hyphen alone: none."
        ),
    ),
    "interim_reward_stamps": (mark("Stamps of an interim reward"), mark("How many must be on the card.")),
    "birthday_bonus": (
        mark("Birthday bonus"),
        mark(
            "Points where there are points, else stamps; 0: none. For customers who told you their birthday and want"
            " your news and offers, which the shop switches on."
        ),
    ),
    "win_back_days": (
        mark("Missed after days"),
        mark(
            "Customers who want your news and offers and have not come for so many days are told once that you miss"
            " them."
        ),
    ),
    "win_back_bonus": (
        mark("Bonus for coming back"),
        mark("Comes with that message: points where there are points, else stamps; 0: none."),
    ),
    "bonus_days": (
        mark("Days such a bonus is good for"),
        mark("Of a birthday, or for coming back; after that it expires."),
    ),
    "referral_bonus": (
        mark("For bringing a friend"),
        mark(
            "When the friend, who was never here before, first collects something: points where there are points,"
            " else stamps; 0: no invitations."
        ),
    ),
    "referral_welcome": (
        mark("For the friend"),
        mark("What the friend gets then: points where there are points, else stamps."),
    ),
    "referrals_monthly_max": (
        mark("Friends a month"),
        mark("For at most so many a customer gets something; their friends always do."),
    ),
    "paper_stamps_max": (
        mark("Stamps from paper"),
        mark(
            "With how many stamps of a half-full paper card a new card may begin on its first day; never with all"
            " of them. 0: with none."
        ),
    ),
    "paper_cards_daily_max": (
        mark("Paper cards a day"),
        mark("So many a member of the team may take in, in a day."),
    ),
    "redeem_confirmation": (
        mark("Who says yes to a reward"),
        mark(
            "With the customer's yes in Telegram, a picture of a card is not enough to get its reward. Cards without"
            " Telegram need none."
        ),
    ),
    "reward_valid_days": (
        mark("Days a reward waits"),
        mark(
            "After that its stamps expire; the customer is told two weeks before. Rewards that are ready keep"
            " what they were promised."
        ),
    ),
    "active": (mark("Switched on"), mark("When switched off, nothing is given and nothing redeemed.")),
}
"""Label and help, by the names of the fields."""


def label(t: Texts, name: str) -> str:
    return t(SAID[name][0])


def explained(t: Texts, name: str) -> str:
    return t(SAID[name][1])


def named(t: Texts, name: FieldName) -> str:
    """As a sentence names it."""
    return t("“{label}”", label=label(t, name))
