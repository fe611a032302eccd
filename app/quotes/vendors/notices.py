"""What a vendor just did, said on the page that follows: `?done=CODE` after a redirect."""

from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import RedirectResponse

from app.web.i18n import gettext as _
from app.web.i18n import later

SEE_OTHER = 303
NOTICES = {
    "saved": later("The draft is saved. Nobody outside your organisation sees it."),
    "submitted": later(
        "The quote is submitted. Until the deadline nobody else sees it, and you can revise or "
        "withdraw it."
    ),
    "withdrawn": later("The quote is withdrawn. You can quote again until the deadline."),
    "revising": later("This is a new draft. What you submitted stands until you submit this one."),
    "discarded": later("The draft is thrown away."),
    "declined": later("The buyer is told that you will not quote. You can still change your mind."),
    "asked": later("The question is sent. The answer goes to all who are invited, without names."),
    "attached": later("The file is attached."),
    "detached": later("The file is taken off the draft."),
    "card-added": later("The rate card is saved."),
    "card-removed": later("The rate card is taken back."),
}


def get_done_notice(done: Annotated[str, Query()] = "") -> str | None:
    """Return the sentence for the page's `done` parameter; an unknown one says nothing."""
    return _(NOTICES[done]) if done in NOTICES else None


DoneNotice = Annotated[str | None, Depends(get_done_notice)]


def redirect(path: str, done: str = "") -> RedirectResponse:
    """Go to a page and say there what was done."""
    return RedirectResponse(f"{path}?done={done}" if done else path, status_code=SEE_OTHER)
