"""Long runs, with a seed and a count: ``make soak``."""
