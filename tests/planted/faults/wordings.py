"""Faults in what merchants say in their own words."""

from tests.planted.fault import Fault


def fault(says: str, file: str, old: str, new: str, *caught_by: str) -> Fault:
    return Fault(says=says, file=file, old=old, new=new, caught_by=caught_by)


_RULES = "tests/domain/test_wordings.py"
_SETTING = "tests/domain/test_setting_wordings.py"
_VIEWS = "tests/bot/views/test_wordings.py"

FAULTS = (
    fault(
        "a placeholder may carry an attribute",
        "domain/rules/wordings.py",
        "        if name not in placeholders.all:",
        "        if name.partition('.')[0] not in placeholders.all:",
        _RULES,
    ),
    fault(
        "tags need not be closed",
        "domain/rules/wordings.py",
        "    if around:\n        raise",
        "    if not text:\n        raise",
        _RULES,
    ),
    fault(
        "tags are closed in any order",
        "domain/rules/wordings.py",
        "around.pop() == tag",
        "around.pop() in TAGS",
        _RULES,
    ),
    fault(
        "a text is measured before it is filled",
        "domain/rules/wordings.py",
        '"x" * length for name, length',
        '"x" for name, length',
        _RULES,
    ),
    fault(
        "the merchant's words go before the store's",
        "domain/usecases/wordings.py",
        "texts.get(_store_of(tx, message), texts.get(None))",
        "texts.get(None, texts.get(_store_of(tx, message)))",
        _SETTING,
    ),
    fault(
        "a receipt is said in the words of the store where the customer joined",
        "domain/usecases/wordings.py",
        "    if message.kind is MessageKind.RECEIPT:",
        "    if message.kind is MessageKind.ENROLLED:",
        _SETTING,
    ),
    fault(
        "words for one language are said in all",
        "domain/usecases/read_message.py",
        "wording_for(tx, query, locale)",
        "wording_for(tx, query, merchant.default_locale)",
        _SETTING,
    ),
    fault(
        "words for one language take those of all with them",
        "storage/wordings.py",
        '    _wordings.c.locale == bindparam("locale"),\n    _wordings.c.store_id',
        "    _wordings.c.store_id",
        "tests/storage/test_contract_wordings.py",
    ),
    fault(
        "the merchant's words are not asked for",
        "bot/delivery/telegram.py",
        "render(t, message, reader.timezone, reader.wording)",
        "render(t, message, reader.timezone)",
        "tests/bot/test_wordings.py",
    ),
    fault(
        "the act of a receipt is markup in the merchant's words",
        "bot/views/messages.py",
        '"what": plain(_what(t, facts)),',
        '"what": _what(t, facts),',
        _VIEWS,
    ),
)
