"""The draft of a mixture to read, for those of the team who do not change it."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request, Response

from app.accounts.viewers import Viewer
from app.db import DbSession
from app.mixtures import content as contents
from app.mixtures import loading, shortages
from app.mixtures.findings import Finding, list_findings
from app.mixtures.models import Draft, Mixture
from app.mixtures.shortages import Shortage
from app.mixtures.views import MixtureView
from app.mixtures.web.asking import rfq_href
from app.mixtures.web.say import SAY, Say
from app.web.templating import render


@dataclass(frozen=True)
class DraftPage:
    """The draft of a mixture."""

    mixture: Mixture
    draft: Draft
    view: MixtureView
    findings: Sequence[Finding]
    shortages: Sequence[Shortage]
    shortage_count: int
    rfq_href: str | None
    notice: str | None
    say: Say = SAY


def show_draft(
    request: Request,
    session: DbSession,
    mixture: Mixture,
    draft: Draft,
    viewer: Viewer,
    *,
    notice: str | None,
) -> Response:
    """Show everything that the draft comes to."""
    view = loading.load_plan(session, contents.read(draft.content), viewer, is_whole=True)
    lacks = shortages.list_lacks(view)
    page = DraftPage(
        mixture=mixture,
        draft=draft,
        view=view,
        findings=list_findings(view),
        shortages=shortages.say(lacks[: shortages.MOST_SHOWN], view),
        shortage_count=len(lacks),
        rfq_href=rfq_href(request, viewer, mixture),
        notice=notice,
    )
    return render(request, "mixtures/draft.html", page)
