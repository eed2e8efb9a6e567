"""Customers: joining, cards, balances."""
