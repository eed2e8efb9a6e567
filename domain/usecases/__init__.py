"""In which order: load, decide, append. Each use case is one plain function over a transaction."""
