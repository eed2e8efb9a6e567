from tests.domain.test_points import *  # noqa: F403
