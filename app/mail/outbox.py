"""
Put mails into the outbox: part of the caller's transaction.

A mail whose transaction rolls back was never written; one whose transaction commits leaves, even
if every process dies in between. What a mail says is never a template that a person wrote.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.errors import Conflict
from app.jobs import service as jobs
from app.jobs.kinds import JobKind, Json
from app.jobs.work import Work
from app.mail.markup import BETWEEN_LANGUAGES
from app.mail.models import Mail, MailState
from app.web import i18n

SEND_CODE = "mail.send"
# The queue waits at most ten minutes between attempts: eight hours of a mail server that is away.
TRIES = 50

MAX_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a mail. Without a language the mail is in both."""

    email: str
    name: str = ""
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """
    A sentence: an English msgid marked with `later`, and what to put in.

    What differs by language is a function of the locale.

    A line that is an address alone is, in HTML, what the words on the line above lead to.
    """

    message: str
    params: Mapping[str, object] = field(default_factory=dict)


def _run_elsewhere(_session: Session, _work: Work, _arguments: Json) -> Json | None:
    raise RuntimeError("Sending is made with the settings of the worker.")  # pragma: no cover


# How to ask for it; `app.mail.sending` has what does it.
_SEND = JobKind(SEND_CODE, _run_elsewhere, tries=TRIES)


def queue(
    session: Session,
    to: Recipient,
    *,
    kind: str,
    about: str,
    subject: Text,
    paragraphs: Sequence[Text],
    may_repeat: bool = False,
) -> Mail:
    """
    Write a mail to send once the session commits.

    It is sent at most once; with `may_repeat` a mail that may or may not have left before a
    crash is sent again and says that it may be a repeat. Never put an amount or a rival's name
    into it, nor a secret that works more than once.
    """
    locales = (to.locale,) if to.locale in i18n.LOCALES else i18n.LOCALES
    # Once, where it is the same in both languages.
    subjects = dict.fromkeys(say(subject, locale) for locale in locales)
    mail = Mail(
        public_id=secrets.token_urlsafe(16),
        kind=kind,
        about=about,
        to_email=to.email.strip(),
        to_name=one_line(to.name),
        locale=to.locale if to.locale in i18n.LOCALES else None,
        subject=one_line(" / ".join(subjects))[:MAX_SUBJECT],
        body=BETWEEN_LANGUAGES.join(
            "\n\n".join(say(paragraph, locale) for paragraph in paragraphs) for locale in locales
        )
        + "\n",
        may_repeat=may_repeat,
        state=MailState.QUEUED,
    )
    session.add(mail)
    session.flush()
    _ask_to_send(session, mail)
    return mail


def send_again(session: Session, mail: Mail) -> None:
    """
    Send a mail whose fate is unknown, or that could not be sent, once more; it says so.

    Raises
    ------
    Conflict
        If it left, waits, or its text was erased.
    """
    if mail.state not in {MailState.FAILED, MailState.UNCERTAIN}:
        raise Conflict("Only a mail that failed or may not have left can be sent again.")
    if mail.body is None:
        raise Conflict(
            "The text of this mail was erased after a week, with the link in it. Make a new "
            "invitation or link instead."
        )
    mail.is_repeat = mail.is_repeat or mail.state == MailState.UNCERTAIN
    mail.state = MailState.QUEUED
    mail.attempts = 0
    mail.error = None
    session.flush()
    _ask_to_send(session, mail)


def say(text: Text, locale: str) -> str:
    """Return a sentence in one language, whatever language the request speaks."""
    translated = i18n.translations(locale).gettext(text.message)
    params = {
        name: value(locale) if callable(value) else value for name, value in text.params.items()
    }
    return translated % params if params else translated


def one_line(text: str) -> str:
    """Return text that can stand in a header: no line breaks or control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _ask_to_send(session: Session, mail: Mail) -> None:
    jobs.enqueue(session, _SEND, {"mail": mail.public_id})
