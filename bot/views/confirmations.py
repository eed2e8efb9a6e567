"""Confirmations: what staff read about an act that was carried out, by the kind of its entry."""

from collections.abc import Callable, Sequence

from bot.texts import Texts
from bot.views.card_parts import after_act, holder, left_over, purchase, take_back_button, today_line
from bot.views.entries import Change, given_back, taken_back, was_taken
from bot.views.progress import amount, change, points_progress, progress, spaced, standing
from bot.views.view import View
from domain.expiry import Unit
from domain.ids import CardNumber
from domain.kinds import EntryKind
from domain.usecases.posting import Posted


def confirmation(t: Texts, done: Posted) -> View:
    lines = _LINES[done.entry.kind](t, done)
    spare = take_back_button(t, done.card.card_id)
    return View(text="\n".join(lines), buttons=after_act(t, done), spare=spare)


def _stamped(t: Texts, done: Posted) -> Sequence[str]:
    return [
        f"✅ <b>{_balance(t, done)}</b>",
        purchase(t, done.entry, done.card.currency),
        *left_over(t, done),
        holder(t, done.card),
        *_ready_now(t, done),
        today_line(t, done.card),
    ]


def _earned(t: Texts, done: Posted) -> Sequence[str]:
    card, entry = done.card, done.entry
    earned_now = [purchase(t, entry, card.currency), *left_over(t, done)]
    if not (done.rewards_earned_now and card.affordable):
        return [f"✅ <b>{_balance(t, done)}</b>", *earned_now, holder(t, card)]
    balance = amount(t, Unit.POINTS, card.points_balance)
    ready = _reward_ready(t, card.affordable[-1].name)
    return [f"✅ <b>{balance}</b>", *earned_now, holder(t, card), ready]


def _redeemed(t: Texts, done: Posted) -> Sequence[str]:
    handed_out = t("🎁 <b>Hand out: {reward}</b>", reward=done.entry.reward or "")
    return [handed_out, _balance(t, done), holder(t, done.card)]


def _adjusted(t: Texts, done: Posted) -> Sequence[str]:
    changed = change(t, Unit.POINTS, done.entry.points_delta)
    why = t("{change} · {reason}", change=changed, reason=done.entry.note or "")
    return [f"✅ <b>{_balance(t, done)}</b>", why, holder(t, done.card)]


def _voided(t: Texts, done: Posted) -> Sequence[str]:
    return [f"↩️ <b>{_balance(t, done)}</b>", *_taken_back(t, done), *left_over(t, done), holder(t, done.card)]


def _from_paper(t: Texts, done: Posted) -> Sequence[str]:
    said = t("{change} from a paper card", change=change(t, Unit.STAMPS, done.entry.stamps_delta))
    return [f"✅ <b>{_balance(t, done)}</b>", said, holder(t, done.card), today_line(t, done.card)]


def _merged(t: Texts, done: Posted) -> Sequence[str]:
    said = t("🔗 <b>Merged: card {number} is closed.</b>", number=spaced(CardNumber(done.entry.note or "")))
    return [said, standing(t, done.card), holder(t, done.card), t("Both holders are told.")]


_LINES: dict[EntryKind, Callable[[Texts, Posted], Sequence[str]]] = {
    EntryKind.STAMP_EARNED: _stamped,
    EntryKind.POINTS_EARNED: _earned,
    EntryKind.STAMP_REDEEMED: _redeemed,
    EntryKind.INTERIM_REDEEMED: _redeemed,
    EntryKind.POINTS_REDEEMED: _redeemed,
    EntryKind.POINTS_ADJUSTED: _adjusted,
    EntryKind.STAMP_VOIDED: _voided,
    EntryKind.POINTS_VOIDED: _voided,
    EntryKind.REDEMPTION_VOIDED: _voided,
    EntryKind.MERGED_IN: _merged,
    EntryKind.PAPER_STAMPS: _from_paper,
    EntryKind.PAPER_VOIDED: _voided,
}


def _balance(t: Texts, done: Posted) -> str:
    """How far the card is, in the unit of the act."""
    if done.entry.unit is Unit.POINTS:
        return points_progress(t, done.card.points_balance, done.card.point_rewards)
    return progress(t, done.card.progress)


def _ready_now(t: Texts, done: Posted) -> Sequence[str]:
    """The reward that the act made ready, if it is still ready now."""
    card = done.card
    if not done.rewards_earned_now:
        return []
    if any(each.name == done.ready_now for each in card.interim_ready):
        return [_reward_ready(t, done.ready_now)]
    return [_reward_ready(t, card.progress.reward)] if card.rewards_available else []


def _reward_ready(t: Texts, reward: str) -> str:
    return t("🎁 <b>Reward ready: {reward}</b>", reward=reward)


def _taken_back(t: Texts, done: Posted) -> Sequence[str]:
    """What was taken or given back, and what could not be."""
    unit = done.entry.unit
    count, shortfall = abs(done.entry.delta(unit)), done.entry.shortfall(unit)
    if done.entry.kind is not EntryKind.REDEMPTION_VOIDED:
        said = taken_back if count or shortfall else was_taken
        return [
            said(t, Change(unit, count, shortfall)),
            *([_spent(t, unit, shortfall)] if shortfall else []),
        ]
    if shortfall:
        return [t("The reward was not handed out."), given_back(t, Change(unit, count, shortfall))]
    if not count:
        return [t("The reward was not handed out.")]
    if unit is Unit.POINTS:
        return [t("The reward was not handed out: its points are back.")]
    return [t("The reward was not handed out: its stamps are back.")]


def _spent(t: Texts, unit: Unit, count: int) -> str:
    if unit is Unit.POINTS:
        return t.n(
            "{count} point had already been spent; the manager is told.",
            "{count} points had already been spent; the manager is told.",
            count,
        )
    return t.n(
        "{count} stamp had already been spent on a reward; the manager is told.",
        "{count} stamps had already been spent on a reward; the manager is told.",
        count,
    )
