"""What was just done, said on the page that follows: `?done=CODE` after a redirect."""

from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import RedirectResponse

from app.web.i18n import gettext as _
from app.web.i18n import later

SEE_OTHER = 303
NOTICES = {
    "created": later("The mixture is made. Set its budget and add components."),
    "recipe": later("The recipe is on your budget, with its printed weights."),
    "recipe-partly": later(
        "The recipe is on your budget, with its printed weights. What has no counterpart in the "
        "catalogue is left out; the recipe's page names it."
    ),
    "added": later("The datasets are in the draft. Give them their weights."),
    "imported": later("The text is the draft now. Its comments stay in your file."),
    "saved": later("The version is saved. It never changes from here on."),
    "seen": later(
        "Noted. The version stays as it is, and you are told again when the catalogue changes more."
    ),
    "reverted": later("The draft is set back to this version. Undo brings the other one back."),
    "renamed": later("The name and the description are saved."),
    "visibility": later("Who sees the mixture is changed."),
    "archived": later("The mixture is archived: readable, and nobody changes it."),
    "restored": later("The mixture is back."),
    "revoked": later("The link is revoked: it stopped working at once."),
    "policy-added": later("The policy counts for every draft from now on."),
    "policy-removed": later("The policy is taken back."),
    "forked": later("This mixture is yours: a copy of the other, which stays as it is."),
}


def get_done_notice(done: Annotated[str, Query()] = "") -> str | None:
    """Return the sentence for the page's `done` parameter; an unknown one says nothing."""
    return _(NOTICES[done]) if done in NOTICES else None


DoneNotice = Annotated[str | None, Depends(get_done_notice)]


def redirect(path: str, done: str) -> RedirectResponse:
    """Go to a page and say there what was done."""
    return RedirectResponse(f"{path}?done={done}", status_code=SEE_OTHER)
