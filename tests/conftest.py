"""Asserts in the helpers say what they saw, as those in the tests do."""

import pytest

pytest.register_assert_rewrite("tests.support")
