"""Mixtures, viewers and catalogues for tests, with sensible values for what a test leaves out."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.accounts.models import OrganisationKind, Role
from app.accounts.permissions import ANYONE, ROLE_PERMISSIONS
from app.accounts.viewers import Viewer
from app.mixtures import content as contents
from app.mixtures import lifecycle
from app.mixtures.content import Component, Content, Phase
from app.mixtures.facts import DatasetFacts
from app.mixtures.models import Mixture
from app.mixtures.views import MixtureView
from tests import factories

OUTSIDER = Viewer(permissions=ANYONE)


def make_viewer(
    session: Session, role: Role | str = Role.PLANNER, name: str = "Chen Wei"
) -> Viewer:
    """Return somebody of the team who is signed in."""
    account = factories.make_account(session, role=role, name=name)
    return Viewer(
        account_id=account.id,
        name=account.name,
        email=account.email,
        role=Role(account.role),
        organisation_kind=OrganisationKind.TEAM,
        permissions=ROLE_PERMISSIONS[Role(account.role)],
        via="session",
    )


def component(dataset: str, weight: float = 1, **values: object) -> Component:
    return Component(dataset=dataset, weight=weight, **values)


def phase(
    components: Sequence[Component], *, budget: int = 10**9, name: str = "Main", **values: object
) -> Phase:
    return Phase(name=name, token_budget=budget, components=tuple(components), **values)


def content(*phases: Phase, **values: object) -> Content:
    return Content(phases=phases, **values)


def make_mixture(
    session: Session, viewer: Viewer, made: Content | None = None, *, name: str = "zh-en 7B"
) -> Mixture:
    """Return a mixture of two subsets of The Pile."""
    if made is None:
        made = content(
            phase(
                [
                    component("the-pile/books3", 60, max_epochs=4),
                    component("the-pile/wikipedia-en", 40, max_epochs=4),
                ],
                budget=10**9,
            )
        )
    return lifecycle.create_mixture(session, name=name, content=made, viewer=viewer)


def facts(slug: str, mid: int | None = 100, **values: object) -> DatasetFacts:
    """Return what a catalogue might know of a dataset."""
    known: dict[str, object] = {
        "slug": slug,
        "name_zh": f"数据 {slug}",
        "name_en": f"Data {slug}",
        "provider": "lab",
        "provider_zh": "实验室",
        "provider_en": "Lab",
        "category": "web",
        "category_zh": "网页",
        "category_en": "Web",
        "category_hue": 1,
        "modality": "text",
        "languages": ("en",),
        "licence_class": "open",
        "licence_spdx": "MIT",
        "licence_zh": None,
        "licence_en": None,
        "visibility": "public",
        "revision": 1,
        "is_archived": False,
        "no_estimate_reason": None,
        "mid": mid,
        "method": "published" if mid is not None else None,
        "tokenizer": contents.DEFAULT_TOKENIZER if mid is not None else None,
    }
    return DatasetFacts(**known | values)  # type: ignore[arg-type]  # tests pass what fits


class Bench:
    """A draft that is edited without a database: datasets with their unique tokens."""

    def __init__(self, made: Content, sizes: dict[str, int | None]) -> None:
        self.content = made
        self.known = {slug: facts(slug, size) for slug, size in sizes.items()}

    def view(self, phase: int = 0) -> MixtureView:
        from app.mixtures import loading

        known = loading.Known(self.known, [], {}, [], {})
        return loading.compute(self.content, known, phase=phase)

    def facts(self, slugs: Sequence[str]) -> dict[str, DatasetFacts]:
        return {slug: self.known[slug] for slug in slugs if slug in self.known}

    def with_content(self, made: Content) -> "Bench":
        bench = Bench(made, {})
        bench.known = self.known
        return bench


def tokens(bench: Bench, made: Content, index: int = 0) -> dict[str, int]:
    """Return the tokens of a content with the bench's datasets."""
    view = Bench(made, {slug: one.mid for slug, one in bench.known.items()}).view(index)
    return {one.dataset: one.tokens or 0 for one in view.phases[index].components}
