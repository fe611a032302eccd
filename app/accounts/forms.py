"""The forms of accounts: what was typed, cleaned and checked, errors at their fields."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.accounts.models import Role
from app.accounts.permissions import Scope
from app.accounts.tokens import DEFAULT_DAYS
from app.errors import AppError
from app.web import i18n
from app.web.errors import sentence
from app.web.forms import FormData
from app.web.i18n import gettext as _

MAX_NAME_CHARACTERS = 100
# RFC 5321 allows no more in a path.
MAX_EMAIL_CHARACTERS = 254
# One @ and nothing that could end a mail header; the proof of an address is a mail to it.
EMAIL = re.compile(r"[^\s@<>(),;:\"\\\x00-\x1f\x7f]+@[^\s@<>(),;:\"\\\x00-\x1f\x7f]+")


@contextmanager
def errors_at_fields(form: FormData) -> Iterator[None]:
    """Put what a service refuses about one field beside that field, to be mended there."""
    try:
        yield
    except AppError as error:
        if error.field is None:
            raise
        form.refuse(error.field, sentence(error))


def is_email(text: str) -> bool:
    """Whether this can be an e-mail address."""
    return len(text) <= MAX_EMAIL_CHARACTERS and EMAIL.fullmatch(text) is not None


def read_email(form: FormData, name: str = "email") -> str:
    """Return an e-mail address."""
    email = form.text(name)
    if not is_email(email):
        form.refuse(name, _("Write an e-mail address, like name@example.com."))
    return email


def clean_name(text: str) -> str:
    """Return a name with single plain spaces: people also type the full-width one."""
    return " ".join(text.split())


def is_name(text: str) -> bool:
    """Whether this can be the name of a person or an organisation."""
    return len(text) <= MAX_NAME_CHARACTERS and text.isprintable()


def read_name(form: FormData, name: str = "name", *, is_required: bool = True) -> str:
    """Return what a person or an organisation is called."""
    text = clean_name(form.text(name))
    if is_required and not text:
        form.refuse(name, _("Write a name."))
    elif not is_name(text):
        form.refuse(
            name,
            _("A name has at most %(most)s characters, in one line.", most=MAX_NAME_CHARACTERS),
        )
    return text


def read_new_password(form: FormData) -> str:
    """Return a new password that was typed twice; `service.set_password` judges it."""
    password = form.raw("password")
    if password != form.raw("password_again"):
        form.refuse("password_again", _("The two passwords differ. Type the same one twice."))
    return password


@dataclass(frozen=True)
class Profile:
    """How a person is called and what they read."""

    name: str
    locale: str | None


def read_profile(form: FormData) -> Profile:
    """Read the profile form; an empty language is the browser's."""
    locale = form.text("locale") or None
    if locale is not None and locale not in i18n.LOCALES:
        form.refuse("locale", _("Choose one of the languages of the list."))
    return Profile(read_name(form), locale)


@dataclass(frozen=True)
class NewToken:
    """An API token to be made."""

    name: str
    scopes: list[Scope]
    days: int


def read_new_token(form: FormData) -> NewToken:
    """Read the form of a new API token."""
    known = set(Scope)
    scopes = form.all("scopes")
    if any(scope not in known for scope in scopes):
        form.refuse("scopes", _("Choose scopes from the list."))
    days = form.text("days", default=str(DEFAULT_DAYS))
    if not (days.isascii() and days.isdecimal() and len(days) <= len("365")):
        form.refuse("days", _("Choose how long the token lives."))
        days = "0"
    return NewToken(
        form.text("token_name"), [Scope(scope) for scope in scopes if scope in known], int(days)
    )


def read_role(form: FormData) -> Role | None:
    """Return the chosen role."""
    role = form.text("role")
    if role not in set(Role):
        form.refuse("role", _("Choose a role."))
        return None
    return Role(role)


@dataclass(frozen=True)
class NewPerson:
    """Somebody to be invited; `vendor` is the short name of their organisation, "" for the team."""

    email: str
    name: str
    role: Role | None
    vendor: str
    vendor_name_zh: str
    vendor_name_en: str


def read_new_person(form: FormData) -> NewPerson:
    """Read the form of an invitation."""
    role = read_role(form)
    is_vendor = role is Role.VENDOR
    vendor = form.text("vendor") if is_vendor else ""
    if is_vendor and not vendor:
        form.refuse("vendor", _("Write the short name of the vendor."))
    names = [
        read_name(form, field, is_required=False) if is_vendor else ""
        for field in ("vendor_name_zh", "vendor_name_en")
    ]
    return NewPerson(read_email(form), read_name(form), role, vendor, *names)
