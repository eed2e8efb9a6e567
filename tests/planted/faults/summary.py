"""Faults in the daily summary and its picture."""

from tests.planted.fault import fault

FAULTS = (
    fault(
        "pictures are drawn on the event loop",
        "bot.pictures.studio:Studio._run",
        "await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)",
        "function(*args)",
        "tests/bot/owner/test_summaries.py",
    ),
    fault(
        "a summary comes without its picture",
        "bot.delivery.channels.telegram:TelegramChannel._view",
        "replace(view, photo=photo)",
        "view",
        "tests/bot/owner/test_summaries.py",
    ),
    fault(
        "stores and people stand smallest first",
        "bot.views.days:largest_first",
        "True",
        "False",
        "tests/bot/views",
    ),
    fault(
        "messages lost on missed days are not counted",
        "bot.views.summary:_troubles",
        "(*facts.missed, facts.day)",
        "(facts.day,)",
        "tests/bot/views",
    ),
    fault(
        "a list is cut and does not say so",
        "bot.views.listing:listed",
        "[t.n('and {count} more', 'and {count} more', left_out)] if left_out else []",
        "[t.n('and {count} more', 'and {count} more', left_out)] if left_out < 0 else []",
        "tests/bot/views",
    ),
    fault(
        "a list is longer than a caption may be",
        "bot.views.listing:listed",
        "length(text) <= CAPTION_LENGTH_MAX",
        "len(text) <= 4 * CAPTION_LENGTH_MAX",
        "tests/bot/views",
    ),
    fault(
        "what the rows left out of a picture have is lost",
        "bot.views.day_face:_rest",
        "(counted(share.figures, unit) for share in left_out)",
        "(counted(share.figures, unit) for share in left_out[1:])",
        "tests/bot/views",
    ),
    fault(
        "bars of different shares are equally long",
        "bot.pictures.day_layout:_bar",
        "share",
        "1.0",
        "tests/bot/pictures",
    ),
    fault(
        "a card does not show how far its points are",
        "bot.pictures.points_layout:Bar.filled",
        "round(self.box.width * min(max(self.share, 0.0), 1.0))",
        "self.box.width",
        "tests/bot/pictures",
    ),
    fault(
        "a report counts the thirty days before it",
        "domain.rules.reports:Tally.add",
        "act.entry.local_date >= self.dates.first",
        "act.entry.local_date",
        "tests/bot/owner/test_books.py",
    ),
    fault(
        "a visit is in the hour of its last act",
        "domain.rules.reports:visited",
        "visits.setdefault(act.entry.local_date, act.entry)",
        "visits.update({act.entry.local_date: act.entry})",
        "tests/bot/owner/test_books.py",
    ),
    fault(
        "a day is compared with a holiday",
        "domain.usecases.summarize:_day",
        "None if is_closed(merchant, None, last_week) else tx.summary(merchant_id, last_week)",
        "tx.summary(merchant_id, last_week)",
        "tests/domain/test_summaries.py",
    ),
    fault(
        "a text in a CSV is a formula",
        "bot.owner.sheets:CsvSheet._cell",
        "cell.startswith(_STARTS_A_FORMULA)",
        "cell.startswith('==')",
        "tests/bot/owner/test_sheets.py",
    ),
    fault(
        "a manager takes the books away",
        "domain.usecases.export:open_whole_books",
        "Right.EXPORT",
        "Right.SEE_SUMMARY",
        "tests/bot/owner/test_exports.py",
    ),
)
