from tests.domain.test_my_balances import *  # noqa: F403
