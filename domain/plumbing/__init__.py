"""Use cases that are not about a merchant: inbox, outbox, runs of jobs, bot profiles, questions."""
