import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Dataset
from app.errors import Forbidden, InvalidInput, NotFound
from app.mixtures import lifecycle, sharing, versions
from app.mixtures.models import Mixture, ShareLink, Visibility
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import links as link_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from tests.mixtures.making import OUTSIDER, make_mixture, make_viewer


@pytest.fixture
def owner(seeded_session: Session):
    return make_viewer(seeded_session)


@pytest.fixture
def mixture(seeded_session: Session, owner) -> Mixture:
    made = make_mixture(seeded_session, owner)
    versions.save_version(seeded_session, made, message="first", viewer=owner)
    return made


def make_link(session: Session, mixture: Mixture, viewer, days: int = 3) -> str:
    version = version_queries.get_version(session, mixture, 1)
    address = sharing.share(
        session, mixture, version, days=days, base_url="https://p.example", viewer=viewer
    )
    assert address.startswith("https://p.example/mixtures/shared/")
    return address.rpartition("/")[2]


def test_link_opens_its_version_and_only_its_hash_is_kept(
    seeded_session: Session, mixture: Mixture, owner
):
    secret = make_link(seeded_session, mixture, owner)
    assert sharing.open_link(seeded_session, secret).number == 1
    link = seeded_session.scalars(select(ShareLink)).one()
    assert secret.encode() not in link.token_hash
    assert len(link.token_hash) == 32


@pytest.mark.parametrize("secret", ["", "x", "x" * 500])
def test_made_up_links_do_not_work(seeded_session: Session, secret: str):
    with pytest.raises(NotFound, match="does not work"):
        sharing.open_link(seeded_session, secret)


def test_revoked_and_expired_links_do_not_work(seeded_session: Session, mixture: Mixture, owner):
    secret = make_link(seeded_session, mixture, owner)
    (link,) = link_queries.list_links(seeded_session, mixture.id)
    sharing.revoke(seeded_session, mixture, link.id, viewer=owner)
    with pytest.raises(NotFound):
        sharing.open_link(seeded_session, secret)
    with pytest.raises(NotFound):
        sharing.revoke(seeded_session, mixture, link.id, viewer=owner)
    other = make_link(seeded_session, mixture, owner)
    seeded_session.execute(update(ShareLink).values(expires_at=func.clock_timestamp()))
    with pytest.raises(NotFound):
        sharing.open_link(seeded_session, other)
    assert link_queries.list_links(seeded_session, mixture.id) == []


@pytest.mark.parametrize("days", [0, -1, 366])
def test_link_has_an_end(seeded_session: Session, mixture: Mixture, owner, days: int):
    with pytest.raises(InvalidInput):
        make_link(seeded_session, mixture, owner, days)


def test_only_owner_and_administrators_share(seeded_session: Session, mixture: Mixture):
    with pytest.raises(Forbidden):
        make_link(seeded_session, mixture, make_viewer(seeded_session))
    make_link(seeded_session, mixture, make_viewer(seeded_session, "administrator"))


def test_link_of_another_mixture_cannot_be_revoked(
    seeded_session: Session, mixture: Mixture, owner
):
    make_link(seeded_session, mixture, owner)
    (link,) = link_queries.list_links(seeded_session, mixture.id)
    other = make_mixture(seeded_session, owner, name="other")
    with pytest.raises(NotFound):
        sharing.revoke(seeded_session, other, link.id, viewer=owner)


def test_outsiders_see_no_name_of_what_only_the_team_may_know_of(seeded_session: Session, owner):
    seeded_session.execute(
        update(Dataset).where(Dataset.slug == "the-pile/books3").values(visibility="team")
    )
    mixture = make_mixture(seeded_session, owner)
    version = versions.save_version(seeded_session, mixture, message="m", viewer=owner)
    team = versions.open_version(version)
    outside = versions.open_version(version, with_team=False)
    assert [c.dataset for c in outside.content.phases[0].components] == [
        "withheld-1",
        "the-pile/wikipedia-en",
    ]
    shown = repr(outside.view.facts) + repr(outside.content)
    assert "books3" not in shown.lower()
    assert "books3" in repr(team.content)
    assert outside.view.total_tokens == team.view.total_tokens
    assert [c.tokens for c in outside.view.phase.components] == [
        c.tokens for c in team.view.phase.components
    ]


def test_visibility_decides_who_may_know_of_a_mixture(
    seeded_session: Session, mixture: Mixture, owner
):
    other, vendor = make_viewer(seeded_session), OUTSIDER
    slug = mixture.slug

    def sees(viewer) -> bool:
        try:
            return mixture_queries.get_mixture(seeded_session, slug, viewer) is mixture
        except NotFound:
            return False

    for visibility, expected in (
        (Visibility.TEAM, (True, True, False)),
        (Visibility.PRIVATE, (True, False, False)),
        (Visibility.PUBLIC, (True, True, True)),
    ):
        lifecycle.set_visibility(seeded_session, mixture, visibility, viewer=owner)
        seeded_session.flush()
        assert tuple(sees(one) for one in (owner, other, vendor)) == expected


def test_fork_of_a_private_mixture_is_private_and_remembers_its_origin(
    seeded_session: Session, mixture: Mixture, owner
):
    lifecycle.set_visibility(seeded_session, mixture, Visibility.PRIVATE, viewer=owner)
    version = version_queries.get_version(seeded_session, mixture, 1)
    made = lifecycle.fork(seeded_session, mixture, name="zh-en 7B", version=version, viewer=owner)
    assert (made.slug, made.visibility) == ("zh-en-7b-2", "private")
    assert (made.forked_from_id, made.forked_from_version, made.last_version) == (mixture.id, 1, 0)
    assert draft_queries.get_draft(seeded_session, made.id).content == version.content


def test_archive_and_restore(seeded_session: Session, mixture: Mixture, owner):
    lifecycle.archive(seeded_session, mixture, viewer=owner)
    assert mixture not in mixture_queries.list_mixtures(seeded_session, owner)
    assert mixture in mixture_queries.list_mixtures(seeded_session, owner, archived=True)
    lifecycle.restore(seeded_session, mixture, viewer=owner)
    assert mixture in mixture_queries.list_mixtures(seeded_session, owner)
