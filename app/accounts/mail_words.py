"""Why a mail did not leave, in the reader's language; what a server said stays as it is."""

import re

from app.mail.reasons import BROKE_OFF, CERTIFICATE
from app.web.i18n import gettext as _

# As app.mail.smtp writes them: the kind of a failed connection, the code of a server's answer.
FAILED_CONNECTION = re.compile(r"(?:SMTP\w+|timeout|gaierror|\w+Error): ")
ANSWER = re.compile(r"[2-5]\d\d ")


def mail_error(error: str) -> tuple[str, str]:
    """Return a recorded reason as a sentence, "" where there is none, and what is left as it is."""
    if error == BROKE_OFF:
        return _("The attempt broke off while the server took the mail."), ""
    if error.startswith(CERTIFICATE):
        return _("The certificate of the mail server is not accepted"), error[len(CERTIFICATE) :]
    if FAILED_CONNECTION.match(error):
        return _("The connection to the mail server failed"), error
    if ANSWER.match(error):
        return _("The mail server answered"), error
    return "", error
