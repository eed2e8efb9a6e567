from tests.domain.test_cooldown import *  # noqa: F403
