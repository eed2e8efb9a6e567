"""What the settings of Apple Wallet name must fit together; one sentence says what does not."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from bot.delivery.wallets import check_wallets
from bot.kit.clock import system_clock
from bot.kit.settings import Settings, SettingsProblem
from bot.kit.signer import Signer, signer_of
from tests.support.authority import A_YEAR, PASS_TYPE, for_passes, issue, root, settings_in


def settings_of(folder: Path, **changes: Any) -> Settings:
    party = changes.pop("party", None)
    hook = {"webhook_url": "https://cards.example.lu/hook"}
    return Settings(**hook | settings_in(folder, party) | changes)


def test_what_fits_together_signs(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    check_wallets(settings)
    signer = signer_of(settings)
    assert isinstance(signer, Signer)
    assert signer.sign(b"a manifest") != signer.sign(b"another manifest")
    assert signer_of(Settings()) is None


def test_signature_says_when_and_bears_the_chain(tmp_path: Path) -> None:
    """As Apple wants it: read by openssl, which did not make it."""
    signer = signer_of(settings_of(tmp_path))
    assert signer is not None
    read = ["openssl", "cms", "-cmsout", "-print", "-inform", "DER"]
    said = subprocess.run(read, input=signer.sign(b"{}"), capture_output=True, check=True).stdout.decode()
    assert "object: signingTime" in said
    assert "eContent: <ABSENT>" in said
    assert said.count("d.certificate:") == 2


def test_a_certificate_may_be_as_apple_gives_it(tmp_path: Path) -> None:
    party = for_passes()
    settings = settings_of(tmp_path, party=party)
    (tmp_path / "pass.cer").write_bytes(party.certificate.public_bytes(Encoding.DER))
    signer = signer_of(replace(settings, apple_pass_cert=tmp_path / "pass.cer"))
    assert signer is not None
    assert signer.certificate == party.certificate
    assert signer.connects(tmp_path / "root.pem").cert_store_stats()["x509_ca"] == 1


def test_a_certificate_that_has_run_out_stops_no_start(tmp_path: Path) -> None:
    ended = system_clock() - A_YEAR / 12
    signer = signer_of(settings_of(tmp_path, party=for_passes(until=ended)))
    assert signer is not None
    assert signer.expires_at == ended.replace(microsecond=0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"party": for_passes("pass.com.example.other")}, "APPLE_PASS_CERT is for pass.com.example.other"),
        ({"party": for_passes(team="Z9Y8X7W6V5")}, "APPLE_PASS_CERT is for Z9Y8X7W6V5"),
        ({"party": for_passes(by=root())}, "APPLE_PASS_WWDR did not issue APPLE_PASS_CERT"),
        ({"party": issue({})}, "APPLE_PASS_CERT is for something else"),
    ],
    ids=["another type", "another team", "another authority", "of nothing"],
)
def test_another_certificate_is_named(tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsProblem) as problem:
        check_wallets(settings_of(tmp_path, **wrong))
    assert str(problem.value).startswith(said)
    assert str(problem.value).endswith(".")
    assert "\n" not in str(problem.value)


def test_a_file_that_is_something_else_is_named(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    (tmp_path / "nonsense.pem").write_bytes(b"-----BEGIN NONSENSE-----")
    (tmp_path / "other.key").write_bytes(for_passes(PASS_TYPE).key_pem)
    for name, path, said in (
        ("apple_pass_cert", "nonsense.pem", "APPLE_PASS_CERT names"),
        ("apple_pass_cert", "pass.key", "APPLE_PASS_CERT names"),
        ("apple_pass_key", "pass.pem", "APPLE_PASS_KEY names"),
        ("apple_pass_key", "other.key", "APPLE_PASS_KEY does not belong"),
        ("apple_pass_wwdr", "nonsense.pem", "APPLE_PASS_WWDR names"),
    ):
        changes: dict[str, Any] = {name: tmp_path / path}
        with pytest.raises(SettingsProblem) as problem:
            check_wallets(replace(settings, **changes))
        assert str(problem.value).startswith(said), name
        assert "PRIVATE" not in str(problem.value)
