"""A version as people outside the team see it: what only the team may know of has no name."""

from app.mixtures.content import Content, Tag
from app.mixtures.facts import masked
from app.mixtures.loading import Known


def mask(content: Content, known: Known) -> tuple[Content, Known]:
    """Return a content and what it is computed with, with the team's own datasets unnamed."""
    hidden = [slug for slug, one in known.facts.items() if not one.is_public]
    if not hidden:
        return content.with_(carried_from=()), known
    names = {slug: f"withheld-{number}" for number, slug in enumerate(hidden, start=1)}
    providers = {known.facts[slug].provider for slug in hidden}
    phases = tuple(
        phase.with_(
            components=tuple(
                one.with_(dataset=names.get(one.dataset, one.dataset), price=None)
                for one in phase.components
            ),
            groups=tuple(
                group
                for group in phase.groups
                if not (group.tag is Tag.PROVIDER and group.value in providers)
            ),
            cost_ceiling=None,
        )
        for phase in content.phases
    )
    facts = {
        names.get(slug, slug): masked(one, hidden.index(slug) + 1) if slug in names else one
        for slug, one in known.facts.items()
    }
    return content.with_(phases=phases, carried_from=()), Known(
        facts=facts,
        relations=[
            one for one in known.relations if one.child not in names and one.parent not in names
        ],
        tokenizers=known.tokenizers,
        rules=(),
        carried={names.get(slug, slug): count for slug, count in known.carried.items()},
    )
