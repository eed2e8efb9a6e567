from tests.domain.test_rights import *  # noqa: F403
