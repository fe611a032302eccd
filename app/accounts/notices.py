"""What was just done, said on the page that follows: `?done=CODE` after a redirect."""

from typing import Annotated

from fastapi import Depends, Query

from app.web.i18n import gettext as _
from app.web.i18n import later

NOTICES = {
    "profile": later("Your name and language are saved."),
    "email": later("Your e-mail address is changed. Sign in with the new one from now on."),
    "password": later("Your password is changed, and every other session has ended."),
    "welcome": later("Your account is complete. Sign in with your e-mail address and password."),
    "session-ended": later("That browser is signed out."),
    "sessions-ended": later("Every other browser is signed out."),
    "token-revoked": later("The token is revoked: it stopped working at once."),
    "link": later(
        "You signed in with a one-time link. For 15 minutes you can set a new password here "
        "without the old one."
    ),
    "person-email": later("The e-mail address is changed. Links made for the old one are revoked."),
    "role": later("The role is changed. It counts from their next request on."),
    "disabled": later("The account is disabled: signed out everywhere, tokens and links revoked."),
    "enabled": later("The account is enabled. Tokens and links that were revoked stay revoked."),
    "person-sessions-ended": later("They are signed out everywhere."),
    "invitation-revoked": later("The invitation is revoked and its account removed."),
    "mail-again": later("The mail goes out once more; it says that it may be a repeat."),
    "signed-out": later("You are signed out."),
}


def get_done_notice(done: Annotated[str, Query()] = "") -> str | None:
    """Return the sentence for the page's `done` parameter; an unknown one says nothing."""
    return _(NOTICES[done]) if done in NOTICES else None


DoneNotice = Annotated[str | None, Depends(get_done_notice)]
