from tests.domain.test_desks import *  # noqa: F403
