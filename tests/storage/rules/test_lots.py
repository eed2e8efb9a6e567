from tests.domain.test_lots import *  # noqa: F403
