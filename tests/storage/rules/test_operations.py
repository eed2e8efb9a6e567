from tests.domain.test_operations import *  # noqa: F403
