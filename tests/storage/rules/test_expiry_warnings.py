from tests.domain.test_expiry_warnings import *  # noqa: F403
