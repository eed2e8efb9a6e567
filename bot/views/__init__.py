"""How it is said: pure functions from facts to what Telegram shows, in the reader's language."""
