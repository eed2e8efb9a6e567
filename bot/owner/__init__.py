"""Owners and managers: posters, and helping a member who is locked out."""
