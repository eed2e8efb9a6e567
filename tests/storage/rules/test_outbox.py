from tests.domain.test_outbox import *  # noqa: F403
