"""
Compute a mixture: load what the catalogue knows, plan every phase, judge the policies.

`load_plan` needs the same number of statements for 2 components and for 2,000. `compute` is
pure, so that a version can be computed from the facts that it froze.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer
from app.mixtures import counting, phases, remembered
from app.mixtures.catalogue import TokenizerFacts
from app.mixtures.content import Carried, Content
from app.mixtures.counting import Unique
from app.mixtures.facts import DatasetFacts
from app.mixtures.policies import Rule
from app.mixtures.queries import runs as run_queries
from app.mixtures.requests import KnownTags
from app.mixtures.views import MixtureView
from app.planning.supply.overlap import Relation


@dataclass(frozen=True, slots=True)
class Known:
    """
    Everything outside of a content that it is computed with.

    `derived` keeps what follows from the facts and the tokenizers alone, from one computation to
    the next, under keys of those who worked it out.
    """

    facts: Mapping[str, DatasetFacts]
    relations: Sequence[Relation]
    tokenizers: Mapping[str, TokenizerFacts]
    rules: Sequence[Rule]
    carried: Mapping[str, int]
    missing_runs: tuple[Carried, ...] = ()
    derived: dict[Any, Any] = field(default_factory=dict, compare=False)

    def unique(self, tokenizer: str) -> Mapping[str, Unique]:
        """Return the unique tokens of the datasets in a tokenizer."""
        key = ("unique", tokenizer)
        if key not in self.derived:
            self.derived[key] = counting.count_all(self.facts, tokenizer, self.tokenizers)
        found: Mapping[str, Unique] = self.derived[key]
        return found


def load_plan(
    session: Session, content: Content, viewer: Viewer, *, phase: int = 0, is_whole: bool = False
) -> MixtureView:
    """
    Return a mixture with all that its pages show.

    Parameters
    ----------
    phase : int
        The position of the phase that is looked at; one that is not there is the nearest.
    is_whole : bool
        Detail for every phase, as versions and exports need it.
    """
    return compute(content, load_known(session, content, viewer), phase=phase, is_whole=is_whole)


def load_known(session: Session, content: Content, viewer: Viewer) -> Known:
    """Return what the catalogue, the team and earlier runs say of a content."""
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    found = remembered.load(session, content.datasets(), with_team=with_team)
    runs = run_queries.find_carried(session, content.carried_from, viewer)
    return Known(
        facts=found.facts,
        relations=found.relations,
        tokenizers=found.tokenizers,
        rules=found.rules,
        carried=_summed(runs),
        missing_runs=tuple(one for one in content.carried_from if one not in runs),
        derived=found.derived,
    )


def _summed(runs: Mapping[Carried, Mapping[str, int]]) -> dict[str, int]:
    """Return the tokens that earlier runs drew together, by dataset."""
    found: dict[str, int] = {}
    for tokens in runs.values():
        for slug, count in tokens.items():
            found[slug] = found.get(slug, 0) + count
    return found


def compute(
    content: Content, known: Known, *, phase: int = 0, is_whole: bool = False
) -> MixtureView:
    """Return a mixture, computed from what is known."""
    unique = known.unique(content.tokenizer)
    active = min(max(phase, 0), len(content.phases) - 1)
    seen = dict(known.carried)
    tags: KnownTags = known.derived.setdefault("tags", {})
    views = []
    for index, one in enumerate(content.phases):
        view = phases.plan_phase(
            index,
            one,
            phases.Surroundings(
                known.facts, unique, known.relations, dict(seen), content.model_parameters, tags
            ),
            has_detail=is_whole or index == active,
        )
        for slug, count in view.tokens().items():
            seen[slug] = seen.get(slug, 0) + count
        views.append(view)
    tokenizer = known.tokenizers.get(content.tokenizer)
    return MixtureView(
        content=content,
        tokenizers={one.code: one.label for one in known.tokenizers.values()},
        tokenizer_label=tokenizer.label if tokenizer else content.tokenizer,
        is_tokenizer_known=tokenizer is not None,
        active=active,
        phases=tuple(views),
        facts=known.facts,
        unique=unique,
        rules=known.rules,
        missing=tuple(slug for slug in content.datasets() if slug not in known.facts),
        carried=known.carried,
        missing_runs=known.missing_runs,
        derived=known.derived,
    )
