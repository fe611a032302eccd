"""Mixtures, versions and differences as the API states them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from app.mixtures.api.answers import finite
from app.mixtures.diffs import ComponentDiff, MixtureDiff
from app.mixtures.drafts import StaleDraft
from app.mixtures.findings import Finding, list_findings
from app.mixtures.models import DraftEdit, Mixture, MixtureVersion
from app.mixtures.views import ComponentView, Exposure, MixtureView, Passes, PhaseView
from app.mixtures.words import edits as edit_words
from app.planning.rollups import Portion


class MixtureOut(BaseModel):
    """A mixture without its content."""

    slug: str
    name: str
    description: str | None
    visibility: str
    owner: str
    archived: bool
    last_version: int
    forked_from: str | None
    forked_from_version: int | None
    recipe: str | None
    updated_at: datetime


class MixturePage(BaseModel):
    """One page of mixtures, the last changed first."""

    items: list[MixtureOut]
    total: int
    next_cursor: str | None


class IntervalOut(BaseModel):
    """A number with its spread; low and high are null where none is known."""

    low: float | None
    mid: float | None
    high: float | None


class UniqueOut(BaseModel):
    """Unique tokens in the mixture's tokenizer."""

    low: int | None
    mid: int
    high: int | None
    method: str
    tokenizer: str | None
    rescaled_from: str | None
    is_foreign: bool
    assumed: bool
    has_repeats: bool


class PlannedOut(BaseModel):
    """A component with what it receives."""

    dataset: str
    weight: float
    ratio: float | None
    tokens: int | None
    unique_tokens: UniqueOut | None
    epochs: IntervalOut | None
    exposure: IntervalOut | None
    effective_tokens: float | None
    tone: str
    locked: bool
    max_epochs: float | None
    shortage: int


class PortionOut(BaseModel):
    """The tokens under one value of a tag: several possible values, or none known."""

    values: list[str]
    tokens: int
    ratio: float


class PhaseOut(BaseModel):
    """A planned phase; `total_tokens` is 0 where it cannot be planned, and a finding says why."""

    name: str
    token_budget: int
    total_tokens: int
    feasible: bool | None
    binding: list[str]
    weights_sum: float | None
    effective_tokens: float | None
    components: list[PlannedOut]
    shares: dict[str, list[PortionOut]]


class ExposureOut(BaseModel):
    """Passes over a dataset in all phases and earlier runs."""

    dataset: str
    tokens: int
    carried_tokens: int
    passes: IntervalOut | None


class PolicyOut(BaseModel):
    """A policy of the team and how the mixture stands to it."""

    kind: str
    tag: str | None
    value: str | None
    bound: float
    verdict: str
    least: float | None
    most: float | None


class FindingOut(BaseModel):
    """One sentence about the mixture; errors fail a check."""

    severity: str
    code: str
    phase: str
    dataset: str | None
    message: str


class ComputedOut(BaseModel):
    """A whole mixture, computed."""

    tokenizer: str
    total_tokens: int
    feasible: bool
    phases: list[PhaseOut]
    exposures: list[ExposureOut]
    policies: list[PolicyOut]
    shares: dict[str, list[PortionOut]]
    findings: list[FindingOut]


class VersionItem(BaseModel):
    """A version without its content."""

    number: int
    message: str
    author: str
    created_at: datetime
    content_hash: str = Field(description="SHA-256 of the canonical JSON of the content.")
    total_tokens: int
    feasible: bool
    reason: str | None


class VersionList(BaseModel):
    """The versions of a mixture, the newest first."""

    items: list[VersionItem]
    total: int
    next_cursor: None = None


class VersionOut(VersionItem):
    """A version with its content and what it came to, from the facts that it keeps."""

    content: dict[str, Any]
    plan: ComputedOut


class ChangeOut(BaseModel):
    """One change of a draft."""

    revision: int
    by: str
    at: datetime
    action: str
    message: str


class ComponentDiffOut(BaseModel):
    """How a dataset differs between two mixtures."""

    dataset: str
    kind: str
    before_tokens: int | None
    after_tokens: int | None
    token_change: int
    before_epochs: float | None
    after_epochs: float | None
    before_ratio: float
    after_ratio: float


class ShareDiffOut(BaseModel):
    """How the share of one value of a tag differs."""

    values: list[str]
    before: float
    after: float


class DiffOut(BaseModel):
    """What differs; `distance` is the total-variation distance of the shares, 0 to 1."""

    before: str
    after: str
    before_tokens: int
    after_tokens: int
    distance: float
    components: list[ComponentDiffOut]
    shares: dict[str, list[ShareDiffOut]]
    text: str


def mixture_out(mixture: Mixture, forked_from: str | None = None) -> MixtureOut:
    """Return a mixture without its content."""
    return MixtureOut(
        slug=mixture.slug,
        name=mixture.name,
        description=mixture.description,
        visibility=mixture.visibility,
        owner=mixture.owner_name,
        archived=mixture.archived_at is not None,
        last_version=mixture.last_version,
        forked_from=forked_from,
        forked_from_version=mixture.forked_from_version if forked_from else None,
        recipe=mixture.recipe,
        updated_at=mixture.updated_at,
    )


def computed_out(view: MixtureView) -> ComputedOut:
    """Return a whole mixture, computed."""
    return ComputedOut(
        tokenizer=view.content.tokenizer,
        total_tokens=view.total_tokens,
        feasible=view.is_feasible,
        phases=[_phase(phase) for phase in view.phases],
        exposures=[_exposure(one) for one in view.exposures],
        policies=[
            PolicyOut(
                kind=one.rule.kind.value,
                tag=one.rule.tag,
                value=one.rule.value,
                bound=one.rule.bound,
                verdict=one.verdict.value,
                least=finite(one.least),
                most=finite(one.most),
            )
            for one in view.policies
        ],
        shares={tag: _portions(found) for tag, found in view.portions.items()},
        findings=[finding_out(one) for one in list_findings(view)],
    )


def finding_out(one: Finding) -> FindingOut:
    """Return one sentence about a mixture."""
    return FindingOut(
        severity=one.severity.value,
        code=one.code,
        phase=one.phase,
        dataset=one.dataset,
        message=one.message,
    )


def version_item(version: MixtureVersion) -> VersionItem:
    """Return a version without its content."""
    return VersionItem(
        number=version.number,
        message=version.message,
        author=version.author_name,
        created_at=version.created_at,
        content_hash=version.content_hash,
        total_tokens=version.results["total_tokens"],
        feasible=version.results["is_feasible"],
        reason=version.reason,
    )


def change_out(edit: DraftEdit) -> ChangeOut:
    """Return one change of a draft."""
    return ChangeOut(
        revision=edit.revision,
        by=edit.actor_name,
        at=edit.at,
        action=edit.action,
        message=edit_words.edit(edit.action, edit.params, {}),
    )


def stale_details(error: StaleDraft) -> dict[str, Any]:
    """Return the other side of a collision: the draft as it is now, and what was changed."""
    return {
        "revision": error.revision,
        "draft": error.content.model_dump(mode="json"),
        "changes": [change_out(one).model_dump(mode="json") for one in error.edits],
    }


def diff_out(found: MixtureDiff, *, before: str, after: str, text: str) -> DiffOut:
    """Return what differs between two mixtures."""
    return DiffOut(
        before=before,
        after=after,
        before_tokens=found.before_tokens,
        after_tokens=found.after_tokens,
        distance=found.distance,
        components=[_component_diff(one) for one in found.components],
        shares={
            tag: [
                ShareDiffOut(values=list(one.values), before=one.before, after=one.after)
                for one in shares
            ]
            for tag, shares in found.shares.items()
        },
        text=text,
    )


def _component_diff(one: ComponentDiff) -> ComponentDiffOut:
    return ComponentDiffOut(
        dataset=one.dataset,
        kind=one.kind,
        before_tokens=one.before_tokens,
        after_tokens=one.after_tokens,
        token_change=one.token_change,
        before_epochs=finite(one.before_epochs),
        after_epochs=finite(one.after_epochs),
        before_ratio=one.before_ratio,
        after_ratio=one.after_ratio,
    )


def _phase(view: PhaseView) -> PhaseOut:
    plan = view.plan
    return PhaseOut(
        name=view.name,
        token_budget=view.budget,
        total_tokens=view.total_tokens,
        feasible=view.is_feasible,
        binding=list(plan.binding) if plan else [],
        weights_sum=finite(plan.weights_sum) if plan else None,
        effective_tokens=plan.effective_tokens if plan else None,
        components=[_planned(one) for one in view.components],
        shares={tag: _portions(found) for tag, found in view.detail.portions.items()}
        if view.detail
        else {},
    )


def _planned(one: ComponentView) -> PlannedOut:
    unique = one.unique
    return PlannedOut(
        dataset=one.dataset,
        weight=one.weight,
        ratio=one.ratio,
        tokens=one.tokens,
        unique_tokens=UniqueOut(
            low=unique.low,
            mid=unique.mid,
            high=unique.high,
            method=unique.method,
            tokenizer=unique.tokenizer,
            rescaled_from=unique.rescaled_from,
            is_foreign=unique.is_foreign,
            assumed=unique.is_assumed,
            has_repeats=unique.has_repeats,
        )
        if unique
        else None,
        epochs=_interval(one.epochs),
        exposure=_interval(one.exposure),
        effective_tokens=finite(one.planned.effective_tokens) if one.planned else None,
        tone=one.tone.value,
        locked=one.locked,
        max_epochs=one.max_epochs,
        shortage=one.shortage,
    )


def _exposure(one: Exposure) -> ExposureOut:
    return ExposureOut(
        dataset=one.dataset,
        tokens=one.tokens,
        carried_tokens=one.carried_tokens,
        passes=_interval(one.passes),
    )


def _interval(passes: Passes | None) -> IntervalOut | None:
    if passes is None:
        return None
    return IntervalOut(low=finite(passes.low), mid=finite(passes.mid), high=finite(passes.high))


def _portions(found: tuple[Portion, ...]) -> list[PortionOut]:
    return [
        PortionOut(values=list(one.values), tokens=one.tokens, ratio=one.ratio) for one in found
    ]
