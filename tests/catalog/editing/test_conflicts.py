"""Two people edit one dataset: the second sees both, decides, and nothing is lost."""

import threading

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.catalog.models.quantities import Quantity
from app.main import create_app
from tests.catalog.editing.forms import changed, keys, read, send, text_of
from tests.catalog.editing.stored import dataset, events, rows
from tests.factories import make_account, signed_in

SLUG = "jlw-chinese-books"
BOOKS = f"/edit/dataset/{SLUG}"


@pytest.fixture
def opened(planner):
    """The form as both people opened it."""
    return read(planner.get(BOOKS).text)


def test_the_second_sees_base_theirs_and_mine(planner, seeded_session, opened):
    assert send(planner, BOOKS, changed(opened, name_en="Theirs")).status_code == 303
    response = send(planner, BOOKS, changed(opened, name_en="Mine", paper="arXiv 1"))
    assert response.status_code == 412
    said = text_of(response.text)
    assert "Two people changed this dataset" in said
    assert "before: Chinese books" in said
    assert "Theirs" in said
    assert "Mine" in said
    assert "Li Na saved this dataset" in said
    assert "1 change that does not collide" in said
    assert dataset(seeded_session, SLUG).name_en == "Theirs"


@pytest.mark.parametrize(("choice", "name"), [("mine", "Mine"), ("theirs", "Theirs")])
def test_the_choice_is_saved_with_both_peoples_other_changes(
    planner, seeded_session, opened, choice, name
):
    send(planner, BOOKS, changed(opened, name_en="Theirs", released="2024"))
    page = send(planner, BOOKS, changed(opened, name_en="Mine", paper="arXiv 1"))
    fields = changed(read(page.text), **{"choice-name_en": choice})
    response = send(planner, BOOKS, fields, do="resolve")
    assert response.headers["Location"] == f"/catalogue/{SLUG}?done=merged"
    found = dataset(seeded_session, SLUG)
    assert (found.name_en, found.released, found.paper) == (name, "2024", "arXiv 1")


def test_without_a_choice_nothing_is_saved_and_the_question_stays(planner, seeded_session, opened):
    send(planner, BOOKS, changed(opened, name_en="Theirs"))
    page = send(planner, BOOKS, changed(opened, name_en="Mine", paper="arXiv 1"))
    again = send(planner, BOOKS, read(page.text), do="resolve")
    assert again.status_code == 412
    assert "1 choice is missing." in again.text
    assert "arXiv 1" in again.text
    assert dataset(seeded_session, SLUG).paper is None


def test_a_third_change_in_between_asks_again(planner, seeded_session, opened):
    send(planner, BOOKS, changed(opened, name_en="Theirs"))
    page = send(planner, BOOKS, changed(opened, name_en="Mine"))
    third = read(planner.get(BOOKS).text)
    send(planner, BOOKS, changed(third, name_en="Third"))
    fields = changed(read(page.text), **{"choice-name_en": "mine"})
    again = send(planner, BOOKS, fields, do="resolve")
    assert again.status_code == 412
    assert "Third" in again.text
    assert dataset(seeded_session, SLUG).name_en == "Third"


def test_rows_merge_field_by_field(planner, seeded_session, opened):
    key = keys(opened, "quantities")[0]
    send(planner, BOOKS, changed(opened, **{f"quantities-{key}-qualifier_zh": "已核对"}))
    mine = read(send(planner, BOOKS, opened, do="add:quantities").text)
    mine = changed(mine, **{f"quantities-{key}-value": "260万", "quantities-n1-value": "7 books"})
    page = send(planner, BOOKS, mine)
    assert page.status_code == 412
    assert "that both changed" not in page.text, "they changed different fields of the row"
    assert send(planner, BOOKS, read(page.text), do="resolve").status_code == 303
    first, second = rows(seeded_session, Quantity, SLUG)
    assert (first.qualifier_zh, first.value, first.printed) == ("已核对", 2_600_000, "260万")
    assert (second.value, second.unit) == (7, "book")


def test_a_removed_row_that_the_other_changed_is_a_question(planner, seeded_session, opened):
    key = keys(opened, "quantities")[0]
    send(planner, BOOKS, changed(opened, **{f"quantities-{key}-value": "260万"}))
    mine = read(send(planner, BOOKS, opened, do=f"remove:quantities:{key}").text)
    page = send(planner, BOOKS, mine)
    assert page.status_code == 412
    fields = read(page.text)
    assert f"choice-quantities-{key}-mine" in page.text
    send(planner, BOOKS, changed(fields, **{f"choice-quantities-{key}": "mine"}), do="resolve")
    assert rows(seeded_session, Quantity, SLUG) == []


def test_the_same_change_twice_is_no_conflict_to_decide(planner, seeded_session, opened):
    send(planner, BOOKS, changed(opened, name_en="Same"))
    page = send(planner, BOOKS, changed(opened, name_en="Same"))
    assert page.status_code == 412
    assert "both of you" in page.text
    before = len(events(seeded_session, SLUG))
    assert send(planner, BOOKS, read(page.text), do="resolve").status_code == 303
    assert len(events(seeded_session, SLUG)) == before


def test_a_revision_that_moved_without_a_change_is_no_conflict(planner, seeded_session, opened):
    dataset(seeded_session, SLUG).revision += 3
    seeded_session.flush()
    assert send(planner, BOOKS, changed(opened, name_en="Mine")).status_code == 303


@pytest.mark.parametrize("base", ["", "{", "[1]", '{"name_en": 3}', "null"])
def test_a_damaged_base_asks_more_and_loses_nothing(planner, seeded_session, opened, base):
    send(planner, BOOKS, changed(opened, name_en="Theirs"))
    page = send(planner, BOOKS, changed(opened, name_en="Mine", base=base))
    assert page.status_code == 412
    assert "choice-name_en" in page.text
    fields = changed(read(page.text), **{"choice-name_en": "mine"})
    assert send(planner, BOOKS, fields, do="resolve").status_code == 303
    assert dataset(seeded_session, SLUG).name_en == "Mine"


@pytest.mark.parametrize("mine", ["", "{}", "[]", '{"content": {}, "sources": []}'])
def test_a_damaged_draft_is_refused(planner, seeded_session, opened, mine):
    fields = [("revision", "1"), ("base", ""), ("mine", mine)]
    assert send(planner, BOOKS, fields, do="resolve").status_code == 409
    assert dataset(seeded_session, SLUG).name_en == "Chinese books"


def test_a_merge_that_cannot_be_saved_comes_back_as_a_form(planner, seeded_session, opened):
    key = keys(opened, "quantities")[0]
    with_low = read(send(planner, BOOKS, opened, do="add:estimates").text)
    counts = {"estimates-n1-low": "5", "estimates-n1-mid": "6", "estimates-n1-high": "7"}
    send(planner, BOOKS, changed(with_low, **counts))
    opened = read(planner.get(BOOKS).text)
    estimate = keys(opened, "estimates")[0]
    send(planner, BOOKS, changed(opened, **{f"estimates-{estimate}-high": "6"}))
    page = send(planner, BOOKS, changed(opened, **{f"estimates-{estimate}-mid": "7"}))
    response = send(planner, BOOKS, read(page.text), do="resolve")
    assert response.status_code == 422
    assert "must stand in this order" in response.text
    assert (f"quantities-{key}-printed", "250万") in read(response.text)


def test_two_at_the_same_moment_save_one_and_ask_the_other(new_seeded_database, settings):
    url = new_seeded_database()
    app = create_app(settings, url)
    engine = create_engine(url)
    with Session(engine) as session, session.begin():
        accounts = [make_account(session, role=Role.PLANNER, name=name) for name in ("A", "B")]
        clients = [
            signed_in(
                TestClient(app, follow_redirects=False), session, Role.PLANNER, account=account
            )
            for account in accounts
        ]
    forms = [read(client.get(BOOKS).text) for client in clients]
    barrier, answers = threading.Barrier(2), {}

    def save(number):
        barrier.wait()
        fields = changed(forms[number], name_en=f"Saved by {number}")
        answers[number] = send(clients[number], BOOKS, fields).status_code

    threads = [threading.Thread(target=save, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        saved = [event for event in events(session, SLUG) if event.action == "edited"]
        name = dataset(session, SLUG).name_en
    engine.dispose()
    app.state.engine.dispose()
    assert sorted(answers.values()) == [303, 412]
    assert len(saved) == 1
    winner = next(number for number, status in answers.items() if status == 303)
    assert name == f"Saved by {winner}"
