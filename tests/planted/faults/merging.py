"""Faults in asking the holder before their card is merged."""

from tests.planted.fault import fault

TESTS = "tests/domain/test_asking_before_a_merge.py"

FAULTS = (
    fault(
        "a card is merged without its holder's yes",
        "domain.usecases.merge_cards:_needs_yes",
        "not other.customer.account.is_guest",
        "False",
        TESTS,
    ),
    fault(
        "the operator merges a card without its holder's yes",
        "domain.usecases.merge_cards:merge_as_operator",
        "_needs_yes(other)",
        "False",
        "tests/domain/test_merging_cards.py",
    ),
    fault(
        "anybody says yes to the merge of a card",
        "domain.usecases.move_card:answer_move",
        "customer.account != command.account",
        "False",
        TESTS,
    ),
    fault(
        "a late yes merges what was withdrawn, refused or has lapsed",
        "domain.usecases.ask_holder:check_open",
        "not move.is_open(tx.now)",
        "False",
        TESTS,
    ),
    fault(
        "a manager vouches for the merge of a card into their own",
        "domain.usecases.move_card:vouch_for_move",
        "move.into_card_id is not None",
        "False",
        TESTS,
    ),
    fault(
        "a manager asks again and vouches against the holder's no",
        "domain.usecases.ask_holder:check_may_vouch",
        "is_bound(tx, customer, member)",
        "False",
        TESTS,
    ),
    fault(
        "a manager vouches against a no by way of another card of the holder",
        "domain.usecases.ask_holder:_has_refused",
        "tx.cards_of(customer)",
        "tx.cards_of(customer)[-1:]",
        TESTS,
    ),
    fault(
        "a manager asks a holder as often as they like",
        "domain.usecases.ask_holder:check_may_ask",
        "len(asked) >= most",
        "False",
        TESTS,
    ),
    fault(
        "after a no the holder is asked as often as before",
        "domain.usecases.ask_holder:check_may_ask",
        "_has_refused(tx, customer)",
        "False",
        TESTS,
    ),
    fault(
        "the holder of several cards is asked about each as often as about one",
        "domain.usecases.ask_holder:check_may_ask",
        "tx.cards_of(customer)",
        "tx.cards_of(customer)[:1]",
        TESTS,
    ),
    fault(
        "a move asks a holder who was asked often enough",
        "domain.usecases.move_card:begin_move",
        "check_may_ask(tx, customer, member)",
        "None",
        TESTS,
    ),
    fault(
        "a merge asks a holder who was asked often enough",
        "domain.usecases.merge_cards:_merge",
        "check_may_ask(tx, other.customer, at.staff)",
        "None",
        TESTS,
    ),
    fault(
        "a question that was withdrawn stays in the holder's chat",
        "domain.usecases.move_card:withdraw_merge",
        "question_over(tx, move, customer.account, Fate.WITHDRAWN)",
        "None",
        TESTS,
    ),
    fault(
        "a question that another took the place of stays in the holder's chat",
        "domain.usecases.ask_holder:ask_holder",
        "question_over(tx, before, customer.account, Fate.ASKED_AGAIN)",
        "None",
        TESTS,
    ),
    fault(
        "a question that somebody vouched for stays in the holder's chat",
        "domain.usecases.move_card:vouch_for_move",
        "question_over(tx, move, customer.account, Fate.DECIDED)",
        "None",
        TESTS,
    ),
    fault(
        "the holder is asked again by the same tap",
        "domain.usecases.merge_cards:_asked_before",
        "move is None",
        "True",
        TESTS,
    ),
    fault(
        "the holder is asked before the PIN of who asks",
        "domain.usecases.merge_cards:_merge",
        "ask_pin(tx, at, asked)",
        "None",
        TESTS,
    ),
    fault(
        "who vouches for one merge vouches for whichever is under way",
        "bot.cli.card_pages:_under_way",
        "page.move is None or page.move_into != number_into",
        "page.move is None",
        "tests/cli/test_card_pages.py",
    ),
)
