"""Handing a letter to the mail server of MOTCUA_SMTP_URL."""

import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 10
NotSent = (OSError, smtplib.SMTPException)  # what `send` raises where the server is away or refuses


def send(url: str, letter: EmailMessage) -> None:
    """`smtp://user:password@host:587` speaks STARTTLS where offered; `smtps://` speaks TLS from the start."""
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname, parts.port or 0, timeout=TIMEOUT_S) as server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(letter)
