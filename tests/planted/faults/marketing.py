"""Faults in who is written to, and how often."""

from tests.planted.fault import fault

_TESTS = ("tests/domain/test_campaigns.py", "tests/domain/test_consent_machine.py")

FAULTS = (
    fault(
        "consent is not asked for when a message is delivered",
        "domain.usecases.letters:_check_is_wanted",
        "customer is None or not (is_question or is_allowed(tx, customer))",
        "customer is None",
        *_TESTS,
    ),
    fault(
        "an older preview sends another text than it shows",
        "bot.owner.broadcasts:_is_outdated",
        "not carried or carried[0] == views.words_of(found)",
        "True",
        "tests/bot/owner/test_broadcasts.py",
    ),
    fault(
        "consent is not asked for when a broadcast is written",
        "domain.marketing:hindrance",
        "limit is None or not is_allowed",
        "limit is None",
        *_TESTS,
    ),
    fault(
        "a broadcast goes beyond the month's limit",
        "domain.marketing:hindrance",
        "offers_count >= limit",
        "offers_count > limit",
        *_TESTS,
    ),
    fault(
        "a broadcast does not count for the month's limit",
        "domain.usecases.marketing:note_offer",
        "tx.now",
        "customer.joined_at",
        "tests/domain/test_campaigns.py",
    ),
    fault(
        "a resumed broadcast begins again",
        "domain.usecases.campaigns:_turned",
        "replace(campaign, state=state, ended_at=ended_at)",
        "replace(campaign, state=state, ended_at=ended_at, looked_up_to=None, is_written=False)",
        "tests/domain/test_campaigns.py",
    ),
    fault(
        "a paused broadcast delivers what it has written",
        "domain.usecases.letters:_of_campaign",
        "campaign.state is CampaignState.PAUSED",
        "campaign.state is CampaignState.DRAFT",
        "tests/domain/test_campaigns.py",
    ),
    fault(
        "a broadcast that was ended goes on",
        "domain.usecases.letters:_of_campaign",
        "campaign.state is CampaignState.CANCELLED",
        "campaign.state is CampaignState.DRAFT",
        "tests/domain/test_campaigns.py",
    ),
    fault(
        "a card that moves takes its holder's yes along",
        "domain.usecases.move_card:_hand_over",
        "tx.forget_consent(customer)",
        "",
        *_TESTS,
    ),
    fault(
        "customers are asked at every visit",
        "domain.usecases.marketing:ask_about_marketing",
        "tx.consent(merchant_id, customer.customer_id) is not None",
        "tx.consent(merchant_id, customer.customer_id) == ()",
        "tests/domain/test_campaigns.py",
    ),
    fault(
        "a shop without marketing asks its customers",
        "domain.usecases.posting:post",
        "at.merchant.marketing_monthly_max is not None",
        "at.merchant",
        "tests/domain/test_campaigns.py",
    ),
    fault(
        "who undoes a stop allows shops that they never allowed",
        "domain.usecases.marketing:allow_again",
        "consent and consent.answered_at == command.stopped_at and consent.was_given",
        "consent and consent.answered_at == command.stopped_at",
        "tests/domain/test_marketing.py",
    ),
)
