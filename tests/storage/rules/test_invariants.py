from tests.domain.test_invariants import test_whatever_the_rules_allow_breaks_nothing  # noqa: F401
