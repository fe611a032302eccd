"""What the catalogue holds, read anew."""

from sqlalchemy import select

from app.audit import AuditEvent
from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import TokenEstimate


def dataset(session, slug):
    session.expire_all()
    return session.scalars(select(Dataset).where(Dataset.slug == slug)).one_or_none()


def rows(session, model, slug):
    found = dataset(session, slug)
    statement = select(model).where(model.dataset_id == found.id).order_by(model.position)
    return session.scalars(statement).all()


def main_estimate(session, slug):
    return next((e for e in rows(session, TokenEstimate, slug) if e.is_main), None)


def events(session, slug):
    found = dataset(session, slug)
    return session.scalars(
        select(AuditEvent)
        .where(AuditEvent.object_type == "dataset", AuditEvent.object_id == str(found.id))
        .order_by(AuditEvent.id)
    ).all()
