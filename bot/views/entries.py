"""The words for each kind of entry, for the card's holder and for the shop."""

from collections.abc import Callable, Mapping
from functools import partial

from bot.texts import Texts, mark, mark_plural
from bot.views.progress import amount, change, multiplied, spaced
from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import CardNumber
from domain.kinds import KINDS, EntryKind
from domain.quick import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A change of ``count`` in ``unit`` on a card. ``shortfall`` is what could not be taken, or could not be given
    back because it had expired."""

    unit: Unit
    count: int
    shortfall: int = 0
    reward: str = ""
    factor_tenths: int | None = None


Saying = Callable[[Texts, Change], str]


def entry_line(t: Texts, entry: Entry, timezone: str) -> str:
    """A line of the holder's history."""
    if KINDS[entry.kind].is_merge:
        return f"{t.moment(entry.occurred_at, timezone)} · {_merged(t, entry)}"
    return f"{t.moment(entry.occurred_at, timezone)} · {SAID[entry.kind].history(t, _made(entry))}"


def entry_label(t: Texts, entry: Entry, timezone: str) -> str:
    """The same, shorter, for a button: without the year, and for some kinds without the reason."""
    said = SAID[entry.kind].label or SAID[entry.kind].history
    return f"{t.short_moment(entry.occurred_at, timezone)} · {said(t, _made(entry))}"


def _made(entry: Entry) -> Change:
    unit = entry.unit
    return Change(unit, entry.delta(unit), entry.shortfall(unit), entry.reward or "", entry.factor_tenths)


def _merged(t: Texts, entry: Entry) -> str:
    """What came onto the card in both units, and the number of the other card."""
    number = spaced(CardNumber(entry.note or ""))
    if entry.kind is EntryKind.MERGED_OUT:
        return t("merged into card {number}", number=number)
    counts = ((unit, entry.delta(unit)) for unit in Unit)
    come = [change(t, unit, count) for unit, count in counts if count]
    return ", ".join([*come, t("from card {number}, merged", number=number)])


def change_of(kind: EntryKind, stamps_delta: int, points_delta: int) -> Change:
    """The change of an entry that changes one unit: one of the two deltas is 0."""
    unit = KINDS[kind].unit or (Unit.POINTS if points_delta else Unit.STAMPS)
    return Change(unit, stamps_delta + points_delta)


def given_back(t: Texts, made: Change) -> str:
    """What came back with a redemption that was taken back, and how much of it had expired meanwhile."""
    if not made.shortfall:
        return _back(t, made)
    expired = t.n("{count} had expired meanwhile", "{count} had expired meanwhile", made.shortfall)
    return f"{_back(t, made)}, {expired}"


def _counted(stamps: tuple[str, str], points: tuple[str, str]) -> Saying:
    return lambda t, made: t.n(*(stamps if made.unit is Unit.STAMPS else points), abs(made.count))


def _if_any(saying: Saying, nothing: str) -> Saying:
    """Says ``nothing`` of a purchase that had given nothing yet."""
    return lambda t, made: saying(t, made) if made.count or made.shortfall else t(nothing)


_back = _counted(
    mark_plural("+{count} stamp back", "+{count} stamps back"),
    mark_plural("+{count} point back", "+{count} points back"),
)
_taken_back = _counted(
    mark_plural("{count} stamp taken back", "{count} stamps taken back"),
    mark_plural("{count} point taken back", "{count} points taken back"),
)
taken_back = _if_any(_taken_back, mark("purchase taken back"))
was_taken = _if_any(
    _counted(
        mark_plural("{count} stamp was taken back", "{count} stamps were taken back"),
        mark_plural("{count} point was taken back", "{count} points were taken back"),
    ),
    mark("A purchase was taken back"),
)
_expired = _counted(
    mark_plural("{count} stamp expired", "{count} stamps expired"),
    mark_plural("{count} point expired", "{count} points expired"),
)


def _change(t: Texts, made: Change) -> str:
    return multiplied(t, change(t, made.unit, made.count), made.factor_tenths)


def _given(sentence: str) -> Saying:
    """A sentence that says what the change was for; its placeholder is ``change``."""
    return lambda t, made: t(sentence, change=_change(t, made))


def _headed(sign: str, saying: Saying) -> Saying:
    return lambda t, made: f"{sign} <b>{saying(t, made)}</b>"


_changed = _headed("✅", _change)
_from_paper = _given(mark("{change} from a paper card"))
_points_less = _if_any(_change, mark("purchase taken back"))
_corrected = _given(mark("{change}, corrected by the shop"))


def _redeemed(t: Texts, made: Change) -> str:
    if made.unit is Unit.STAMPS:
        return t("reward: {reward}", reward=made.reward)
    return t("reward: {reward}, {cost}", reward=made.reward, cost=amount(t, Unit.POINTS, -made.count))


def _reward_expired(t: Texts, made: Change) -> str:
    return t("reward expired: {reward}", reward=made.reward)


def _undone(t: Texts, made: Change) -> str:
    """An interim reward takes no stamps, so taking it back gives none back."""
    return given_back(t, made) if made.count or made.shortfall else t("reward not handed out")


def _undone_in_shop(t: Texts, made: Change) -> str:
    if made.count or made.shortfall:
        return t("Reward taken back: {change}", change=given_back(t, made))
    return t("Reward taken back")


def _not_handed_out(t: Texts, made: Change) -> str:
    if made.shortfall or not made.count:
        return t("↩️ <b>Your reward was not handed out.</b>")
    if made.unit is Unit.POINTS:
        return t("↩️ <b>Your reward was not handed out: its points are back.</b>")
    return t("↩️ <b>Your reward was not handed out: its stamps are back.</b>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """``called`` is the kind's name, in exports and in what is kept of a person. ``history`` and ``receipt`` are for
    the card's holder; so is ``label``, for a button, where ``history`` is too long for one. ``shop`` is for the team:
    in a dispute, and on the button that takes the act back. ``taken_back`` is the line of a void in the list of a
    day."""

    called: str
    history: Saying = _change
    label: Saying | None = None
    receipt: Saying = _changed
    shop: Saying = _change
    taken_back: Saying = _taken_back


_redeemed_said = partial(
    Said,
    history=_redeemed,
    receipt=lambda t, made: t("🎁 <b>Enjoy: {reward}</b>", reward=made.reward),
    shop=lambda t, _: t("Reward redeemed"),
)
_merged_said = partial(Said, label=lambda t, _: t("cards merged"), shop=lambda t, _: t("Two cards merged"))
_voided_said = partial(Said, history=taken_back, receipt=_headed("↩️", was_taken), shop=taken_back)

SAID: Mapping[EntryKind, Said] = {
    EntryKind.STAMP_EARNED: Said(called=mark("Stamps given")),
    EntryKind.STAMP_REDEEMED: _redeemed_said(called=mark("Reward for stamps")),
    EntryKind.INTERIM_REDEEMED: _redeemed_said(called=mark("Interim reward")),
    EntryKind.STAMP_VOIDED: _voided_said(called=mark("Stamps taken back")),
    EntryKind.STAMPS_EXPIRED: Said(called=mark("Stamps expired"), history=_expired),
    EntryKind.POINTS_EARNED: Said(called=mark("Points given")),
    EntryKind.POINTS_REDEEMED: _redeemed_said(called=mark("Reward for points")),
    EntryKind.POINTS_VOIDED: Said(
        called=mark("Points taken back"),
        history=taken_back,
        label=_points_less,
        receipt=_headed("↩️", was_taken),
        shop=taken_back,
    ),
    EntryKind.POINTS_EXPIRED: Said(called=mark("Points expired"), history=_expired),
    EntryKind.POINTS_ADJUSTED: Said(
        called=mark("Points corrected"),
        history=_corrected,
        label=_change,
        receipt=_headed("✏️", _corrected),
        shop=_corrected,
    ),
    EntryKind.WELCOME_BONUS: Said(
        called=mark("Welcome bonus"), history=_given(mark("{change} to start with"))
    ),
    EntryKind.REFERRAL_BONUS: Said(
        called=mark("Bonus for bringing somebody along"),
        history=_given(mark("{change} for bringing somebody along")),
    ),
    EntryKind.BIRTHDAY_BONUS: Said(
        called=mark("Birthday bonus"), history=_given(mark("{change} for your birthday"))
    ),
    EntryKind.REDEMPTION_VOIDED: Said(
        called=mark("Reward taken back"),
        history=_undone,
        receipt=_not_handed_out,
        shop=_undone_in_shop,
        taken_back=lambda t, _: t("reward not handed out"),
    ),
    EntryKind.MERGED_OUT: _merged_said(called=mark("Merged into another card")),
    EntryKind.MERGED_IN: _merged_said(called=mark("From a card that was merged")),
    EntryKind.REFERRAL_WELCOME: Said(
        called=mark("Bonus for coming with a friend"),
        history=_given(mark("{change} for coming with a friend")),
    ),
    EntryKind.REFERRAL_VOIDED: Said(
        called=mark("Bonus for a friend taken back"), history=taken_back, shop=taken_back
    ),
    EntryKind.WIN_BACK_BONUS: Said(
        called=mark("Bonus for coming back"), history=_given(mark("{change} because you were missed"))
    ),
    EntryKind.PAPER_STAMPS: Said(
        called=mark("Stamps from a paper card"),
        history=_from_paper,
        label=_change,
        receipt=_headed("📄", _from_paper),
        shop=_from_paper,
    ),
    EntryKind.PAPER_VOIDED: _voided_said(called=mark("Stamps from a paper card taken back")),
    EntryKind.REWARD_EXPIRED: Said(called=mark("Reward expired"), history=_reward_expired),
}
"""A new kind is a line here; a test names the kinds that have none."""
