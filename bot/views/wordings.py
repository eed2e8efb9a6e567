"""``/messages``: the messages to customers, in a shop's or a store's own words."""

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, isolated, length, plain, texts
from bot.views.messages import placeholder_values
from bot.views.settings import to_home
from bot.views.view import CAPTION_LENGTH_MAX, Button, Style, View, grid, keyboard, page_turns, row
from bot.views.wording_names import NAMED, name_of, start_of
from bot.views.wording_preview import preview
from domain.account import Locale
from domain.expiry import Unit
from domain.fields import Target
from domain.ids import StoreId
from domain.merchant import Store
from domain.messages import MESSAGES, MessageKind
from domain.rules.wordings import PLACEHOLDERS, TEXT_LENGTH_MAX
from domain.usecases.see_shop import Shop
from domain.usecases.wordings import OF_POINTS, OF_STAMPS, ShopWords, WordingSource, sample
from domain.wording import WordingPlace

KINDS: Sequence[MessageKind] = tuple(PLACEHOLDERS)
OF_UNIT: Mapping[MessageKind, Unit] = {
    **dict.fromkeys((*OF_STAMPS, MessageKind.REWARD_EXPIRING, MessageKind.REWARD_EXPIRED), Unit.STAMPS),
    **dict.fromkeys(OF_POINTS, Unit.POINTS),
}
"""The unit that a shop must give for its customers ever to get messages of these kinds."""
ON_A_PAGE = 10
WHOLE_SHOP = "all"
"""What buttons carry for the whole shop, instead of a store's id."""
PENCIL = "✏️"
QUOTED_LENGTH_MAX = 1600
"""In UTF-16 code units, of a message quoted in another: one screen may quote two."""
STORES_NAMED_MAX = 3


def kinds(t: Texts, found: ShopWords, page: int) -> View:
    """A button for each kind of message that customers may get; a pencil marks those with own words of the shop or of
    a store."""
    merchant, first = found.shop.merchant, page * ON_A_PAGE
    own = {each.kind for each in found.own}
    read = [kind for kind in KINDS if kind in own or _may_be_read(found.shop, kind)]
    lines = [t("<b>Messages to customers</b>"), t("Tap one to read it, and to say it in your own words.")]
    if own:
        lines.append(t("✏️ Already in your own words."))
    places = (
        WordingPlace(
            merchant_id=merchant.merchant_id, store_id=None, kind=kind, locale=merchant.default_locale
        )
        for kind in read[first : first + ON_A_PAGE]
    )
    buttons = (
        row(
            Button(
                text=_marked(name_of(t, place.kind), is_own=place.kind in own),
                data=_press(Verb.WORDING, place),
            )
        )
        for place in places
    )
    turns = page_turns(page, ON_A_PAGE, len(read), Verb.WORDINGS, short_id(merchant.merchant_id))
    return View(
        text="\n".join(lines), buttons=keyboard(*buttons, turns, row(to_home(t, merchant.merchant_id)))
    )


def _may_be_read(shop: Shop, kind: MessageKind) -> bool:
    match OF_UNIT.get(kind):
        case Unit.STAMPS:
            return any(program.has_stamps for program in shop.programs)
        case Unit.POINTS:
            return any(program.has_points for program in shop.programs)
    return True


def kind_page(t: Texts, found: ShopWords, place: WordingPlace, said: str = "") -> View:
    """The message as customers read it now; ``said`` tells what was just changed."""
    line = found.sheet.line(place.kind, place.locale)
    lines = [
        *([said, ""] if said else []),
        _head(t, found.shop, place),
        t(NAMED[place.kind].when),
        "",
        _whose_words(t, place, line.source),
        _quoted(found, place, line.text),
        *_besides(t, found, place, line.text),
    ]
    change = Button(text=t("✏️ Change"), data=_press(Verb.WORDING_CHANGE, place))
    reset = Button(text=t("↩️ Usual words"), data=_press(Verb.WORDING_RESET, place))
    languages = [_language(found, place, replace(place, locale=locale)) for locale in _languages(found.shop)]
    rows = grid(languages, 2)
    whose = Button(
        text=f"{_whose(t, found.shop, place.store_id)} ›",
        data=press(Verb.WORDING_WHOSE, *_arguments(place), 0),
    )
    page = KINDS.index(place.kind) // ON_A_PAGE
    every = Button(text=t("‹ All messages"), data=press(Verb.WORDINGS, short_id(place.merchant_id), page))
    return View(
        text="\n".join(lines),
        buttons=keyboard(
            row(change),
            row(reset if found.text(place) is not None else None),
            *rows,
            row(whose if len(found.shop.stores) > 1 else None),
            row(every),
        ),
        spare=every,
    )


def choose_whose(t: Texts, found: ShopWords, place: WordingPlace, page: int) -> View:
    """Choose between the words of the whole shop and those of a store."""
    first = page * ON_A_PAGE
    here: Sequence[StoreId | None] = [
        *([None] if page == 0 else []),
        *(store.store_id for store in found.shop.stores[first : first + ON_A_PAGE]),
    ]
    buttons = (
        row(
            Button(
                text=_marked(_whose(t, found.shop, store_id), is_own=found.text(there) is not None),
                data=_press(Verb.WORDING, there),
            )
        )
        for store_id in here
        for there in [replace(place, store_id=store_id)]
    )
    turns = page_turns(page, ON_A_PAGE, len(found.shop.stores), Verb.WORDING_WHOSE, *_arguments(place))
    said = t(
        "Whose words? A store's own go before the shop's: on a receipt those of the store that it is from, else"
        " those of the store where the customer joined."
    )
    return View(
        text=f"{_head(t, found.shop, place)}\n{said}", buttons=keyboard(*buttons, turns, row(_back(t, place)))
    )


def ask_text(
    t: Texts, found: ShopWords, place: WordingPlace, draft: str | None = None, said: str = ""
) -> View:
    """``draft`` is the text sent before, to be changed; ``said`` tells what is wrong with it."""
    there, needed, possible = texts(place.locale), *_placeholders(place.kind)
    values = placeholder_values(there, sample(found.sheet, place.kind))
    begin = draft or found.sheet.line(place.kind, place.locale).text or start_of(there, place.kind)
    lines = [f"⚠️ {said}", ""] if said else [_head(t, found.shop, place)]
    if len(begin) <= TEXT_LENGTH_MAX:
        lines += [
            t("Change it and send it again; a tap copies it:")
            if said
            else t("Send the new text. To begin with this one, tap it, paste it and change it:"),
            f"<pre>{html.escape(begin, quote=False)}</pre>",
        ]
    else:
        lines.append(t("Send it again, shorter."))
    lines += [
        t("What stands in curly brackets is filled in for each customer."),
        t("Needed: {explained}", explained=_explained(needed, values)),
        *([t("Possible: {explained}", explained=_explained(possible, values))] if possible else []),
    ]
    copies = [Button(text=f"{{{name}}}", copies=f"{{{name}}}") for name in (*needed, *possible)]
    rows = grid(copies, 2)
    return View(text="\n".join(lines), buttons=keyboard(*rows, row(_back(t, place))))


def confirm_text(
    t: Texts,
    found: ShopWords,
    place: WordingPlace,
    text: str | None,
    nonce: str,
    *,
    is_overtaken: bool = False,
) -> View:
    """Ask before ``text`` is saved; None means to go back to the usual words. ``is_overtaken`` says that somebody
    else has changed the wording since it was shown."""
    shown = found.usual(place) if text is None else text
    lines = [_head(t, found.shop, place)]
    if is_overtaken:
        lines += [
            t("⚠️ Somebody else has just changed it. Now it says:"),
            _quoted(found, place, found.sheet.line(place.kind, place.locale).text),
        ]
    lines += [
        t("Your customers will read again:") if text is None else t("Your customers will read:"),
        _quoted(found, place, shown),
        *_pictured(t, found, place, shown),
    ]
    back = _back(t, place)
    save = Button(text=t("✅ Save"), data=press(Verb.WORDING_SAVE, nonce), style=Style.SUCCESS)
    anew = Button(text=t("✏️ Write anew"), data=press(Verb.WORDING_ANEW, nonce))
    return View(
        text="\n".join(lines),
        buttons=keyboard(row(save), row(anew if text is not None else None, back)),
        spare=back,
    )


def saved(t: Texts, place: WordingPlace, *, is_own: bool) -> str:
    if is_own:
        return t("✅ Saved. It holds from the next message on.")
    return (
        t("✅ The usual words are back.")
        if place.store_id is None
        else t("✅ The store's own words are gone.")
    )


def _head(t: Texts, shop: Shop, place: WordingPlace) -> str:
    """Which message in which language, and at which store where the place is a store's."""
    parts = [f"<b>{name_of(t, place.kind)}</b>", texts(place.locale).language]
    if place.store_id is not None:
        parts.append(html.escape(_whose(t, shop, place.store_id), quote=False))
    return " · ".join(parts)


def _whose(t: Texts, shop: Shop, store_id: StoreId | None) -> str:
    """Raises StoreNotFound."""
    if store_id is None:
        return t("🏪 Whole shop")
    store = shop.find(Target.STORE, store_id)
    return f"📍 {isolated(store.name)}" if isinstance(store, Store) else ""


def _whose_words(t: Texts, place: WordingPlace, source: WordingSource) -> str:
    if source is WordingSource.DEFAULT:
        return t("The usual words:")
    if source is WordingSource.MERCHANT and place.store_id is not None:
        return t("The shop's own words:")
    return t("Own words:")


def _quoted(found: ShopWords, place: WordingPlace, text: str | None) -> str:
    """The message as a customer of this shop would read it, cut off where it is too long."""
    said = preview(texts(place.locale), found.sheet, place.kind, text).text
    if length(said) > QUOTED_LENGTH_MAX:
        said = f"{html.escape(plain(said)[: QUOTED_LENGTH_MAX // 2], quote=False)}…"
    return f"<blockquote>{said}</blockquote>"


def _besides(t: Texts, found: ShopWords, place: WordingPlace, text: str | None) -> Iterator[str]:
    yield from _pictured(t, found, place, text)
    if place.store_id is None:
        there = [store for store in found.shop.stores if found.text(replace(place, store_id=store.store_id))]
        if there:
            names = ", ".join(isolated(store.name) for store in there[:STORES_NAMED_MAX])
            more = ", …" if there[STORES_NAMED_MAX:] else ""
            yield t("Other words at: {stores}", stores=names + more)


def _pictured(t: Texts, found: ShopWords, place: WordingPlace, text: str | None) -> Iterator[str]:
    """Whether the text fits below the picture of the card; nothing for messages that come without the card."""
    if not MESSAGES[place.kind].shows_card:
        return
    said = preview(texts(place.locale), found.sheet, place.kind, text).text
    if length(said) <= CAPTION_LENGTH_MAX:
        yield t("It stands below a picture of the customer's card.")
    else:
        yield t("It is too long to stand below a picture of the customer's card, and comes without.")


def _placeholders(kind: MessageKind) -> tuple[Sequence[str], Sequence[str]]:
    return PLACEHOLDERS[kind].required, PLACEHOLDERS[kind].optional


def _explained(names: Sequence[str], values: Mapping[str, str]) -> str:
    return ", ".join(f"{{{name}}} ({values[name]})" for name in names)


def _language(found: ShopWords, present: WordingPlace, place: WordingPlace) -> Button:
    language = texts(place.locale).language
    marked = _marked(language, is_own=found.text(place) is not None)
    return Button(text=f"✓ {language}" if place == present else marked, data=_press(Verb.WORDING, place))


def _languages(shop: Shop) -> Sequence[Locale]:
    """The shop's default language, those of its posters, then all others."""
    speaks = shop.merchant.speaks
    return [*speaks, *(locale for locale in Locale if locale not in speaks)]


def _marked(label: str, *, is_own: bool) -> str:
    return f"{label} {PENCIL}" if is_own else label


def _back(t: Texts, place: WordingPlace) -> Button:
    return Button(text=t("‹ Back"), data=_press(Verb.WORDING, place))


def _press(verb: Verb, place: WordingPlace) -> str:
    return press(verb, *_arguments(place))


def _arguments(place: WordingPlace) -> tuple[str, ...]:
    store = WHOLE_SHOP if place.store_id is None else short_id(place.store_id)
    return short_id(place.merchant_id), store, str(KINDS.index(place.kind)), place.locale.value
