"""Second taps: a press that comes so soon after an answer that the finger was aiming at what stood there before.

In memory alone: a restart takes longer than a double tap (docs/decisions/0031).
"""

from collections.abc import Callable, Hashable, Mapping

from telegram import CallbackQuery, InlineKeyboardButton, Message, Update

from bot.kit.bounded import forget_oldest
from bot.kit.buttons import Reach, reach_of
from bot.views.places import Place, places
from bot.views.view import Keyboard
from domain.ids import UpdateId
from domain.quick import dataclass

SECOND_TAP_S = 0.7
"""The two taps of a double tap are half a second apart at most; the rest is for different delays on the way here."""
LONG_AGO = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """The answer to a person's last press: since when each button is there, by its data and by its sign
    (``_sign``)."""

    update_id: int
    message_id: int
    finger: Place | None
    data_since_s: Mapping[str | None, float]
    signs_since_s: Mapping[Hashable, float]


class SecondTaps:
    def __init__(self, clock: Callable[[], float], within_s: float = SECOND_TAP_S) -> None:
        """``clock`` counts seconds and never goes back. Where ``within_s`` is 0, nobody is too fast."""
        self._clock = clock
        self._within_s = within_s
        self._arrived_s: dict[UpdateId, float] = {}
        self._answers: dict[int, _Answer] = {}

    def arrived(self, update_id: UpdateId) -> None:
        """Notes when an update came: this is the time of the press, however long the update waits to be handled."""
        self._arrived_s.setdefault(update_id, self._clock())
        forget_oldest(self._arrived_s)

    def is_one(self, update: Update) -> bool:
        """Whether the pressed button was not there yet when the press arrived, or for less than ``within_s``."""
        query, arrived_s = update.callback_query, self._arrived_s.get(UpdateId(update.update_id))
        answer = self._answers.get(query.from_user.id) if query else None
        if query is None or answer is None or arrived_s is None or not self._within_s:
            return False
        return arrived_s < answer.data_since_s.get(query.data, LONG_AGO) + self._within_s

    def finger(self, query: CallbackQuery) -> Place | None:
        """Where the finger is after this press; None after a press that only shows something, or if it is not known.

        If the pressed button is gone by now, the finger is where it was at the press before.
        """
        if reach_of(query.data) is Reach.LOOK:
            return None
        for button, place in places(_on_screen(query)):
            if button.callback_data == query.data:
                return place
        answer = self._answers.get(query.from_user.id)
        return answer.finger if answer else None

    def answered(self, update: Update, keyboard: Keyboard) -> None:
        """A press was answered with this keyboard."""
        query = update.callback_query
        if query is None or query.message is None:
            return
        finger, now = self.finger(query), self._clock()
        last = self._answers.pop(query.from_user.id, None)
        if last is not None and last.message_id != query.message.message_id:
            last = None
        there: dict[Hashable, float] = {
            _sign(button.text, button.callback_data, place): LONG_AGO
            for button, place in places(_on_screen(query))
        }
        there |= last.signs_since_s if last else {}
        shown = [(each.data, _sign(each.text, each.data, place)) for each, place in places(keyboard)]
        goes_on = last.data_since_s if last and last.update_id == update.update_id else {}
        self._answers[query.from_user.id] = _Answer(
            update_id=update.update_id,
            message_id=query.message.message_id,
            finger=finger,
            data_since_s={**goes_on, **{data: there.get(sign, now) for data, sign in shown}},
            signs_since_s={sign: there.get(sign, now) for _, sign in shown},
        )
        forget_oldest(self._answers)


def _on_screen(query: CallbackQuery) -> tuple[tuple[InlineKeyboardButton, ...], ...]:
    """The keyboard of the message whose button was pressed, as Telegram has it."""
    markup = query.message.reply_markup if isinstance(query.message, Message) else None
    return markup.inline_keyboard if markup else ()


def _sign(text: str, data: object, place: Place) -> Hashable:
    """Two buttons of the same sign are one button: same place, and same data or, for a key of a keypad, same text."""
    is_key = isinstance(data, str) and reach_of(data) is Reach.KEY
    return (text if is_key else str(data)), place
