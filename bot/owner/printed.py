"""Sheets of printed cards, for customers without Telegram."""

from bot.kit.clock import new_id
from bot.kit.tokens import token_hash
from bot.owner.asking import merchant_pressed
from bot.screens.turn import Turn
from bot.texts import texts
from bot.views import printed as views
from domain.ids import MerchantId, SheetId
from domain.printed import Sheet
from domain.refusals import SheetNotFound
from domain.usecases.print_cards import (
    PrintCards,
    SeeSheets,
    Sheets,
    WithdrawSheet,
    print_cards,
    see_sheets,
    withdraw_sheet,
)


async def sheets_button(turn: Turn) -> None:
    """Shows the sheets. Pressed below a file, such as a poster, it sends a new message."""
    if turn.message is not None and turn.message.document is not None:
        turn.show_below()
    await _show(turn, await _sheets(turn, merchant_pressed(turn)))


async def print_button(turn: Turn) -> None:
    """Prints a sheet of cards. Pressed again, it prints the same cards, except those that somebody has by now."""
    tokens = turn.services.tokens
    command = PrintCards(
        merchant_id=merchant_pressed(turn),
        account=turn.account,
        sheet_id=SheetId(turn.pressed.id(1)),
        card_hash=lambda card_id, rotation: token_hash(tokens.card_token(card_id, rotation)),
    )
    found = await turn.write(print_cards, command)
    await turn.answer()
    await turn.services.chat.uploading(turn.user.id)
    face = views.printed_face(texts(found.merchant.speaks[0]), found, turn.services.links)
    file = views.printed_file_name(turn.t, found), await turn.services.studio.printed(face)
    await turn.say(views.cards_follow(turn.t, found, file))


async def sheet_button(turn: Turn) -> None:
    found, sheet = await _sheet(turn)
    await turn.show(views.sheet_page(turn.t, found.merchant, sheet))


async def off_button(turn: Turn) -> None:
    found, sheet = await _sheet(turn)
    await turn.show(views.withdrawal_of_sheet(turn.t, found.merchant, sheet))


async def off_meant_button(turn: Turn) -> None:
    command = WithdrawSheet(
        merchant_id=merchant_pressed(turn), account=turn.account, sheet_id=SheetId(turn.pressed.id(1))
    )
    await _show(turn, await turn.write(withdraw_sheet, command))


async def _show(turn: Turn, found: Sheets) -> None:
    await turn.show(views.sheets(turn.t, found, SheetId(new_id())))


async def _sheets(turn: Turn, merchant_id: MerchantId) -> Sheets:
    return await turn.read(see_sheets, SeeSheets(merchant_id=merchant_id, account=turn.account))


async def _sheet(turn: Turn) -> tuple[Sheets, Sheet]:
    """Raises SheetNotFound, and what ``see_sheets`` raises."""
    found = await _sheets(turn, merchant_pressed(turn))
    for sheet in found.sheets:
        if sheet.sheet_id == turn.pressed.id(1):
            return found, sheet
    raise SheetNotFound
