"""A mail as bytes: headers that a mail server expects, text and HTML, nothing to run or load."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from app.mail.markup import to_html
from app.mail.models import Mail
from app.mail.outbox import Text, say
from app.web import i18n
from app.web.i18n import later

REPEAT_NOTE = later(
    "You may have received this message before: the first attempt broke off, and we cannot know "
    "whether it reached you."
)


def compose(mail: Mail, *, sender: str, now: datetime, is_plain: bool = False) -> EmailMessage:
    """
    Return the message. A repeat has the same Message-ID, so that mail programs fold the two.

    `is_plain` leaves the text readable in a file; else it is encoded for servers that take only
    seven bits.

    Raises
    ------
    ValueError
        If the address cannot stand in a header.
    """
    message = EmailMessage()
    message["Subject"] = mail.subject
    message["From"] = Address("Peibi 配比", addr_spec=sender)
    message["To"] = Address(mail.to_name, addr_spec=mail.to_email)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail.public_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = (mail.locale or "zh-CN, en").replace("_", "-")
    body = mail.body or ""
    locales = (mail.locale,) if mail.locale else i18n.LOCALES
    if mail.is_repeat:
        notes = "\n".join(say(Text(REPEAT_NOTE), locale) for locale in locales)
        body = f"{notes}\n\n{body}"
    encoding = "8bit" if is_plain else "base64"
    message.set_content(body, cte=encoding)
    message.add_alternative(to_html(body, locales), subtype="html", cte=encoding)
    return message
