"""The rules and the use cases."""
