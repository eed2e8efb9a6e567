"""May we, and what changes? Pure synchronous functions over frozen values."""
