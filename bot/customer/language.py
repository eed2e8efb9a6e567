"""``/language``, ``/help``, and ``/settings`` of a person without a shop."""

from bot.kit.buttons import Verb, press
from bot.screens.menus import keys_below, open_to, put_menu
from bot.screens.turn import Turn
from bot.texts import texts
from bot.views.help import help_text, settings
from bot.views.view import Button, View, keyboard, row
from domain.account import Locale
from domain.plumbing.people import ChooseLocale, choose_locale
from domain.usecases.duties import duties_of
from domain.usecases.my_cards import has_card


async def language_command(turn: Turn) -> None:
    await turn.say(
        View(
            text=turn.t("<b>Which language?</b>"),
            buttons=keyboard(
                *(
                    row(Button(text=texts(locale).language, data=press(Verb.LANGUAGE, locale.value)))
                    for locale in Locale
                )
            ),
        )
    )


async def language_button(turn: Turn) -> None:
    """Sets the language, and shows the command menu and the keyboard below the chat again in it."""
    locale = turn.pressed.one_of(Locale, 0)
    await turn.write(choose_locale, ChooseLocale(account=turn.account, locale=locale))
    turn.t = texts(locale)
    await turn.show(View(text=turn.t("✅ From now on in English.")))
    duties = await turn.read(duties_of, turn.account)
    await put_menu(turn.services, turn.account.user_id, turn.t, duties)
    rows = await keys_below(turn)
    if turn.caller.is_staff:
        await turn.say(View(text=turn.t("The keyboard below is in English now."), menu=rows))
    elif rows:
        await turn.say(View(text=turn.t("Your card is one tap away."), menu=rows))


async def settings_command(turn: Turn) -> None:
    has_mail = turn.services.mailer is not None and await turn.read(has_card, turn.account)
    await turn.say(settings(turn.t, is_staff=turn.caller.is_staff, has_mail=has_mail))
    await language_command(turn)


async def help_command(turn: Turn) -> None:
    """Mentions /newshop only where anybody may open a shop."""
    allowed = {*open_to(await turn.read(duties_of, turn.account), turn.services.ways_on)}
    if not turn.services.is_signup_open:
        allowed.discard("newshop")
    holds_card = await turn.read(has_card, turn.account)
    await turn.say(help_text(turn.t, allowed, has_card=holds_card))
