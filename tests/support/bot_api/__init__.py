"""What Telegram's own lists say of a method, a type and a value."""
