from tests.domain.test_dialogues import *  # noqa: F403
