from tests.domain.test_redeem_any import *  # noqa: F403
