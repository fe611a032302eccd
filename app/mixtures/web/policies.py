"""The team's policies: everybody of the team reads them, administrators change them."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import AppError, InvalidInput
from app.mixtures import policy_service, policy_values
from app.mixtures.content import Tag
from app.mixtures.models import PolicyKind
from app.mixtures.policies import Rule
from app.mixtures.queries import policies as policy_queries
from app.mixtures.web.forms import put_error, read_number, read_percent
from app.mixtures.web.notices import DoneNotice, redirect
from app.mixtures.web.say import SAY, Say
from app.web.forms import Form, FormData
from app.web.i18n import current_locale
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class PoliciesPage:
    """The policies and the form for another."""

    rules: Sequence[Rule]
    can_manage: bool
    kinds: list[tuple[str, str]]
    tags: list[tuple[str, str]]
    examples: list[tuple[str, str]]
    form: FormData | None
    notice: str | None
    say: Say = SAY


@router.get("/mixtures/policies", name="mixtures.policies")
def show_policies(
    request: Request, session: DbSession, viewer: CurrentViewer, notice: DoneNotice
) -> Response:
    """Show the policies of the team."""
    require(viewer, Permission.READ_MIXTURES)
    return policies_page(request, session, viewer, notice=notice)


def policies_page(
    request: Request,
    session: DbSession,
    viewer: Viewer,
    *,
    form: FormData | None = None,
    notice: str | None = None,
) -> Response:
    """Render the policies, with what is wrong with the form for another."""
    page = PoliciesPage(
        rules=policy_queries.list_rules(session),
        can_manage=viewer.can(Permission.MANAGE_SETTINGS),
        kinds=[
            (PolicyKind.SHARE_AT_MOST, _("At most this share")),
            (PolicyKind.SHARE_AT_LEAST, _("At least this share")),
            (PolicyKind.EPOCHS_AT_MOST, _("No component over so many epochs")),
        ],
        tags=[(one.value, SAY.tag(one)) for one in Tag],
        examples=_values(session),
        form=form,
        notice=notice,
    )
    return render(request, "mixtures/policies.html", page, status_code=422 if form else 200)


def _values(session: Session) -> list[tuple[str, str]]:
    """Return every value that a policy can be about, for the list that the field offers."""
    locale, found = current_locale(), []
    for tag in Tag:
        for code, label in policy_values.values_of(session, tag).items():
            word = SAY.tag_value(tag, code, {}) if tag is Tag.LANGUAGE else label.text(locale)
            found.append((code, f"{SAY.tag(tag)}: {word}"))
    return found


@router.post("/mixtures/policies", name="mixtures.policies.post")
def add_policy(request: Request, session: DbSession, viewer: CurrentViewer, form: Form) -> Response:
    """Make a policy."""
    require(viewer, Permission.MANAGE_SETTINGS)
    try:
        kind = form.text("kind")
        if kind not in list(PolicyKind):
            raise InvalidInput("Choose what the policy limits.", field="kind")
        is_epochs = kind == PolicyKind.EPOCHS_AT_MOST
        policy_service.add_policy(
            session,
            kind=PolicyKind(kind),
            bound=read_number(form, "bound") if is_epochs else read_percent(form, "bound"),
            tag=form.text("tag") or None,
            value=form.text("value") or None,
            viewer=viewer,
        )
    except AppError as error:
        put_error(form, error, default="bound")
        return policies_page(request, session, viewer, form=form)
    return redirect("/mixtures/policies", "policy-added")


@router.post("/mixtures/policies/{policy_id}/remove", name="mixtures.policies.remove")
def remove_policy(session: DbSession, viewer: CurrentViewer, policy_id: int) -> Response:
    """Take a policy back."""
    policy_service.remove_policy(session, policy_id, viewer=viewer)
    return redirect("/mixtures/policies", "policy-removed")
