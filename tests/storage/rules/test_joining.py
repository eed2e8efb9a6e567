from tests.domain.test_joining import *  # noqa: F403
