from tests.domain.test_daily_limit import *  # noqa: F403
