"""The main job: merchants, their programs and teams, customers, cards and the ledger."""

from alembic import op

from storage.columns import long, number, string
from storage.migrations.spelling import check, create_index, create_table, foreign, unique

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "acquaintances",
    "bots",
    "desks",
    "dialogues",
    "directory",
    "inbox",
    "job_runs",
    "merchants",
    "operations",
    "people",
    "outbox",
    "programs",
    "staff",
    "stores",
    "summaries",
    "summary_plans",
    "wordings",
    "customers",
    "invites",
    "pin_sessions",
    "program_versions",
    "staff_stores",
    "cards",
    "entries",
    "disputes",
    "expiry_warnings",
)
"""Those that others refer to come first."""


def upgrade() -> None:
    create_table(
        "acquaintances",
        long("bot_id", "user_id"),
        string("merchant_id"),
        long("last_at"),
        key=["bot_id", "user_id", "merchant_id"],
    )
    create_table("bots", long("bot_id"), string("username"), string("menus", null=True), key=["bot_id"])
    create_table(
        "desks",
        long("bot_id", "user_id"),
        string("merchant_id", "store_id"),
        string("staff_id", null=True),
        key=["bot_id", "user_id"],
    )
    create_table(
        "dialogues",
        long("bot_id", "user_id"),
        string("nonce", "state", "keys"),
        long("last_update_id", null=True),
        long("expires_at"),
        key=["bot_id", "user_id"],
    )
    create_table("directory", string("token_hash", "kind", "merchant_id", "target_id"), key=["token_hash"])
    create_index("ix_directory_merchant_id_target_id", "directory", ["merchant_id", "target_id"])
    create_table(
        "inbox",
        long("bot_id", "update_id", "person_key"),
        string("payload", null=True),
        number("attempts"),
        long("received_at"),
        long("done_at", "failed_at", null=True),
        string("error", null=True),
        long("reported_at", null=True),
        key=["bot_id", "update_id"],
    )
    create_index("ix_inbox_done_at", "inbox", ["done_at"])
    create_index("ix_inbox_kept_aside", "inbox", ["bot_id", "update_id"], where="failed_at IS NOT NULL")
    create_index(
        "ix_inbox_unfinished", "inbox", ["bot_id", "update_id"], where="done_at IS NULL AND failed_at IS NULL"
    )
    create_table(
        "job_runs",
        string("job"),
        long("last_started_at", "last_finished_at"),
        number("duration_ms", "count"),
        string("outcome"),
        string("error", null=True),
        number("failures_in_a_row"),
        long("total_runs"),
        key=["job"],
    )
    create_table(
        "merchants",
        string("merchant_id", "name", "colour", "timezone", "currency", "default_locale"),
        number("summary_hour", "allow_void"),
        long("created_at"),
        key=["merchant_id"],
    )
    create_table(
        "operations",
        string("merchant_id", "operation_key", "fingerprint", "outcome"),
        long("recorded_at"),
        key=["merchant_id", "operation_key"],
    )
    create_table(
        "people",
        long("bot_id", "user_id"),
        string("name"),
        string("telegram_locale", "chosen_locale", null=True),
        long("unreachable_since", null=True),
        key=["bot_id", "user_id"],
    )
    create_table(
        "outbox",
        string("merchant_id", "message_id"),
        long("bot_id", "user_id"),
        string("kind"),
        number("is_marketing"),
        string("facts"),
        long("created_at", "due_at"),
        number("attempts"),
        string("leased_by", null=True),
        long("leased_until", "sent_at", "telegram_message_id", "failed_at", null=True),
        string("error", null=True),
        foreign("merchants", "merchant_id"),
        key=["merchant_id", "message_id"],
    )
    create_index("ix_outbox_failed", "outbox", ["bot_id", "failed_at"], where="failed_at IS NOT NULL")
    create_index("ix_outbox_given_up", "outbox", ["merchant_id", "failed_at"], where="failed_at IS NOT NULL")
    create_index(
        "ix_outbox_owed",
        "outbox",
        ["bot_id", "is_marketing", "due_at", "message_id"],
        where="sent_at IS NULL AND failed_at IS NULL",
    )
    create_table(
        "programs",
        string("merchant_id", "program_id"),
        number("present_version", "spread_version"),
        foreign("merchants", "merchant_id"),
        key=["merchant_id", "program_id"],
    )
    create_table(
        "staff",
        string("merchant_id", "staff_id", "name", "role", "status"),
        long("bot_id", "user_id", null=True),
        string("pin_hash", null=True),
        number("pin_generation", "pin_failures"),
        long("pin_locked_until", null=True),
        long("created_at"),
        foreign("merchants", "merchant_id"),
        unique("merchant_id", "bot_id", "user_id"),
        key=["merchant_id", "staff_id"],
    )
    create_table(
        "stores",
        string("merchant_id", "store_id", "name"),
        number("active"),
        foreign("merchants", "merchant_id"),
        key=["merchant_id", "store_id"],
    )
    create_table(
        "summaries",
        string("merchant_id", "local_date", "summary"),
        long("made_at"),
        foreign("merchants", "merchant_id"),
        key=["merchant_id", "local_date"],
    )
    create_table(
        "summary_plans",
        string("merchant_id", "local_date"),
        long("begins_at", "due_at"),
        foreign("merchants", "merchant_id"),
        key=["merchant_id"],
    )
    create_index("ix_summary_plans_due_at", "summary_plans", ["due_at"])
    create_table(
        "wordings",
        string("merchant_id", "kind", "locale", "store_id", "text"),
        long("changed_at"),
        foreign("merchants", "merchant_id"),
        key=["merchant_id", "kind", "locale", "store_id"],
    )
    create_table(
        "customers",
        string("merchant_id", "customer_id"),
        long("bot_id", "user_id"),
        string("name", "joined_store_id"),
        long("joined_at"),
        foreign("stores", "merchant_id", joined_store_id="store_id"),
        unique("merchant_id", "bot_id", "user_id"),
        key=["merchant_id", "customer_id"],
    )
    create_table(
        "invites",
        string("merchant_id", "invite_id", "staff_id", "purpose"),
        long("expires_at"),
        long("used_by_bot_id", "used_by_user_id", "used_at", null=True),
        foreign("staff", "merchant_id", "staff_id"),
        key=["merchant_id", "invite_id"],
    )
    create_table(
        "pin_sessions",
        string("merchant_id", "staff_id"),
        long("bot_id", "user_id", "verified_at"),
        foreign("staff", "merchant_id", "staff_id"),
        key=["merchant_id", "staff_id", "bot_id", "user_id"],
    )
    create_table(
        "program_versions",
        string("merchant_id", "program_id"),
        number("version"),
        string("kind"),
        number("stamps_target"),
        string("reward"),
        number("cooldown_minutes"),
        number("max_daily_stamps", null=True),
        number("require_staff_pin", "pin_window_minutes", "points_per_unit_milli", "minimum_purchase_minor"),
        string("point_rewards"),
        number("welcome_bonus"),
        string("expiry_kind"),
        number("expiry_months"),
        long("expiry_since"),
        number("active"),
        long("valid_from"),
        check("target_is_positive", "stamps_target > 0"),
        foreign("programs", "merchant_id", "program_id"),
        key=["merchant_id", "program_id", "version"],
    )
    create_table(
        "staff_stores",
        string("merchant_id", "staff_id", "store_id"),
        foreign("staff", "merchant_id", "staff_id"),
        foreign("stores", "merchant_id", "store_id"),
        key=["merchant_id", "staff_id", "store_id"],
    )
    create_table(
        "cards",
        string("merchant_id", "card_id", "customer_id", "program_id", "number", "token_hash"),
        number("token_rotation", "stamp_count", "points_balance", "stamps_today"),
        string("stamp_day", null=True),
        long("last_stamp_at", null=True),
        number("entry_count"),
        long("stamps_expire_at", "points_expire_at", "expiry_look_at", null=True),
        number("active"),
        long("created_at"),
        check("points_not_negative", "points_balance >= 0"),
        check("stamps_not_negative", "stamp_count >= 0"),
        check("today_not_negative", "stamps_today >= 0"),
        foreign("customers", "merchant_id", "customer_id"),
        foreign("programs", "merchant_id", "program_id"),
        unique("merchant_id", "customer_id", "program_id"),
        unique("merchant_id", "number"),
        unique("merchant_id", "token_hash"),
        key=["merchant_id", "card_id"],
    )
    create_index("ix_cards_merchant_id_created_at", "cards", ["merchant_id", "created_at"])
    create_index(
        "ix_cards_watched",
        "cards",
        ["expiry_look_at", "merchant_id", "card_id"],
        where="expiry_look_at IS NOT NULL",
    )
    create_table(
        "entries",
        string("merchant_id", "entry_id", "card_id"),
        number("entry_no"),
        string("store_id", "staff_id", null=True),
        string("kind"),
        number(
            "stamps_delta",
            "stamps_balance_after",
            "points_delta",
            "points_balance_after",
            "stamps_shortfall",
            "points_shortfall",
        ),
        long("amount_minor", null=True),
        number("program_version"),
        string("reward", "note", "related_entry_id", null=True),
        string("operation_key"),
        long("origin_bot_id", "origin_user_id", "origin_chat_id", "origin_message_id", null=True),
        string("local_date"),
        long("occurred_at"),
        check("points_not_negative", "points_balance_after >= 0"),
        check("stamps_not_negative", "stamps_balance_after >= 0"),
        foreign("cards", "merchant_id", "card_id"),
        foreign("staff", "merchant_id", "staff_id"),
        foreign("stores", "merchant_id", "store_id"),
        unique("merchant_id", "card_id", "entry_no"),
        key=["merchant_id", "entry_id"],
    )
    create_index(
        "ix_entries_merchant_id_local_date_store_id", "entries", ["merchant_id", "local_date", "store_id"]
    )
    create_index(
        "uq_entries_voided_once",
        "entries",
        ["merchant_id", "related_entry_id"],
        where="kind IN ('stamp_voided', 'points_voided', 'redemption_voided')",
        unique=True,
    )
    create_table(
        "disputes",
        string("merchant_id", "entry_id"),
        long("bot_id", "user_id", "opened_at"),
        foreign("entries", "merchant_id", "entry_id"),
        key=["merchant_id", "entry_id"],
    )
    create_table(
        "expiry_warnings",
        string("merchant_id", "card_id", "unit"),
        long("expires_at"),
        number("count"),
        string("message_id"),
        string("entry_id", null=True),
        number("was_reachable"),
        foreign("cards", "merchant_id", "card_id"),
        foreign("entries", "merchant_id", "entry_id"),
        key=["merchant_id", "card_id", "unit", "expires_at"],
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
