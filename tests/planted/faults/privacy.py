"""Faults in what is kept of people, and in its going away."""

from tests.planted.fault import fault

DOMAIN, BYTES, CLI = (
    "tests/domain/test_privacy.py",
    "tests/storage/test_erased_bytes.py",
    "tests/cli/test_privacy.py",
)

FAULTS = (
    fault(
        "an erasure leaves the name in what others were told",
        "storage.personal:PersonalRows.erase_customer",
        "self._forget_in_json(merchant_id, about, f'%{number}%')",
        "",
        DOMAIN,
    ),
    fault(
        "an erasure leaves what was said to the person",
        "storage.personal:KEPT",
        "{**_nowhere, 'facts': _empty}",
        "_nowhere",
        "tests/storage/test_personal.py",
    ),
    fault(
        "a new column is neither personal nor not",
        "storage.personal:KEPT",
        "'merchant_id customer_id joined_store_id joined_at'",
        "'merchant_id customer_id joined_store_id'",
        "tests/storage/test_personal.py",
    ),
    fault(
        "a fact with a name in it is neither personal nor not",
        "domain.personal:PERSONAL",
        "'customer_name reason'",
        "'customer_name'",
        "tests/storage/test_personal.py",
    ),
    fault(
        "an export leaves tables out",
        "storage.personal:PersonalRows._kept",
        "kept.scope is scope",
        "kept.scope is scope and (not kept.is_deleted)",
        DOMAIN,
    ),
    fault(
        "who erases everything stays known to the bot",
        "domain.usecases.privacy:erase",
        "is_left or bool(teams)",
        "True",
        DOMAIN,
    ),
    fault(
        "the code of an erased card still opens it",
        "storage.personal:PersonalRows._erase",
        "kept.scope is scope and kept.name in ERASE and (kept.table not in but)",
        "kept.scope is scope and kept.name in ERASE and (kept.table not in (*but, tables.directory))",
        DOMAIN,
    ),
    fault(
        "who comes back gets another welcome bonus every day",
        "domain.usecases.join_store:_joined",
        "program.welcome_bonus and (not _had_a_bonus(tx, command))",
        "program.welcome_bonus",
        DOMAIN,
    ),
    fault(
        "what was erased stays in the write-ahead log",
        "storage.sqlite.wiping:wipe",
        "connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')",
        "[(0, 0, 0)]",
        BYTES,
    ),
    fault(
        "a restore brings back whom was erased since",
        "bot.app.sqlite:_erase_again",
        "again = await database.write(erase_again, erasures)",
        "again = len(erasures)",
        CLI,
    ),
    fault(
        "an erased card can be unblocked",
        "domain.usecases.manage_cards:named_card",
        "found is None or is_nobody(found[1].account)",
        "found is None",
        DOMAIN,
    ),
    fault(
        "a shop ends at once",
        "domain.usecases.close_shop:end_shop",
        "merchant is None or merchant.closes_at is None or merchant.closes_at > tx.now",
        "merchant is None or merchant.closes_at is None",
        "tests/domain/test_closing_shops.py",
    ),
    fault(
        "only the first customers are told that their shop closes",
        "domain.usecases.close_shop:_tell_some",
        "len(found) == TOLD_AT_ONCE",
        "False",
        "tests/domain/test_closing_shops.py",
    ),
    fault(
        "a manager closes the shop",
        "domain.usecases.close_shop:close_shop",
        "Right.CLOSE_SHOP",
        "Right.CHANGE_FIELDS",
        "tests/domain/test_closing_shops.py",
    ),
    fault(
        "what was asked for stays of who is erased",
        "storage.personal:KEPT",
        "{'note': null(), 'fingerprint': null()}",
        "{'note': null()}",
        "tests/domain/test_privacy.py",
    ),
    fault(
        "what was asked for long ago is not forgotten after the first page",
        "domain.plumbing.keep_house:forget_operations",
        "tx.forget_operations(command)",
        "tx.forget_operations(command[:1])",
        "tests/domain/test_retention.py",
    ),
    fault(
        "who was erased and is invited gets a second bonus",
        "domain.usecases.referrals:join_by_friend",
        "command.account_hash",
        "''",
        DOMAIN,
    ),
    fault(
        "who was erased and is invited is a new friend",
        "domain.usecases.referrals:_is_new",
        "tx.was_erased(command.merchant_id, command.account_hash)",
        "False",
        DOMAIN,
    ),
)
