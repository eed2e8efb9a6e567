from tests.domain.test_people import *  # noqa: F403
