"""Faults in printed cards, and in what comes from paper."""

from tests.planted.fault import fault

_PRINTED = ("tests/domain/test_printed_cards.py",)
_PAPER = ("tests/domain/test_paper_cards.py",)

_MAILED = ("tests/domain/test_mailed_cards.py",)

FAULTS = (
    fault(
        "mail goes on to an address whose card was never shown",
        "domain.plumbing.keep_house:keep_house",
        "tx.mailed_before(tx.now - MAILED_HOLDS, MAILED_AT_ONCE)",
        "()",
        *_MAILED,
    ),
    fault(
        "a stranger's mailbox is flooded with cards",
        "domain.usecases.mail_card:mail_card",
        "free_at(codes, tx.now) > tx.now",
        "False",
        *_MAILED,
    ),
    fault(
        "a member mails as many cards as they like",
        "domain.usecases.mail_card:mail_card",
        "mailed >= MAILED_MAX",
        "False",
        *_MAILED,
    ),
    fault(
        "who says that a card is not theirs is sent mail all the same",
        "domain.usecases.mail_card:stop_mail",
        "tx.forget_mailbox(customer.account)",
        "pass",
        *_MAILED,
    ),
    fault(
        "any code takes a mailed card into Telegram",
        "domain.usecases.keep_mailbox:tries_left_after",
        "hmac.compare_digest(code.code_hash, typed_hash)",
        "True",
        *_MAILED,
    ),
    fault(
        "codes for a mailed card are guessed as often as one likes",
        "domain.usecases.keep_mailbox:tries_left_after",
        "tx.save_mail_code(replace(code, tries=code.tries + 1))",
        "pass",
        *_MAILED,
    ),
    fault(
        "the code for one who asked gives the card to another",
        "domain.usecases.adopt_card:prove_adoption",
        "adoption.account != command.account",
        "False",
        *_MAILED,
    ),
    fault(
        "the counter's yes gives away the mailbox",
        "domain.usecases.adopt_card:_take",
        "at is None",
        "True",
        *_MAILED,
    ),
    fault(
        "a guest is written to in a chat that nobody has",
        "domain.delivery:_is_wanted",
        "message.recipient.is_guest",
        "False",
        *_PRINTED,
    ),
    fault(
        "the code on the paper goes on working once the card is in Telegram",
        "domain.usecases.adopt_card:_take",
        "card = change_code(tx, card, command.card_hash(card.card_id, card.token_rotation + 1))",
        "pass",
        *_PRINTED,
    ),
    fault(
        "a yes goes to whoever asked last",
        "domain.usecases.adopt_card:confirm_adoption",
        "adoption = tx.adoption_of(at.merchant.merchant_id, asked.act.adoption)",
        "adoption = tx.adoption(at.card)",
        *_PRINTED,
    ),
    fault(
        "who asked for a card yesterday gets it today",
        "domain.printed:Adoption.is_open",
        "self.confirmed_at is None and now < self.expires_at",
        "self.confirmed_at is None",
        *_PRINTED,
    ),
    fault(
        "staff take the cards that they stamp",
        "domain.usecases.asking:is_of_team",
        "member is not None and member.is_active",
        "False",
        *_PRINTED,
    ),
    fault(
        "a card goes to a phone without a PIN",
        "domain.usecases.adopt_card:_take",
        "ask_pin(tx, at, asked)",
        "pass",
        *_PRINTED,
    ),
    fault(
        "a welcome bonus comes with every paper that is found",
        "domain.usecases.adopt_card:_take",
        "own is not None",
        "False",
        *_PRINTED,
    ),
    fault(
        "a card of a lost sheet is begun all the same",
        "domain.usecases.print_cards:withdraw",
        "tx.save_blank(replace(blank, withdrawn_at=tx.now, address=None))",
        "",
        *_PRINTED,
    ),
    fault(
        "a press that comes again prints other cards",
        "domain.usecases.print_cards:print_cards",
        "tx.blanks_on(command.merchant_id, command.sheet_id)",
        "[]",
        *_PRINTED,
    ),
    fault(
        "two cards have one number",
        "storage.customers:CustomerRows.is_number_taken",
        "(SELECT_NUMBER, SELECT_BLANK_NUMBER)",
        "(SELECT_NUMBER,)",
        *_PRINTED,
    ),
    fault(
        "a reward comes of paper alone",
        "domain.rules.paper:stamps_max",
        "min(program.paper_stamps_max, program.stamps_target - 1)",
        "program.paper_stamps_max",
        *_PAPER,
    ),
    fault(
        "one paper card fills two",
        "domain.rules.paper:check",
        "not highest or not is_new(card, merchant, now) or is_taken_over(entries)",
        "not highest or not is_new(card, merchant, now)",
        *_PAPER,
    ),
    fault(
        "stamps from paper come whenever a member likes",
        "domain.rules.paper:check",
        "not highest or not is_new(card, merchant, now) or is_taken_over(entries)",
        "not highest or is_taken_over(entries)",
        *_PAPER,
    ),
    fault(
        "a member takes in as much paper as they like",
        "domain.usecases.take_over_paper:_take_over",
        "paper.check_limit(at.program, tx.count_acts(at.staff, EntryKind.PAPER_STAMPS, today))",
        "",
        *_PAPER,
    ),
    fault(
        "stamps from paper count as a visit",
        "domain.kinds:KINDS",
        "Kind(unit=Unit.STAMPS, opens_lot=True, voided_by=EntryKind.PAPER_VOIDED)",
        "Kind(unit=Unit.STAMPS, opens_lot=True, is_visit=True, voided_by=EntryKind.PAPER_VOIDED)",
        *_PAPER,
    ),
    fault(
        "nobody sees who always takes in the most",
        "domain.rules.flags:suspicions",
        "found += _from_paper(acts, since, paper_max)",
        "",
        *_PAPER,
    ),
)
