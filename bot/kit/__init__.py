"""Tools that know nothing of chats: clock, tokens, links, settings, logs, metrics, button data."""
