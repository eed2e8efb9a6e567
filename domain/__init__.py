"""The rules and the use cases: no library, no clock, no randomness, no I/O."""
