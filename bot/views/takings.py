"""``/takings``: the takings of a day to see and to type, and the flags that they raise beside the stamps."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, isolated
from bot.views import flags as flag_views
from bot.views.listing import listed
from bot.views.settings import to_flags
from bot.views.view import Button, View, keyboard, row
from domain.flags import FlagTold
from domain.ids import MerchantId
from domain.merchant import Store
from domain.money import Money, minor_digits
from domain.usecases.enter_takings import DayTakings, StoreTakings, Typed

EXAMPLE_IN_UNITS = 812
REVISIONS_SHOWN = 3
DAY = timedelta(days=1)


def takings_day(
    t: Texts, found: DayTakings, flags: Sequence[FlagTold] = (), *, is_done: bool = False
) -> View:
    """The takings of all stores on a day. A single store's are asked for, unless they were just typed
    (``is_done``)."""
    merchant = found.merchant
    alone = found.stores[0] if len(found.stores) == 1 else None
    lines = [f"👀 {flag_views.said(t, flag, merchant.timezone)}" for flag in flags]
    if alone is not None:
        lines += _typed(t, alone, merchant.timezone)
    else:
        lines += [_store(t, each, merchant.timezone) for each in found.stores]
    if alone is not None and not is_done:
        lines.append(_how(t, merchant.currency, alone))
    change = _at(t("Change the amount"), found, alone.store) if alone and is_done else None
    stores = (
        [] if alone else [row(_at(isolated(each.store.name), found, each.store)) for each in found.stores]
    )
    return View(
        text=listed(t, _title(t, found.local_date), lines),
        buttons=keyboard(
            *stores,
            row(change),
            row(to_flags(t, merchant.merchant_id) if flags else None),
            _turns(t, found),
        ),
    )


def ask_takings(t: Texts, found: DayTakings, of: StoreTakings) -> View:
    merchant = found.merchant
    text = [_title(t, found.local_date, of.store), *_typed(t, of, merchant.timezone)]
    back = to_day(t("‹ Back"), merchant.merchant_id, found.local_date)
    return View(
        text="\n".join([*text, _how(t, merchant.currency, of)]),
        buttons=keyboard(row(back)),
        spare=back,
    )


def ask_takings_where(t: Texts, found: DayTakings, amount_minor: int, nonce: str) -> View:
    amount = t.money(Money(amount_minor, found.merchant.currency))
    text = t("<b>{amount}</b> on {day}: at which store?", amount=amount, day=t.day_of_week(found.local_date))
    back = to_day(t("‹ Back"), found.merchant.merchant_id, found.local_date)
    return View(
        text=text,
        buttons=keyboard(
            *(
                row(Button(text=isolated(each.store.name), data=_meant(nonce, each.store)))
                for each in found.stores
            ),
            row(back),
        ),
        spare=back,
    )


def takings_doubted(
    t: Texts, found: DayTakings, store: Store, amounts: tuple[Money, Money], nonce: str
) -> View:
    """``amounts`` are the typed and the usual amount."""
    amount, usual = map(t.money, amounts)
    back = to_day(t("‹ Back"), found.merchant.merchant_id, found.local_date)
    return View(
        text=t(
            "<b>{amount}?</b> Usually {store} takes about {usual} a day. Or send the right amount.",
            amount=amount,
            store=store.name,
            usual=usual,
        ),
        buttons=keyboard(
            row(Button(text=t("{amount} is right", amount=amount), data=_meant(nonce, store, is_sure=True))),
            row(back),
        ),
        spare=back,
    )


def to_day(label: str, merchant_id: MerchantId, on: date) -> Button:
    return Button(text=label, data=press(Verb.TAKINGS, short_id(merchant_id), on.isoformat()))


def _title(t: Texts, on: date, store: Store | None = None) -> str:
    if store is None:
        return t("<b>Takings · {day}</b>", day=t.day_of_week(on))
    return t("<b>Takings · {store} · {day}</b>", store=store.name, day=t.day_of_week(on))


def _how(t: Texts, currency: str, of: StoreTakings) -> str:
    if of.is_known:
        return t(
            "Send another amount, such as {example}, or – to remove this one.",
            example=t.money(_example(currency)),
        )
    return t("Send the amount, such as {example}.", example=t.money(_example(currency)))


def _example(currency: str) -> Money:
    units = 10 ** minor_digits(currency)
    return Money(EXAMPLE_IN_UNITS * units + units // 2, currency)


def _store(t: Texts, of: StoreTakings, timezone: str) -> str:
    """The line of a store in the list of several."""
    if not of.is_known:
        return t("<b>{store}</b>: not typed yet", store=of.store.name)
    facts = _facts(t, of.typed[0], timezone)
    return t("<b>{store}</b>: {amount} ({staff}, {time})", store=of.store.name, **facts)


def _typed(t: Texts, of: StoreTakings, timezone: str) -> list[str]:
    if not of.typed:
        return [t("Not typed yet.")]
    facts = _facts(t, of.typed[0], timezone)
    said = (
        t("<b>{amount}</b> ({staff}, {time})", **facts)
        if of.is_known
        else t("Removed ({staff}, {time})", staff=facts["staff"], time=facts["time"])
    )
    typed = [each for each in of.typed[1:] if not each.is_removed]
    before = (_facts(t, each, timezone) for each in typed[: REVISIONS_SHOWN - 1])
    return [said, *(t("before: {amount} ({staff}, {time})", **facts) for facts in before)]


def _facts(t: Texts, typed: Typed, timezone: str) -> dict[str, str]:
    return {
        "amount": t.money(Money(typed.amount_minor, typed.currency)),
        "staff": typed.staff_name or t("who looks after this bot"),
        "time": t.moment(typed.typed_at, timezone),
    }


def _turns(t: Texts, found: DayTakings) -> tuple[Button, ...]:
    merchant_id, on = found.merchant.merchant_id, found.local_date
    earlier = to_day(f"‹ {t.weekday(on - DAY)}", merchant_id, on - DAY)
    later = to_day(f"{t.weekday(on + DAY)} ›", merchant_id, on + DAY) if on < found.today else None
    return row(earlier, later)


def _at(label: str, found: DayTakings, store: Store) -> Button:
    key = short_id(found.merchant.merchant_id), short_id(store.store_id), found.local_date.strftime("%y%m%d")
    return Button(text=label, data=press(Verb.TAKINGS_AT, *key))


def _meant(nonce: str, store: Store, *, is_sure: bool = False) -> str:
    return press(Verb.TAKINGS_MEANT, nonce, short_id(store.store_id), int(is_sure))
