"""Customers: joining, their cards, what they are told, and what is kept of them."""
