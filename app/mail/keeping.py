"""Without a mail server: each mail becomes a file that the operator can read and pass on."""

import os
import tempfile
from email.message import EmailMessage
from pathlib import Path

from app.settings import Settings


def folder(settings: Settings) -> Path:
    """Return where mails are kept, readable by the portal's user alone."""
    path = settings.data_dir.expanduser() / "mail"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(settings: Settings, name: str, message: EmailMessage) -> Path:
    """Write a message to a file, all of it or nothing; the same name is written once."""
    target = folder(settings) / f"{name}.eml"
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, suffix=".part")
    with os.fdopen(descriptor, "wb") as file:
        file.write(message.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(target)
    return target
