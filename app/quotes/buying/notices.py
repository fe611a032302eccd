"""What was just done, said on the page that follows: `?done=CODE` after a redirect."""

from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import RedirectResponse

from app.web.i18n import gettext as _
from app.web.i18n import later

SEE_OTHER = 303
NOTICES = {
    "created": later("The draft is made. It saves as you go from step to step."),
    "saved": later("Saved."),
    "copied": later("The draft has the content of the earlier request. Nobody is invited yet."),
    "lot-added": later("The lot is added."),
    "lot-removed": later("The lot is removed."),
    "file-added": later("The file is added."),
    "file-removed": later("The file is taken off; versions that vendors saw are kept."),
    "invited": later("The vendor is invited. They are told once the request is open."),
    "invited-open": later("The vendor is invited and told by mail."),
    "asked-approval": later("The approvers are told that the request waits for them."),
    "opened": later("The request is open. Everybody invited is told."),
    "amended": later("The change is saved, and everybody invited is told."),
    "extended": later("The deadline is later now, and everybody invited is told."),
    "cancelled": later("The request is cancelled, and everybody invited is told."),
    "answered": later("The answer is out: everybody invited sees it, without who asked."),
    "supplemented": later("The file is added to the answer, and everybody invited is told."),
    "awarded": later("The lot is awarded. The vendor is told."),
    "in-draft": later("What was bought is in the draft of the mixture now."),
    "entered": later("The catalogue has the entry now."),
    "unawarded": later("The lot is declared unawarded."),
    "rate": later("The rate is kept."),
    "settings": later("The rules are saved."),
}


def get_done_notice(done: Annotated[str, Query()] = "") -> str | None:
    """Return the sentence for the page's `done` parameter; an unknown one says nothing."""
    return _(NOTICES[done]) if done in NOTICES else None


DoneNotice = Annotated[str | None, Depends(get_done_notice)]


def redirect(path: str, done: str, *, at: str = "") -> RedirectResponse:
    """Go to a page and say there what was done."""
    anchor = f"#{at}" if at else ""
    return RedirectResponse(f"{path}?done={done}{anchor}", status_code=SEE_OTHER)
