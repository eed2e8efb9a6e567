"""Owners and managers: settings, team, stores, posters, reports, broadcasts and the rest of a shop."""
