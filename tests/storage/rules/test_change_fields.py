from tests.domain.test_change_fields import *  # noqa: F403
