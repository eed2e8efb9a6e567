"""The language, and how this works."""

from bot.kit.buttons import ButtonUnknown, Verb, press
from bot.screens.menus import commands, open_to, show_menu
from bot.screens.turn import Turn
from bot.texts import texts
from bot.views.cards import menu
from bot.views.help import help_text, privacy, settings
from bot.views.team import staff_menu
from bot.views.view import Button, View, keyboard, row
from domain.account import Locale
from domain.plumbing.people import ChooseLocale, choose_locale
from domain.usecases.duties import Duties, duties_of


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
    try:
        locale = Locale(turn.pressed.text(0))
    except ValueError as error:
        raise ButtonUnknown from error
    await turn.write(choose_locale, ChooseLocale(account=turn.account, locale=locale))
    turn.t = texts(locale)
    await turn.show(View(text=turn.t("✅ From now on in English.")))
    if turn.caller.is_staff:
        await show_menu(turn)
        await turn.say(View(text=turn.t("The keyboard below is in English now."), menu=staff_menu(turn.t)))
    else:
        await turn.services.chat.set_commands(
            turn.user.id, commands(turn.t, Duties(), is_operator=turn.is_operator)
        )
        await turn.say(View(text=turn.t("Your card is one tap away."), menu=menu(turn.t)))


async def settings_command(turn: Turn) -> None:
    await turn.say(settings(turn.t, is_staff=turn.caller.is_staff))
    await language_command(turn)


async def privacy_command(turn: Turn) -> None:
    await turn.say(privacy(turn.t))


async def help_command(turn: Turn) -> None:
    await turn.say(help_text(turn.t, open_to(await turn.read(duties_of, turn.account))))
