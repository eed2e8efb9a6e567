from tests.domain.test_void_effects import *  # noqa: F403
