"""The schema's history: one script a change, each tried up, down and up again by the tests."""
