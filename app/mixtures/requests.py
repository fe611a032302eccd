"""From a phase of a content to a request of the planner."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.mixtures import content as contents
from app.mixtures.content import Phase, Tag
from app.mixtures.counting import Unique
from app.mixtures.facts import DatasetFacts
from app.planning.composition.tags import Tag as TagValue
from app.planning.composition.tags import share_of
from app.planning.plans import request as planning
from app.planning.plans.request import PlanRequest

# By dataset and whether it is said to be synthetic.
KnownTags = dict[tuple[str, bool | None], dict[str, TagValue]]
SYNTHETIC_YES = "yes"
SYNTHETIC_NO = "no"


def tags_of(component: contents.Component, facts: DatasetFacts | None) -> dict[str, TagValue]:
    """Return the tags of a component; what is not known is left out."""
    found: dict[str, TagValue] = {}
    if component.synthetic is not None:
        found[Tag.SYNTHETIC] = SYNTHETIC_YES if component.synthetic else SYNTHETIC_NO
    if facts is None:
        return found
    found[Tag.CATEGORY] = facts.category
    found[Tag.MODALITY] = facts.modality
    found[Tag.LICENCE] = facts.licence_class
    found[Tag.PROVIDER] = facts.provider
    languages = language_tag(facts.languages)
    if languages is not None:
        found[Tag.LANGUAGE] = languages
    return found


def language_tag(languages: Sequence[str]) -> TagValue:
    """Return one language as it is, several as possibilities, none or unnamed ones as unknown."""
    named = [tag for tag in languages if tag not in {"mul", "und"}]
    if not named or len(named) < len(languages):
        return None
    return named[0] if len(named) == 1 else tuple(named)


def plan_request(
    phase: Phase,
    facts: Mapping[str, DatasetFacts],
    unique: Mapping[str, Unique],
    seen: Mapping[str, int],
    *,
    known_tags: KnownTags | None = None,
) -> PlanRequest:
    """
    Return the request of a phase.

    Parameters
    ----------
    phase : Phase
    facts, unique : mapping of str to facts
        By dataset; one that is not there has no estimate.
    seen : mapping of str to int
        Tokens drawn in earlier phases and runs, by dataset.
    known_tags : dict, optional
        Tags that were made for another phase; new ones are added.

    Raises
    ------
    PlanningError
        If the planner refuses a value.
    """
    tags = {} if known_tags is None else known_tags
    for one in phase.components:
        key = (one.dataset, one.synthetic)
        if key not in tags:
            tags[key] = tags_of(one, facts.get(one.dataset))
    components = tuple(
        planning.Component(
            name=one.dataset,
            unique_tokens=unique[one.dataset].mid if one.dataset in unique else None,
            weight=contents.tidy(one.weight),
            max_epochs=one.max_epochs,
            min_ratio=one.min_ratio or 0,
            max_ratio=1 if one.max_ratio is None else one.max_ratio,
            locked=one.locked,
            tags=tags[one.dataset, one.synthetic],
            seen_tokens=seen.get(one.dataset, 0),
            price=None if one.price is None else Decimal(repr(one.price)),
        )
        for one in phase.components
    )
    return PlanRequest(
        token_budget=phase.token_budget,
        components=components,
        scheme=planning.Scheme(
            phase.scheme.name, alpha=phase.scheme.alpha, max_epochs=phase.scheme.max_epochs
        ),
        groups=tuple(
            planning.Group(
                name=group.name,
                tag=group.tag.value,
                value=group.value,
                min_share=group.min,
                max_share=group.max,
                weight=group.weight,
            )
            for group in phase.groups
            if has_member(components, group)
        ),
        on_shortage=phase.on_shortage,
        cost_ceiling=phase.cost_ceiling,
        unique_floor=phase.unique_floor,
    )


def has_member(components: Sequence[planning.Component], group: contents.Group) -> bool:
    """
    Return whether a component may belong to a group.

    A group that lost its last member limits nothing; the page says that it is empty.
    """
    return any(share_of(c.tags.get(group.tag), group.value, group.tag)[1] for c in components)


def empty_groups(request: PlanRequest, phase: Phase) -> tuple[str, ...]:
    """Return the names of the groups that have no member."""
    kept = {group.name for group in request.groups}
    return tuple(group.name for group in phase.groups if group.name not in kept)
