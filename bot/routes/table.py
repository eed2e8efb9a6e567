"""Which handler takes which update: the whole chat on one screen."""

from datetime import datetime

from telegram import Chat, Message, MessageEntity, Update

from bot.customer import (
    birthdays,
    cards,
    consent,
    friends,
    joining,
    language,
    mailbox,
    privacy,
    using,
    wallets,
)
from bot.kit.buttons import Verb
from bot.operator import status
from bot.owner import (
    broadcasts,
    closing,
    closures,
    exports,
    flags,
    logos,
    members,
    pins,
    posters,
    printed,
    programs,
    reports,
    set_up,
    settings,
    stores,
    summaries,
    takings,
    wordings,
)
from bot.owner import cards as card_pages
from bot.routes import entrance
from bot.screens import reachability
from bot.screens.services import Services
from bot.screens.turn import Handler, outdated_button
from bot.screens.turn_taking import take_turn
from bot.staff import alarms, asking_managers, counter, desk, keypad, mailed, merging, naming_cards, purchases
from bot.staff import joining as team

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
    "report": reports.report_command,
    "export": exports.export_command,
    "poster": posters.poster_command,
    "stores": stores.stores_command,
    "team": members.team_command,
    "messages": wordings.messages_command,
    "flags": flags.flags_command,
    "takings": takings.takings_command,
    "broadcast": broadcasts.broadcast_command,
    "find": card_pages.find_command,
    "language": language.language_command,
    "help": language.help_command,
    "cards": cards.balance_command,
    "settings": entrance.settings_command,
    "newshop": set_up.newshop_command,
    "privacy": privacy.privacy_command,
    "delete": privacy.privacy_command,
    "stop": consent.stop_command,
    "birthday": birthdays.birthday_command,
    "invite": friends.invite_command,
    "email": entrance.where_mail_is_on(mailbox.email_command),
    "newcard": entrance.where_mail_is_on(mailed.newcard_command),
    "wallet": entrance.where_wallets_are_on(wallets.wallet_command),
    "status": entrance.for_operators(status.status_command),
}

BUTTONS: dict[Verb, Handler] = {
    Verb.STAMP: counter.stamp_button,
    Verb.PURCHASE: counter.purchase_button,
    Verb.AMOUNT_KEY: purchases.amount_key_button,
    Verb.AMOUNT_SURE: purchases.amount_sure_button,
    Verb.REDEEM: counter.redeem_button,
    Verb.REDEEM_POINTS: counter.redeem_points_button,
    Verb.REDEEM_INTERIM: counter.redeem_interim_button,
    Verb.REWARD_LIST: counter.reward_list_button,
    Verb.UNDO: counter.undo_button,
    Verb.VOID: counter.void_button,
    Verb.VOID_WHY: counter.why_button,
    Verb.VOID_LIST: counter.void_list_button,
    Verb.PANEL: counter.panel_button,
    Verb.WHICH: naming_cards.which_button,
    Verb.KEY: keypad.key_button,
    Verb.STAND_HERE: keypad.stand_here_button,
    Verb.LEAVE: keypad.leave_button,
    Verb.LOCK: counter.lock_button,
    Verb.STORE: entrance.store_button,
    Verb.RESET_PIN: pins.reset_pin_button,
    Verb.OWN_PIN: keypad.own_pin_button,
    Verb.UNDO_RESET: team.undo_reset_button,
    Verb.SHOW_CARD: cards.show_card_button,
    Verb.USE: using.use_button,
    Verb.USE_ONE: using.use_one_button,
    Verb.REDEEM_ANSWER: using.answer_button,
    Verb.HISTORY: cards.history_button,
    Verb.BALANCE: cards.balance_command,
    Verb.REWARDS: cards.rewards_command,
    Verb.NEW_CODE: cards.new_code_button,
    Verb.OPEN_CARD: alarms.open_card_button,
    Verb.SETTLE: alarms.settle_button,
    Verb.SETTLE_LISTED: alarms.settle_listed_button,
    Verb.NEW_CODE_MEANT: cards.new_code_meant_button,
    Verb.DAY: summaries.day_button,
    Verb.POSTER: posters.poster_button,
    Verb.PROGRAM_POSTERS: posters.program_posters_button,
    Verb.PROGRAM_POSTER: posters.program_poster_button,
    Verb.NEW_PROGRAM: programs.new_button,
    Verb.PROGRAM_STEP: programs.answer_button,
    Verb.PROGRAM_MEANT: programs.add_button,
    Verb.STORES: stores.stores_button,
    Verb.STORE_PAGE: stores.store_page_button,
    Verb.STORE_NEW: stores.new_button,
    Verb.STORE_NAME: stores.name_button,
    Verb.STORE_CLOSE: stores.close_button,
    Verb.STORE_SET: stores.set_button,
    Verb.TEAM: members.team_button,
    Verb.MEMBER: members.member_button,
    Verb.MEMBER_NAME: members.name_button,
    Verb.MEMBER_ROLE: members.role_button,
    Verb.MEMBER_STORES: members.stores_button,
    Verb.SET_ROLE: members.set_role_button,
    Verb.SET_STORE: members.set_store_button,
    Verb.INVITE: members.invite_button,
    Verb.INVITE_AS: members.invite_as_button,
    Verb.INVITE_AT: members.invite_at_button,
    Verb.CHOOSE_PERSON: members.choose_person_button,
    Verb.NEW_LINK: members.new_link_button,
    Verb.CHOOSE_AGAIN: members.choose_again_button,
    Verb.JOIN_TEAM: team.join_team_button,
    Verb.NOT_JOINING: team.not_joining_button,
    Verb.WITHDRAW: members.withdraw_button,
    Verb.HAND_OVER: members.hand_over_button,
    Verb.HAND_OVER_MEANT: members.hand_over_meant_button,
    Verb.TAKE_OVER: members.take_over_button,
    Verb.REMOVE: members.remove_button,
    Verb.REMOVE_MEANT: members.remove_meant_button,
    Verb.FOUND: card_pages.found_button,
    Verb.CARD_PAGE: card_pages.card_page_button,
    Verb.CARD_PAST: card_pages.history_button,
    Verb.NOTE: card_pages.note_button,
    Verb.BLOCK: card_pages.block_button,
    Verb.BLOCK_MEANT: card_pages.block_meant_button,
    Verb.UNBLOCK: card_pages.unblock_button,
    Verb.NEW_SHOP: set_up.answer_button,
    Verb.NEW_SHOP_MEANT: entrance.open_shop_button,
    Verb.REPORT: reports.report_button,
    Verb.REPORT_DATES: reports.dates_button,
    Verb.LINES: reports.lines_button,
    Verb.EXPORTS: exports.choose_button,
    Verb.EXPORT: exports.export_button,
    Verb.MOVE: card_pages.move_button,
    Verb.MOVE_MEANT: card_pages.move_meant_button,
    Verb.MOVE_VOUCH: card_pages.vouch_button,
    Verb.MOVE_VOUCHED: card_pages.vouched_button,
    Verb.MOVE_ANSWER: joining.move_answer_button,
    Verb.MERGE: merging.merge_button,
    Verb.MERGE_SWAP: merging.swap_button,
    Verb.MERGE_MEANT: merging.merge_meant_button,
    Verb.MERGE_UNASK: card_pages.unask_button,
    Verb.FLAGS: flags.flags_button,
    Verb.FLAG_RIGHT: flags.right_button,
    Verb.DISPUTE: flags.dispute_button,
    Verb.WORDINGS: wordings.kinds_button,
    Verb.WORDING: wordings.kind_button,
    Verb.WORDING_WHOSE: wordings.whose_button,
    Verb.WORDING_CHANGE: wordings.change_button,
    Verb.WORDING_RESET: wordings.reset_button,
    Verb.WORDING_SAVE: wordings.save_button,
    Verb.WORDING_ANEW: wordings.anew_button,
    Verb.ASK_MORE: asking_managers.more_button,
    Verb.ASK_MORE_FOR: asking_managers.more_for_button,
    Verb.ASK_BACK: asking_managers.back_button,
    Verb.ASK_BACK_FOR: asking_managers.back_for_button,
    Verb.DECIDE: asking_managers.decide_button,
    Verb.UNASK: asking_managers.unask_button,
    Verb.HOLIDAYS: closures.holidays_button,
    Verb.HOLIDAY: closures.holiday_button,
    Verb.HOLIDAY_NEW: closures.new_button,
    Verb.HOLIDAY_DATES: closures.dates_button,
    Verb.HOLIDAY_MEANT: closures.meant_button,
    Verb.HOLIDAY_OFF: closures.off_button,
    Verb.HOLIDAY_OFF_MEANT: closures.off_meant_button,
    Verb.TAKINGS: takings.day_button,
    Verb.TAKINGS_AT: takings.store_button,
    Verb.TAKINGS_MEANT: takings.meant_button,
    Verb.LOGO: logos.logo_button,
    Verb.LOGO_NEW: logos.new_button,
    Verb.LOGO_OFF: logos.off_button,
    Verb.PRIVACY: privacy.privacy_button,
    Verb.MY_DATA: privacy.my_data_button,
    Verb.ERASE: privacy.erase_button,
    Verb.ERASE_MEANT: privacy.erase_meant_button,
    Verb.SHOP_CLOSE: closing.close_button,
    Verb.SHOP_CLOSE_MEANT: closing.close_meant_button,
    Verb.SHOP_KEEP: closing.keep_button,
    Verb.CONSENT: consent.consent_button,
    Verb.NO_MORE: consent.no_more_button,
    Verb.CONSENT_SWITCH: consent.switch_button,
    Verb.ALLOW_AGAIN: consent.allow_again_button,
    Verb.BROADCASTS: broadcasts.broadcasts_button,
    Verb.BROADCAST: broadcasts.broadcast_button,
    Verb.BROADCAST_ON: broadcasts.on_button,
    Verb.BROADCAST_TEXT: broadcasts.text_button,
    Verb.BROADCAST_WHO: broadcasts.who_button,
    Verb.BROADCAST_STORES: broadcasts.stores_button,
    Verb.BROADCAST_TO: broadcasts.to_button,
    Verb.BROADCAST_TRY: broadcasts.try_button,
    Verb.BROADCAST_HOURS: broadcasts.hours_button,
    Verb.BROADCAST_MEANT: broadcasts.meant_button,
    Verb.BROADCAST_SEND: broadcasts.send_button,
    Verb.BROADCAST_PAUSE: broadcasts.pause_button,
    Verb.BROADCAST_END: broadcasts.end_button,
    Verb.BROADCAST_DISCARD: broadcasts.discard_button,
    Verb.BROADCAST_SAMPLE: broadcasts.sample_button,
    Verb.BIRTHDAY: birthdays.birthday_button,
    Verb.BIRTHDAY_CHANGE: birthdays.change_button,
    Verb.BIRTHDAY_MONTH: birthdays.month_button,
    Verb.BIRTHDAY_DAY: birthdays.day_button,
    Verb.BIRTHDAY_MEANT: birthdays.meant_button,
    Verb.BIRTHDAY_OFF: birthdays.off_button,
    Verb.BIRTHDAY_ALLOW: birthdays.allow_button,
    Verb.BRING_FRIEND: friends.bring_button,
    Verb.NOT_ME: cards.not_me_button,
    Verb.DISPUTABLE: cards.disputable_button,
    Verb.JOIN: joining.join_button,
    Verb.JOIN_PROGRAM: joining.join_program_button,
    Verb.LANGUAGE: language.language_button,
    Verb.MAIL: mailbox.mailbox_button,
    Verb.MAIL_WAYS: mailbox.ways_button,
    Verb.MAIL_NEW: mailbox.new_button,
    Verb.MAIL_OFF: mailbox.off_button,
    Verb.MAIL_OFF_MEANT: mailbox.off_meant_button,
    Verb.WALLET: wallets.wallet_button,
    Verb.SHEETS: printed.sheets_button,
    Verb.SHEET: printed.sheet_button,
    Verb.SHEET_PRINT: printed.print_button,
    Verb.SHEET_OFF: printed.off_button,
    Verb.SHEET_OFF_MEANT: printed.off_meant_button,
    Verb.ADOPT: joining.adopt_button,
    Verb.ADOPT_MEANT: counter.adopt_meant_button,
    Verb.PAPER: counter.paper_button,
    Verb.PAPER_MEANT: counter.paper_meant_button,
    Verb.SETTINGS: settings.settings_button,
    Verb.FIELDS: settings.fields_button,
    Verb.FIELD: settings.field_button,
    Verb.SET_FIELD: settings.set_button,
    Verb.CHANGES: settings.changes_button,
    Verb.CHANGE_BACK: settings.change_back_button,
}
_BY_VERB = {verb.value: handler for verb, handler in BUTTONS.items()}


async def dispatch(services: Services, update: Update, came_at: datetime) -> None:
    """Answers an update, or ignores it where it is not for the bot: a group's message, one that was edited."""
    if update.my_chat_member is not None:
        await reachability.changed(services, update.my_chat_member)
    elif (handler := handler_of(update)) is not None:
        await take_turn(services, update, desk.asking_where(handler), came_at)


def handler_of(update: Update) -> Handler | None:
    """What answers a message or a pressed button; None where it is not for the bot."""
    if update.callback_query is not None:
        verb, _, _ = (update.callback_query.data or "").partition(":")
        return _BY_VERB.get(verb, outdated_button)
    message = update.message
    if message is None or message.chat.type != Chat.PRIVATE:
        return None
    command = COMMANDS.get(_command_in(message))
    if command is not None:
        return command
    if message.users_shared is not None:
        return members.person_chosen
    file_type = message.document.mime_type if message.document else None
    is_picture = message.photo or (file_type or "").startswith("image/")
    return entrance.photo_sent if is_picture else entrance.text_sent


def _command_in(message: Message) -> str:
    """The command that a message begins with, if it is for this bot: ``/stamp`` or ``/stamp@stempel_bot``."""
    entity = message.entities[0] if message.entities else None
    if entity is None or entity.type != MessageEntity.BOT_COMMAND or entity.offset or not message.text:
        return ""
    command, _, bot = message.text[1 : entity.length].lower().partition("@")
    return command if bot in ("", message.get_bot().username.lower()) else ""
