"""What the log of changes says of the team, and of the closing of a shop."""

from datetime import date

from bot.texts import Texts, isolated
from bot.views.team import role_label
from domain.staff import Role
from domain.team_log import CLOSING, TeamChange, team_change
from domain.usecases.see_settings import ChangeSeen
from domain.usecases.see_shop import Shop


def logged(t: Texts, shop: Shop, each: ChangeSeen) -> str | None:
    """A line for the log of changes; None for a change of anything else."""
    if each.change.field == CLOSING:
        return _closing(t, each.change.after)
    what = team_change(each.change.field)
    return _member(t, shop, what, each) if what else None


def _closing(t: Texts, ends_on: str) -> str:
    if not ends_on:
        return t("The closing was taken back.")
    return t("The shop was closed; its last day is {date}.", date=t.local_date(date.fromisoformat(ends_on)))


def _member(t: Texts, shop: Shop, what: TeamChange, each: ChangeSeen) -> str:
    name, change = each.member_name or "", each.change
    match what:
        case TeamChange.JOINED:
            return t("{name} · {role}: joined", name=name, role=role_label(t, Role(change.after)))
        case TeamChange.REMOVED:
            role = role_label(t, Role(change.before))
            return t("{name} · {role}: not on the team any more", name=name, role=role)
        case TeamChange.PIN_RESET:
            return t("{name}: a link to a new PIN", name=name)
        case TeamChange.NAME:
            before, after = change.before, change.after
            return t("{before} is called {after} on the team now.", before=before, after=after)
        case TeamChange.ROLE:
            before, after = (role_label(t, Role(role)) for role in (change.before, change.after))
        case TeamChange.STORES:
            before, after = (_stores_named(t, shop, ids) for ids in (change.before, change.after))
    return t("{label}: {before} → {after}", label=isolated(name), before=before, after=after)


def _stores_named(t: Texts, shop: Shop, ids: str) -> str:
    """None are named of who works at every store."""
    named = [isolated(store.name) for store in shop.stores if store.store_id in ids.split(",")]
    return ", ".join(named) or t("At every store")
