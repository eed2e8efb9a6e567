"""Messages as e-mail: plain text, and HTML that can be read without pictures and on a dark background."""

from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from bot.kit.buttons import Verb, parse_press
from bot.texts import Texts, plain
from bot.views.progress import spaced
from bot.views.view import View
from domain.ids import CardNumber
from domain.quick import dataclass

PICTURE_ID = "card@stempel"
SUBJECT_LENGTH_MAX = 120
HOUSE_COLOUR = "#1d1d1f"
_PAGES = Path(__file__).parent / "pages"
_TAGS = {"b": "b", "strong": "b", "i": "i", "em": "i", "u": "u", "s": "s", "code": "code", "a": "a"}
"""The tags kept of Telegram's HTML (https://core.telegram.org/bots/api#html-style), and what each becomes in a
mail."""
_BEFORE_WORDS = "+-−#«„“\"'(¿¡"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """``picture`` is a PNG that the HTML shows as the attachment PICTURE_ID."""

    subject: str
    text: str
    html: str
    picture: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around the message. ``shop`` is the sender's name, empty for a mail of the bot itself. ``stop_url``
    ends marketing; for a guest (``is_guest``), who has no chat, it ends all mail."""

    shop: str
    chat_url: str | None
    colour: str = HOUSE_COLOUR
    stop_url: str | None = None
    is_guest: bool = False


def mail(
    t: Texts,
    view: View,
    frame: Frame,
    card_number: CardNumber | None = None,
    picture: bytes | None = None,
    why: str = "",
) -> Mail:
    """A message of the chat as a mail, without its buttons. ``card_number`` is that of the card in the picture.
    ``why`` tells the reader why they get the mail; empty for the usual reason, their stamp cards."""
    card = t("Card {number}", number=spaced(card_number)) if card_number else ""
    hints = [] if frame.is_guest else [plain(hint) for hint in _hints(t, view)]
    why = why or plain(_why(t, frame))
    open_chat, stop = plain(t("Open in Telegram")), plain(_stop(t, frame))
    said = view.text.strip()
    foot = [why, f"{stop} → {frame.stop_url}"] if frame.stop_url else [why]
    body = [plain(said), plain(card), *hints, f"{open_chat} → {frame.chat_url}" if frame.chat_url else ""]
    text = "\n\n".join([*filter(None, body), "\n".join(["-- ", *foot])]) + "\n"
    subject = _subject(t, frame.shop, plain(said))
    html = _page("mail.html").render(
        lang=t.locale.value,
        subject=subject,
        head="" if frame.shop in plain(said) else frame.shop,
        said=_as_mail(said),
        number=card_number,
        card=plain(card),
        has_picture=picture is not None,
        picture_id=PICTURE_ID,
        hints=hints,
        colour=frame.colour,
        chat_url=frame.chat_url,
        open=open_chat,
        why=why,
        stop_url=frame.stop_url,
        stop=stop,
    )
    return Mail(subject=subject, text=text, html=html, picture=picture)


def card_mail(t: Texts, merchant_name: str, frame: Frame, card_number: CardNumber, picture: bytes) -> Mail:
    """The mail that gives a card to a person without Telegram."""
    said = t(
        "<b>Your stamp card from {merchant}</b>\n"
        "Keep this mail and show the code at the counter. If the card is not yours, there is nothing to do.",
        merchant=merchant_name,
    )
    why = plain(t("You get this because somebody gave this address to {merchant}.", merchant=merchant_name))
    return mail(t, View(text=said), frame, card_number, picture, why)


def code_mail(t: Texts, code: str, frame: Frame, bot_name: str) -> Mail:
    said = t(
        "<b>Your code: {code}</b>\n"
        "Type it in the chat with @{bot}. It holds for ten minutes. If you did not ask for it, there is nothing to"
        " do.",
        code=code,
        bot=bot_name,
    )
    why = plain(t("You get this because somebody gave this address to @{bot}.", bot=bot_name))
    return mail(t, View(text=said), frame, why=why)


def trial_mail(t: Texts) -> Mail:
    """The mail by which an operator sees that mails arrive."""
    why = plain(t("Whoever looks after the stamp cards has tried whether mails arrive."))
    return mail(t, View(text=t("<b>E-mail works.</b>")), Frame(shop="", chat_url=None), why=why)


def stop_page(t: Texts, shop: str, *, is_done: bool) -> str:
    """The page behind the stop link of a marketing mail: the question, or once ``is_done`` the confirmation."""
    if is_done:
        title, yes = t("Done: no more offers from {shop}.", shop=shop), ""
    else:
        title, yes = t("No more offers from {shop}?", shop=shop), plain(t("No more offers"))
    said = t("What happens on your card you are told as before.")
    return _page("stop.html").render(lang=t.locale.value, title=plain(title), said=plain(said), yes=yes)


def not_mine_page(t: Texts, shop: str, *, is_done: bool) -> str:
    """The page behind the stop link of a mail to a guest, likewise."""
    if is_done:
        title, yes = t("Done: no more mail from {shop}.", shop=shop), ""
        said = t("The address is forgotten.")
    else:
        title, yes = t("No more mail from {shop}?", shop=shop), plain(t("No more mail"))
        said = t("The address is forgotten. A card that was never shown at the counter is closed.")
    return _page("stop.html").render(lang=t.locale.value, title=plain(title), said=plain(said), yes=yes)


def lost_page(t: Texts) -> str:
    title, said = (
        t("This link does not work."),
        t("It may have been cut off on the way. Try the one in the mail."),
    )
    return _page("stop.html").render(lang=t.locale.value, title=plain(title), said=plain(said), yes="")


def _why(t: Texts, frame: Frame) -> str:
    if frame.is_guest:
        return t("You get this because you have a card from {shop} by e-mail.", shop=frame.shop)
    return t("You get this because your stamp cards know this address. /email in the chat changes that.")


def _stop(t: Texts, frame: Frame) -> str:
    if frame.is_guest:
        return t("Not yours? No more mail")
    return t("No more offers from {shop}", shop=frame.shop)


def _hints(t: Texts, view: View) -> Sequence[str]:
    """How to do in the chat what the message's buttons are for, where that matters."""
    datas = [button.data for row in view.buttons for button in row if button.data]
    verbs = {parse_press(data).verb for data in datas}
    if Verb.NOT_ME in verbs:
        button = t("Something was not me")
        return [t("If that was not you, write /history in the chat and tap “{button}”.", button=button)]
    if verbs & {Verb.MOVE_ANSWER, Verb.JOIN, Verb.JOIN_PROGRAM}:
        return [t("You can answer in the chat.")]
    return []


def _subject(t: Texts, shop: str, said: str) -> str:
    """The first line of the message, without the emoji at its start, after the shop's name where the line lacks
    it."""
    line = said.partition("\n")[0]
    at = next((at for at, sign in enumerate(line) if sign.isalnum() or sign in _BEFORE_WORDS), 0)
    line = line[at:].strip()
    subject = line if not shop or shop in line else plain(t("{name}: {what}", name=shop, what=line))
    return subject if len(subject) <= SUBJECT_LENGTH_MAX else subject[: SUBJECT_LENGTH_MAX - 1] + "…"


@cache
def _page(name: str) -> Template:
    pages = Environment(loader=FileSystemLoader(_PAGES), autoescape=True, undefined=StrictUndefined)
    return pages.get_template(name)


def _as_mail(said: str) -> Markup:
    """Telegram's HTML as HTML for a mail: only the tags of _TAGS become markup, everything else is escaped text."""
    translation = _Translation()
    translation.feed(said)
    translation.close()
    return translation.result


class _Translation(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[Markup] = []
        self._open: list[str] = []

    @property
    def result(self) -> Markup:
        ends = [Markup("</{}>").format(tag) for tag in reversed(self._open)]
        return Markup("").join([*self._parts, *ends])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = _TAGS.get(tag)
        if kept == "a":
            url = dict(attrs).get("href") or ""
            if urlsplit(url).scheme not in ("http", "https"):
                return
            self._parts.append(Markup('<a href="{}">').format(url))
        elif kept is not None:
            self._parts.append(Markup("<{}>").format(kept))
        if kept is not None:
            self._open.append(kept)

    def handle_endtag(self, tag: str) -> None:
        kept = _TAGS.get(tag)
        if kept is None or kept not in self._open:
            return
        while (last := self._open.pop()) != kept:
            self._parts.append(Markup("</{}>").format(last))
        self._parts.append(Markup("</{}>").format(kept))

    def handle_data(self, data: str) -> None:
        self._parts.append(Markup("<br>\n").join(escape(line) for line in data.split("\n")))
