"""A customer's card as an owner or manager sees it: found, read, noted on, blocked."""

from collections.abc import Sequence

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, mark, plain
from bot.views import reasons
from bot.views.card_parts import holder, whose
from bot.views.disputes import open_card_button
from bot.views.entries import entry_line
from bot.views.progress import spaced, standing
from bot.views.view import Button, Style, View, keyboard, row
from domain.card import CardMove, NoteKind
from domain.ids import CardId, CardNumber, MerchantId, MoveId
from domain.refusals import MoveOver
from domain.usecases.manage_cards import CardPage, FoundCards, NoteSeen
from domain.usecases.my_cards import HistoryPage

_NOTED = {
    NoteKind.NOTE: mark("{time}, {name}: {text}"),
    NoteKind.BLOCKED: mark("{time}, blocked by {name}: {text}"),
    NoteKind.UNBLOCKED: mark("{time}, unblocked by {name}"),
    NoteKind.MOVE_ASKED: mark("{time}, {name} made a link to move it to another account"),
    NoteKind.MOVE_ALLOWED: mark("{time}, the holder agreed to the move"),
    NoteKind.MOVE_REFUSED: mark("{time}, the holder refused the move"),
    NoteKind.MOVE_VOUCHED: mark("{time}, {name} vouched for the move: {text}"),
    NoteKind.MOVED: mark("{time}, moved to another account"),
    NoteKind.ADOPTED: mark("{time}, {name} saw the printed card and gave it to this account"),
    NoteKind.ADOPTED_BY_MAIL: mark("{time}, taken into Telegram with a code sent by e-mail"),
    NoteKind.MERGE_ASKED: mark("{time}, {name} asked the holder to have it merged into card {text}"),
    NoteKind.MERGE_ALLOWED: mark("{time}, the holder agreed to the merge"),
    NoteKind.MERGE_REFUSED: mark("{time}, the holder refused the merge"),
    NoteKind.MERGE_VOUCHED: mark("{time}, {name} vouched for the merge: {text}"),
    NoteKind.MERGE_WITHDRAWN: mark("{time}, {name} withdrew the question about the merge"),
    NoteKind.MERGED_OUT: mark("{time}, {name} merged it into card {text}"),
    NoteKind.MERGED_IN: mark("{time}, {name} merged card {text} into it"),
}


def ask_whom(t: Texts) -> View:
    return View(text=t("<b>Whose card?</b>\nWrite its number or the beginning of the name."))


def found(t: Texts, cards: FoundCards, merchant_id: MerchantId, nonce: str) -> View:
    if not cards.cards:
        return View(text=t("Nobody here has a name that begins like that."))

    def other(label: str, page: int) -> Button:
        return Button(text=label, data=press(Verb.FOUND, nonce, page))

    return View(
        text=t("<b>Which card?</b>"),
        buttons=keyboard(
            *(
                row(
                    Button(
                        text=plain(whose(t, each.customer_name, each.card_number, each.program_name)),
                        data=press(Verb.CARD_PAGE, short_id(merchant_id), short_id(each.card_id)),
                    )
                )
                for each in cards.cards
            ),
            row(
                other(t("‹ Before"), cards.page - 1) if cards.page else None,
                other(t("More ›"), cards.page + 1) if cards.has_more else None,
            ),
        ),
    )


def card_page(t: Texts, page: CardPage) -> View:
    key = page.merchant_id, page.state.card_id
    lines = (
        [t("Card {number} was merged into this one.", number=spaced(page.named)), ""] if page.named else []
    )
    lines += [f"<b>{standing(t, page.state)}</b>", holder(t, page.state)]
    if page.merged_into is not None:
        return _merged_page(t, page, page.merged_into)
    lines.append(t("Customer since {date}", date=t.day(page.created_at, page.timezone)))
    if not page.is_active:
        lines.append(t("⛔️ <b>This card is blocked.</b>"))
    move = page.move
    asked = move if move is not None and move.allowed_at is None else None
    if page.move_into is not None:
        lines.append(
            t(
                "🔗 It is to be merged into card {number}: its holder was asked and has not answered yet.",
                number=spaced(page.move_into),
            )
        )
    elif asked is not None:
        lines.append(t("📱 It is to move to another account: its holder was asked and has not answered yet."))
    elif move is not None:
        lines.append(t("📱 The link to move it can be opened now."))
    if page.notes:
        lines += ["", *(_note(t, note, page.timezone) for note in page.notes)]
    blocking = _button(t("Block card"), Verb.BLOCK, *key, style=Style.DANGER)
    if not page.is_active:
        blocking = _button(t("Unblock card"), Verb.UNBLOCK, *key)
    return View(
        text="\n".join(lines),
        buttons=keyboard(
            row(open_card_button(t, *key)),
            row(_button(t("History"), Verb.CARD_PAST, *key, 0), _button(t("Write a note"), Verb.NOTE, *key)),
            row(_button(t("Move to another account"), Verb.MOVE, *key)),
            row(_button(t("Merge with another card"), Verb.MERGE, *key) if page.is_active else None),
            *(asked_buttons(t, asked, may_vouch=True) if asked else ()),
            row(blocking),
        ),
        spare=open_card_button(t, *key),
    )


def _merged_page(t: Texts, page: CardPage, into: tuple[CardId, CardNumber]) -> View:
    """The page of a card that was merged into another: its notes and history, and the way to the other card."""
    card_id, number = into
    said = t("🔗 <b>Merged into card {number}.</b> This one is closed.", number=spaced(number))
    lines = [said, holder(t, page.state), *(_note(t, note, page.timezone) for note in page.notes)]
    stands = _button(t("Card {number}", number=spaced(number)), Verb.CARD_PAGE, page.merchant_id, card_id)
    past = _button(t("History"), Verb.CARD_PAST, page.merchant_id, page.state.card_id, 0)
    return View(text="\n".join(lines), buttons=keyboard(row(stands), row(past)))


def history(t: Texts, page: HistoryPage) -> View:
    held = page.held
    key = held.merchant_id, held.state.card_id
    entries = [entry_line(t, entry, held.timezone) for entry in page.entries]
    older = _button(t("Older ›"), Verb.CARD_PAST, *key, page.older) if page.older else None
    return View(
        text="\n".join([holder(t, held.state), "", *(entries or [t("Nothing yet.")])]),
        buttons=keyboard(
            row(back(t, *key), older),
            *(
                row(
                    _button(
                        t("History of {number}", number=spaced(number)),
                        Verb.CARD_PAST,
                        held.merchant_id,
                        card_id,
                        0,
                    )
                )
                for card_id, number in page.merged
            ),
        ),
    )


def ask_note(t: Texts, page: CardPage) -> View:
    key = page.merchant_id, page.state.card_id
    return View(
        text="\n".join(
            [t("<b>What should be noted?</b>\nOwners and managers can read it."), holder(t, page.state)]
        ),
        buttons=keyboard(row(back(t, *key))),
    )


def block_why(t: Texts, page: CardPage) -> View:
    said = t(
        "<b>Why is the card to be blocked?</b>\n"
        "Nothing can be collected or redeemed with it until it is unblocked."
        " The customer is told, without the reason."
    )
    return _ask_why(t, page, said, Verb.BLOCK_MEANT, reasons.TO_BLOCK)


def move_offer(t: Texts, page: CardPage, operation: str) -> View:
    """``operation`` is the operation key that the button carries, so that two taps make one link."""
    merchant_id, card_id = page.merchant_id, page.state.card_id
    said = t(
        "<b>Move the card to another account?</b>\n"
        "For a customer whose phone or account is lost. The new phone scans a code, which works once, for a day, and"
        " after the holder has agreed in the chat. Without an answer within an hour, you can vouch for them."
    )
    data = press(Verb.MOVE_MEANT, short_id(merchant_id), short_id(card_id), operation)
    return View(
        text="\n".join([said, holder(t, page.state)]),
        buttons=keyboard(
            row(back(t, merchant_id, card_id)),
            row(Button(text=t("Make the link"), data=data, style=Style.DANGER)),
        ),
        spare=back(t, merchant_id, card_id),
    )


def move_link(t: Texts, page: CardPage, link: str, code: bytes) -> View:
    said = t(
        "<b>For the phone that the card is to go to</b>\n"
        "Scan this code with its camera and tap Start. It works once, for a day, after the holder has agreed or you"
        " have vouched.\n{link}",
        link=link,
    )
    return View(
        text="\n".join([said, holder(t, page.state)]),
        photo=code,
        buttons=keyboard(row(back(t, page.merchant_id, page.state.card_id))),
    )


def vouch_why(t: Texts, page: CardPage) -> View:
    """Raises MoveOver where nothing is waiting any more."""
    if page.move is None:
        raise MoveOver
    said = t(
        "<b>How do you know that it is their card?</b>\n"
        "Whoever has the link can then open it. Your name and the reason stay on this page, and the account that has"
        " the card now is told."
    )
    if page.move_into is not None:
        said = vouch_for_merge(t, page.move_into)
    return _ask_why(t, page, said, Verb.MOVE_VOUCHED, reasons.TO_VOUCH, page.move.move_id)


def vouch_for_merge(t: Texts, into: CardNumber) -> str:
    return t(
        "<b>How do you know that both cards are theirs?</b>\n"
        "This one is then merged into card {number}, for good. Your name and the reason stay on its page, and both"
        " holders are told.",
        number=spaced(into),
    )


def asked_buttons(t: Texts, move: CardMove, *, may_vouch: bool) -> Sequence[tuple[Button, ...]]:
    """What can be done while the holder has not answered."""
    key = move.merchant_id, move.move_id
    vouch = _button(t("Vouch for it"), Verb.MOVE_VOUCH, *key) if may_vouch else None
    withdraw = _button(t("Withdraw the request"), Verb.MERGE_UNASK, *key) if move.is_merge else None
    return [row(vouch), row(withdraw)]


def vouch_buttons(t: Texts, merchant_id: MerchantId, move_id: MoveId) -> Sequence[tuple[Button, ...]]:
    return _reasons(t, Verb.MOVE_VOUCHED, reasons.TO_VOUCH, merchant_id, move_id)


def _ask_why(
    t: Texts, page: CardPage, said: str, verb: Verb, why: Sequence[str], move_id: MoveId | None = None
) -> View:
    """The reasons name the move, or the card where there is none."""
    key = page.merchant_id, page.state.card_id
    return View(
        text="\n".join([said, holder(t, page.state)]),
        buttons=keyboard(
            row(back(t, *key)),
            *_reasons(t, verb, why, page.merchant_id, move_id or page.state.card_id),
        ),
        spare=back(t, *key),
    )


def _reasons(
    t: Texts, verb: Verb, why: Sequence[str], merchant_id: MerchantId, of: CardId | MoveId
) -> Sequence[tuple[Button, ...]]:
    return [
        row(_button(reason, verb, merchant_id, of, position, style=Style.DANGER))
        for position, reason in enumerate(reasons.choices(t, why))
    ]


def back(t: Texts, merchant_id: MerchantId, card_id: CardId) -> Button:
    return _button(t("‹ Card page"), Verb.CARD_PAGE, merchant_id, card_id)


def _button(
    text: str,
    verb: Verb,
    merchant_id: MerchantId,
    of: CardId | MoveId,
    *more: int,
    style: Style | None = None,
) -> Button:
    return Button(text=text, data=press(verb, short_id(merchant_id), short_id(of), *more), style=style)


def _note(t: Texts, note: NoteSeen, timezone: str) -> str:
    by, time = note.by or t("the operator"), t.moment(note.written_at, timezone)
    is_number = note.kind in (NoteKind.MERGE_ASKED, NoteKind.MERGED_OUT, NoteKind.MERGED_IN)
    text = spaced(CardNumber(note.text)) if is_number else reasons.told(t, note.text)
    return t(_NOTED[note.kind], time=time, name=by, text=text)
