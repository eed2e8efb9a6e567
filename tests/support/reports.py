"""Reports of mail that came back, as relays write them (RFC 3464)."""

from email.message import EmailMessage


def report(
    mail: EmailMessage | None,
    status: str = "5.1.1",
    action: str = "failed",
    *,
    returns: str = "message/rfc822",
    head: str = "",
) -> bytes:
    """A report about ``mail``, with its Message-ID among the returned headers; None for somebody else's mail."""
    name = "<1@somewhere.example>" if mail is None else str(mail["Message-ID"])
    lines = [
        "From: Mail Delivery System <MAILER-DAEMON@relay.example>",
        "To: cards@example.lu",
        "Subject: Undelivered Mail Returned to Sender",
        *([head] if head else []),
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="A.1/relay.example"',
        "",
        "This is a MIME-encapsulated message.",
        "",
        "--A.1/relay.example",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "I'm sorry to have to inform you that your message could not be delivered.",
        "",
        "--A.1/relay.example",
        "Content-Description: Delivery report",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; relay.example",
        "Arrival-Date: Mon, 15 Jun 2026 09:00:00 +0000 (UTC)",
        "",
        "Final-Recipient: rfc822; anna@example.lu",
        "Original-Recipient: rfc822;anna@example.lu",
        f"Action: {action}",
        f"Status: {status}",
        "Diagnostic-Code: smtp; 550 5.1.1 <anna@example.lu>: no such user",
        "",
        "--A.1/relay.example",
        f"Content-Type: {returns}",
        "",
        "From: cards@example.lu",
        f"Message-ID: {name}",
        "",
        "--A.1/relay.example--",
        "",
    ]
    return "\r\n".join(lines).encode()
