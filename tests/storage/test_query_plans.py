"""What runs over and over finds its rows by an index, however many there are."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.sqlite.pysqlite import dialect

from storage.approvals import SELECT_APPROVALS_BY, SELECT_LAPSED, SELECT_OPEN_APPROVALS
from storage.at_counter import SELECT_AT_HAND_BY
from storage.campaigns import (
    COUNT_CAME_BACK,
    COUNT_MARKETING_DUE,
    COUNT_STOPPED,
    SELECT_CANDIDATES,
    SELECT_CARDS_BETWEEN,
)
from storage.coming_back import (
    COUNT_REWARDED,
    SELECT_BIRTHDAYS_DUE,
    SELECT_PERHAPS_ABSENT,
    SELECT_REFERRAL,
    SELECT_REFERRAL_BY_ACT,
    SELECT_REWARDED,
    SELECT_UNASKED,
)
from storage.customers import (
    MERGE_ON,
    RETIRE_MERGED_CODES,
    SELECT_CARDS_IN,
    SELECT_CARDS_MADE,
    SELECT_CARDS_OF,
    SELECT_MOVES,
    SELECT_OF_NAMES,
    SELECT_OPEN_MOVE,
)
from storage.expiries import SELECT_EXPIRED_BY, SELECT_WARNED, SELECT_WATCHED
from storage.ledger import (
    COUNT_ACTS,
    COUNT_SERVED,
    SELECT_BEHIND,
    SELECT_CHANGED_ON,
    SELECT_ENTRIES,
    SELECT_LAST_CARD,
    SELECT_TO_SUMMARIZE,
    SUM_AT,
    SUMMARIZE,
)
from storage.outbox import SELECT_MAILED, SELECT_NOTICES, SELECT_OWED_TO_CUSTOMER
from storage.people import SELECT_GONE, SELECT_STRANGERS
from storage.personal import ERASE, SELECT_ACCOUNTS_AFTER, SELECT_ALL_CARDS_OF, SELECT_STOOD_FOR, SELECT_TOLD
from storage.printed import (
    COUNT_MAILED,
    COUNT_UNUSED,
    FORGET_ADOPTIONS,
    SELECT_BLANK_BY,
    SELECT_BLANKS_ON,
    SELECT_MAILED_BEFORE,
    SELECT_SHEETS,
    SELECT_UNUSED_BLANKS,
)
from storage.statements import compile_statement
from storage.streams import SELECT_ENTRIES_BY_CARD, SELECT_LEDGER_LINES
from storage.summaries import SELECT_AHEAD, SELECT_DUE, SELECT_GIVEN_UP, SELECT_SUMMARY
from storage.team import SELECT_APPROVERS, SELECT_LAST_ACTS, SELECT_WORKPLACES, SELECT_WORKPLACES_AT
from storage.wallets import (
    FORGET_PASSES,
    MARK_PASSES,
    MARK_SOME,
    SELECT_DUE_PASSES,
    SELECT_NEXT_PASS_DUE,
    SELECT_PASSES_GIVEN_UP,
    SELECT_PASSES_ON,
    SELECT_SOME,
    SELECT_STANDING,
)


def plan_of(path: Path, statement: ClauseElement) -> list[str]:
    compiled = compile_statement(statement, dialect(paramstyle="qmark"))
    values: dict[str, Any] = dict.fromkeys(compiled.names, 1)
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("EXPLAIN QUERY PLAN " + compiled.sql, compiled.parameters(values))
        return [detail for *_, detail in found]


@pytest.mark.parametrize(
    ("statement", "parts"),
    [
        pytest.param(SELECT_WATCHED, ["ix_cards_watched", "expiry_look_at"], id="cards_to_look_at"),
        *(
            pytest.param(
                SELECT_AT_HAND_BY[by],
                [
                    f"cards USING {index} (merchant_id=? AND {column}=?)",
                    "customers USING",
                    "pin_sessions USING",
                ],
                id=f"at hand by {by}",
            )
            for by, index, column in (
                ("id", "PRIMARY KEY", "card_id"),
                ("number", "INDEX sqlite_autoindex_cards_3", "number"),
                ("token", "INDEX sqlite_autoindex_cards_4", "token_hash"),
            )
        ),
        pytest.param(
            SELECT_BIRTHDAYS_DUE,
            ["ix_birthdays_due", "merchant_id=? AND due_on"],
            id="birthdays",
        ),
        pytest.param(SELECT_UNASKED, ["PRIMARY KEY (merchant_id=? AND customer_id>?)"], id="unasked"),
        pytest.param(SELECT_PERHAPS_ABSENT, ["PRIMARY KEY (merchant_id=? AND customer_id>?)"], id="absent"),
        pytest.param(SELECT_REFERRAL, ["PRIMARY KEY (merchant_id=? AND friend_id=?)"], id="friend"),
        pytest.param(SELECT_REFERRAL_BY_ACT, ["uq_referrals_act", "act_id=?"], id="friend, by the act"),
        pytest.param(
            COUNT_REWARDED,
            ["ix_referrals_merchant_id_referrer_id_rewarded_on", "referrer_id=? AND rewarded_on>?"],
            id="friends of a month",
        ),
        pytest.param(SELECT_REWARDED, ["rewarded_on>? AND rewarded_on<?"], id="friends of all"),
        pytest.param(
            SELECT_TO_SUMMARIZE, ["ix_entries_unsummarized", "merchant_id=?"], id="entries to summarize"
        ),
        pytest.param(SUMMARIZE, ["merchant_id=? AND entry_id=?"], id="summarized entry"),
        *(
            pytest.param(
                statement,
                [
                    "entries USING COVERING INDEX ix_entries_of_day"
                    " (merchant_id=? AND local_date=? AND store_id=?)",
                ],
                id=f"a store's day: {what}",
            )
            for what, statement in {
                "sums": SUM_AT[False],
                "a member's sums": SUM_AT[True],
                "cards": COUNT_SERVED[False, False],
                "a member's cards": COUNT_SERVED[False, True],
                "people": COUNT_SERVED[True, False],
                "a member's people": COUNT_SERVED[True, True],
            }.items()
        ),
        pytest.param(
            SELECT_CHANGED_ON,
            [
                "entries USING PRIMARY KEY (merchant_id=? AND entry_id=?)",
                "other USING COVERING INDEX ix_entries_of_day",
                "every USING COVERING INDEX ix_entries_of_day",
                "kin USING INDEX ix_cards_merged (merchant_id=? AND merged_into>? AND merged_into<?)",
                "merchant_id=? AND local_date>? AND local_date<?",
            ],
            id="changed_on",
        ),
        pytest.param(
            SELECT_LAST_CARD,
            ["COVERING INDEX ix_entries_of_day (merchant_id=? AND local_date=? AND store_id=?)"],
            id="last_card",
        ),
        pytest.param(
            SELECT_ENTRIES, ["merchant_id=? AND card_id=? AND entry_no<?"], id="the newest entries of a card"
        ),
        pytest.param(
            SELECT_GIVEN_UP,
            ["ix_deliveries_given_up", "merchant_id=? AND failed_at>? AND failed_at<?"],
            id="failed_between",
        ),
        pytest.param(
            ERASE["messages"],
            ["ix_outbox_bot_id_user_id (bot_id=? AND user_id>? AND user_id<?)"],
            id="messages of who is erased",
        ),
        pytest.param(
            ERASE["deliveries"],
            [
                "PRIMARY KEY (merchant_id=? AND message_id=?)",
                "ix_outbox_bot_id_user_id (bot_id=? AND user_id>? AND user_id<?)",
            ],
            id="deliveries of who is erased",
        ),
        pytest.param(
            ERASE["entries"], ["merchant_id=? AND card_id>? AND card_id<?"], id="entries of who is erased"
        ),
        *(
            pytest.param(ERASE[name], ["merchant_id=? AND card_id>?"], id=f"{name} of who is erased")
            for name in ("card_notes", "card_moves")
        ),
        *(
            pytest.param(
                statement,
                ["ix_card_moves_merchant_id_card_id_move_id (merchant_id=? AND card_id>? AND card_id<?)"],
                id=f"{which} of a card",
            )
            for which, statement in (("newest moves", SELECT_MOVES), ("open move", SELECT_OPEN_MOVE))
        ),
        pytest.param(ERASE["cards"], ["merchant_id=? AND customer_id>?"], id="cards of who is erased"),
        pytest.param(RETIRE_MERGED_CODES, ["merchant_id=? AND merged_into>?"], id="codes of merged cards"),
        pytest.param(MERGE_ON, ["merchant_id=? AND merged_into>?"], id="cards that are merged on"),
        pytest.param(
            ERASE["links"],
            ["ix_directory_merchant_id_target_id (merchant_id=? AND target_id=?)"],
            id="their links",
        ),
        pytest.param(
            SELECT_TOLD,
            ["ix_outbox_bot_id_user_id (bot_id=? AND user_id>? AND user_id<?)"],
            id="what others were told",
        ),
        pytest.param(
            SELECT_NOTICES,
            ["ix_outbox_bot_id_user_id (bot_id=? AND user_id>? AND user_id<?)"],
            id="what was announced to somebody",
        ),
        pytest.param(
            SELECT_OWED_TO_CUSTOMER,
            [
                "ix_outbox_bot_id_user_id (bot_id=? AND user_id>? AND user_id<?)",
                "deliveries USING PRIMARY KEY (merchant_id=? AND message_id=?)",
            ],
            id="what goes along with a card",
        ),
        pytest.param(
            SELECT_STOOD_FOR, ["ix_cards_merged (merchant_id=? AND merged_into=?)"], id="merged cards"
        ),
        pytest.param(SELECT_ALL_CARDS_OF, ["merchant_id=? AND customer_id=?"], id="all cards of a customer"),
        pytest.param(SELECT_DUE, ["ix_summary_plans_due_at"], id="merchants_to_summarize"),
        pytest.param(SELECT_AHEAD, ["ix_summary_plans_due_at"], id="plans of a clock that was ahead"),
        pytest.param(SELECT_SUMMARY, ["PRIMARY KEY (merchant_id=? AND local_date=?)"], id="summary"),
        pytest.param(
            SELECT_WARNED,
            ["PRIMARY KEY (merchant_id=? AND card_id=? AND unit=? AND expires_at=?)"],
            id="warned",
        ),
        pytest.param(
            SELECT_STRANGERS, ["ix_people_bot_id_seen_at", "bot_id=? AND seen_at<?"], id="strangers"
        ),
        pytest.param(
            SELECT_LAST_ACTS,
            ["ix_entries_of_day", "merchant_id=? AND local_date>?"],
            id="last_acts_since",
        ),
        pytest.param(SELECT_CARDS_MADE, ["merchant_id=? AND created_at>?"], id="cards_made_between"),
        pytest.param(
            SELECT_OF_NAMES,
            ["ix_customers_merchant_id_folded_name", "merchant_id=? AND folded_name>? AND folded_name<?"],
            id="customers_of_names",
        ),
        pytest.param(
            SELECT_ENTRIES_BY_CARD,
            ["ix_entries_of_day", "merchant_id=? AND local_date>? AND local_date<?"],
            id="entries_by_card",
        ),
        pytest.param(
            SELECT_BEHIND[False, True],
            ["ix_entries_of_day", "merchant_id=? AND local_date>? AND local_date<?"],
            id="entries_behind",
        ),
        pytest.param(
            MARK_PASSES, ["merchant_id=? AND card_id>? AND card_id<?"], id="passes of a card that changed"
        ),
        pytest.param(SELECT_SOME, ["PRIMARY KEY (merchant_id=? AND pass_id>?)"], id="passes to mark"),
        pytest.param(
            MARK_SOME, ["PRIMARY KEY (merchant_id=? AND pass_id>? AND pass_id<?)"], id="to be marked"
        ),
        pytest.param(
            SELECT_NEXT_PASS_DUE,
            ["ix_wallet_passes_due (bot_id=? AND wallet=? AND is_of_many=?"],
            id="next pass due",
        ),
        pytest.param(
            SELECT_DUE_PASSES,
            ["ix_wallet_passes_due (bot_id=? AND wallet=? AND is_of_many=? AND due_at>? AND due_at<?)"],
            id="passes due",
        ),
        pytest.param(
            SELECT_PASSES_ON,
            ["ix_wallet_devices_device_hash (device_hash=?)", "PRIMARY KEY (merchant_id=? AND pass_id=?)"],
            id="passes on a phone",
        ),
        pytest.param(
            ERASE["wallet_passes"],
            ["merchant_id=? AND card_id>? AND card_id<?"],
            id="passes of who is erased",
        ),
        pytest.param(FORGET_PASSES, ["ix_wallet_passes_voided"], id="voided passes"),
        pytest.param(
            SELECT_STANDING, ["merchant_id=? AND card_id>? AND card_id<?"], id="passes as they stand"
        ),
        pytest.param(
            SELECT_PASSES_GIVEN_UP,
            ["ix_wallet_passes_failed (bot_id=? AND failed_at>?)"],
            id="passes given up",
        ),
        pytest.param(SELECT_CARDS_IN, ["merchant_id=?", "card_id>?"], id="cards_in"),
        pytest.param(
            SELECT_APPROVALS_BY,
            ["ix_approvals_merchant_id_staff_id_asked_at", "merchant_id=? AND staff_id=? AND asked_at>?"],
            id="approvals_by",
        ),
        pytest.param(SELECT_OPEN_APPROVALS, ["merchant_id=?"], id="open_approvals"),
        pytest.param(SELECT_LAPSED, ["ix_approvals_waiting", "lapses_at<?"], id="lapsed_approvals"),
        pytest.param(SELECT_APPROVERS, ["merchant_id=?"], id="approvers_of"),
        pytest.param(SELECT_GONE, ["people USING PRIMARY KEY (bot_id=? AND user_id=?)"], id="gone_among"),
        pytest.param(
            SELECT_WORKPLACES,
            ["acquaintances USING", "(bot_id=? AND user_id=?)", "merchant_id=? AND bot_id=? AND user_id=?"],
            id="memberships",
        ),
        pytest.param(
            SELECT_WORKPLACES_AT, ["merchant_id=? AND bot_id=? AND user_id=?"], id="memberships at a merchant"
        ),
        *(
            pytest.param(statement, ["merchant_id=? AND customer_id>?"], id=f"candidates, {segment}")
            for segment, statement in SELECT_CANDIDATES.items()
        ),
        pytest.param(
            SELECT_EXPIRED_BY,
            ["ix_expiry_warnings_expired (merchant_id=? AND message_id=? AND entry_id>?)"],
            id="what expired by a message",
        ),
        pytest.param(
            COUNT_MAILED,
            ["ix_blank_cards_mailed (merchant_id=? AND staff_id=? AND made_at>?)"],
            id="cards mailed",
        ),
        pytest.param(SELECT_MAILED_BEFORE, ["ix_blank_cards_waiting (made_at<?)"], id="mailed cards waiting"),
        pytest.param(SELECT_MAILED, ["PRIMARY KEY (merchant_id=? AND message_id=?"], id="mailed"),
        pytest.param(
            SELECT_ACCOUNTS_AFTER,
            ["PRIMARY KEY (merchant_id=? AND customer_id>?)"],
            id="customers who are told that a shop closes",
        ),
        pytest.param(SELECT_CARDS_OF, ["merchant_id=? AND customer_id>? AND customer_id<?"], id="cards_of"),
        pytest.param(SELECT_CARDS_BETWEEN, ["customer_id>? AND customer_id<?"], id="cards of candidates"),
        pytest.param(COUNT_MARKETING_DUE, ["ix_deliveries_owed", "bot_id=?"], id="count_marketing_due"),
        pytest.param(COUNT_CAME_BACK, ["uq_offers_once", "merchant_id=? AND campaign_id=?"], id="came back"),
        *(
            pytest.param(statement, ["merchant_id=? AND "], id=f"printed card by {by}")
            for by, statement in SELECT_BLANK_BY.items()
        ),
        pytest.param(
            SELECT_UNUSED_BLANKS,
            ["ix_blank_cards_unused (merchant_id=? AND used_at=? AND withdrawn_at=?)"],
            id="unused cards",
        ),
        pytest.param(
            COUNT_UNUSED,
            ["COVERING INDEX ix_blank_cards_unused (merchant_id=? AND used_at=?"],
            id="count_unused",
        ),
        pytest.param(
            SELECT_SHEETS, ["COVERING INDEX ix_blank_cards_printed (merchant_id=?)"], id="sheets of a shop"
        ),
        pytest.param(
            SELECT_BLANKS_ON,
            ["ix_blank_cards_printed (merchant_id=? AND sheet_id>? AND sheet_id<?)"],
            id="cards of a sheet",
        ),
        pytest.param(COUNT_ACTS, ["merchant_id=? AND local_date>? AND local_date<?"], id="count_acts"),
        pytest.param(FORGET_ADOPTIONS, ["ix_adoptions_asked_at (asked_at<?)"], id="forget_adoptions"),
        pytest.param(COUNT_STOPPED, ["uq_offers_once", "merchant_id=? AND campaign_id=?"], id="stopped"),
    ],
)
def test_rows_are_found_by_an_index(path: Path, statement: ClauseElement, parts: list[str]) -> None:
    plan = plan_of(path, statement)
    reads = [step for step in plan if "TEMP B-TREE" not in step and "SUBQUERY" not in step.split(" USING")[0]]
    reads = [step for step in reads if step not in ("COMPOUND QUERY", "UNION ALL", "SCAN CONSTANT ROW")]
    assert all(step.startswith("SEARCH") for step in reads), plan
    assert all(part in " ".join(reads) for part in parts), plan


@pytest.mark.parametrize(
    "statement",
    [
        SELECT_WATCHED,
        SELECT_DUE,
        SELECT_CARDS_IN,
        SELECT_LEDGER_LINES,
        SELECT_ENTRIES,
        SELECT_LAST_CARD,
    ],
)
def test_page_is_read_in_the_order_of_its_index(path: Path, statement: ClauseElement) -> None:
    assert not any("TEMP B-TREE" in step for step in plan_of(path, statement))
