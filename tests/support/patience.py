"""How long to wait for what is sure to come: a net below those that fall, and no measure of anything."""

PATIENCE_S = 60.0
"""A machine may be busy with ten other things. Whoever waits is woken by the event."""
