"""One process and the bot that runs in it."""
