from tests.domain.test_expiry_policies import *  # noqa: F403
