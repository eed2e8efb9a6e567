from tests.domain.test_store_today import *  # noqa: F403
