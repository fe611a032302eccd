import threading
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from app.errors import Conflict, Forbidden, NotSignedIn
from app.mixtures import content as contents
from app.mixtures import drafts, lifecycle
from app.mixtures.edits import cells, phases
from app.mixtures.models import DraftEdit, DraftStep, Mixture, Visibility
from app.mixtures.queries import drafts as draft_queries
from tests.mixtures.making import OUTSIDER, make_mixture, make_viewer


def weight(session: Session, mixture: Mixture, place: int = 0) -> float:
    session.expire_all()
    return (
        contents.read(draft_queries.get_draft(session, mixture.id).content)
        .phases[0]
        .components[place]
        .weight
    )


def revision(session: Session, mixture: Mixture) -> int:
    return draft_queries.get_draft(session, mixture.id).revision


def test_edit_saves_the_content_a_step_and_a_line_of_history(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    edit = cells.type_entry("Main", "the-pile/books3", "30 %")
    saved = drafts.edit_draft(seeded_session, mixture, edit, revision=1, viewer=viewer)
    assert saved.draft.revision == 2
    assert weight(seeded_session, mixture) == 30
    (line, first) = draft_queries.list_edits(seeded_session, mixture.id, since=0)
    assert (line.action, line.actor_name, line.revision) == ("share", "Chen Wei", 2)
    assert first.action == "create"
    assert [m.dataset for m in saved.edited.moved] == ["the-pile/books3", "the-pile/wikipedia-en"]


def test_edit_that_changes_nothing_makes_no_revision(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    edit = cells.set_max_epochs("Main", "the-pile/books3", 4.0)
    saved = drafts.edit_draft(seeded_session, mixture, edit, revision=1, viewer=viewer)
    assert saved.draft.revision == 1
    assert drafts.steps(seeded_session, saved.draft).undo is None


def test_undo_and_redo_go_back_and_forward_through_every_step(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    for text in ("10", "20", "30"):
        edit = cells.type_entry("Main", "the-pile/books3", text)
        drafts.edit_draft(
            seeded_session, mixture, edit, revision=revision(seeded_session, mixture), viewer=viewer
        )
    for expected in (20, 10, 60):
        drafts.undo(
            seeded_session, mixture, revision=revision(seeded_session, mixture), viewer=viewer
        )
        assert weight(seeded_session, mixture) == expected
    with pytest.raises(Conflict, match="nothing to undo"):
        drafts.undo(
            seeded_session, mixture, revision=revision(seeded_session, mixture), viewer=viewer
        )
    for expected in (10, 20, 30):
        drafts.redo(
            seeded_session, mixture, revision=revision(seeded_session, mixture), viewer=viewer
        )
        assert weight(seeded_session, mixture) == expected
    with pytest.raises(Conflict, match="nothing to redo"):
        drafts.redo(
            seeded_session, mixture, revision=revision(seeded_session, mixture), viewer=viewer
        )
    assert revision(seeded_session, mixture) == 10


def test_an_edit_after_undo_drops_what_could_be_done_again(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    for text in ("10", "20"):
        edit = cells.type_entry("Main", "the-pile/books3", text)
        drafts.edit_draft(
            seeded_session, mixture, edit, revision=revision(seeded_session, mixture), viewer=viewer
        )
    drafts.undo(seeded_session, mixture, revision=3, viewer=viewer)
    seeded_session.expire_all()
    drafts.edit_draft(
        seeded_session,
        mixture,
        cells.type_entry("Main", "the-pile/books3", "5"),
        revision=4,
        viewer=viewer,
    )
    with pytest.raises(Conflict):
        drafts.redo(seeded_session, mixture, revision=5, viewer=viewer)
    drafts.undo(seeded_session, mixture, revision=5, viewer=viewer)
    assert weight(seeded_session, mixture) == 10


def test_fifty_steps_are_kept(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    for number in range(1, 61):
        edit = cells.type_entry("Main", "the-pile/books3", str(number))
        drafts.edit_draft(seeded_session, mixture, edit, revision=number, viewer=viewer)
    count = seeded_session.scalar(select(func.count()).where(DraftStep.mixture_id == mixture.id))
    assert count == drafts.MAX_STEPS == 50
    undone = 0
    while True:
        try:
            drafts.undo(seeded_session, mixture, revision=61 + undone, viewer=viewer)
        except Conflict:
            break
        undone += 1
    assert undone == 50
    assert weight(seeded_session, mixture) == 10


def test_the_second_of_two_editors_gets_both_sides_and_loses_nothing(seeded_session: Session):
    first = make_viewer(seeded_session, name="Li Na")
    second = make_viewer(seeded_session, name="Sun Li")
    mixture = make_mixture(seeded_session, first)
    drafts.edit_draft(
        seeded_session,
        mixture,
        cells.type_entry("Main", "the-pile/books3", "9"),
        revision=1,
        viewer=first,
    )
    mine = cells.type_entry("Main", "the-pile/wikipedia-en", "8")
    with pytest.raises(drafts.StaleDraft, match="Li Na changed this draft") as stale:
        drafts.edit_draft(seeded_session, mixture, mine, revision=1, viewer=second)
    assert stale.value.revision == 2
    assert [(e.actor_name, e.action) for e in stale.value.edits] == [("Li Na", "weight")]
    assert stale.value.content.phases[0].components[0].weight == 9
    drafts.edit_draft(seeded_session, mixture, mine, revision=stale.value.revision, viewer=second)
    assert (weight(seeded_session, mixture), weight(seeded_session, mixture, 1)) == (9, 8)


def test_preview_saves_nothing(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    found = drafts.preview(seeded_session, mixture, phases.set_budget("Main", 5), viewer=viewer)
    assert (found.before.total_tokens, found.after.total_tokens) == (10**9, 5)
    assert revision(seeded_session, mixture) == 1


@pytest.mark.parametrize(
    ("role", "refusal"), [("viewer", Forbidden), ("buyer", Forbidden), ("approver", Forbidden)]
)
def test_only_planners_and_administrators_edit(seeded_session: Session, role: str, refusal: type):
    mixture = make_mixture(seeded_session, make_viewer(seeded_session))
    edit = phases.set_budget("Main", 5)
    with pytest.raises(refusal):
        drafts.edit_draft(
            seeded_session, mixture, edit, revision=1, viewer=make_viewer(seeded_session, role)
        )
    with pytest.raises(NotSignedIn):
        drafts.edit_draft(seeded_session, mixture, edit, revision=1, viewer=OUTSIDER)
    drafts.edit_draft(
        seeded_session,
        mixture,
        edit,
        revision=1,
        viewer=make_viewer(seeded_session, "administrator"),
    )


def test_private_and_archived_mixtures_are_not_edited_by_others(seeded_session: Session):
    owner, other = make_viewer(seeded_session), make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, owner)
    lifecycle.set_visibility(seeded_session, mixture, Visibility.PRIVATE, viewer=owner)
    edit = phases.set_budget("Main", 5)
    with pytest.raises(Forbidden):
        drafts.edit_draft(seeded_session, mixture, edit, revision=1, viewer=other)
    lifecycle.archive(seeded_session, mixture, viewer=owner)
    with pytest.raises(Conflict, match="archived"):
        drafts.edit_draft(seeded_session, mixture, edit, revision=1, viewer=owner)


@pytest.mark.race
def test_of_two_writers_at_the_same_moment_one_waits_and_neither_is_lost(
    new_seeded_database: Callable[[], str],
):
    engine = create_engine(new_seeded_database())
    with Session(engine) as session, session.begin():
        people = [make_viewer(session, name=name) for name in ("Li Na", "Sun Li")]
        mixture_id = make_mixture(session, people[0]).id
    slugs = ("the-pile/books3", "the-pile/wikipedia-en")
    start = threading.Barrier(2)
    stale: list[str] = []

    def write(number: int) -> None:
        for value in range(1, 16):
            revision, is_saved = 0, False
            start.wait()
            with Session(engine) as session:
                revision = draft_queries.get_draft(session, mixture_id).revision
            start.wait()
            while not is_saved:
                try:
                    with Session(engine) as session, session.begin():
                        drafts.edit_draft(
                            session,
                            session.get_one(Mixture, mixture_id),
                            cells.type_entry("Main", slugs[number], str(value)),
                            revision=revision,
                            viewer=people[number],
                        )
                    is_saved = True
                except drafts.StaleDraft as error:
                    stale.append(people[number].name)
                    revision = error.revision

    threads = [threading.Thread(target=write, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        draft = draft_queries.get_draft(session, mixture_id)
        typed = [c.weight for c in contents.read(draft.content).phases[0].components]
        lines = session.scalar(select(func.count()).where(DraftEdit.mixture_id == mixture_id))
    engine.dispose()
    assert typed == [15, 15]
    assert (draft.revision, lines) == (31, 31)
    assert len(stale) == 15
