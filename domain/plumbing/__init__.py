"""Use cases that no merchant would name: inbox, outbox, job runs, profiles, questions."""
