from tests.domain.test_days import *  # noqa: F403
