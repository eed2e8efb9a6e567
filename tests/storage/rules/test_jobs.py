from tests.domain.test_jobs import *  # noqa: F403
