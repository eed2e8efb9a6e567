"""Which handler takes which update."""
