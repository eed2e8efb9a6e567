"""What operators ask of the bot in the chat, and what it tells them by itself."""
