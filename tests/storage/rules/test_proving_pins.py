from tests.domain.test_proving_pins import *  # noqa: F403
