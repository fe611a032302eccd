import threading
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit import AuditEvent
from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import TokenEstimate
from app.errors import Conflict, InvalidInput
from app.mixtures import content as contents
from app.mixtures import drafts, policy_service, staleness, versions
from app.mixtures.edits import cells, phases
from app.mixtures.models import Mixture, MixtureVersion, PolicyKind
from app.mixtures.queries import drafts as draft_queries
from tests.mixtures.making import component, content, make_mixture, make_viewer, phase


def set_estimate(session: Session, slug: str, mid: int) -> None:
    dataset_id = session.scalar(select(Dataset.id).where(Dataset.slug == slug))
    session.execute(
        update(TokenEstimate)
        .where(TokenEstimate.dataset_id == dataset_id, TokenEstimate.is_main)
        .values(low=None, mid=mid, high=None)
    )


def test_version_keeps_its_content_hash_facts_and_results(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    version = versions.save_version(seeded_session, mixture, message=" first ", viewer=viewer)
    assert (version.number, version.message, version.author_name) == (1, "first", "Chen Wei")
    assert version.content_hash == contents.content_hash(contents.read(version.content))
    assert set(version.facts["datasets"]) == {"the-pile/books3", "the-pile/wikipedia-en"}
    assert version.facts["evidence"]["the-pile/books3"]
    assert version.results["tokens"] == {
        "the-pile/books3": 600_000_000,
        "the-pile/wikipedia-en": 400_000_000,
    }
    assert draft_queries.get_draft(seeded_session, mixture.id).base_version == 1
    event = seeded_session.scalars(
        select(AuditEvent).where(AuditEvent.action == "mixture.version_saved")
    ).one()
    assert event.after["hash"] == version.content_hash


def test_version_is_the_same_whatever_the_catalogue_says_later(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    version = versions.save_version(seeded_session, mixture, message="first", viewer=viewer)
    before = versions.results_of(versions.open_version(version).view)
    set_estimate(seeded_session, "the-pile/books3", 5)
    after = versions.results_of(versions.open_version(version).view)
    assert before == after == version.results


@pytest.mark.parametrize(
    "statement",
    [
        update(MixtureVersion).values(message="other"),
        delete(MixtureVersion),
        text("TRUNCATE mixture_version CASCADE"),
    ],
)
def test_database_refuses_to_change_a_version(seeded_session: Session, statement):
    viewer = make_viewer(seeded_session)
    versions.save_version(
        seeded_session, make_mixture(seeded_session, viewer), message="m", viewer=viewer
    )
    with pytest.raises(DBAPIError, match="never changes"):
        seeded_session.execute(statement)


def test_same_draft_is_not_saved_twice_but_is_after_the_catalogue_changed(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    versions.save_version(seeded_session, mixture, message="one", viewer=viewer)
    with pytest.raises(Conflict, match="Nothing changed since version 1"):
        versions.save_version(seeded_session, mixture, message="two", viewer=viewer)
    set_estimate(seeded_session, "the-pile/books3", 10**11)
    assert versions.save_version(seeded_session, mixture, message="two", viewer=viewer).number == 2


@pytest.mark.parametrize("message", ["", "  ", "x" * 2_001])
def test_version_needs_a_message(seeded_session: Session, message: str):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    with pytest.raises(InvalidInput) as refused:
        versions.save_version(seeded_session, mixture, message=message, viewer=viewer)
    assert refused.value.field == "message"


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (content(phase([])), "no components"),
        (content(phase([component("the-pile/books3", 0)])), "Every weight is zero"),
        (content(phase([component("nowhere")])), "catalogue has no nowhere"),
    ],
)
def test_incomplete_draft_is_not_saved(seeded_session: Session, made, words: str):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer, made)
    with pytest.raises((Conflict, InvalidInput), match=words):
        versions.save_version(seeded_session, mixture, message="m", viewer=viewer)
    assert mixture.last_version == 0


def test_infeasible_draft_is_saved_as_such(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    made = content(phase([component("the-pile/enron-emails", max_epochs=1)], budget=10**12))
    version = versions.save_version(
        seeded_session, make_mixture(seeded_session, viewer, made), message="m", viewer=viewer
    )
    assert version.results["is_feasible"] is False
    assert version.results["phases"][0]["binding"] == ["the-pile/enron-emails"]


def test_version_that_breaks_a_policy_needs_a_written_reason(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    administrator = make_viewer(seeded_session, "administrator")
    mixture = make_mixture(seeded_session, viewer)
    policy_service.add_policy(
        seeded_session,
        kind=PolicyKind.SHARE_AT_LEAST,
        bound=0.3,
        tag="language",
        value="zh",
        viewer=administrator,
    )
    with pytest.raises(InvalidInput) as refused:
        versions.save_version(seeded_session, mixture, message="m", viewer=viewer)
    assert refused.value.field == "reason"
    version = versions.save_version(
        seeded_session, mixture, message="m", reason="an English-only ablation", viewer=viewer
    )
    assert version.reason == "an English-only ablation"
    assert [one["verdict"] for one in version.policies] == ["broken"]


def test_reason_is_not_kept_where_every_policy_holds(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    version = versions.save_version(
        seeded_session,
        make_mixture(seeded_session, viewer),
        message="m",
        reason="unasked",
        viewer=viewer,
    )
    assert version.reason is None


def test_version_of_another_revision_than_was_seen_is_refused(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    drafts.edit_draft(
        seeded_session, mixture, phases.set_budget("Main", 5), revision=1, viewer=viewer
    )
    with pytest.raises(drafts.StaleDraft):
        versions.save_version(seeded_session, mixture, message="m", revision=1, viewer=viewer)


def test_revert_puts_a_version_back_and_undo_takes_that_back(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    version = versions.save_version(seeded_session, mixture, message="m", viewer=viewer)
    drafts.edit_draft(
        seeded_session, mixture, phases.set_budget("Main", 5), revision=1, viewer=viewer
    )
    saved = drafts.revert(seeded_session, mixture, version, revision=2, viewer=viewer)
    assert contents.to_json(saved.content) == version.content
    undone = drafts.undo(seeded_session, mixture, revision=3, viewer=viewer)
    assert undone.content.phases[0].token_budget == 5


def test_stale_version_says_what_changed_and_the_new_passes(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    version = versions.save_version(seeded_session, mixture, message="m", viewer=viewer)
    assert staleness.find(seeded_session, versions.open_version(version), viewer) == ()
    set_estimate(seeded_session, "the-pile/books3", 300_000_000)
    seeded_session.execute(
        update(Dataset)
        .where(Dataset.slug == "the-pile/wikipedia-en")
        .values(licence_class="non_commercial")
    )
    first, second = staleness.find(seeded_session, versions.open_version(version), viewer)
    assert (first.dataset, first.fields, first.after_epochs) == (
        "the-pile/books3",
        ("estimate",),
        2.0,
    )
    assert (second.dataset, second.fields) == ("the-pile/wikipedia-en", ("licence",))
    assert staleness.count_stale(seeded_session, [version], viewer) == {version.id: 2}


def test_draft_knows_what_drifted_since_the_version_it_starts_from(seeded_session: Session):
    from app.mixtures import loading

    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    version = versions.save_version(seeded_session, mixture, message="m", viewer=viewer)
    set_estimate(seeded_session, "the-pile/books3", 7)
    view = loading.load_plan(seeded_session, contents.read(version.content), viewer)
    assert staleness.drifted(version, view) == ("the-pile/books3",)
    assert staleness.drifted(None, view) == ()


@pytest.mark.race
def test_two_who_save_at_the_same_moment_make_two_versions_or_one_refusal(
    new_seeded_database: Callable[[], str],
):
    engine = create_engine(new_seeded_database())
    with Session(engine) as session, session.begin():
        viewer = make_viewer(session)
        mixture_id = make_mixture(session, viewer).id
    barrier, found = threading.Barrier(2), []

    def save(number: int) -> None:
        barrier.wait()
        try:
            with Session(engine) as session, session.begin():
                mixture = session.get_one(Mixture, mixture_id)
                version = versions.save_version(
                    session, mixture, message=str(number), viewer=viewer
                )
                found.append(version.number)
        except Conflict as error:
            found.append(str(error))

    threads = [threading.Thread(target=save, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert sorted(found, key=str) == [
        1,
        "Nothing changed since version 1, so there is nothing to save.",
    ]


def test_cell_edits_do_not_touch_saved_versions(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    version = versions.save_version(seeded_session, mixture, message="m", viewer=viewer)
    before = dict(version.content)
    drafts.edit_draft(
        seeded_session,
        mixture,
        cells.type_entry("Main", "the-pile/books3", "1"),
        revision=1,
        viewer=viewer,
    )
    seeded_session.expire(version)
    assert version.content == before
