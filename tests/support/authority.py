"""A certificate authority like Apple's: a root, an intermediate below it, and a certificate for passes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bot.kit.clock import system_clock

PASS_TYPE = "pass.com.example.card"
TEAM = "A1B2C3D4E5"
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Party:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(frozen=True, slots=True)
class Files:
    root: Path
    wwdr: Path
    certificate: Path
    key: Path
    server: Path
    server_key: Path


def issue(
    name: dict[x509.ObjectIdentifier, str],
    by: Party | None = None,
    *,
    is_authority: bool = False,
    until: datetime | None = None,
    for_loopback: bool = False,
) -> Party:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in name.items()])
    now = system_clock()
    begins_at = min(now, until or now) - A_YEAR
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins_at)
        .not_valid_after(until or now + A_YEAR)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key((by or Party(None, key)).key.public_key()),  # type: ignore[arg-type]
            critical=False,
        )
    )
    if for_loopback:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
    elif not is_authority:
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    return Party(builder.sign(by.key if by else key, hashes.SHA256()), key)


@cache
def root() -> Party:
    return issue({NameOID.COMMON_NAME: "A Root"}, is_authority=True)


@cache
def intermediate() -> Party:
    return issue({NameOID.COMMON_NAME: "Developer Relations"}, root(), is_authority=True)


def for_passes(
    pass_type: str = PASS_TYPE, team: str = TEAM, by: Party | None = None, until: datetime | None = None
) -> Party:
    name = {
        NameOID.USER_ID: pass_type,
        NameOID.COMMON_NAME: f"Pass Type ID: {pass_type}",
        NameOID.ORGANIZATIONAL_UNIT_NAME: team,
    }
    return issue(name, by or intermediate(), until=until)


def lay(folder: Path, party: Party | None = None) -> Files:
    """Writes the files. ``party`` replaces the usual certificate for passes."""
    party = party or for_passes()
    server = issue({NameOID.COMMON_NAME: "127.0.0.1"}, root(), for_loopback=True)
    written = {
        "root.pem": root().pem,
        "wwdr.pem": intermediate().pem,
        "pass.pem": party.pem,
        "pass.key": party.key_pem,
        "server.pem": server.pem,
        "server.key": server.key_pem,
    }
    for name, content in written.items():
        (folder / name).write_bytes(content)
    return Files(*(folder / name for name in written))


def settings_in(folder: Path, party: Party | None = None) -> dict[str, Any]:
    """The settings that switch Apple Wallet on."""
    files = lay(folder, party)
    return {
        "apple_pass_type_id": PASS_TYPE,
        "apple_pass_team_id": TEAM,
        "apple_pass_cert": files.certificate,
        "apple_pass_key": files.key,
        "apple_pass_wwdr": files.wwdr,
    }
