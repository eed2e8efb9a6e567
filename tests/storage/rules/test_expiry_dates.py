from tests.domain.test_expiry_dates import *  # noqa: F403
