from tests.domain.test_summaries import *  # noqa: F403
