"""Faults in what merchants say in their own words."""

from tests.planted.fault import fault

FAULTS = (
    fault(
        "a placeholder may carry an attribute",
        "domain.rules.wordings:_check_placeholders",
        "name not in placeholders.all",
        "name.partition('.')[0] not in placeholders.all",
        "tests/domain/test_wordings.py",
    ),
    fault(
        "tags need not be closed",
        "domain.rules.wordings:check_markup",
        """
            if around:
                raise WordingMarkupBroken(found=f'<{around[-1]}>')
        """,
        """
            if not text:
                raise WordingMarkupBroken(found=f'<{around[-1]}>')
        """,
        "tests/domain/test_wordings.py",
    ),
    fault(
        "tags are closed in any order",
        "domain.rules.wordings:_fits",
        "around.pop() == tag",
        "around.pop() in TAGS",
        "tests/domain/test_wordings.py",
    ),
    fault(
        "a text is measured before it is filled",
        "domain.rules.wordings:_filled_length",
        "'x' * length",
        "'x'",
        "tests/domain/test_wordings.py",
    ),
    fault(
        "the merchant's words go before the store's",
        "domain.usecases.wordings:wording_for",
        "texts.get(_store_of(tx, message), texts.get(None))",
        "texts.get(None, texts.get(_store_of(tx, message)))",
        "tests/domain/test_setting_wordings.py",
    ),
    fault(
        "a receipt is said in the words of the store where the customer joined",
        "domain.usecases.wordings:_store_of",
        "MessageKind.RECEIPT",
        "MessageKind.REWARD_READY",
        "tests/domain/test_setting_wordings.py",
    ),
    fault(
        "words for one language are said in all",
        "domain.usecases.read_message:reader_of",
        "wording_for(tx, query, locale)",
        "wording_for(tx, query, merchant.default_locale)",
        "tests/domain/test_setting_wordings.py",
    ),
    fault(
        "words for one language take those of all with them",
        "storage.wordings:DELETE_WORDING",
        "has(_wordings, 'merchant_id', 'kind', 'locale', 'store_id')",
        "has(_wordings, 'merchant_id', 'kind', 'store_id')",
        "tests/storage/test_contract_wordings.py",
    ),
    fault(
        "the merchant's words are not asked for",
        "bot.delivery.channels.telegram:TelegramChannel._view",
        "render(t, message, reader.timezone, reader.wording)",
        "render(t, message, reader.timezone)",
        "tests/bot/test_wordings.py",
    ),
    fault(
        "the act of a receipt is markup in the merchant's words",
        "bot.views.messages:_receipt_values",
        "plain(_what(t, facts))",
        "_what(t, facts)",
        "tests/bot/views/test_wordings.py",
    ),
    fault(
        "a text without an obligatory placeholder is accepted",
        "domain.rules.wordings:_check_placeholders",
        "name not in used",
        "name not in (*used, *placeholders.all)",
        "tests/domain/test_wordings.py",
        "tests/domain/test_setting_wordings.py",
    ),
    fault(
        "what an owner sends is not checked",
        "domain.usecases.wordings:change_wording",
        "wordings.check_wording(place.kind, command.text)",
        "command.text",
        "tests/domain/test_setting_wordings.py",
    ),
    fault(
        "another merchant's words are changed",
        "domain.usecases.wordings:change_wording",
        "asked_by(tx, place.merchant_id, command.account, Right.CHANGE_FIELDS)",
        "asked_by(tx, place.merchant_id, None, Right.CHANGE_FIELDS)",
        "tests/domain/test_setting_wordings.py",
    ),
    fault(
        "a store's words are shown for another",
        "domain.usecases.wordings:_text_at",
        "_place_of(each) == place",
        "replace(_place_of(each), store_id=place.store_id) == place",
        "tests/domain/test_setting_wordings.py",
    ),
    fault(
        "words that were changed meanwhile are lost",
        "domain.usecases.wordings:change_wording",
        "_present(tx, place) not in (command.seen, text)",
        "_present(tx, place) is None and command.seen",
        "tests/domain/test_setting_wordings.py",
    ),
    fault(
        "nobody can say who reworded a message",
        "domain.usecases.wordings:_say",
        "record(tx, place.merchant_id, place.target, place.field, staff_id, present or USUAL, text or USUAL)",
        "",
        "tests/domain/test_setting_wordings.py",
    ),
    fault(
        "a receipt that is too long for a caption is lost",
        "bot.delivery.channels.telegram:TelegramChannel._deliver",
        "length(view.text) <= CAPTION_LENGTH_MAX",
        "view.text",
        "tests/bot/test_wordings.py",
    ),
)
