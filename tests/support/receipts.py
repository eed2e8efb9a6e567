"""What a receipt in the chat is about."""

from bot.kit.buttons import long_id
from bot.sandbox import Message


def entry_of(message: Message) -> str | None:
    """The id of the entry, which is in the data of its *Not me* button."""
    for button in message.inline_buttons:
        if button.callback_data and button.callback_data.startswith("n:"):
            return long_id(button.callback_data.split(":")[2])
    return None
