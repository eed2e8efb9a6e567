"""Which function carries out which method."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.sandbox import api_methods as api
from bot.sandbox import editing, receiving, sending, settings_methods
from bot.sandbox.world import World

Handler = Callable[[World, Any], Awaitable[object]]

HANDLERS: Mapping[type[api.Method], Handler] = {
    api.GetUpdates: receiving.get_updates,
    api.SetWebhook: receiving.set_webhook,
    api.DeleteWebhook: receiving.delete_webhook,
    api.GetWebhookInfo: receiving.get_webhook_info,
    api.SendMessage: sending.send_message,
    api.SendPhoto: sending.send_photo,
    api.SendDocument: sending.send_document,
    api.SendChatAction: sending.send_chat_action,
    api.GetFile: sending.get_file,
    api.GetChat: sending.get_chat,
    api.EditMessageText: editing.edit_message_text,
    api.EditMessageCaption: editing.edit_message_caption,
    api.EditMessageMedia: editing.edit_message_media,
    api.EditMessageReplyMarkup: editing.edit_message_reply_markup,
    api.DeleteMessage: editing.delete_message,
    api.AnswerCallbackQuery: editing.answer_callback_query,
    api.GetMe: settings_methods.get_me,
    api.SetMyCommands: settings_methods.set_my_commands,
    api.GetMyCommands: settings_methods.get_my_commands,
    api.DeleteMyCommands: settings_methods.delete_my_commands,
    api.SetMyName: settings_methods.set_my_name,
    api.GetMyName: settings_methods.get_my_name,
    api.SetMyDescription: settings_methods.set_my_description,
    api.GetMyDescription: settings_methods.get_my_description,
    api.SetMyShortDescription: settings_methods.set_my_short_description,
    api.GetMyShortDescription: settings_methods.get_my_short_description,
    api.SetChatMenuButton: settings_methods.set_chat_menu_button,
    api.GetChatMenuButton: settings_methods.get_chat_menu_button,
}

METHODS: Mapping[str, type[api.Method]] = {api.method_name(method): method for method in HANDLERS}
"""The declared methods by name. Upper and lower case do not matter in the Bot API: look names up in BY_LOWER_NAME."""

BY_LOWER_NAME: Mapping[str, type[api.Method]] = {name.lower(): method for name, method in METHODS.items()}
