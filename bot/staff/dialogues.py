"""Questions at the counter, in the shapes in which they are kept."""

from typing import ClassVar, Literal

from bot.screens.questions import Question, Shown
from domain.acts import Act, EarnPoints
from domain.card import CardRef
from domain.ids import CardId, MerchantId, StaffId

AskedFor = Literal["stamp", "earn", "redeem", "void"]


class CardAsked(Question, frozen=True, tag="card"):
    """Which card should ``then`` happen to?"""

    then: AskedFor


class WhichAsked(Question, frozen=True, tag="which"):
    """Which of the cards in a picture is meant?"""

    then: AskedFor | Literal["look"]
    cards: tuple[CardId, ...]


class WhoAsked(Question, frozen=True, tag="who"):
    """Who stands at this terminal?"""

    act: Act | None


class StoreAsked(Question, frozen=True, tag="store"):
    """Where are you working? ``payload`` is the link that waits for the answer."""

    payload: str | None


class StoreAskedFor(StoreAsked, frozen=True, tag="store_for"):
    """Where are you working? ``act`` waits for the answer."""

    act: Act


class Keypad(Shown, frozen=True, kw_only=True):
    """A PIN is asked for before ``act``.

    ``asked_update_id`` is the update that brought the act: handled again, its text is not taken as a PIN.
    ``judged_update_id`` is the update whose PIN was checked last: handled again, because its answer was lost, it is
    answered again and does not count as another try.
    """

    merchant_id: MerchantId
    staff_id: StaffId
    name: str
    act: Act | None
    judged_update_id: int | None = None
    asked_update_id: int | None = None


class PinAsked(Keypad, frozen=True, tag="pin", kw_only=True):
    """``attempts_left`` is what the last wrong PIN left."""

    attempts_left: int = 0


class OldPinAsked(PinAsked, frozen=True, tag="old_pin", kw_only=True):
    """The present PIN, before another is chosen. ``helpers`` can let the member choose one without it."""

    helpers: tuple[str, ...] = ()


class NewPinAsked(Keypad, frozen=True, tag="new_pin", kw_only=True):
    """A new PIN is chosen, typed twice. ``first`` has the key positions of the first time."""

    first: str | None = None


class AnotherPinAsked(NewPinAsked, frozen=True, tag="another_pin", kw_only=True):
    """A PIN is chosen in the place of the one that was just typed, which had the generation ``replaces``."""

    replaces: int


class AmountAsked(Shown, frozen=True, tag="amount", kw_only=True):
    """How much was paid? The keypad's nonce is the operation key of what it earns."""

    card: CardRef


class AmountDoubted(Question, frozen=True, tag="amount_doubted"):
    """Was it really so much? The right amount may be typed instead."""

    passed_over: ClassVar[bool] = True

    act: EarnPoints


class AmountGiven(Question, frozen=True, tag="amount_given"):
    """An amount was entered by the update ``update_id`` and has earned its points. If enter is pressed again on the
    same keypad, or the update is handled again, the confirmation is shown again."""

    was_answered: ClassVar[bool] = True

    act: EarnPoints
    update_id: int
