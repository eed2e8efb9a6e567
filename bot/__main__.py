"""``python -m bot``."""

from bot.cli import main

if __name__ == "__main__":  # a process started for pictures reads this file too
    main()
