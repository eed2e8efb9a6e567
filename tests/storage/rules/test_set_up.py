from tests.domain.test_set_up import *  # noqa: F403
