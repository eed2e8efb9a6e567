"""The log of what was changed in a shop's settings."""

import html

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, isolated, plain, texts
from bot.views import closures, logos, team_log
from bot.views.field_values import change_in_words, cut_beside
from bot.views.settings import to_home
from bot.views.view import Button, View, grid, keyboard, page_turns, row
from bot.views.wording_names import name_of
from domain.closures import CLOSURES
from domain.fields import FIELDS, FieldChange, Target
from domain.ids import ProgramId
from domain.logo import LOGO
from domain.merchant import Program
from domain.usecases.see_settings import CHANGES_SHOWN, Changes, ChangeSeen
from domain.usecases.see_shop import Shop
from domain.wording import WordingPlace, place_changed


def changes(t: Texts, found: Changes) -> View:
    """A page of the log of changes, newest first, with a button for each that changes it back."""
    merchant = found.shop.merchant
    back = to_home(t, merchant.merchant_id)
    if not found.changes:
        return View(text=t("Nothing has been changed yet."), buttons=keyboard(row(back)))
    lines, before = [t("<b>What was changed</b>")], found.page * CHANGES_SHOWN
    numbered = [*enumerate(found.changes, before + 1)]
    lines += [f"{number}. {_logged(t, found.shop, each)}" for number, each in numbered]
    buttons = [
        Button(
            text=t("Change {number} back", number=number),
            data=press(Verb.CHANGE_BACK, short_id(merchant.merchant_id), short_id(each.change.change_id)),
        )
        for number, each in numbered
        if each.change.field in FIELDS[each.change.target_kind] or place_changed(each.change)
    ]
    rows, count = grid(buttons, 2), before + len(found.changes) + int(found.has_more)
    turns = page_turns(found.page, CHANGES_SHOWN, count, Verb.CHANGES, short_id(merchant.merchant_id))
    return View(text="\n\n".join(lines), buttons=keyboard(*rows, turns, row(back)))


def _logged(t: Texts, shop: Shop, each: ChangeSeen) -> str:
    merchant = shop.merchant
    change = each.change
    one, place = FIELDS[change.target_kind].get(change.field), place_changed(change)
    if place is not None:
        said = _reworded(t, shop, place, change)
    elif change.field == CLOSURES:
        said = closures.logged(t, change.before, change.after)
    elif change.field == LOGO:
        said = logos.logged(t, change.before, change.after)
    elif (of_team := team_log.logged(t, shop, each)) is not None:
        said = of_team
    else:
        said = (
            change_in_words(t, one, change.before, change.after, merchant.currency) if one else change.field
        )
    if change.target_kind is Target.PROGRAM and len(shop.programs) > 1:
        said = f"{_named(shop.program(ProgramId(change.target_id)))} · {said}"
    if change.target_kind is Target.STORE and len(shop.stores) > 1:
        names = (store.name for store in shop.stores if store.store_id == change.target_id)
        said = " · ".join([*(html.escape(isolated(name), quote=False) for name in names), said])
    who = each.staff_name or t("who looks after this bot")
    when = t.moment(change.changed_at, merchant.timezone)
    by = t("{when} · {who}", when=when, who=who)
    return f"{said}\n{by}"


def _reworded(t: Texts, shop: Shop, place: WordingPlace, change: FieldChange) -> str:
    stores = (store.name for store in shop.stores if store.store_id == place.store_id)
    label = " · ".join([name_of(t, place.kind), texts(place.locale).language, *map(isolated, stores)])
    before, after = (
        cut_beside(" ".join(plain(text).split()), "") if text else t("the usual words")
        for text in (change.before, change.after)
    )
    return t("{label}: {before} → {after}", label=label, before=before, after=after)


def _named(program: Program) -> str:
    return html.escape(isolated(program.name or program.reward), quote=False)
