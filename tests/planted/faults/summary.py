"""Faults in the daily summary and its picture."""

from tests.planted.fault import Fault

VIEWS = "tests/bot/views"


def fault(says: str, file: str, old: str, new: str, *caught_by: str) -> Fault:
    return Fault(says=says, file=f"bot/{file}", old=old, new=new, caught_by=caught_by or (VIEWS,))


FAULTS = (
    fault(
        "pictures are drawn on the event loop",
        "pictures/studio.py",
        "return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)",
        "return function(*args)",
        "tests/bot/owner/test_summaries.py",
    ),
    fault(
        "a summary comes without its picture",
        "delivery/telegram.py",
        "replace(view, photo=await picture(self.studio, t, message, reader.colour))",
        "view",
        "tests/bot/owner/test_summaries.py",
    ),
    fault(
        "stores and people stand smallest first",
        "views/days.py",
        "reverse=True",
        "reverse=False",
    ),
    fault(
        "messages lost on missed days are not counted",
        "views/summary.py",
        "(*facts.missed, facts.day)",
        "(facts.day,)",
    ),
    fault(
        "a list is cut and does not say so",
        "views/summary.py",
        "if left_out else []",
        "if left_out < 0 else []",
    ),
    fault(
        "a list is longer than a caption may be",
        "views/summary.py",
        "length(text) <= CAPTION_LENGTH_MAX",
        "len(text) <= 4 * CAPTION_LENGTH_MAX",
    ),
    fault(
        "what the rows left out of a picture have is lost",
        "views/day_face.py",
        "for share in left_out)",
        "for share in left_out[1:])",
    ),
    fault(
        "bars of different shares are equally long",
        "pictures/day_layout.py",
        "(right - left) * min(share, 1.0)",
        "(right - left) * min(1.0, 1.0)",
        "tests/bot/pictures",
    ),
    fault(
        "a card does not show how far its points are",
        "pictures/points_layout.py",
        "width = round(self.box.width * min(max(self.share, 0.0), 1.0))",
        "width = self.box.width",
        "tests/bot/pictures",
    ),
)
