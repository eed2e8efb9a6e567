from tests.domain.test_void_rights import *  # noqa: F403
