from tests.domain.test_disputes import *  # noqa: F403
