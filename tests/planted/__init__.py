"""Planted bugs: deliberate faults that the tests must notice. ``python -m tests.planted`` plants them all."""
