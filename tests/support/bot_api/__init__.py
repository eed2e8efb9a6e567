"""Checks calls and values against Telegram's own lists of methods and types."""
