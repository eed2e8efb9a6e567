"""The way to Telegram and back: client, inbox, pacing, rate limit, webhook."""
