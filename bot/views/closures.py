"""Holidays of a shop and its stores, for those who may change them."""

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, isolated
from bot.views.view import Button, Style, View, keyboard, row
from domain.closures import dates_written
from domain.fields import Target
from domain.ids import MerchantId, StoreId
from domain.merchant import Closure
from domain.report import DateRange
from domain.usecases.keep_closures import CardsMoved, Closures


def holidays_button(t: Texts, merchant_id: MerchantId, store_id: StoreId | None) -> Button:
    return Button(text=t("🏖 Holidays"), data=_list(merchant_id, store_id))


def holidays(t: Texts, found: Closures, store_id: StoreId | None, said: str = "") -> View:
    """A button for each closure: all of them on the shop's page (``store_id`` None), those that hold for the store on
    its own. ``said`` tells what was just changed."""
    merchant = found.shop.merchant
    merchant_id = short_id(merchant.merchant_id)
    title = t("<b>Holidays of {name}</b>", name=_name(found, store_id))
    explained = t(
        "Nothing expires on these days: everything expires that much later. Stamping goes on as ever."
    )
    if store_id is not None:
        explained = t(
            "Nothing expires on these days of cards that were opened here: their dates move back. Stamping goes on as"
            " ever."
        )
    buttons = (
        row(
            Button(
                text=_said(t, found, each, store_id),
                data=press(Verb.HOLIDAY, merchant_id, short_id(each.closure_id)),
            )
        )
        for each in found.closures
        if store_id is None or each.holds_for(store_id)
    )
    add = Button(
        text=t("➕ Add holidays"),
        data=press(Verb.HOLIDAY_NEW, merchant_id, _of(merchant.merchant_id, store_id)),
    )
    return View(
        text="\n\n".join(filter(None, [said, f"{title}\n{explained}"])),
        buttons=keyboard(*buttons, row(add), row(_up(t, merchant.merchant_id, store_id))),
    )


def holiday(t: Texts, found: Closures, closure: Closure) -> View:
    ids = short_id(found.shop.merchant.merchant_id), short_id(closure.closure_id)
    return View(
        text="\n".join(
            [
                t("<b>Holidays of {name}</b>", name=_name(found, closure.store_id)),
                _dates(t, closure.dates),
            ]
        ),
        buttons=keyboard(
            row(Button(text=t("Change the dates"), data=press(Verb.HOLIDAY_DATES, *ids))),
            row(Button(text=t("Remove …"), data=press(Verb.HOLIDAY_OFF, *ids))),
            row(_back(t, found, closure.store_id)),
        ),
    )


def ask_holidays(t: Texts, found: Closures, store_id: StoreId | None, before: Closure | None) -> View:
    lines = [t("<b>When is {name} closed?</b>", name=_name(found, store_id))]
    if before is not None:
        lines.append(t("So far: {dates}", dates=_dates(t, before.dates)))
    lines.append(t("Send the first and the last day, such as 24.12.–2.1., or one day."))
    return View(text="\n".join(lines), buttons=keyboard(row(_back(t, found, store_id))))


def holidays_meant(
    t: Texts,
    found: Closures,
    store_id: StoreId | None,
    dates: DateRange,
    before: Closure | None,
    moved: CardsMoved,
    nonce: str,
) -> View:
    """What these holidays would change for existing cards, and the button to enter them."""
    days = (dates.last - dates.first).days + 1
    lines = [
        t("<b>{name}: {dates}</b>", name=_name(found, store_id), dates=_dates(t, dates)),
        t.n("{count} day closed.", "{count} days closed.", days),
        _effect(t, moved),
    ]
    if before is not None:
        lines.append(t("Instead of: {dates}", dates=_dates(t, before.dates)))
        if not dates.first <= before.first <= before.last <= dates.last:
            lines.append(_kept(t))
    if dates.first < found.today:
        lines.append(t("What has expired already stays so."))
    back = _back(t, found, store_id)
    enter = Button(text=t("✅ Enter them"), data=press(Verb.HOLIDAY_MEANT, nonce))
    return View(text="\n".join(lines), buttons=keyboard(row(enter), row(back)), spare=back)


def withdrawal_meant(t: Texts, found: Closures, closure: Closure) -> View:
    ids = short_id(found.shop.merchant.merchant_id), short_id(closure.closure_id)
    asked = t("<b>Remove the holidays {dates}?</b>", dates=_dates(t, closure.dates))
    back = Button(text=t("‹ Back"), data=press(Verb.HOLIDAY, *ids))
    off = Button(text=t("Remove the holidays"), data=press(Verb.HOLIDAY_OFF_MEANT, *ids), style=Style.DANGER)
    return View(text=f"{asked}\n{_kept(t)}", buttons=keyboard(row(off), row(back)), spare=back)


def entered(t: Texts, closure: Closure) -> str:
    return t("✅ Holidays entered: {dates}", dates=_dates(t, closure.dates))


def withdrawn(t: Texts, closure: Closure) -> str:
    return t("✅ Holidays removed: {dates}", dates=_dates(t, closure.dates))


def logged(t: Texts, before: str, after: str) -> str:
    """A line for the log of changes."""
    return t(
        "{label}: {before} → {after}",
        label=t("Holidays"),
        before=_logged_dates(t, before),
        after=_logged_dates(t, after),
    )


def closed_meanwhile(t: Texts, closed: tuple[DateRange, ...]) -> list[str]:
    """What an expiry warning says about the days on which the shop is closed."""
    lines = []
    for dates in closed:
        first, last = t.local_date(dates.first), t.local_date(dates.last)
        if dates.is_one_day:
            lines.append(t("🏖 We are closed on {date}; that is counted in already.", date=first))
        else:
            lines.append(
                t(
                    "🏖 We are closed from {first} to {last}; that is counted in already.",
                    first=first,
                    last=last,
                )
            )
    return lines


def _effect(t: Texts, moved: CardsMoved) -> str:
    if not moved.cards:
        return t("So far no card expires later by it.")
    by = t.n("{count} day", "{count} days", moved.days)
    return t.n(
        "The expiry of {count} card moves by up to {days}.",
        "The expiry of {count} cards moves by up to {days}.",
        moved.cards,
        days=by,
    )


def _kept(t: Texts) -> str:
    return t("What customers hold keeps the days it was given; what they earn from now on does not get them.")


def _said(t: Texts, found: Closures, closure: Closure, store_id: StoreId | None) -> str:
    """The dates, with the name of the shop or store where it is not the one that the list is about."""
    dates = _dates(t, closure.dates)
    if closure.store_id == store_id:
        return dates
    return f"{dates} · {isolated(_name(found, closure.store_id))}"


def _dates(t: Texts, dates: DateRange) -> str:
    return t.dates(dates.first, dates.last)


def _logged_dates(t: Texts, written: str) -> str:
    dates = dates_written(written)
    return _dates(t, dates) if dates else "–"


def _name(found: Closures, store_id: StoreId | None) -> str:
    if store_id is None:
        return found.shop.merchant.name
    return next((store.name for store in found.shop.stores if store.store_id == store_id), "")


def _of(merchant_id: MerchantId, store_id: StoreId | None) -> str:
    """What buttons carry: the store's id, or for the whole shop the merchant's."""
    return short_id(store_id or merchant_id)


def _list(merchant_id: MerchantId, store_id: StoreId | None) -> str:
    return press(Verb.HOLIDAYS, short_id(merchant_id), _of(merchant_id, store_id))


def _back(t: Texts, found: Closures, store_id: StoreId | None) -> Button:
    return Button(text=t("‹ Back"), data=_list(found.shop.merchant.merchant_id, store_id))


def _up(t: Texts, merchant_id: MerchantId, store_id: StoreId | None) -> Button:
    ids = short_id(merchant_id), short_id(store_id or merchant_id)
    if store_id is not None:
        return Button(text=t("‹ Back"), data=press(Verb.STORE_PAGE, *ids))
    return Button(text=t("‹ Back"), data=press(Verb.FIELDS, ids[0], Target.MERCHANT, ids[1]))
