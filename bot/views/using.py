"""The rewards of a card as its holder uses them: which one, and the code to show for it."""

from collections.abc import Sequence

from bot.kit.buttons import Verb, press
from bot.kit.use_codes import KINDS
from bot.texts import Texts, isolated
from bot.views.card_parts import Usable, usable
from bot.views.cards import called, key_of, to_card, use_button
from bot.views.progress import amount, standing
from bot.views.view import Button, Style, View, keyboard, row
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.usecases.my_cards import HeldCard


def which(reward: Usable) -> tuple[int, int, int]:
    """The reward as a button names it."""
    return KINDS.index(reward.redeems), reward.position or 0, reward.price or 0


def which_reward(t: Texts, held: HeldCard, rewards: Sequence[Usable]) -> View:
    """Ask which reward is to be used."""
    named = usable(held.told_in(t.locale))

    def button(reward: Usable, said: Usable) -> Button:
        price = f" · {amount(t, Unit.POINTS, reward.price or 0)}" if _costs_points(reward) else ""
        data = press(Verb.USE_ONE, *key_of(held), *which(reward))
        return Button(text=f"{isolated(said.name)}{price}", data=data, style=Style.SUCCESS)

    said = t("<b>Which reward?</b>")
    return View(
        text="\n".join([said, _shop(t, held), standing(t, held.state)]),
        buttons=keyboard(
            row(to_card(t, held)), *(row(button(*each)) for each in zip(rewards, named, strict=True))
        ),
        spare=to_card(t, held),
    )


def use_code(t: Texts, held: HeldCard, photo: bytes, reward: Usable) -> View:
    """The card with the code for a reward in the place of its own."""
    name = next(each.name for each in usable(held.told_in(t.locale)) if which(each) == which(reward))
    lines = [
        t("🎁 <b>{reward}</b>", reward=name),
        t("Show this code at the counter. It is good for one minute, and once."),
        _shop(t, held),
    ]
    return View(text="\n".join(lines), photo=photo, buttons=keyboard(row(to_card(t, held))))


def use_code_over(t: Texts, held: HeldCard, photo: bytes) -> View:
    """What stands there once the code is over."""
    return View(
        text=t("⌛ <b>This code is over.</b> At the counter, make a new one."),
        photo=photo,
        buttons=keyboard(row(use_button(t, held)), row(to_card(t, held))),
    )


def _shop(t: Texts, held: HeldCard) -> str:
    return t("<b>{merchant}</b>", merchant=called(t, held))


def _costs_points(reward: Usable) -> bool:
    return reward.redeems is EntryKind.POINTS_REDEEMED
