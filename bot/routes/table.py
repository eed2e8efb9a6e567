"""Which handler takes which update: the whole chat on one screen."""

from typing import Any

from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot.customer import cards, joining, language
from bot.kit.buttons import Verb
from bot.operator import status
from bot.owner import pins, posters, summaries
from bot.routes import entrance
from bot.screens import reachability as membership
from bot.screens.services import Services
from bot.screens.turn import Handler, outdated_button, taking_turns
from bot.staff import counter, desk, keypad, purchases

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")

# In the order in which they are looked through: what happens at the till all day comes first.
COMMANDS: dict[str, Handler] = {
    "start": entrance.start_command,
    "stamp": counter.stamp_command,
    "earn": counter.earn_command,
    "redeem": counter.redeem_command,
    "card": cards.card_command,
    "balance": cards.balance_command,
    "rewards": cards.rewards_command,
    "history": cards.history_command,
    "void": counter.void_command,
    "adjust": counter.adjust_command,
    "today": counter.today_command,
    "store": desk.store_command,
    "poster": posters.poster_command,
    "language": language.language_command,
    "help": language.help_command,
    "status": entrance.for_operators(status.status_command),
}

BUTTONS: dict[Verb, Handler] = {
    Verb.STAMP: counter.stamp_button,
    Verb.PURCHASE: counter.purchase_button,
    Verb.AMOUNT_KEY: purchases.amount_key_button,
    Verb.REDEEM: counter.redeem_button,
    Verb.REDEEM_POINTS: counter.redeem_points_button,
    Verb.REWARD_LIST: counter.reward_list_button,
    Verb.UNDO: counter.undo_button,
    Verb.VOID: counter.void_button,
    Verb.VOID_WHY: counter.why_button,
    Verb.VOID_LIST: counter.void_list_button,
    Verb.PANEL: counter.panel_button,
    Verb.KEY: keypad.key_button,
    Verb.STAND_HERE: keypad.stand_here_button,
    Verb.LEAVE: keypad.leave_button,
    Verb.STORE: entrance.store_button,
    Verb.RESET_PIN: pins.reset_pin_button,
    Verb.SHOW_CARD: cards.show_card_button,
    Verb.HISTORY: cards.history_button,
    Verb.BALANCE: cards.balance_command,
    Verb.REWARDS: cards.rewards_command,
    Verb.NEW_CODE: cards.new_code_button,
    Verb.DAY: summaries.day_button,
    Verb.NOT_ME: cards.not_me_button,
    Verb.JOIN: joining.join_button,
    Verb.LANGUAGE: language.language_button,
}


def add_handlers(application: Application[Any, Any, Any, Any, Any, Any], services: Services) -> None:
    private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    for command, handler in COMMANDS.items():
        application.add_handler(CommandHandler(command, taking_turns(services, handler), private))
    for verb, handler in BUTTONS.items():
        application.add_handler(
            CallbackQueryHandler(taking_turns(services, handler), pattern=rf"^{verb.value}(:|$)")
        )
    application.add_handler(CallbackQueryHandler(taking_turns(services, outdated_button)))
    pictures = filters.PHOTO | filters.Document.IMAGE
    application.add_handler(MessageHandler(private & pictures, taking_turns(services, entrance.photo_sent)))
    application.add_handler(MessageHandler(private, taking_turns(services, entrance.text_sent)))
    application.add_handler(ChatMemberHandler(membership.changed(services), ChatMemberHandler.MY_CHAT_MEMBER))
