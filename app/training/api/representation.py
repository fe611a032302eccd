"""Training plans and their versions as the API states them, and what it takes to save one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.compute.estimating.results import Estimate
from app.mixtures.models import Visibility
from app.training.api_models import EstimateIn
from app.training.models import TrainingPlan, TrainingPlanVersion
from app.training.plans.content import MOST_PHASES, Computed, PhasePart, Totals

Text = Annotated[str, Field(max_length=5_000)]


class Given(BaseModel):
    """A body that takes what it names and nothing else."""

    model_config = ConfigDict(extra="forbid")


class MixtureVersionIn(Given):
    """The version of a mixture whose tokens a plan trains on."""

    slug: Annotated[str, Field(min_length=1, max_length=200)]
    version: Annotated[int, Field(ge=1, le=10**6)]


class VersionIn(Given):
    """
    A version of a plan: the run, and its phases.

    Without `phases` they are those of the mixture version, or one of `run.tokens`.
    """

    run: EstimateIn
    phases: Annotated[list[PhasePart], Field(min_length=1, max_length=MOST_PHASES)] | None = None
    mixture: MixtureVersionIn | None = None
    message: Text = ""


class PlanIn(VersionIn):
    """A new plan with its first version."""

    name: Annotated[str, Field(max_length=500)]
    visibility: Visibility = Visibility.TEAM


class PlanChange(Given):
    """What changes of a plan without a new version."""

    visibility: Visibility | None = None
    archived: bool | None = None


class PlanOut(BaseModel):
    """A plan without what its versions say."""

    slug: str
    name: str
    visibility: str
    owner: str
    archived: bool
    last_version: int
    updated_at: datetime
    results: dict[str, Any] = Field(description="Of the last version, as it was saved.")


class PlanPage(BaseModel):
    """One page of plans, the last changed first."""

    items: list[PlanOut]
    total: int
    next_cursor: str | None


class VersionItem(BaseModel):
    """A version without its content."""

    number: int
    message: str
    author: str
    created_at: datetime
    results: dict[str, Any]


class VersionList(BaseModel):
    """The versions of a plan, the newest first."""

    items: list[VersionItem]
    total: int


@dataclass(frozen=True)
class PhaseOut:
    """A phase with everything that it takes."""

    name: str
    tokens: int
    sequence: int
    global_batch: int
    estimate: Estimate


class VersionOut(VersionItem):
    """A version with its content, and what it comes to with the tables as they are now."""

    content: dict[str, Any]
    totals: Totals
    phases: list[PhaseOut]


def plan_out(plan: TrainingPlan, version: TrainingPlanVersion) -> PlanOut:
    """Return a plan as the API states it."""
    return PlanOut(
        slug=plan.slug,
        name=plan.name,
        visibility=plan.visibility,
        owner=plan.owner_name,
        archived=plan.archived_at is not None,
        last_version=plan.last_version,
        updated_at=plan.updated_at,
        results=version.results,
    )


def version_item(version: TrainingPlanVersion) -> VersionItem:
    """Return a version as a list states it."""
    return VersionItem(
        number=version.number,
        message=version.message,
        author=version.author_name,
        created_at=version.created_at,
        results=version.results,
    )


def version_out(version: TrainingPlanVersion, computed: Computed) -> VersionOut:
    """Return a version with its content and everything that it comes to."""
    return VersionOut(
        **version_item(version).model_dump(),
        content=version.content,
        totals=computed.totals,
        phases=[
            PhaseOut(
                name=one.part.name,
                tokens=one.part.tokens,
                sequence=one.plan.shape.sequence,
                global_batch=one.plan.estimate.layout.global_batch,
                estimate=one.plan.estimate,
            )
            for one in computed.phases
        ],
    )
