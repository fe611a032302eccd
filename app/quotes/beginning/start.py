"""
What a new request begins with: an earlier one, what a mixture lacks, what a vendor lists.

A shortage is in tokens, and vendors count in questions or hours. The conversion prior of the
catalogue turns one into the other, and the note says which prior, so that a buyer can check it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.quotes import requests
from app.quotes.beginning import listed, origins, shortages
from app.quotes.beginning.listed import Listed
from app.quotes.content.asked import RfqIn
from app.quotes.models.rfq import Rfq
from app.quotes.queries import rfqs as rfq_queries
from app.web.i18n import gettext as _

NO_TITLE = "-"
PARAMETERS = ("mixture", "shortage", "dataset", "provider", "service")


@dataclass(frozen=True)
class Start:
    """The content that a new request begins with, and where it is from."""

    body: RfqIn
    origin: dict[str, Any] | None = None
    note: str = ""
    is_copy: bool = False
    hidden: dict[str, str] = field(default_factory=dict)


def empty() -> RfqIn:
    """Return a request that says nothing yet: its title is what a person writes first."""
    return RfqIn(title=NO_TITLE).model_copy(update={"title": ""})


def read_start(
    session: Session, viewer: Viewer, chosen: Mapping[str, str], *, earlier: str = ""
) -> Start:
    """Return what an address asks a new request to begin with."""
    if earlier:
        return _copy(rfq_queries.get_rfq(session, earlier, viewer))
    if slug := chosen.get("mixture", "").strip():
        return _from_mixture(session, viewer, slug, chosen.get("shortage", "").strip())
    if slug := chosen.get("dataset", "").strip():
        return _from_listed(listed.of_dataset(session, slug, viewer), {"dataset": slug})
    if slug := chosen.get("provider", "").strip():
        service = chosen.get("service", "").strip()
        found = listed.of_service(session, slug, service)
        return _from_listed(found, {"provider": slug, "service": service})
    return Start(empty())


def _from_mixture(session: Session, viewer: Viewer, slug: str, key: str) -> Start:
    found = shortages.find_lots(session, slug, viewer, key=key)
    title = _("Data for %(mixture)s", mixture=found.name)[:300]
    body = RfqIn.model_validate({"title": title, "lots": found.lots})
    origin = {
        "mixture": found.slug,
        "shortage": key,
        "name": found.name,
        "lacks": found.lacks,
        "phases": {str(n): phase for n, phase in enumerate(found.phases, start=1)},
    }
    return Start(
        body, origin=origin, note=origins.say(origin), hidden={"mixture": slug, "shortage": key}
    )


def _from_listed(found: Listed, chosen: dict[str, str]) -> Start:
    origin = {**found.facts, "vendor": found.vendor}
    return Start(
        RfqIn.model_validate({"title": found.title, "lots": [found.lot]}),
        origin=origin,
        note=origins.say(origin),
        hidden=chosen,
    )


def suggested_vendor(rfq: Rfq) -> str:
    """Return the short name of the vendor that a request was begun for, "" for none."""
    return str((rfq.origin or {}).get("vendor", ""))


def _copy(rfq: Rfq) -> Start:
    body = requests.body_of(rfq)
    lots = [lot.model_copy(update={"id": None}) for lot in body.lots]
    copied = body.model_copy(update={"deadline": None, "questions_until": None, "lots": lots})
    origin = {"rfq": rfq.public_id, "number": rfq.number}
    return Start(
        copied,
        origin=origin,
        note=origins.say(origin),
        is_copy=True,
        hidden={"from": rfq.public_id},
    )
