from tests.domain.test_inbox import *  # noqa: F403
