"""``/settings``: the fields of a shop, changed by buttons or by typing, and the log of changes."""

from typing import ClassVar

from msgspec.structs import replace

from bot.kit.buttons import ButtonUnknown
from bot.kit.clock import new_key
from bot.owner import wordings
from bot.owner.asking import is_prose, role_at
from bot.pictures.lettering import legible
from bot.screens import questions
from bot.screens.amounts import parse_amount, plain_number
from bot.screens.turn import Turn
from bot.texts.towns import current
from bot.views import changes, settings
from bot.views import field_screens as views
from bot.views.field_pages import page_of
from bot.views.field_values import PIN, PIN_WINDOW, offer_typed, offers
from bot.views.stores import store_page
from bot.views.view import View
from domain.field_kinds import (
    PERCENT,
    Amount,
    Choice,
    Coordinates,
    Currency,
    Field,
    InterimRewards,
    Languages,
    Line,
    Number,
    OwnTexts,
    PointRewards,
)
from domain.fields import FIELDS, Target
from domain.ids import ChangeId, MerchantId, ProgramId
from domain.merchant import Merchant, Store
from domain.refusals import ChoiceUnknown, DialogueOver
from domain.rights import Right, may
from domain.rules.held import PROMISED
from domain.staff import Membership
from domain.usecases.change_fields import ChangeFields, Edit, change_fields
from domain.usecases.see_settings import (
    CardsTouched,
    FindChange,
    PreviewTerms,
    SeeChanges,
    SeeSettings,
    Settings,
    find_change,
    preview_terms,
    see_changes,
    see_settings,
)
from domain.usecases.see_shop import Shop
from domain.wording import place_changed


class FieldAsked(questions.Shown, frozen=True, tag="field", kw_only=True):
    """What shall a field be? ``seen`` has the values that were shown, ``proposed`` those that wait to be confirmed,
    both in the plain forms of domain/field_kinds.py."""

    passed_over: ClassVar[bool] = True
    merchant_id: MerchantId
    target_kind: Target
    target_id: str
    field: str
    seen: dict[str, str]
    proposed: dict[str, str] | None = None


def may_change(turn: Turn) -> list[Membership]:
    """The memberships with the right to change fields."""
    return [each for each in turn.caller.memberships if may(each.staff.role, Right.CHANGE_FIELDS)]


async def open_settings(turn: Turn) -> None:
    """Shows the settings of the shop at the desk, or of the only one that they may change; otherwise asks which
    shop."""
    open_to, desk = may_change(turn), turn.caller.desk
    here = [each for each in open_to if desk is not None and each.staff.merchant_id == desk.merchant_id]
    chosen = here or (open_to if len(open_to) == 1 else [])
    if chosen:
        staff = chosen[0].staff
        await turn.say(settings.home(turn.t, (await _settings(turn, staff.merchant_id)).shop, staff.role))
    else:
        await turn.say(settings.choose_shop(turn.t, open_to))


async def settings_button(turn: Turn) -> None:
    merchant_id = MerchantId(turn.pressed.id(0))
    shop = (await _settings(turn, merchant_id)).shop
    await turn.show(settings.home(turn.t, shop, role_at(turn, merchant_id)))


async def fields_button(turn: Turn) -> None:
    shop = (await _settings(turn, MerchantId(turn.pressed.id(0)))).shop
    role = role_at(turn, shop.merchant.merchant_id)
    kind, page = turn.pressed.one_of(Target, 1), "".join(turn.pressed.arguments[3:])
    view = views.field_list(turn.t, shop, kind, turn.pressed.id(2), role=role, page=page)
    await turn.show_instead(view)


async def field_button(turn: Turn) -> None:
    shop = (await _settings(turn, MerchantId(turn.pressed.id(0)))).shop
    kind, target_id, number = turn.pressed.one_of(Target, 1), turn.pressed.id(2), turn.pressed.number(3)
    names = list(FIELDS[kind])
    if number >= len(names):
        raise ButtonUnknown
    nonce = new_key()
    question = _question(shop, kind, target_id, names[number])
    await questions.show(
        turn, question, nonce, views.field(turn.t, shop, kind, target_id, names[number], nonce)
    )


async def set_button(turn: Turn) -> None:
    """A value was tapped, or a change was confirmed."""
    question = questions.expected(turn, FieldAsked, turn.pressed.text(0))
    found = await _settings(turn, question.merchant_id)
    said = turn.pressed.text(1)
    if said not in (views.SURE, views.SAME_THING):
        offered = offers(turn.t, found.shop.merchant, question.target_kind, question.field)
        number = turn.pressed.number(1)
        if number >= len(offered):
            raise ButtonUnknown
        await _propose(turn, found, question, dict(offered[number].values))
    elif question.proposed is None:
        raise DialogueOver
    else:
        await _change(turn, found, question, question.proposed, is_renamed=said == views.SAME_THING)


async def value_typed(turn: Turn, question: FieldAsked) -> None:
    """What stands on one of the buttons may be typed as well. Raises what the field's ``parse`` raises, and what
    ``_typed`` does; the question stays open then."""
    name = PIN_WINDOW if question.field == PIN else question.field
    found = await _settings(turn, question.merchant_id)
    one, merchant = FIELDS[question.target_kind][name], found.shop.merchant
    offered = offers(turn.t, merchant, question.target_kind, question.field)
    meant = None if isinstance(one, Languages) else offer_typed(offered, turn.words)
    if meant is not None:
        await _propose(turn, found, question, dict(meant.values))
        return
    if isinstance(one, Choice) and turn.words not in one.options:
        raise ChoiceUnknown(field=one.name, choices=", ".join(each.label for each in offered))
    values = {name: turn.sent_location or _typed(turn, one, merchant)}
    if name == PIN_WINDOW:
        values[PIN] = "yes"
    await _propose(turn, found, question, values)


def _is_answer(turn: Turn, question: FieldAsked) -> bool:
    """Whether this can be the value: a location for a field of coordinates, a text for any field."""
    one = FIELDS[question.target_kind].get(question.field)
    return isinstance(one, Coordinates) if turn.sent_location else is_prose(turn)


async def changes_button(turn: Turn) -> None:
    page = turn.pressed.number(1) if len(turn.pressed.arguments) > 1 else 0
    query = SeeChanges(account=turn.account, merchant_id=MerchantId(turn.pressed.id(0)), page=page)
    await turn.show(changes.changes(turn.t, await turn.read(see_changes, query)))


async def change_back_button(turn: Turn) -> None:
    """Asks before a change is taken back; shows what would change."""
    merchant_id, change_id = MerchantId(turn.pressed.id(0)), ChangeId(turn.pressed.id(1))
    query = FindChange(account=turn.account, merchant_id=merchant_id, change_id=change_id)
    shop, change = await turn.read(find_change, query)
    if (place := place_changed(change)) is not None:
        await wordings.propose(turn, place, change.before or None)
        return
    if change.field not in FIELDS[change.target_kind]:
        raise ButtonUnknown
    question = _question(shop, change.target_kind, change.target_id, change.field)
    values = {str(change.field): change.before}
    await _confirm(turn, shop, question, values, await _cards_touched(turn, shop, question, values))


def _typed(turn: Turn, one: Field, merchant: Merchant) -> str:
    """The typed value in the plain form: numbers may be written as in the person's language, amounts as at the till.
    Raises CharacterNotDrawn, CurrencyMalformed, AmountMalformed."""
    match one:
        case Currency():
            return current(turn.words.strip(), turn.said_at.date())
        case Amount() if turn.words.strip() != one.without:
            currency, locale = merchant.currency, merchant.default_locale
            return one.show(parse_amount(turn.words, currency, locale, least_minor=one.lowest), currency)
        case Number():
            typed = turn.words.strip()
            typed = typed.removesuffix("%").rstrip() if one.unit == PERCENT else typed
            return plain_number(typed, turn.t.locale)
        case Line() | PointRewards() | InterimRewards() | OwnTexts():
            return legible(turn.words)
        case _:
            return turn.words


async def _propose(turn: Turn, found: Settings, question: FieldAsked, values: dict[str, str]) -> None:
    """Makes the change. If it touches existing cards, or pauses their program, it asks first and shows what would
    happen."""
    fields, currency = FIELDS[question.target_kind], found.shop.merchant.currency
    kept = {
        name: fields[name].show(fields[name].parse(text, currency), currency) for name, text in values.items()
    }
    touched = await _cards_touched(turn, found.shop, question, kept)
    if views.is_pause(question.target_kind, kept) or (touched is not None and touched.are_any):
        await _confirm(turn, found.shop, question, kept, touched)
    else:
        await _change(turn, found, question, kept)


async def _confirm(
    turn: Turn, shop: Shop, question: FieldAsked, values: dict[str, str], touched: CardsTouched | None
) -> None:
    nonce, kind = new_key(), question.target_kind
    view = views.confirm(turn.t, shop, kind, question.target_id, values, nonce, touched)
    await questions.show(turn, replace(question, proposed=values), nonce, view)


async def _cards_touched(
    turn: Turn, shop: Shop, question: FieldAsked, values: dict[str, str]
) -> CardsTouched | None:
    if not values.keys() & set(PROMISED):
        return None
    fields, currency = FIELDS[question.target_kind], shop.merchant.currency
    query = PreviewTerms(
        account=turn.account,
        merchant_id=question.merchant_id,
        program_id=ProgramId(question.target_id),
        values={name: fields[name].parse(text, currency) for name, text in values.items()},
    )
    return await turn.read(preview_terms, query)


async def _change(
    turn: Turn, found: Settings, question: FieldAsked, values: dict[str, str], *, is_renamed: bool = False
) -> None:
    kind, currency = question.target_kind, found.shop.merchant.currency
    target, fields = found.shop.find(kind, question.target_id), FIELDS[kind]
    edits = {
        name: Edit(
            seen=fields[name].parse(question.seen[name], currency)
            if name in question.seen
            else getattr(target, name),
            value=fields[name].parse(text, currency),
        )
        for name, text in values.items()
    }
    command = ChangeFields(
        merchant_id=question.merchant_id,
        target_kind=kind,
        target_id=question.target_id,
        staff_id=found.staff_id,
        edits=edits,
        is_renamed=is_renamed,
    )
    done = {each.field: (each.before, each.after) for each in await turn.write(change_fields, command)}
    await questions.forget(turn, turn.nonce)
    shop = (await _settings(turn, question.merchant_id)).shop
    said = views.changed(turn.t, kind, done, shop.merchant)
    changed = shop.find(kind, question.target_id)
    if isinstance(changed, Store):
        await turn.show(store_page(turn.t, changed, said, has_wallets=bool(turn.services.wallets)))
    else:
        await _show_fields(turn, shop, question, said)


async def _show_fields(turn: Turn, shop: Shop, question: FieldAsked, said: str) -> None:
    """Shows the fields after a change. The list is longer than a phone's screen, so what was done is not said only at
    its top."""
    in_place = turn.query is not None
    view = views.field_list(
        turn.t,
        shop,
        question.target_kind,
        question.target_id,
        said if in_place else "",
        role_at(turn, question.merchant_id),
        page=page_of(question.target_kind, [question.field]),
    )
    if in_place:
        await turn.answer(said)
        await turn.show(view)
    else:
        await turn.say(view)
        await turn.say(View(text=said))


def _question(shop: Shop, kind: Target, target_id: str, name: str) -> FieldAsked:
    target, currency = shop.find(kind, target_id), shop.merchant.currency
    names = (PIN, PIN_WINDOW) if name == PIN else (name,)
    seen = {each: FIELDS[kind][each].show(getattr(target, each), currency) for each in names}
    return FieldAsked(
        merchant_id=shop.merchant.merchant_id, target_kind=kind, target_id=target_id, field=name, seen=seen
    )


async def _settings(turn: Turn, merchant_id: MerchantId) -> Settings:
    """Raises NotAllowed, MerchantNotFound."""
    return await turn.read(see_settings, SeeSettings(account=turn.account, merchant_id=merchant_id))


questions.add(FieldAsked, value_typed, _is_answer)
