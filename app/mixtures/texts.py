"""Bring mixtures out as text and in again: what the page, the API and the command line share."""

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.mixtures import catalogue, drafts, findings, lifecycle, loading, text_form, versions
from app.mixtures import content as contents
from app.mixtures.drafts import Saved
from app.mixtures.findings import Finding
from app.mixtures.models import Draft, Mixture, MixtureVersion
from app.mixtures.text_form import Document


def of_draft(mixture: Mixture, draft: Draft) -> str:
    """Return the draft as text."""
    return text_form.write(
        Document(
            content=contents.read(draft.content),
            slug=mixture.slug,
            name=mixture.name,
            description=mixture.description,
            revision=draft.revision,
        )
    )


def of_version(mixture: Mixture, version: MixtureVersion, *, with_team: bool) -> str:
    """Return a version as text."""
    opened = versions.open_version(version, is_whole=False, with_team=with_team)
    return text_form.write(
        Document(
            content=opened.content,
            slug=mixture.slug,
            name=mixture.name,
            description=mixture.description,
        )
    )


def read(session: Session, text: str) -> Document:
    """
    Read a text.

    Raises
    ------
    InvalidInput
        If it is no mixture, or of a tokenizer that is not known.
    """
    document = text_form.read(text)
    catalogue.require_tokenizer(session, document.content.tokenizer)
    return document


def put(
    session: Session, mixture: Mixture, document: Document, *, revision: int, viewer: Viewer
) -> Saved:
    """
    Put a text in the place of the draft.

    Raises
    ------
    StaleDraft
        If the draft is not at `revision` any more.
    """
    return drafts.replace_content(
        session, mixture, document.content, revision=revision, viewer=viewer, action="import"
    )


def create(session: Session, document: Document, *, viewer: Viewer) -> Mixture:
    """Make a mixture of a text."""
    return lifecycle.create_mixture(
        session,
        name=document.name or document.slug or document.content.phases[0].name,
        slug=document.slug,
        description=document.description,
        content=document.content,
        viewer=viewer,
    )


def check(session: Session, document: Document, viewer: Viewer) -> list[Finding]:
    """Return what the page would say of a text."""
    view = loading.load_plan(session, document.content, viewer, is_whole=True)
    return findings.list_findings(view)
