"""What every room of the chat shares: a turn, menus, what handlers work with."""
