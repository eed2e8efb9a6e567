"""Every view of printed cards, and of stamps from paper."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.views import counter, joining, messages, printed
from bot.views.confirmations import confirmation
from domain.account import Account
from domain.ids import AdoptionId, BotId, SheetId, TokenHash, UserId
from domain.kinds import EntryKind
from domain.messages import CardAdopted, MailCardRefused, MessageKind
from domain.printed import Adoption, Blank, Sheet
from domain.usecases.adopt_card import Adopted, AdoptionAsked
from domain.usecases.look_up_card import CardAtCounter
from domain.usecases.posting import Posted
from domain.usecases.print_cards import Sheets, SheetToPrint
from tests.bot.views.scenes import (
    CARD_ID,
    MERCHANT_ID,
    NOW,
    NUMBER,
    ZONE,
    Names,
    Scene,
    at_counter,
    entry,
    message,
    offer,
    stamped,
    uuid,
)
from tests.bot.views.settings_scenes import shop

SHEET_ID = SheetId(uuid(60))


def sheet(unused: int = 7) -> Sheet:
    return Sheet(sheet_id=SHEET_ID, made_at=NOW, cards=10, unused=unused)


def sheets(names: Names, count: int = 8) -> Sheets:
    made = [replace(sheet(at), sheet_id=SheetId(uuid(60 + at))) for at in range(count)]
    return Sheets(merchant=offer(names).merchant, sheets=made)


def to_print(names: Names, count: int = 10) -> SheetToPrint:
    program = shop(names).programs[0]
    blank = Blank(
        merchant_id=MERCHANT_ID,
        card_id=CARD_ID,
        program_id=program.program_id,
        sheet_id=SHEET_ID,
        number=NUMBER,
        token_hash=TokenHash("hash"),
        staff_id=None,
        made_at=NOW,
    )
    return SheetToPrint(merchant=offer(names).merchant, program=program, blanks=[blank] * count, logo=None)


def new_card(names: Names) -> CardAtCounter:
    return replace(at_counter(names, voidable=False), is_new=True, paper_max=9)


def wanted(names: Names) -> CardAtCounter:
    adoption = Adoption(
        merchant_id=MERCHANT_ID,
        card_id=CARD_ID,
        adoption_id=AdoptionId(uuid(61)),
        account=Account(bot_id=BotId(1), user_id=UserId(2)),
        name=names.customer,
        asked_at=NOW,
    )
    return replace(at_counter(names, ready=2), adoption=adoption)


def from_paper(names: Names, kind: EntryKind, count: int) -> Posted:
    return replace(stamped(names), entry=entry(kind, count, names))


def asked(names: Names) -> AdoptionAsked:
    until = NOW + timedelta(minutes=30)
    return AdoptionAsked(merchant_name=names.merchant, card_number=NUMBER, timezone=ZONE, until=until)


def adopted(names: Names, *, is_merged: bool) -> Adopted:
    return Adopted(name=names.customer, card_id=CARD_ID, card_number=NUMBER, is_merged=is_merged)


def card_adopted(names: Names) -> CardAdopted:
    return CardAdopted(merchant_name=names.merchant, card_id=CARD_ID, card_number=NUMBER)


PRINTED_SCENES: Mapping[str, Scene] = {
    "sheets": lambda t, n: printed.sheets(t, sheets(n), SHEET_ID),
    "sheets: withdrawn": lambda t, n: printed.sheets(t, replace(sheets(n), withdrawn=8), SHEET_ID),
    "sheets: none yet": lambda t, n: printed.sheets(t, sheets(n, 0), SHEET_ID),
    "sheet_page": lambda t, n: printed.sheet_page(t, offer(n).merchant, sheet()),
    "sheet_page: used up": lambda t, n: printed.sheet_page(t, offer(n).merchant, sheet(0)),
    "withdrawal_of_sheet": lambda t, n: printed.withdrawal_of_sheet(t, offer(n).merchant, sheet()),
    "cards_follow": lambda t, n: printed.cards_follow(t, to_print(n), ("cards.pdf", b"pdf")),
    "somebody_elses": lambda t, n: joining.somebody_elses(t, offer(n), CARD_ID),
    "nobodys": lambda t, n: joining.nobodys(t, offer(n)),
    "is_it_yours": lambda t, n: printed.is_it_yours(t, offer(n), CARD_ID),
    "is_it_yours: has one": lambda t, n: printed.is_it_yours(t, offer(n), CARD_ID, CARD_ID),
    "adoption_asked": lambda t, n: printed.adoption_asked(t, asked(n)),
    "adoption_asked: by mail": lambda t, n: printed.adoption_asked(
        t, replace(asked(n), mail_to="lea@example.lu")
    ),
    "ask_card_address": lambda t, _: printed.ask_card_address(t),
    "card_mailed": lambda t, _: printed.card_mailed(t),
    "mail_card_refused": lambda t, _: messages.render(
        t, message(MessageKind.MAIL_CARD_REFUSED, MailCardRefused(mailed_at=NOW)), ZONE
    ),
    "adopted": lambda t, n: printed.adopted(t, adopted(n, is_merged=False)),
    "adopted: merged": lambda t, n: printed.adopted(t, adopted(n, is_merged=True)),
    "paper_counts": lambda t, n: printed.paper_counts(t, new_card(n)),
    "paper_counts: a day later": lambda t, n: printed.paper_counts(t, at_counter(n)),
    "panel: a printed card": lambda t, n: counter.panel(t, new_card(n), ZONE),
    "panel: asked for in Telegram": lambda t, n: counter.panel(t, wanted(n), ZONE),
    "from_paper": lambda t, n: confirmation(t, from_paper(n, EntryKind.PAPER_STAMPS, 6)),
    "from_paper: taken back": lambda t, n: confirmation(t, from_paper(n, EntryKind.PAPER_VOIDED, -6)),
    "render: card_adopted": lambda t, n: messages.render(
        t, message(MessageKind.CARD_ADOPTED, card_adopted(n)), ZONE
    ),
}
