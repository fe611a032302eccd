"""
Files of requests and quotes: versioned, hashed, and given back only to who may read their owner.

A file of a quote is sealed like the quote. A newer version stands beside the older ones, so that
what a quote rests on can be named by its hash.
"""

from collections.abc import Sequence
from typing import Any

from fastapi import Request
from sqlalchemy import func
from sqlalchemy.orm import Session

from app.accounts.models import new_public_id
from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, get_viewer, require
from app.errors import Conflict, NotFound
from app.files import service as files
from app.files.models import StoredFile
from app.files.purposes import Purpose
from app.files.receiving import ReceivedFile
from app.files.types import CSV, DOCX, JPEG, JSON, JSONL, MARKDOWN, PDF, PNG, XLSX, ZIP
from app.quotes import events, notices, state
from app.quotes.models.papers import Amendment, Attachment
from app.quotes.models.quote import Quote
from app.quotes.models.rfq import Rfq
from app.quotes.queries import attachments as attachment_queries
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.state import QuoteState, RfqState
from app.quotes.vocabulary import FileRole
from app.web.i18n import gettext as _

MAX_BYTES = 20 * 10**6
MAX_FILES = 50


def _may_download(request: Request, session: Session, stored: StoredFile) -> None:
    viewer = get_viewer(request, session)
    if not attachment_queries.may_read_file(session, stored, viewer):
        raise NotFound("There is no such file, or it was cleaned up after its time.")


QUOTE_FILE = Purpose(
    code="quotes",
    types=(PDF, XLSX, DOCX, CSV, MARKDOWN, JSON, JSONL, PNG, JPEG, ZIP),
    max_bytes=MAX_BYTES,
    may_download=_may_download,
    looks_into_archives=True,
)


def attach_to_rfq(
    session: Session,
    rfq: Rfq,
    received: ReceivedFile,
    *,
    role: FileRole,
    viewer: Viewer,
) -> Attachment:
    """
    Attach a file to a request; one of the same name and role becomes its next version.

    Adding to an open request is an amendment: everybody invited is told.

    Raises
    ------
    Conflict
        If the request is not a draft or open, or has too many files.
    """
    require(viewer, Permission.EDIT_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, rfq)
    is_draft = rfq.state == RfqState.DRAFT
    state.next_rfq_state(rfq.effective_state, "edit" if is_draft else "amend")
    present = attachment_queries.list_attachments(session, rfq)
    attachment = keep(session, rfq, received, present, viewer=viewer, role=role)
    stored = attachment.file
    rfq.revision += 1
    rfq.updated_at = func.clock_timestamp()
    if not is_draft:
        rfq.amendment += 1
        session.add(
            Amendment(
                rfq_id=rfq.id,
                number=rfq.amendment,
                summary=_("File %(name)s, version %(n)s", name=stored.name, n=attachment.version),
                before={},
                after=facts(attachment),
                made_by_name=viewer.name,
            )
        )
    session.flush()
    _record(session, rfq, attachment, "attachment.added", viewer)
    if not is_draft:
        notices.tell_all(session, rfq, "amended")
    return attachment


def attach_to_quote(
    session: Session, quote: Quote, received: ReceivedFile, *, viewer: Viewer
) -> Attachment:
    """
    Attach a file to a vendor's draft; one of the same name becomes its next version.

    Raises
    ------
    Conflict
        If the quote is no draft, the request is not open, or there are too many files.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, quote.rfq, share=True)
    invitation_queries.get_own_invitation(session, rfq, viewer, lock=True)
    quote = quote_queries.get_quote(session, quote.public_id, viewer, lock=True)
    state.next_quote_state(quote.state, "save")
    if rfq.effective_state is not RfqState.OPEN:
        raise state.rfq_refusal(rfq.effective_state)
    present = attachment_queries.list_attachments(session, rfq, quote_id=quote.id)
    return keep(session, rfq, received, present, viewer=viewer, quote_id=quote.id)


def copy_to_revision(session: Session, before: Quote, after: Quote) -> None:
    """Attach the files of a quote to the revision that was made of it."""
    for one in attachment_queries.list_attachments(session, before.rfq, quote_id=before.id):
        session.add(
            Attachment(
                rfq_id=one.rfq_id,
                quote_id=after.id,
                file_id=one.file_id,
                role=one.role,
                series=one.series,
                version=one.version,
                added_by_name=one.added_by_name,
            )
        )
    session.flush()


def remove_from_rfq(session: Session, rfq: Rfq, public_id: str, *, viewer: Viewer) -> None:
    """
    Take a file off a draft of a request; what vendors have seen stays.

    Raises
    ------
    Conflict
        If the request is not a draft.
    """
    require(viewer, Permission.EDIT_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, rfq)
    state.next_rfq_state(rfq.effective_state, "edit")
    attachment = attachment_queries.get_attachment(session, rfq, public_id)
    attachment.removed_at = func.clock_timestamp()
    session.flush()
    _record(session, rfq, attachment, "attachment.removed", viewer)


def remove_from_quote(session: Session, quote: Quote, public_id: str, *, viewer: Viewer) -> None:
    """
    Take a file off a vendor's draft.

    Raises
    ------
    Conflict
        If the quote is no draft any more.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, quote.rfq, share=True)
    invitation_queries.get_own_invitation(session, rfq, viewer, lock=True)
    quote = quote_queries.get_quote(session, quote.public_id, viewer, lock=True)
    if quote.state != QuoteState.DRAFT:
        raise state.quote_refusal(QuoteState(quote.state))
    attachment = attachment_queries.get_attachment(session, rfq, public_id, quote_id=quote.id)
    attachment.removed_at = func.clock_timestamp()
    session.flush()


def keep(
    session: Session,
    rfq: Rfq,
    received: ReceivedFile,
    present: Sequence[Attachment],
    *,
    viewer: Viewer,
    role: FileRole = FileRole.OTHER,
    given_name: str | None = None,
    **owner: int,
) -> Attachment:
    """
    Attach a file beside those `present`: the next version of the one that is called as it is.

    `owner` names the quote or the question that it belongs to.

    Raises
    ------
    Conflict
        If there are too many.
    """
    if len(present) >= MAX_FILES:
        raise Conflict("At most %(most)s files can be attached here.", most=MAX_FILES)
    stored = files.keep_file(session, received, created_by_id=viewer.account_id)
    made = Attachment(
        rfq_id=rfq.id,
        file_id=stored.id,
        file=stored,
        role=role,
        given_name=given_name,
        series=new_public_id(),
        version=1,
        added_by_name=viewer.name,
        **owner,
    )
    earlier = [one for one in present if one.is_called_as(made)]
    if earlier:
        made.series, made.version = earlier[-1].series, earlier[-1].version + 1
    session.add(made)
    session.flush()
    return made


def facts(attachment: Attachment) -> dict[str, Any]:
    """Return what events and amendments say of a file."""
    stored = attachment.file
    return {"file": stored.name, "version": attachment.version, "sha256": stored.sha256}


def _record(
    session: Session, rfq: Rfq, attachment: Attachment, action: str, viewer: Viewer
) -> None:
    of = ("attachment", attachment.public_id)
    events.record(session, rfq, action, actor=viewer, of=of, detail=facts(attachment))
