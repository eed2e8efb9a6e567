"""The choice of a reward at the counter, where several are possible."""

from bot.texts import Texts, isolated
from bot.views.card_parts import (
    affordable_positions,
    card_button,
    holder,
    interim_positions,
    redeem_interim,
    redeem_points,
    redeem_stamps,
)
from bot.views.progress import amount, standing
from bot.views.view import Button, Style, View, keyboard, row
from domain.expiry import Unit
from domain.usecases.card_state import CardState


def reward_list(t: Texts, card: CardState) -> View:
    """One button for each reward that is possible now."""
    rewards = []
    if card.rewards_available:
        rewards.append(_button(t, card.progress.reward, Unit.STAMPS, card.progress.cost, redeem_stamps(card)))
    for position, on_the_way in interim_positions(card):
        data = redeem_interim(card, position)
        rewards.append(Button(text=isolated(on_the_way.name), data=data, style=Style.SUCCESS))
    for position, reward in affordable_positions(card):
        data = redeem_points(card, position)
        rewards.append(_button(t, reward.name, Unit.POINTS, reward.cost, data))
    asked = t("<b>Which reward?</b>") if rewards else t("No reward is possible yet.")
    return View(
        text="\n".join([asked, standing(t, card), holder(t, card)]),
        buttons=keyboard(row(card_button(t, card.card_id)), *(row(button) for button in rewards)),
        spare=card_button(t, card.card_id),
    )


def _button(t: Texts, name: str, unit: Unit, cost: int, data: str) -> Button:
    return Button(text=f"{isolated(name)} · {amount(t, unit, cost)}", data=data, style=Style.SUCCESS)
