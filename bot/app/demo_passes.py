"""Cards in wallets in the demo: an authority in Apple's place signs them, and the sandbox's Google keeps them. Both
are made at the start and forgotten at the end.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.sandbox import Sandbox

ISSUER = "3388000000000000000"
PASS_TYPE, TEAM = "pass.demo.stempel", "DEMO000000"
A_YEAR = timedelta(days=365)


def demo_passes(folder: Path, now: datetime) -> dict[str, Any]:
    """The settings that put cards into Apple Wallet."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _name({NameOID.COMMON_NAME: "Authority of the demo"})
    named = _name({NameOID.USER_ID: PASS_TYPE, NameOID.ORGANIZATIONAL_UNIT_NAME: TEAM})
    wwdr = _issued(authority, authority_key.public_key(), authority, authority_key, now)
    certificate = _issued(named, key.public_key(), authority, authority_key, now)
    files = {
        "apple_pass_wwdr": wwdr.public_bytes(Encoding.PEM),
        "apple_pass_cert": certificate.public_bytes(Encoding.PEM),
        "apple_pass_key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    }
    paths = {name: folder / f"{name}.pem" for name in files}
    for name, content in files.items():
        paths[name].write_bytes(content)
    return {"apple_pass_type_id": PASS_TYPE, "apple_pass_team_id": TEAM, **paths}


def demo_google(folder: Path, sandbox: Sandbox) -> dict[str, Any]:
    """The settings that put cards into Google Wallet."""
    key_file = folder / "google.json"
    key_file.write_text(json.dumps(sandbox.google_account()))
    return {
        "google_wallet_issuer_id": ISSUER,
        "google_wallet_key_file": key_file,
        "google_wallet_api_url": sandbox.google_api_url,
    }


def _name(parts: dict[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts.items()])


def _issued(
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - A_YEAR).not_valid_after(now + 5 * A_YEAR)
    return builder.sign(issuer_key, hashes.SHA256())
