"""The composer's page: everything that its template shows, computed and in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.mixtures import drafts, shortages, staleness
from app.mixtures.content import Purpose
from app.mixtures.drafts import Saved, Steps
from app.mixtures.findings import Finding, list_findings
from app.mixtures.models import Draft, Mixture
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import runs as run_queries
from app.mixtures.queries import versions as version_queries
from app.mixtures.shortages import Shortage
from app.mixtures.views import ComponentView, MixtureView, PhaseView
from app.mixtures.web.composer import adding, cells, fixing, groups, pictures, rows, worth
from app.mixtures.web.composer.adding import Adding
from app.mixtures.web.composer.fixing import Fix, Preview
from app.mixtures.web.composer.groups import Choices, GroupRow
from app.mixtures.web.composer.pictures import PhasesPicture, Shares
from app.mixtures.web.composer.rows import NOTHING_TYPED, Table, Typed
from app.mixtures.web.composer.said import Collision, Done
from app.mixtures.web.composer.settings import PARAMETERS
from app.mixtures.web.composer.still import stills_of
from app.mixtures.web.composer.worth import Worth
from app.mixtures.web.say import SAY, Say
from app.mixtures.words import edits as edit_words
from app.planning.notation.numbers import spell
from app.planning.plans.request import OnShortage, SchemeName
from app.web import numbers
from app.web.forms import FormData

# Every form of the page redraws the whole composer, one after another.
HX = Markup('hx-target="#composer" hx-swap="innerHTML" hx-sync="#composer:queue all"')
# Rows of a table that nobody sees the end of at once.
LONG_TABLE = 50
_SHOWN_ELSEWHERE = frozenset({"max_epochs", "policy_broken", "policy_cannot_tell"})


@dataclass(frozen=True)
class Tab:
    """A phase among the others."""

    number: int
    name: str
    href: str
    is_current: bool
    budget: str
    ratio: float
    count: int
    is_short: bool


@dataclass(frozen=True)
class Detail:
    """The row whose details are open."""

    view: ComponentView
    name: str
    place: int
    weight_note: str
    chance_over: float | None


@dataclass(frozen=True)
class Asking:
    """What an address asks of the page beside the draft."""

    index: int = 0
    row: str | None = None
    preview: str | None = None
    wanted: adding.Wanted = field(default_factory=adding.Wanted)
    is_fragment: bool = False
    # The shares alone, when they come into sight.
    is_shares: bool = False
    # What stays of the rows that the browser has.
    rows_shown: str = ""


@dataclass(frozen=True)
class ComposerPage:
    """The composer."""

    mixture: Mixture
    draft: Draft
    view: MixtureView
    phase: PhaseView
    number: int
    tabs: list[Tab]
    table: Table
    was: str
    steps: Steps
    undo_text: str
    redo_text: str
    last_change: str
    is_mine: bool
    findings: list[Finding]
    fix: Fix | None
    preview: Preview | None
    worth: Worth | None
    are_shares_later: bool
    shares: list[Shares]
    picture: PhasesPicture | None
    shortages: list[Shortage]
    shortage_count: int
    rfq_href: str | None
    groups: list[GroupRow]
    group_choices: list[Choices]
    is_groups_open: bool
    detail: Detail | None
    adding: Adding | None
    lists: Mapping[str, list[tuple[str, str]]]
    reasons: list[Any]
    next_number: int
    drifted: tuple[str, ...]
    budget_text: str
    total_text: str
    model_text: str
    carried: Sequence[str]
    runs: Sequence[run_queries.Run]
    floor_text: str
    action: str
    here_href: str
    hx: Markup
    form: FormData | None
    refusal: str | None
    done: Done | None
    conflict: Collision | None
    notice: str | None
    parameter: str
    say: Say = SAY


@dataclass
class Making:
    """What a page is made of, before it is put into words."""

    session: Session
    viewer: Viewer
    mixture: Mixture
    draft: Draft
    view: MixtureView
    asking: Asking
    url_for: Callable[..., str]
    # The change that the page answers to.
    saved: Saved | None = None
    form: FormData | None = None
    refusal: str | None = None
    done: Done | None = None
    conflict: Collision | None = None
    notice: str | None = None
    rfq_href: str | None = None


def make(made: Making) -> ComposerPage:
    """Return the page."""
    lacks = shortages.list_lacks(made.view)
    table = _table(made)
    # Far below a long table they are asked for when they come into sight, not with each edit.
    are_later = made.asking.is_fragment and not made.asking.is_shares and table.count >= LONG_TABLE
    view, phase, session = made.view, made.view.phase, made.session
    found = _steps(made)
    last = _last_edit(made)
    slug, number = made.mixture.slug, view.active + 1
    base = made.url_for("mixtures.show", slug=slug)
    form = made.form if made.form is not None and made.form.errors else None
    is_groups_open = form is not None and any(name.startswith("group.") for name in form.values)
    return ComposerPage(
        mixture=made.mixture,
        draft=made.draft,
        view=view,
        phase=phase,
        number=number,
        tabs=_tabs(view, base),
        table=table,
        # With JavaScript only what was changed is sent, so nothing needs to be compared.
        was="" if made.asking.is_fragment else cells.pack(phase.phase.components),
        steps=found,
        undo_text=edit_words.edit(*found.undo, view.facts) if found.undo else "",
        redo_text=edit_words.edit(*found.redo, view.facts) if found.redo else "",
        last_change=edit_words.edit(*last.said, view.facts) if last else "",
        is_mine=last is not None and last.actor_id == made.viewer.account_id,
        findings=_findings(view),
        fix=fixing.fix_of(phase, view),
        preview=fixing.preview(session, view, made.asking.preview or "", made.viewer),
        worth=worth.worth_of(view),
        are_shares_later=are_later,
        shares=[] if are_later else pictures.shares_of(phase, view.facts),
        picture=None if are_later else pictures.phases_of(view),
        shortages=shortages.say(lacks[: shortages.MOST_SHOWN], view),
        shortage_count=len(lacks),
        rfq_href=made.rfq_href,
        groups=groups.rows_of(phase, form),
        group_choices=groups.choices_of(phase, view.facts),
        is_groups_open=is_groups_open,
        detail=_detail(phase, made.asking.row),
        adding=None
        if made.asking.is_fragment
        else adding.load(session, made.asking.wanted, phase.phase, made.viewer),
        lists=_lists(view),
        reasons=[one for one in view.policies if one.needs_reason],
        next_number=made.mixture.last_version + 1,
        drifted=()
        if made.asking.is_fragment
        else _drifted(session, made.mixture, made.draft, view, made.viewer),
        budget_text=spell(phase.budget, numbers.system()),
        total_text=spell(view.content.total_tokens, numbers.system()),
        model_text=_spelled(view.content.model_parameters),
        carried=[f"{one.mixture}@{one.version}" for one in view.content.carried_from],
        runs=[] if made.asking.is_fragment else run_queries.list_runs(session, made.viewer),
        floor_text=_spelled(phase.phase.unique_floor),
        action=made.url_for("mixtures.edit", slug=slug),
        here_href=f"{base}?phase={number}",
        hx=HX,
        form=form,
        refusal=made.refusal,
        done=made.done,
        conflict=made.conflict,
        notice=made.notice,
        parameter=PARAMETERS.get(phase.phase.scheme.name, ""),
    )


@dataclass(frozen=True, slots=True)
class LastEdit:
    """What made the draft as it is: its action with parameters, and by whose account."""

    said: tuple[str, dict[str, Any]]
    actor_id: int | None


def _last_edit(made: Making) -> LastEdit | None:
    if made.saved is not None:
        edited = made.saved.edited
        return LastEdit((edited.action, edited.params), made.viewer.account_id)
    found = draft_queries.find_edit(made.session, made.draft.mixture_id, made.draft.revision)
    return LastEdit((found.action, found.params), found.actor_id) if found else None


def _steps(made: Making) -> Steps:
    if made.saved is not None and made.saved.edited.action not in {"undo", "redo"}:
        # What was just done can be taken back, and nothing done again.
        edited = made.saved.edited
        return Steps(undo=(edited.action, edited.params), redo=None)
    return drafts.steps(made.session, made.draft)


def _table(made: Making) -> Table:
    phase, asking = made.view.phase, made.asking
    return rows.table_of(
        phase,
        stills_of(made.view, made.url_for),
        typed=_typed(made.form),
        opened=asking.row,
        shown=asking.rows_shown if asking.is_fragment else "",
    )


def _typed(form: FormData | None) -> Typed:
    """Return what stays as it was typed, also in the cells that were right."""
    if form is None or not form.errors:
        return NOTHING_TYPED
    errors = {name: text for name, text in form.errors.items() if cells.is_cell(name)}
    return Typed(cells.read_changed(form).texts, errors)


def _tabs(view: MixtureView, base: str) -> list[Tab]:
    total = view.content.total_tokens
    return [
        Tab(
            number=one.index + 1,
            name=one.name,
            href=f"{base}?phase={one.index + 1}",
            is_current=one.index == view.active,
            budget=numbers.short(one.budget),
            ratio=one.budget / total,
            count=len(one.phase.components),
            is_short=one.problem is not None or one.is_feasible is False,
        )
        for one in view.phases
    ]


def _findings(view: MixtureView) -> list[Finding]:
    """Return what there is to know and is not in a panel of its own; tabs mark other phases."""
    return list_findings(view, only_active=True, without=_SHOWN_ELSEWHERE)


def _detail(phase: PhaseView, slug: str | None) -> Detail | None:
    for place, one in enumerate(phase.components):
        if one.dataset == slug:
            return Detail(
                view=one,
                name=SAY.name(one.dataset, one.facts),
                place=place + 1,
                weight_note=rows.weight_text(one.weight),
                chance_over=one.chance_over,
            )
    return None


def _lists(view: MixtureView) -> dict[str, list[tuple[str, str]]]:
    return {
        "tokenizers": list(view.tokenizers.items()),
        "purposes": [(one.value, SAY.purpose(one)) for one in Purpose],
        "schemes": [(one.value, SAY.scheme(one)) for one in SchemeName],
        "shortages": [(one.value, SAY.on_shortage(one)) for one in OnShortage],
        "phases": [(phase.name, phase.name) for phase in view.content.phases],
    }


def _drifted(
    session: Session, mixture: Mixture, draft: Draft, view: MixtureView, viewer: Viewer
) -> tuple[str, ...]:
    if draft.base_version is None:
        return ()
    base = version_queries.get_version(session, mixture, draft.base_version)
    found = staleness.drifted(base, view)
    return () if found and staleness.has_seen(session, base, viewer) else found


def _spelled(value: float | None) -> str:
    return "" if value is None else spell(round(value), numbers.system())
