"""Give one message to the mail server, over TLS whose certificate is verified."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from app.mail.reasons import CERTIFICATE
from app.settings import Settings

TIMEOUT_SECONDS = 30
OK = 250


class Refused(Exception):
    """The server will never take this message; carries its answer."""


class NotNow(Exception):
    """The server is away or asks to come back later; the message did not leave."""


class Unknown(Exception):
    """The connection broke while the server took the message: it may have left or not."""


def deliver(settings: Settings, message: EmailMessage, *, before_text: Callable[[], None]) -> None:
    """
    Send a message to its one recipient.

    `before_text` is called when everything but the text was accepted: what breaks before it has
    certainly not been sent.

    Raises
    ------
    Refused, NotNow, Unknown
        As their names say.
    """
    try:
        with _connected(settings) as server:
            _envelope(server, message)
            before_text()
            code, answer = _text(server, message)
    except ssl.SSLCertVerificationError as error:
        raise NotNow(f"{CERTIFICATE}{error.verify_message}") from error
    except smtplib.SMTPResponseException as error:
        raise _answer(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotNow(f"{type(error).__name__}: {error}"[:200]) from error
    if code != OK:
        raise _answer(code, answer)


@contextmanager
def _connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context(
        cafile=str(settings.smtp_ca_file) if settings.smtp_ca_file else None
    )
    host, port = settings.smtp_host or "", settings.smtp_port
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if settings.smtp_user:
            password = settings.smtp_password
            server.login(settings.smtp_user, password.get_secret_value() if password else "")
        yield server
    finally:
        # A message that was taken stays taken, however the goodbye goes.
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()


def _envelope(server: smtplib.SMTP, message: EmailMessage) -> None:
    sender = message["From"].addresses[0].addr_spec
    recipient = message["To"].addresses[0].addr_spec
    options = ["SMTPUTF8"] if _needs_utf8(message) else []
    for code, answer in (server.mail(sender, options), server.rcpt(recipient)):
        if code not in {OK, 251}:
            raise smtplib.SMTPResponseException(code, answer)


def _needs_utf8(message: EmailMessage) -> bool:
    """Whether an address has letters that only newer servers take."""
    return not str(message["To"].addresses[0].addr_spec).isascii()


def _text(server: smtplib.SMTP, message: EmailMessage) -> tuple[int, bytes]:
    try:
        return server.data(message.as_bytes(policy=SMTPUTF8 if _needs_utf8(message) else SMTP))
    except smtplib.SMTPDataError as error:
        # An answer is certain, whatever it is.
        return error.smtp_code, _bytes(error.smtp_error)
    except (smtplib.SMTPException, OSError) as error:
        raise Unknown(f"{type(error).__name__}: {error}"[:200]) from error


def _answer(code: int, text: bytes | str) -> Refused | NotNow:
    sentence = f"{code} {_bytes(text).decode(errors='replace')}"[:200]
    is_final = 500 <= code < 600  # noqa: PLR2004  the class of SMTP answers that are final
    return Refused(sentence) if is_final else NotNow(sentence)


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
