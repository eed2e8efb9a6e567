"""Owners and managers: the shop's settings, stores, team, cards, reports and broadcasts."""
