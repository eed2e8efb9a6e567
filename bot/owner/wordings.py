"""``/messages``: messages to customers in the shop's or a store's own words."""

from datetime import timedelta
from typing import ClassVar

from msgspec.structs import replace

from bot.kit.buttons import ButtonUnknown, long_id
from bot.kit.clock import new_key
from bot.owner.asking import is_prose, merchant_asked, merchant_pressed
from bot.owner.markup import typed_markup
from bot.screens import questions
from bot.screens.turn import Turn
from bot.views import wordings as views
from domain.account import Locale
from domain.ids import MerchantId, StoreId
from domain.messages import MessageKind
from domain.refusals import DialogueOver, FieldsChangedMeanwhile, Refusal
from domain.rules.wordings import check_wording
from domain.usecases.wordings import ChangeWording, SeeWordings, ShopWords, change_wording, see_wordings
from domain.wording import WordingPlace


class WordingAsked(questions.Shown, frozen=True, tag="wording", kw_only=True):
    """What shall a message say? ``seen`` is the own wording as it was. ``proposed`` waits to be saved once it
    ``is_shown``; None then means to go back to the usual words."""

    patience: ClassVar[timedelta] = timedelta(hours=1)
    passed_over: ClassVar[bool] = True

    merchant_id: MerchantId
    store_id: StoreId | None
    kind: MessageKind
    locale: Locale
    seen: str | None
    proposed: str | None = None
    is_shown: bool = False

    @property
    def place(self) -> WordingPlace:
        return WordingPlace(
            merchant_id=self.merchant_id, store_id=self.store_id, kind=self.kind, locale=self.locale
        )


async def messages_command(turn: Turn) -> None:
    found = await _words(turn, merchant_asked(turn))
    await turn.say(views.kinds(turn.t, found, 0))


async def kinds_button(turn: Turn) -> None:
    found = await _words(turn, merchant_pressed(turn))
    await turn.show(views.kinds(turn.t, found, turn.pressed.number(1)))


async def kind_button(turn: Turn) -> None:
    place = _pressed_place(turn)
    await turn.show(views.kind_page(turn.t, await _words_at(turn, place), place))


async def whose_button(turn: Turn) -> None:
    place = _pressed_place(turn)
    found = await _words_at(turn, place)
    await turn.show(views.choose_whose(turn.t, found, place, turn.pressed.number(4)))


async def change_button(turn: Turn) -> None:
    place = _pressed_place(turn)
    found = await _words_at(turn, place)
    await questions.show(turn, _question(found, place), new_key(), views.ask_text(turn.t, found, place))


async def reset_button(turn: Turn) -> None:
    """Asks before the usual words come back; shows them."""
    await propose(turn, _pressed_place(turn), None)


async def anew_button(turn: Turn) -> None:
    question = questions.expected(turn, WordingAsked, turn.pressed.text(0))
    found = await _words_at(turn, question.place)
    view = views.ask_text(turn.t, found, question.place, question.proposed)
    await questions.show(turn, replace(question, is_shown=False), new_key(), view)


async def save_button(turn: Turn) -> None:
    """Saves the wording. If somebody else has changed it meanwhile, theirs is shown first, and it asks again."""
    question = questions.expected(turn, WordingAsked, turn.pressed.text(0))
    if not question.is_shown:
        raise DialogueOver
    command = ChangeWording(
        account=turn.account, place=question.place, seen=question.seen, text=question.proposed
    )
    try:
        text = await turn.write(change_wording, command)
    except FieldsChangedMeanwhile:
        await propose(turn, question.place, question.proposed, is_overtaken=True)
        return
    await questions.forget(turn, turn.nonce)
    found, said = (
        await _words_at(turn, question.place),
        views.saved(turn.t, question.place, is_own=text is not None),
    )
    await turn.show(views.kind_page(turn.t, found, question.place, said))


async def text_typed(turn: Turn, question: WordingAsked) -> None:
    """Shows the text as customers would read it. A text that is refused is shown to be copied and sent again."""
    draft = typed_markup(turn.message) if turn.message else ""
    try:
        text = check_wording(question.kind, draft)
    except Refusal as refusal:
        found = await _words_at(turn, question.place)
        said = turn.said(refusal)
        await turn.say(views.ask_text(turn.t, found, question.place, draft, said))
    else:
        await propose(turn, question.place, text)


async def propose(turn: Turn, place: WordingPlace, text: str | None, *, is_overtaken: bool = False) -> None:
    """Shows what customers would read, and asks; None means the usual words. Raises what ``check_wording`` raises."""
    if text is not None:
        text = check_wording(place.kind, text)
    found, nonce = await _words_at(turn, place), new_key()
    question = replace(_question(found, place), proposed=text, is_shown=True)
    view = views.confirm_text(turn.t, found, place, text, nonce, is_overtaken=is_overtaken)
    await questions.show(turn, question, nonce, view)


def _question(found: ShopWords, place: WordingPlace) -> WordingAsked:
    return WordingAsked(
        merchant_id=place.merchant_id,
        store_id=place.store_id,
        kind=place.kind,
        locale=place.locale,
        seen=found.text(place),
    )


def _pressed_place(turn: Turn) -> WordingPlace:
    """Raises NotStaff, ButtonUnknown."""
    whose, number = turn.pressed.text(1), turn.pressed.number(2)
    if number >= len(views.KINDS):
        raise ButtonUnknown
    return WordingPlace(
        merchant_id=merchant_pressed(turn),
        store_id=None if whose == views.WHOLE_SHOP else StoreId(long_id(whose)),
        kind=views.KINDS[number],
        locale=turn.pressed.one_of(Locale, 3),
    )


async def _words_at(turn: Turn, place: WordingPlace) -> ShopWords:
    return await _words(turn, place.merchant_id, place.store_id)


async def _words(turn: Turn, merchant_id: MerchantId, store_id: StoreId | None = None) -> ShopWords:
    """Raises NotAllowed, MerchantNotFound, StoreNotFound."""
    query = SeeWordings(account=turn.account, merchant_id=merchant_id, store_id=store_id)
    return await turn.read(see_wordings, query)


questions.add(WordingAsked, text_typed, lambda turn, _question: is_prose(turn))
