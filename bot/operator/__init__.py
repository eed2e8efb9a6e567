"""What whoever runs the bot asks of it in the chat, and what it tells them by itself."""
