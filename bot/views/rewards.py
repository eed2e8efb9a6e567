"""Handing out rewards where there is a choice, and rewards for points."""

from bot.texts import Texts, isolated
from bot.views.card_parts import (
    affordable_positions,
    after_act,
    card_button,
    holder,
    redeem_points,
    redeem_stamps,
)
from bot.views.progress import amount, points_progress, standing
from bot.views.view import Button, Style, View, keyboard, row
from domain.expiry import Unit
from domain.usecases.card_state import CardState
from domain.usecases.redeem_points import PointsRedeemed


def reward_list(t: Texts, card: CardState) -> View:
    """One button for each reward that is possible now."""
    rewards = []
    if card.rewards_available:
        rewards.append(_button(t, card.reward, Unit.STAMPS, card.stamps_target, redeem_stamps(card)))
    for position, reward in affordable_positions(card):
        data = redeem_points(card, position)
        rewards.append(_button(t, reward.name, Unit.POINTS, reward.cost, data))
    asked = t("<b>Which reward?</b>") if rewards else t("No reward is possible yet.")
    return View(
        text="\n".join([asked, standing(t, card), holder(t, card)]),
        buttons=keyboard(row(card_button(t, card.card_id)), *(row(button) for button in rewards)),
    )


def points_redeemed(t: Texts, done: PointsRedeemed) -> View:
    lines = [
        t("🎁 <b>Hand out: {reward}</b>", reward=done.reward),
        points_progress(t, done.card.points_balance, done.card.point_rewards),
        holder(t, done.card),
    ]
    undo = done.entry_id if done.may_undo else None
    return View(text="\n".join(lines), buttons=after_act(t, done.card, undo))


def _button(t: Texts, name: str, unit: Unit, cost: int, data: str) -> Button:
    return Button(text=f"{isolated(name)} · {amount(t, unit, cost)}", data=data, style=Style.SUCCESS)
