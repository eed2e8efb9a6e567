from tests.domain.test_rewards import *  # noqa: F403
