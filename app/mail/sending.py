"""
The job that sends a mail, at most once unless the mail may say that it is a repeat.

Everything up to the text is harmless to try again. Right before the text goes out the mail is
marked `sending`, committed; when the server has answered it is marked `sent`, committed. An
attempt that finds `sending` follows one that died in between: nobody can know whether the server
took that mail. It is then `uncertain`, for a person to decide, or sent again with a line that
says it may be a repeat.
"""

import logging
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import case, delete, func, update
from sqlalchemy.orm import Session

from app.errors import Unavailable
from app.jobs.kinds import JobKind, Json, PeriodicJob
from app.jobs.work import Work
from app.mail import keeping, smtp
from app.mail.message import compose
from app.mail.models import Mail, MailState
from app.mail.outbox import SEND_CODE, TRIES
from app.mail.queries import get_mail
from app.mail.reasons import BROKE_OFF
from app.settings import Settings
from app.web.i18n import later

logger = logging.getLogger(__name__)

# Links in mails work for a week at most.
KEEP_TEXT = timedelta(days=7)
KEEP_ROW = timedelta(days=365)

AWAY = later("The mail server is away or asked to come back later: %(reason)s")


def job_kind(settings: Settings) -> JobKind:
    """Return the job that sends one mail with an installation's settings."""
    return JobKind(SEND_CODE, partial(send, settings), tries=TRIES)


def send(settings: Settings, _session: Session, work: Work, arguments: Json) -> Json | None:
    """Make one attempt at a mail; every step of it is committed on its own."""
    public_id = str(arguments["mail"])
    mail = _take(work, public_id)
    if mail is None:
        return None
    try:
        _attempt(settings, work, mail)
    except (smtp.Refused, ValueError) as error:
        _settle(work, public_id, MailState.FAILED, str(error)[:200])
    except smtp.Unknown as error:
        _settle_unknown(work, mail, str(error))
    except smtp.NotNow as error:
        _put_back(work, mail, str(error))
    return None


def _attempt(settings: Settings, work: Work, mail: Mail) -> None:
    has_server = settings.smtp_host is not None
    message = compose(
        mail,
        sender=settings.mail_from or "peibi@localhost",
        now=datetime.now(UTC),
        is_plain=not has_server,
    )
    if has_server:
        mark = partial(_mark_sending, work, mail.public_id)
        smtp.deliver(settings, message, before_text=mark)
        _settle(work, mail.public_id, MailState.SENT)
    else:
        keeping.keep(settings, f"{mail.created_at:%Y%m%d-%H%M%S}-{mail.public_id}", message)
        _settle(work, mail.public_id, MailState.KEPT)


def _take(work: Work, public_id: str) -> Mail | None:
    """Begin an attempt; None where there is nothing to send any more."""
    with work.session_factory.begin() as session:
        mail = get_mail(session, public_id)
        if mail.state == MailState.SENDING:
            if not mail.may_repeat:
                _write(session, public_id, state=MailState.UNCERTAIN, error=BROKE_OFF)
                return None
            mail.is_repeat = True
            mail.state = MailState.QUEUED
        if mail.state != MailState.QUEUED or mail.body is None:
            return None
        mail.attempts += 1
        mail.attempted_at = datetime.now(UTC)
        session.flush()
        session.refresh(mail)
        session.expunge(mail)
    return mail


def _mark_sending(work: Work, public_id: str) -> None:
    with work.session_factory.begin() as session:
        _write(session, public_id, state=MailState.SENDING)


def _settle(work: Work, public_id: str, state: MailState, error: str | None = None) -> None:
    """Write what became of a mail; its text goes with the mail."""
    values: dict[str, object] = {"state": state, "error": error}
    if state in {MailState.SENT, MailState.KEPT}:
        values["body"] = None
    with work.session_factory.begin() as session:
        _write(session, public_id, settled_at=func.clock_timestamp(), **values)
    if error:
        logger.error("mail was not sent", extra={"mail": public_id, "reason": error})


def _settle_unknown(work: Work, mail: Mail, reason: str) -> None:
    if mail.may_repeat:
        # It stays `sending`: the next attempt says that it may be a repeat.
        raise Unavailable(AWAY, reason=reason)
    _settle(work, mail.public_id, MailState.UNCERTAIN, reason)


def _put_back(work: Work, mail: Mail, reason: str) -> None:
    if mail.attempts >= TRIES:
        _settle(work, mail.public_id, MailState.FAILED, reason)
        return
    with work.session_factory.begin() as session:
        _write(session, mail.public_id, state=MailState.QUEUED, error=reason)
    raise Unavailable(AWAY, reason=reason)


def _write(session: Session, public_id: str, **values: object) -> None:
    session.execute(update(Mail).where(Mail.public_id == public_id).values(**values))


def forget_old_mails(session: Session) -> None:
    """Erase texts that were never sent after a week, and rows after a year."""
    session.execute(
        update(Mail)
        .where(Mail.body.is_not(None), Mail.created_at < func.clock_timestamp() - KEEP_TEXT)
        .values(
            body=None,
            state=case((Mail.state == MailState.QUEUED, MailState.FAILED), else_=Mail.state),
            settled_at=func.clock_timestamp(),
        )
    )
    session.execute(delete(Mail).where(Mail.created_at < func.clock_timestamp() - KEEP_ROW))


FORGET_OLD_MAILS = PeriodicJob("mail.forget_old", "41 3 * * *", forget_old_mails)
