"""How long a test waits for something that is sure to come: a safety net, not a measurement."""

PATIENCE_S = 60.0
"""Long, because a machine may be busy with ten other things; the waiter is woken by the event itself."""
