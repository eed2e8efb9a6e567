from tests.domain.test_refusal_order import (  # noqa: F401
    test_each_flaw_alone_is_refused_as_what_it_is,
    test_without_a_flaw_the_act_is_carried_out,
)
