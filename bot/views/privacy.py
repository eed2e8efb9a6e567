"""``/privacy``: what is kept about a person, and the buttons to get or erase it."""

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, isolated
from bot.views.consent import marketing_switch
from bot.views.progress import amount, rewards_ready
from bot.views.view import Button, Style, View, keyboard, row
from domain.expiry import Unit
from domain.ids import MerchantId
from domain.usecases.privacy import Erased, MyPrivacy, ShopKept

EVERYWHERE = "all"
SHOPS_SHOWN = 8
MESSAGE_MONTHS = 13


def privacy(t: Texts, mine: MyPrivacy) -> View:
    """With one shop everything is on this screen; with several each shop has a screen of its own."""
    if len(mine.shops) == 1:
        return _whole(t, mine, mine.shops[0])
    if not mine.has_dealt:
        lines = [
            t(
                "<b>What is kept about you</b>\n"
                "Your Telegram name, id and language, for 30 days after you wrote last. No shop keeps anything."
            )
        ]
    elif not mine.shops:
        lines = [
            t(
                "<b>What is kept about you</b>\n"
                "Your Telegram name, id and language, and which shops you had to do with, until you erase it. No shop"
                " has a card of yours."
            )
        ]
    else:
        lines = [
            t(
                "<b>What is kept about you</b>\n"
                "The bot keeps your Telegram name, id and language. Each shop keeps what happened there: tap one."
            )
        ]
    shops = [
        row(Button(text=f"{isolated(shop.merchant.name)} ›", data=_at(Verb.PRIVACY, shop)))
        for shop in mine.shops[:SHOPS_SHOWN]
    ]
    return View(
        text="\n\n".join([*lines, *_mailbox(t, mine), *_teams(t, mine)]),
        buttons=keyboard(*shops, row(get_my_data(t)), row(_erase_all(t, mine))),
    )


def shop_page(t: Texts, shop: ShopKept) -> View:
    """The screen of one shop among several."""
    return View(
        text=_said_of(t, shop),
        buttons=keyboard(
            *_choices(t, shop),
            row(Button(text=t("🗑 Erase here"), data=_at(Verb.ERASE, shop), style=Style.DANGER)),
            row(Button(text=t("‹ Back"), data=press(Verb.PRIVACY))),
        ),
    )


def _whole(t: Texts, mine: MyPrivacy, shop: ShopKept) -> View:
    return View(
        text="\n\n".join([_said_of(t, shop), *_mailbox(t, mine), *_teams(t, mine)]),
        buttons=keyboard(*_choices(t, shop), row(get_my_data(t)), row(_erase_all(t, mine))),
    )


def shop_or_whole(t: Texts, mine: MyPrivacy, merchant_id: MerchantId) -> View:
    """The screen that has this shop's choices."""
    shops = [shop for shop in mine.shops if shop.merchant.merchant_id == merchant_id]
    return shop_page(t, shops[0]) if shops and len(mine.shops) > 1 else privacy(t, mine)


def _choices(t: Texts, shop: ShopKept) -> tuple[tuple[Button, ...], ...]:
    """A row for each thing that a customer may allow this shop or not."""
    if shop.may_write is None:
        return ()
    return (row(marketing_switch(t, shop.merchant, is_given=shop.may_write)),)


def _said_of(t: Texts, shop: ShopKept) -> str:
    name = shop.merchant.name
    lines = [
        t(
            "<b>{shop}: what is kept about you</b>\n"
            "Your Telegram name and id, your card, what happened on it and what the team noted about it, so that what"
            " you collect counts. The team can see it, and whoever looks after this bot. It is given to nobody else.",
            shop=name,
        ),
        t(
            "<b>For how long</b>\n"
            "Your card: until you erase it. Messages about it: {months} months. What you write here: until it is"
            " answered.",
            months=MESSAGE_MONTHS,
        ),
    ]
    if shop.birthday is not None:
        written = t.day_and_month(*shop.birthday)
        lines.append(t("Your birthday, {birthday}: until you delete it with /birthday.", birthday=written))
    if shop.may_write is not None:
        lines.append(t("<b>News and offers</b>\nOnly while you allow it: the button changes that."))
    if shop.merchant.contact:
        lines.append(t("<b>Questions?</b> {contact}", contact=shop.merchant.contact))
    return "\n\n".join(lines)


def _mailbox(t: Texts, mine: MyPrivacy) -> list[str]:
    if mine.address is None:
        return []
    return [t("Your e-mail address, {address}: until you remove it with /email.", address=mine.address)]


def _teams(t: Texts, mine: MyPrivacy) -> list[str]:
    """The teams that the person is on. An erasure does not end that: the ledger says who did what."""
    if not mine.teams:
        return []
    names = ", ".join(dict.fromkeys(mine.teams))
    return [t("You work for {shops}: erasing does not end that.", shops=names)]


def confirm_erasure(t: Texts, mine: MyPrivacy, shop: ShopKept | None) -> View:
    """Say what is lost and what stays, and ask; ``shop`` is None for everywhere."""
    chosen = [shop] if shop else list(mine.shops)
    names = ", ".join(each.merchant.name for each in chosen)
    title = (
        t("<b>Erase what {shop} keeps about you?</b>", shop=shop.merchant.name)
        if shop
        else t("<b>Erase all that is kept about you?</b>")
    )
    lines = [title]
    if lost := [line for each in chosen if (line := _lost(t, each, is_named=len(chosen) > 1))]:
        lines.append("\n".join([t("Lost for good:"), *lost]))
    stays = [t("The shop's books stay, without your name.")] if names else []
    if any(each.has_had_bonus for each in chosen):
        stays.append(
            t(
                "For a year a code stays that says nothing but this: no second bonus for joining or for a"
                " birthday."
            )
        )
    lines.append(" ".join([*stays, t("It cannot be undone.")]))
    meant = press(Verb.ERASE_MEANT, short_id(shop.merchant.merchant_id) if shop else EVERYWHERE)
    back = Button(text=t("‹ Back"), data=_at(Verb.PRIVACY, shop) if shop else press(Verb.PRIVACY))
    return View(
        text="\n\n".join(lines),
        buttons=keyboard(
            row(Button(text=t("🗑 Yes, erase"), data=meant, style=Style.DANGER)),
            row(back),
        ),
        spare=back,
    )


def _lost(t: Texts, shop: ShopKept, *, is_named: bool) -> str:
    parts: list[str] = []
    for held in shop.holdings:
        if held.stamp_count:
            parts.append(amount(t, Unit.STAMPS, held.stamp_count))
        if held.rewards:
            parts.append(rewards_ready(t, held.rewards))
        if held.points_balance:
            parts.append(amount(t, Unit.POINTS, held.points_balance))
    if not parts:
        return ""
    what = ", ".join(parts)
    return t("• {shop}: {what}", shop=shop.merchant.name, what=what) if is_named else f"• {what}"


def erased(t: Texts, done: Erased, *, menu: tuple[tuple[str, ...], ...] | None) -> View:
    """The one thing that is said after it. What lies below the chat is ``menu``, nothing where that is empty."""
    names = ", ".join(dict.fromkeys(done.shops))
    lines = [
        t("✅ <b>Erased.</b> {shop} keeps nothing about you any more.", shop=names)
        if len(set(done.shops)) == 1
        else t("✅ <b>Erased.</b> Nothing is kept about you any more.")
        if not (done.is_left or done.teams)
        else t("✅ <b>Erased.</b>")
    ]
    if done.teams:
        lines.append(
            t(
                "You still work for {shops}.",
                shops=", ".join(done.teams),
            )
        )
    lines.append(t("What stands in this chat only you can remove: delete the chat."))
    return View(text="\n".join(lines), menu=menu)


def gathering(t: Texts) -> View:
    return View(text=t("Gathering all that is kept about you …"))


def data_page(t: Texts, file: tuple[str, bytes]) -> View:
    return View(text=t("All that is kept about you, to be read"), document=file)


def data_file(t: Texts, file: tuple[str, bytes]) -> View:
    return View(text=t("The same for a computer"), document=file)


def get_my_data(t: Texts) -> Button:
    return Button(text=t("📄 Get my data"), data=press(Verb.MY_DATA), style=Style.PRIMARY)


def _erase_all(t: Texts, mine: MyPrivacy) -> Button:
    said = t("🗑 Erase everywhere") if len(mine.shops) > 1 else t("🗑 Erase everything")
    return Button(text=said, data=press(Verb.ERASE, EVERYWHERE), style=Style.DANGER)


def _at(verb: Verb, shop: ShopKept) -> str:
    return press(verb, short_id(shop.merchant.merchant_id))
