from tests.domain.test_setting_wordings import *  # noqa: F403
