"""Faults in what keeps an operator's slip, or a disk's, from costing a shop its cards."""

from tests.planted.fault import fault

FAULTS = (
    fault(
        "a file is written over the database or the key",
        "bot.cli.writing:check_written",
        "any(_are_one(file, own) for own in _own_files(load_settings()))",
        "False",
        "tests/cli/test_writing.py",
    ),
    fault(
        "a backup is written into the earlier copy",
        "bot.cli.writing:in_place_of",
        'there.with_name(f"{there.name}.part")',
        "there",
        "tests/cli/test_writing.py",
    ),
    fault(
        "a lost database is taken for a new one",
        "bot.app.sqlite:_check_not_lost",
        "left.exists()",
        "False",
        "tests/cli/test_no_database.py",
    ),
    fault(
        "a command in another folder makes a database there",
        "bot.app.database:existing_database",
        "_engine(settings).check_exists(settings)",
        "",
        "tests/cli/test_no_database.py",
    ),
    fault(
        "a database that was moved away counts as writable",
        "storage.sqlite.database:SqliteDatabase.prove_writable",
        "not self._is_in_place()",
        "False",
        "tests/storage/test_writer.py",
    ),
    fault(
        "a variable of the shell that is not set counts as left out",
        "bot.cli.options:check_words",
        'not word or (word.startswith("--") and word.endswith("=") and "=" not in word[:-1])',
        "False",
        "tests/cli/test_words.py",
    ),
    fault(
        "a word that is not UTF-8 goes as far as the database",
        "bot.cli.options:check_words",
        "said != word",
        "False",
        "tests/cli/test_words.py",
    ),
    fault(
        "a full disk under the log has systemd start a bot with a wrong setting for ever",
        "bot.cli.failing:_end",
        "OSError",
        "KeyError",
        "tests/cli/test_output.py",
    ),
    fault(
        "a bot whose log has no room ends with a status of Python's",
        "bot.cli:main",
        "_give_up_unsaid()",
        "",
        "tests/cli/test_output.py",
    ),
    fault(
        "a stranger fills the log with bodies that are not packed as they say",
        "bot.kit.web:NoRequest.filter",
        "HttpProcessingError | web.RequestPayloadError",
        "HttpProcessingError",
        "tests/bot/telegram/test_crowded_ports.py",
    ),
    fault(
        "a name that two merchants have means the first",
        "bot.cli.options:_by_name",
        "len(found) > 1",
        "False",
        "tests/cli/test_words.py",
    ),
    fault(
        "two cards become one without a question",
        "bot.cli.card_pages:merge_command",
        "not is_meant",
        "False",
        "tests/cli/test_card_pages.py",
    ),
    fault(
        "an outage fills the log",
        "bot.kit.logs:Repeats.filter",
        "now - said_at < SAID_EVERY_S",
        "False",
        "tests/bot/test_logs.py",
    ),
    fault(
        "on a new machine nobody is said to have been erased",
        "storage.sqlite.restore:erasures_in",
        "return None",
        "return ()",
        "tests/cli/test_privacy.py",
    ),
)
