"""Long walks at random, for a machine that has the time."""
