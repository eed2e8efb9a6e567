"""What is installed and what keeps the bot running: the two lists of requirements, the unit, the Containerfile."""

import grp
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.support.ports import unused_port

ROOT = Path(__file__).parents[2]
OPERATING = ROOT / "docs" / "operating"


def pins(name: str) -> dict[str, str]:
    """Each package with its version and hashes."""
    found = re.split(r"^(?=\S+==)", (ROOT / name).read_text(), flags=re.MULTILINE)
    return {each.partition("==")[0]: each for each in found if each.strip()}


def test_running_installs_the_same_as_the_whole_environment_and_less() -> None:
    runs, all_of_it = pins("requirements-run.txt"), pins("requirements.txt")
    assert runs.items() < all_of_it.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = {re.split(r"[\[~>]", each)[0] for each in project["project"]["dependencies"]}
    assert needed <= runs.keys()
    assert not runs.keys() & set(project["dependency-groups"]["dev"])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze on the PATH")
def test_systemd_finds_nothing_in_the_unit(tmp_path: Path) -> None:
    text, unit = (OPERATING / "stempel.service").read_text(), tmp_path / "stempel.service"
    here = text.replace("/opt/stempel/.venv/bin/python", "/bin/true").replace("-m bot run", "")
    assert here != text
    assert (OPERATING / "stempel@.service").read_text().count("%i") == 3
    unit.write_text(here)
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_containerfile_copies_all_that_the_bot_is_made_of() -> None:
    lines = (OPERATING / "Containerfile").read_text()
    copied = set(re.findall(r"^COPY (\S+)", lines, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert copied == {
        *project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"],
        "requirements-run.txt",
    }
    kept = set(re.findall(r"^!(\S+)", (OPERATING / "Containerfile.dockerignore").read_text(), re.MULTILINE))
    assert kept == copied


def test_container_is_asked_how_it_is_where_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where another HEALTH_LISTEN stands in .env than in the Containerfile."""
    [asked] = re.findall(
        r"^HEALTHCHECK .* CMD (\[.*\])$", (OPERATING / "Containerfile").read_text(), re.MULTILINE
    )
    _, *words = json.loads(asked)
    port = unused_port()
    monkeypatch.setenv("HEALTH_LISTEN", f"0.0.0.0:{port}")

    def is_well() -> bool:
        done = subprocess.run([sys.executable, *words], capture_output=True, check=False)
        return done.returncode == 0

    answers = ThreadingHTTPServer(("127.0.0.1", port), Well)
    thread = Thread(target=answers.serve_forever)
    thread.start()
    try:
        assert is_well()
    finally:
        answers.shutdown()
        thread.join()
        answers.server_close()
    assert not is_well()


class Well(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


def test_proxy_that_speaks_tls_has_a_certificate() -> None:
    """Else nginx does not start with what is shown."""
    servers = [block for block in shown_in(OPERATING / "README.md") if "listen 443 ssl" in block]
    assert servers
    assert all("ssl_certificate " in block and "ssl_certificate_key " in block for block in servers)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to somebody else")
def test_code_that_root_runs_at_an_update_is_not_the_bots_to_change(tmp_path: Path) -> None:
    """As it is installed and updated in docs/operating, under a strict umask, for a user who is there already. The
    bot's user can read all of it, and write to nothing but the data."""
    bot, home = pwd.getpwnam("nobody"), tmp_path / "stempel"
    group = grp.getgrgid(bot.pw_gid).gr_name
    install, update = (
        block for block in shown_in(OPERATING / "README.md") if "cp -r bot domain storage" in block
    )
    script = re.sub(r"^(useradd|systemctl|.*/python) .*\n", "", install + update, flags=re.MULTILINE)
    for named, here in {
        "/opt/stempel": str(home),
        "-o stempel": "-o nobody",
        "-g stempel": f"-g {group}",
    }.items():
        script = script.replace(named, here)
    assert "-o nobody" in script
    subprocess.run(["sh", "-euc", f"umask 077\n{script}"], cwd=ROOT, check=True)

    def may(path: Path, owner: int, of_group: int, others: int) -> bool:
        found = path.stat()
        theirs = owner if found.st_uid == bot.pw_uid else of_group if found.st_gid == bot.pw_gid else others
        return bool(found.st_mode & theirs)

    everything = {home, *home.rglob("*")}
    assert {path for path in everything if may(path, 0o200, 0o020, 0o002)} == {home / "data"}
    assert {path for path in everything if path.stat().st_uid == bot.pw_uid} == {home / "data"}
    assert {path for path in everything if not may(path, 0o400, 0o040, 0o004)} == set()
    assert not home.stat().st_mode & 0o007
    assert not (home / ".env").stat().st_mode & 0o007


def shown_in(page: Path) -> list[str]:
    """The blocks of commands and settings."""
    return re.findall(r"^```\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", [ROOT / "README.md", OPERATING / "README.md"], ids=["start", "operating"])
def test_settings_are_laid_where_nobody_else_reads_them(page: Path) -> None:
    """The token is in there."""
    laid = re.findall(r"^ *(.*\.env\.example \S*\.env)$", page.read_text(), re.MULTILINE)
    assert len(laid) == 1
    assert laid[0].startswith("install ")
    assert re.search(r"-m 6[04]0 ", laid[0])
