"""Faults in what lies in wallets."""

from tests.planted.fault import fault

_RULES = ("tests/domain/test_wallets.py",)
_APPLE = ("tests/bot/delivery/test_apple_wallet.py",)
_PUSH = ("tests/bot/delivery/test_push.py",)
_WORKER = ("tests/bot/delivery/test_wallet_sync.py",)
_SIGNER = ("tests/bot/delivery/test_signer.py",)

FAULTS = (
    fault(
        "every stamp looks for passes",
        "storage.wallets:WalletMarks.mark_passes",
        "card.has_pass",
        "True",
        *_RULES,
    ),
    fault(
        "a stamp is told no wallet",
        "storage.ledger:LedgerRows.append",
        "self.mark_passes(card)",
        "",
        *_RULES,
    ),
    fault(
        "each stamp of a minute is told by itself",
        "storage.wallets:WalletMarks.mark_passes",
        "self.now + QUIET",
        "self.now",
        *_RULES,
    ),
    fault(
        "what changed while it was told counts as told",
        "storage.wallets:WalletRows._ends",
        "wallet_pass.revision",
        "self.wallet_pass(wallet_pass.key).revision",
        *_RULES,
    ),
    fault(
        "a failure is tried again at once",
        "domain.plumbing.wallets:pass_not_told",
        "tx.now + wait",
        "tx.now",
        *_RULES,
    ),
    fault(
        "terms that change are told no wallet",
        "storage.terms:TermsRows.add_program_version",
        "self.terms_changed(program.merchant_id)",
        "",
        *_RULES,
    ),
    fault(
        "a merged card goes on in a wallet",
        "domain.usecases.merge_cards:_close",
        "tx.void_passes(other.card)",
        "",
        *_RULES,
    ),
    fault(
        "a phone that is lost goes on showing a card that moved",
        "domain.usecases.move_card:_hand_over",
        "tx.void_passes(each)",
        "",
        *_RULES,
    ),
    fault(
        "a change beside what was answered is never asked for",
        "domain.usecases.wallets:passes_on",
        "min(found[-1].changed_at, tx.now - SETTLED_AFTER)",
        "found[-1].changed_at",
        *_RULES,
    ),
    fault(
        "anybody's token opens any pass",
        "bot.delivery.passkit:_Service._key",
        "hmac.compare_digest(given_token, right)",
        "given_token",
        *_APPLE,
    ),
    fault(
        "a phone misses what happened in the second in which it asked",
        "bot.delivery.passkit:_modified",
        "after if now >= after + SETTLED_AFTER else before",
        "after",
        *_APPLE,
    ),
    fault(
        "what phones write goes into the log as it is",
        "bot.delivery.passkit:_Service.log",
        "_SECRET.sub('…', line[:LOGGED_LENGTH_MAX])",
        "line[:LOGGED_LENGTH_MAX]",
        *_APPLE,
    ),
    fault(
        "a voided pass keeps its code",
        "bot.views.passes:pass_text",
        "if not letter.is_active:\n    content['voided'] = True",
        "",
        *_APPLE,
    ),
    fault(
        "a token that is over is pushed for ever",
        "bot.delivery.push:Pusher.push",
        "answer.status_code == GONE or reason in TOKENS_OVER",
        "False",
        *_PUSH,
    ),
    fault(
        "a pass whose outcome could not be noted is told nothing any more",
        "storage.wallets:SELECT_NEXT_PASS_DUE",
        "_is_free",
        "_passes.c.leased_until.is_(None)",
        "tests/domain/test_wallets.py",
    ),
    fault(
        "what happened on one card waits behind what happened to all",
        "storage.wallets:MARK_SOME",
        "case((_is_due, _passes.c.is_of_many), else_=_one)",
        "_one",
        "tests/domain/test_wallets.py",
    ),
    fault(
        "a service that is down is asked again and again",
        "bot.delivery.wallet_sync:WalletSync._is_held",
        "timedelta() < self._held_until - self.clock() <= HELD_MAX",
        "False",
        *_WORKER,
    ),
    fault(
        "a certificate of another type is taken",
        "bot.kit.signer:_check_named",
        "found != [said]",
        "not found",
        *_SIGNER,
    ),
)
