"""What Telegram demands of keyboards beyond their fields: https://core.telegram.org/bots/api#inlinekeyboardbutton."""

from urllib.parse import urlsplit

from bot.sandbox.api_types import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyMarkup,
)
from bot.sandbox.errors import bad_request
from bot.sandbox.html import utf16_length

CALLBACK_BYTES_MAX = 64
COPY_LENGTH_MAX = 256
BUTTONS_MAX = 100
_STYLES = {None, "danger", "success", "primary"}


def checked_markup(markup: ReplyMarkup | None) -> ReplyMarkup | None:
    """The keyboard as the message keeps it (an empty inline one is none), or a 400 that names the broken rule."""
    _check(markup)
    if isinstance(markup, InlineKeyboardMarkup) and not any(markup.inline_keyboard):
        return None
    return markup


def _check(markup: ReplyMarkup | None) -> None:
    if isinstance(markup, InlineKeyboardMarkup):
        _check_size(markup.inline_keyboard)
        for row in markup.inline_keyboard:
            for inline_button in row:
                _check_inline_button(inline_button)
    elif isinstance(markup, ReplyKeyboardMarkup):
        _check_reply_keyboard(markup)
    elif isinstance(markup, ReplyKeyboardRemove) and not markup.remove_keyboard:
        raise bad_request("remove_keyboard must be True")
    elif isinstance(markup, ForceReply):
        if not markup.force_reply:
            raise bad_request("force_reply must be True")
        _check_placeholder(markup.input_field_placeholder)


def _check_inline_button(button: InlineKeyboardButton) -> None:
    _check_label(button.text, button.style)
    actions = [
        button.url,
        button.callback_data,
        button.switch_inline_query,
        button.switch_inline_query_current_chat,
        button.copy_text,
    ]
    chosen = sum(action is not None for action in actions)
    if chosen == 0:
        raise bad_request("text buttons are unallowed in the inline keyboard")
    if chosen > 1:
        raise bad_request(f'inline keyboard button "{button.text}" must have exactly one action')
    if button.callback_data is not None and not 1 <= len(button.callback_data.encode()) <= CALLBACK_BYTES_MAX:
        raise bad_request("BUTTON_DATA_INVALID")
    if button.copy_text and not 1 <= utf16_length(button.copy_text.text) <= COPY_LENGTH_MAX:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if button.url is not None and not _is_web_address(button.url):
        raise bad_request(f"inline keyboard button URL '{button.url}' is invalid: Wrong HTTP URL")


def _check_reply_keyboard(markup: ReplyKeyboardMarkup) -> None:
    _check_size(markup.keyboard)
    if not any(markup.keyboard):
        raise bad_request("reply keyboard must have at least one button")
    for row in markup.keyboard:
        for button in row:
            _check_label(button.text, button.style)
            _check_users_request(button)
    _check_placeholder(markup.input_field_placeholder)


def _check_users_request(button: KeyboardButton) -> None:
    request = button.request_users
    if request and not 1 <= (request.max_quantity or 1) <= 10:
        raise bad_request("max_quantity of request_users must be from 1 to 10")
    if request and not -(2**31) <= request.request_id < 2**31:
        raise bad_request("request_id must be a signed 32-bit number")


def _check_label(text: str, style: str | None) -> None:
    if not text.strip():
        raise bad_request("button text must be non-empty")
    if style not in _STYLES:
        raise bad_request('button style must be one of "danger", "success" or "primary"')


def _check_size(rows: tuple[tuple[object, ...], ...]) -> None:
    if sum(len(row) for row in rows) > BUTTONS_MAX:
        raise bad_request("reply markup is too long")


def _check_placeholder(text: str | None) -> None:
    if text is not None and not 1 <= utf16_length(text) <= 64:
        raise bad_request("input_field_placeholder must be 1-64 characters long")


def _is_web_address(url: str) -> bool:
    try:
        address = urlsplit(url)
    except ValueError:
        return False
    if address.scheme == "tg":
        return bool(address.netloc)
    return address.scheme in ("http", "https") and "." in (address.hostname or "") and " " not in url
