"""What an owner or manager types in answer to a question, and what they type all day."""

from bot.screens.turn import Turn
from bot.views.cards import tapped
from domain.rules.card_numbers import looks_like_card_number


def is_prose(turn: Turn) -> bool:
    """Neither a command, nor a button below the chat, nor a card's number: those lead where they always do."""
    leads_elsewhere = turn.is_command or tapped(turn.words) or looks_like_card_number(turn.words)
    return bool(turn.words) and not leads_elsewhere
