from tests.domain.test_presses_that_come_again import *  # noqa: F403
