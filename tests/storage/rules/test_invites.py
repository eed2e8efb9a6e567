from tests.domain.test_invites import *  # noqa: F403
