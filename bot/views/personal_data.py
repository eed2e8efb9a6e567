"""All that is kept about a person, as an HTML page and as JSON."""

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from bot.texts import Texts, plain, texts
from bot.views.entries import SAID
from bot.views.messages import render
from bot.views.progress import amount, spaced
from bot.views.team import role_label
from domain.account import Account, Locale
from domain.expiry import Unit
from domain.ids import CardNumber, MerchantId, MessageId
from domain.kinds import EntryKind
from domain.merchant import Merchant
from domain.messages import MESSAGES, Message, MessageKind
from domain.money import Money
from domain.staff import Role, StaffStatus
from domain.usecases.privacy import PersonalData, ShopData

UTC_ZONE = "UTC"

STYLE = """
:root{color-scheme:light dark;--line:#8884}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;padding:16px;max-width:44rem;overflow-wrap:anywhere}
h1{font-size:1.5rem}h2{font-size:1.25rem;margin-top:2.5rem;border-top:2px solid var(--line);padding-top:1rem}
h3{font-size:1rem;margin:1.5rem 0 .25rem}
ul{list-style:none;padding:0;margin:0}li{padding:.5rem 0;border-bottom:1px solid var(--line)}
li small,p small{display:block;opacity:.7}
pre{white-space:pre-wrap;font-size:.75rem}summary{cursor:pointer;padding:.5rem 0}
"""


def as_json(data: PersonalData) -> str:
    return json.dumps(_told(data), ensure_ascii=False, indent=2)


def as_page(t: Texts, data: PersonalData) -> str:
    title, body = _safe(t("What is kept about you")), "\n".join(_body(t, data))
    return (
        f'<!doctype html>\n<html lang="{t.locale}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n"
        f"<body><h1>{title}</h1>\n{body}</body></html>\n"
    )


def file_name(data: PersonalData, ending: str) -> str:
    return f"stempel-{data.account.user_id}-{data.made_at.date().isoformat()}.{ending}"


def _told(data: PersonalData) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "made_at": data.made_at,
        "account": data.account,
        "in_the_bot": data.kept,
        "on_teams": data.team,
        "shops": [
            {
                "merchant_id": shop.merchant.merchant_id,
                "name": shop.merchant.name,
                "contact": shop.merchant.contact,
                **shop.kept,
            }
            for shop in data.shops
        ],
    }
    told: dict[str, Any] = msgspec.to_builtins(kept)
    return told


def _body(t: Texts, data: PersonalData) -> Iterator[str]:
    yield f"<p>{_safe(t.moment(data.made_at, UTC_ZONE))} UTC</p>"
    for person in data.kept.get("people", ()):
        yield _facts(
            [
                (t("Name"), str(person["name"])),
                (t("Telegram id"), str(person["user_id"])),
                (t("Language"), _language(person.get("chosen_locale") or person.get("telegram_locale"))),
            ]
        )
    for mailbox in data.kept.get("mailboxes", ()):
        yield _facts([(t("E-mail"), str(mailbox["address"]))])
    for shop in data.shops:
        yield from _shop(t, shop)
    if data.team.get("staff"):
        yield _title("h2", t("Where you work"))
        yield _items([(str(row["name"]), _role(t, row)) for row in data.team["staff"]])
    yield _title("h2", t("All of it, as a computer keeps it"))
    yield f"<details><summary>JSON</summary><pre>{_safe(as_json(data))}</pre></details>"


def _language(locale: Any) -> str:
    return texts(Locale(locale)).language if locale else "–"


def _role(t: Texts, row: Mapping[str, Any]) -> str:
    role = role_label(t, Role(row["role"]))
    if StaffStatus(row["status"]) is StaffStatus.REMOVED:
        return plain(t("{role}, not on the team any more", role=role))
    return role


def _shop(t: Texts, shop: ShopData) -> Iterator[str]:
    merchant, kept = shop.merchant, shop.kept
    zone = merchant.timezone
    yield _title("h2", merchant.name)
    if merchant.contact:
        yield f"<p>{_safe(merchant.contact)}</p>"
    for row in kept["customers"]:
        yield _facts(
            [(t("Name"), str(row["name"])), (t("Customer since"), t.day(_at(row["joined_at"]), zone))]
        )
    for row in kept["cards"]:
        yield _title("h3", t("Card {number}", number=spaced(CardNumber(str(row["number"])))))
        yield f"<p>{_safe(_balances(t, row))}</p>"
    yield from _section(t("What happened"), [_entry(t, merchant, row) for row in kept["entries"]])
    yield from _section(
        t("Notes"),
        [
            (str(row["text"]), _moment(t, row["written_at"], zone))
            for row in kept["card_notes"]
            if row["text"]
        ],
    )
    yield from _section(
        t("Requests about your card"),
        [(_request(t, row), _moment(t, row["asked_at"], zone)) for row in kept["requests"]],
    )
    yield from _section(t("Messages"), [_message(t, merchant, row) for row in kept["messages"]])


def _section(title: str, found: Sequence[tuple[str, str]]) -> Iterator[str]:
    if found:
        yield _title("h3", title)
        yield _items(found)


def _balances(t: Texts, row: Mapping[str, Any]) -> str:
    """Both where there is nothing: what the card collects is not among what is kept."""
    held = {Unit.STAMPS: row["stamp_count"], Unit.POINTS: row["points_balance"]}
    some = {unit: count for unit, count in held.items() if count} or held
    return " · ".join(amount(t, unit, count) for unit, count in some.items())


def _entry(t: Texts, merchant: Merchant, row: Mapping[str, Any]) -> tuple[str, str]:
    said = [t(SAID[EntryKind(row["kind"])].called)]
    said += [_signed(t, unit, row[column]) for unit, column in _DELTAS if row[column]]
    if row.get("amount_minor") is not None:
        said.append(t.money(Money(row["amount_minor"], merchant.currency)))
    said += [str(row[name]) for name in ("reward", "note") if row.get(name)]
    where = [
        _moment(t, row["occurred_at"], merchant.timezone),
        *([str(row["store"])] if "store" in row else []),
    ]
    return " · ".join(said), " · ".join(where)


_DELTAS = ((Unit.STAMPS, "stamps_delta"), (Unit.POINTS, "points_delta"))


def _signed(t: Texts, unit: Unit, delta: int) -> str:
    return f"{'−' if delta < 0 else '+'}{amount(t, unit, abs(delta))}"


def _request(t: Texts, row: Mapping[str, Any]) -> str:
    """Why managers were asked; or for what the holder was, who is asked without a reason."""
    return t(SAID[EntryKind(row["redeems"])].called) if row.get("redeems") else str(row["reason"])


def _message(t: Texts, merchant: Merchant, row: Mapping[str, Any]) -> tuple[str, str]:
    """The message in today's words, and when it was written."""
    return _said(t, merchant, row), _moment(t, row["created_at"], merchant.timezone)


def _said(t: Texts, merchant: Merchant, row: Mapping[str, Any]) -> str:
    """The text of a message; the name of its kind where an earlier version wrote it and this one cannot read it."""
    try:
        kind = MessageKind(row["kind"])
        message = Message(
            merchant_id=MerchantId(merchant.merchant_id),
            message_id=MessageId(str(row["message_id"])),
            kind=kind,
            recipient=Account(bot_id=row["bot_id"], user_id=row["user_id"]),
            facts=msgspec.convert(row["facts"], MESSAGES[kind].facts),
            created_at=_at(row["created_at"]),
        )
    except (ValueError, KeyError, msgspec.ValidationError):
        return str(row["kind"])
    return plain(render(t, message, merchant.timezone).text)


def _items(found: Sequence[tuple[str, str]]) -> str:
    """A list of pairs: each a text, and below it in small print the second, such as when or where."""
    return (
        "<ul>"
        + "".join(f"<li>{_lines(what)}<small>{_safe(which)}</small></li>" for what, which in found)
        + "</ul>"
    )


def _facts(found: Sequence[tuple[str, str]]) -> str:
    """A list of pairs: in small print what it is, and below it what is kept."""
    pairs = (f"<li><small>{_safe(name)}</small>{_safe(value)}</li>" for name, value in found)
    return f"<ul>{''.join(pairs)}</ul>"


def _title(tag: str, text: str) -> str:
    return f"<{tag}>{_safe(text)}</{tag}>"


def _lines(text: str) -> str:
    return _safe(text).replace("\n", "<br>")


def _moment(t: Texts, at: Any, zone: str) -> str:
    return t.moment(_at(at), zone)


def _at(value: Any) -> datetime:
    assert isinstance(value, datetime)
    return value


def _safe(text: str) -> str:
    return html.escape(text)
