"""The rules and the use cases: no library, no clock, no chance, no I/O."""
