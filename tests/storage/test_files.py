"""The database's files when one of them goes just then."""

from pathlib import Path

from storage.sqlite.files import make_private


def test_file_that_is_gone_by_the_time_it_is_looked_at_is_nobodys_concern(tmp_path: Path) -> None:
    """It is listed and not there: a start died of it when a command of the operator's ended at that moment."""
    database = tmp_path / "stempel.db"
    (tmp_path / "stempel.db.0001.bak").symlink_to(tmp_path / "nowhere")
    make_private(database)
    assert database.stat().st_mode & 0o777 == 0o600
