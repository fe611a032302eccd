"""The composer: what its forms save, refuse and keep, plain and as htmx asks."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.providers import Provider
from app.mixtures import drafts
from app.mixtures.edits import cells
from app.mixtures.models import Mixture, Policy
from tests import factories
from tests.mixtures.composing import (
    ARXIV,
    BOOKS,
    HTMX,
    WIKIPEDIA,
    cell,
    send,
    weights,
)
from tests.mixtures.making import component, content, make_mixture, make_viewer, phase


def test_show_has_a_field_for_every_cell_in_a_real_form(planner: TestClient, slug: str):
    page = planner.get(f"/mixtures/{slug}").text
    assert 'value="60"' in cell(page, f"w.{BOOKS}")
    assert 'value="4"' in cell(page, f"m.{WIKIPEDIA}")
    assert 'type="checkbox"' in cell(page, f"l.{WIKIPEDIA}")
    assert f'action="/mixtures/{slug}/edit"' in page
    assert "60.00" in page


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
@pytest.mark.parametrize("query", ["", "?phase=7", f"?row={BOOKS}", "?preview=shrink", "?q=wiki"])
def test_show_answers_in_both_languages(planner: TestClient, slug: str, locale: str, query: str):
    planner.cookies.set("peibi_locale", locale)
    answer = planner.get(f"/mixtures/{slug}{query}")
    assert answer.status_code == 200
    assert "%(" not in answer.text


@pytest.mark.parametrize("query", ["phase=0", "phase=x", "did=-1", "phase=21"])
def test_show_refuses_what_no_page_links_to(planner: TestClient, slug: str, query: str):
    assert planner.get(f"/mixtures/{slug}?{query}").status_code == 422


def test_show_is_read_only_for_others_of_the_team(
    planner: TestClient, seeded_session: Session, slug: str
):
    factories.signed_in(planner, seeded_session, "buyer")
    page = planner.get(f"/mixtures/{slug}").text
    assert "books3" in page.lower()
    assert f"/mixtures/{slug}/edit" not in page


def test_buyer_turns_what_is_missing_into_a_request(
    planner: TestClient, seeded_session: Session, slug: str
):
    send(planner, slug, "budget", token_budget="10T")  # noqa: S106  a number
    factories.signed_in(planner, seeded_session, "buyer")
    page = planner.get(f"/mixtures/{slug}").text
    assert f'data-shortage="Main/{WIKIPEDIA}"' in page
    assert f'href="/rfqs/new?mixture={slug}"' in page
    factories.signed_in(planner, seeded_session, "viewer")
    assert "/rfqs/new" not in planner.get(f"/mixtures/{slug}").text


@pytest.mark.parametrize("role", ["viewer", "buyer", "approver", "vendor", None])
def test_edit_is_for_planners(
    planner: TestClient, seeded_session: Session, read, slug: str, role: str | None
):
    before = read(slug)
    planner.cookies.clear()
    if role:
        factories.signed_in(planner, seeded_session, role)
    answer = planner.post(
        f"/mixtures/{slug}/edit",
        data={"do": "budget", "revision": "1", "phase": "Main", "token_budget": "2T"},
    )
    assert answer.status_code in {401, 403}
    assert read(slug) == before


def test_edit_of_a_mixture_that_is_not_there_is_404(planner: TestClient):
    answer = planner.post("/mixtures/nothing/edit", data={"do": "undo", "revision": "1"})
    assert answer.status_code == 404


def test_edit_of_somebody_elses_private_mixture_is_404(
    planner: TestClient, seeded_session: Session, slug: str
):
    mixture = seeded_session.scalars(select(Mixture).where(Mixture.slug == slug)).one()
    mixture.visibility = "private"
    seeded_session.flush()
    answer = planner.post(f"/mixtures/{slug}/edit", data={"do": "undo", "revision": "1"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("30", {BOOKS: 30, WIKIPEDIA: 40}),
        ("20 %", {BOOKS: 20, WIKIPEDIA: 80}),
        ("２０％", {BOOKS: 20, WIKIPEDIA: 80}),
        ("250M", {BOOKS: 250, WIKIPEDIA: 750}),
        ("2.5亿", {BOOKS: 250, WIKIPEDIA: 750}),
    ],
)
def test_edit_takes_whatever_a_cell_can_mean(
    planner: TestClient, read, slug: str, typed: str, expected: dict[str, float]
):
    answer = send(planner, slug, "cells", **{f"w.{BOOKS}": typed})
    assert answer.status_code == 303, answer.text
    found = weights(read(slug))
    total, wanted = sum(found.values()), sum(expected.values())
    assert {name: one / total for name, one in found.items()} == pytest.approx(
        {name: one / wanted for name, one in expected.items()}
    )


def test_edit_in_passes_gives_so_many_tokens(planner: TestClient, read, slug: str):
    page = send(planner, slug, "cells", htmx=True, **{f"w.{WIKIPEDIA}": "0.5x"}).text
    row = page.partition(f'id="n.{WIKIPEDIA}"')[2].partition("</tr>")[0]
    assert '<span class="pb-num">0.50</span>' in row


def test_edit_says_what_moved_after_a_redirect_and_in_a_fragment(planner: TestClient, slug: str):
    answer = send(planner, slug, "cells", **{f"w.{BOOKS}": "10 %"})
    page = planner.get(answer.headers["Location"]).text
    assert "share of" in page
    assert "from 40% to 90%" in page
    answer = send(planner, slug, "cells", htmx=True, **{f"w.{BOOKS}": "25 %"})
    assert answer.status_code == 200
    assert "from 90% to 75%" in answer.text
    assert "<html" not in answer.text
    assert answer.headers["HX-Replace-Url"] == f"/mixtures/{slug}?phase=1"


def test_edit_sends_only_numbers_of_the_rows_that_the_page_has(planner: TestClient, slug: str):
    page = planner.get(f"/mixtures/{slug}").text
    digest = re.search(r'data-digest="(\w+)"', page)
    assert digest

    def edit(rows: str, revision: int, **values: str) -> str:
        data = {"do": "cells", "revision": str(revision), "phase": "Main"} | values
        headers = HTMX | {"Peibi-Rows": rows}
        return planner.post(f"/mixtures/{slug}/edit", data=data, headers=headers).text

    answer = edit(digest[1], 1, **{f"w.{BOOKS}": "7"})
    assert 'name="w.' not in answer
    numbers = re.search(r'data-numbers="([^"]+)"', answer)
    assert numbers
    lines = [line.split("\t") for line in numbers[1].split("\n")]
    assert "7" in [line[1] for line in lines]
    assert sum(float(line[4]) for line in lines) == pytest.approx(100, abs=0.1)

    # A page that is not known, a row fewer, what was refused: all rows.
    for rows, revision, field, text in (
        ("0" * 16, 2, f"w.{BOOKS}", "8"),
        (digest[1], 3, f"w.{BOOKS}", "-1"),
        (digest[1], 3, "remove", BOOKS),
    ):
        answer = edit(rows, revision, **{field: text})
        assert 'name="w.' in answer
        assert "data-numbers" not in answer


def test_edit_keeps_locked_rows(planner: TestClient, seeded_session: Session, read):
    viewer = make_viewer(seeded_session)
    parts = [component(BOOKS, 50, locked=True), component(WIKIPEDIA, 30), component(ARXIV, 20)]
    slug = make_mixture(seeded_session, viewer, content(phase(parts))).slug
    assert send(planner, slug, "cells", **{f"w.{WIKIPEDIA}": "45 %"}).status_code == 303
    found = weights(read(slug))
    assert found[BOOKS] / sum(found.values()) == pytest.approx(0.5)
    assert found[ARXIV] / sum(found.values()) == pytest.approx(0.05)


def test_edit_of_the_whole_form_changes_only_what_was_typed(planner: TestClient, read, slug: str):
    page = planner.get(f"/mixtures/{slug}").text
    was = unescape(re.search(r'name="was" value="([^"]*)"', page)[1])
    everything = {
        "was": was,
        f"w.{BOOKS}": "60",
        f"m.{BOOKS}": "",
        f"w.{WIKIPEDIA}": "10",
        f"m.{WIKIPEDIA}": "4",
        f"l.{BOOKS}": "1",
    }
    assert send(planner, slug, "cells", **everything).status_code == 303
    books, wikipedia = read(slug).phases[0].components
    assert (books.max_epochs, books.locked) == (None, True)
    assert (wikipedia.weight, wikipedia.max_epochs, wikipedia.locked) == (10, 4, False)
    # Books was locked in the same form, so its share of 60 % stayed.
    assert books.weight == pytest.approx(15)


def test_two_shares_typed_together_are_both_as_typed(planner: TestClient, seeded_session, read):
    viewer = make_viewer(seeded_session)
    parts = [component(BOOKS, 50), component(WIKIPEDIA, 30), component(ARXIV, 20)]
    slug = make_mixture(seeded_session, viewer, content(phase(parts))).slug
    send(planner, slug, "cells", **{f"w.{BOOKS}": "10 %", f"w.{WIKIPEDIA}": "20 %"})
    found = weights(read(slug))
    total = sum(found.values())
    assert found[BOOKS] / total == pytest.approx(0.1)
    assert found[WIKIPEDIA] / total == pytest.approx(0.2)
    assert not any(one.locked for one in read(slug).phases[0].components)


def test_a_lock_is_set_and_cleared(planner: TestClient, read, slug: str):
    send(planner, slug, "cells", **{f"l.{BOOKS}": "1"})
    assert [one.locked for one in read(slug).phases[0].components] == [True, False]
    send(planner, slug, "cells", unlock=BOOKS)
    assert [one.locked for one in read(slug).phases[0].components] == [False, False]
    send(planner, slug, "cells", lock_all="1")
    assert [one.locked for one in read(slug).phases[0].components] == [True, True]
    send(planner, slug, "cells", lock_all="0")
    assert [one.locked for one in read(slug).phases[0].components] == [False, False]


def test_a_row_is_taken_out_and_what_was_typed_beside_it_counts(
    planner: TestClient, read, slug: str
):
    send(planner, slug, "cells", remove=WIKIPEDIA, **{f"w.{BOOKS}": "7"})
    assert weights(read(slug)) == {BOOKS: 7}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (f"w.{BOOKS}", "-1"),
        (f"w.{BOOKS}", "many"),
        (f"w.{BOOKS}", "nan"),
        (f"w.{BOOKS}", "1e400"),
        (f"w.{BOOKS}", "101 %"),
        (f"w.{BOOKS}", "300GB"),
        (f"w.{BOOKS}", "2T"),
        (f"w.{BOOKS}", ""),
        (f"m.{BOOKS}", "0"),
        (f"m.{BOOKS}", "-4"),
        (f"m.{BOOKS}", "40B"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_edit_refuses_at_the_field_and_keeps_what_was_typed(  # noqa: PLR0917  fixtures
    planner: TestClient, read, slug: str, field: str, typed: str, htmx: bool
):
    before = read(slug)
    answer = send(planner, slug, "cells", htmx=htmx, **{field: typed, f"w.{WIKIPEDIA}": "41"})
    assert answer.status_code == 422
    tag = cell(answer.text, field)
    assert 'aria-invalid="true"' in tag
    assert f'value="{typed}"' in tag
    assert f'id="{field}-error"' in answer.text
    # Nothing of the form is saved, and nothing of it is lost.
    assert 'value="41"' in cell(answer.text, f"w.{WIKIPEDIA}")
    assert read(slug) == before


@pytest.mark.parametrize("text", ["", "x", "-1", "9" * 30, "１"])
def test_edit_without_a_revision_is_refused(planner: TestClient, read, slug: str, text: str):
    before = read(slug)
    answer = planner.post(
        f"/mixtures/{slug}/edit",
        data={"do": "budget", "phase": "Main", "token_budget": "2T", "revision": text},
    )
    assert answer.status_code in {412, 422}
    assert read(slug) == before


@pytest.mark.parametrize("do", ["", "nothing", "cells; drop"])
def test_edit_that_is_none_is_refused(planner: TestClient, slug: str, do: str):
    assert send(planner, slug, do).status_code == 422


@pytest.mark.parametrize(
    "was", ["[", "[]", "1", '{"a": 1}', '{"a": []}', "null", '{"a": ["1"]}', "[" * 5000]
)
def test_damaged_form_changes_nothing(planner: TestClient, read, slug: str, was: str):
    before = read(slug)
    answer = send(planner, slug, "cells", was=was, **{f"w.{BOOKS}": "1"})
    assert answer.status_code == 422
    assert read(slug) == before


def test_undo_and_redo_survive_a_reload_and_say_what_they_did(planner: TestClient, read, slug: str):
    before = read(slug)
    for number in range(1, 53):
        send(planner, slug, "cells", **{f"w.{BOOKS}": str(number)})
    for _step in range(50):
        answer = send(planner, slug, "undo")
        assert answer.status_code == 303
    assert "undone: weight of" in planner.get(answer.headers["Location"]).text
    assert weights(read(slug))[BOOKS] == 2
    assert send(planner, slug, "undo").status_code == 409
    send(planner, slug, "redo")
    assert weights(read(slug))[BOOKS] == 3
    assert before != read(slug)


def test_second_editor_sees_what_changed_and_puts_theirs_on_top(
    planner: TestClient, seeded_session: Session, read, slug: str
):
    page = planner.get(f"/mixtures/{slug}").text
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]
    mixture = seeded_session.scalars(select(Mixture).where(Mixture.slug == slug)).one()
    other = make_viewer(seeded_session, name="Li Na")
    drafts.edit_draft(
        seeded_session,
        mixture,
        cells.type_entry("Main", WIKIPEDIA, "99"),
        revision=int(revision),
        viewer=other,
    )
    mine = {"do": "cells", "revision": revision, "phase": "Main", f"w.{BOOKS}": "5"}
    for headers in ({}, HTMX):
        answer = planner.post(f"/mixtures/{slug}/edit", data=mine, headers=headers)
        assert answer.status_code == 412
        assert "Li Na" in answer.text
        assert "40 → 99" in answer.text
        assert "60 → 5" in answer.text
        assert weights(read(slug)) == {BOOKS: 60, WIKIPEDIA: 99}
    form = answer.text.partition("data-conflict")[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    answer = planner.post(f"/mixtures/{slug}/edit", data=fields)
    assert answer.status_code == 303
    assert weights(read(slug)) == {BOOKS: 5, WIKIPEDIA: 99}


def test_undo_that_comes_too_late_takes_nothing_of_the_other_back(
    planner: TestClient, seeded_session: Session, read, slug: str
):
    send(planner, slug, "cells", **{f"w.{BOOKS}": "5"})
    answer = planner.post(
        f"/mixtures/{slug}/edit", data={"do": "undo", "revision": "1", "phase": "Main"}
    )
    assert answer.status_code == 412
    assert "Put mine on top" not in answer.text
    assert weights(read(slug))[BOOKS] == 5


def test_version_is_saved_from_the_page(planner: TestClient, slug: str):
    answer = send(planner, slug, "save", message="")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in cell(answer.text, "message")
    answer = send(planner, slug, "save", htmx=True, message="books and an encyclopedia")
    assert answer.headers["HX-Redirect"] == f"/mixtures/{slug}/versions/1?done=saved"
    answer = send(planner, slug, "save", message="again")
    assert answer.status_code == 409
    assert "Nothing changed since version 1" in answer.text


def test_version_that_breaks_a_policy_is_saved_only_with_a_reason(
    planner: TestClient, seeded_session: Session, slug: str
):
    seeded_session.add(Policy(kind="share_at_most", tag="category", value="books", bound=0.1))
    seeded_session.flush()
    assert 'id="reason"' in planner.get(f"/mixtures/{slug}").text
    answer = send(planner, slug, "save", message="first", reason="")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in cell(answer.text, "reason")
    assert 'value="first"' in cell(answer.text, "message")
    answer = send(planner, slug, "save", message="first", reason="a trial")
    assert answer.headers["Location"].endswith("/versions/1?done=saved")


def test_archived_mixture_is_not_edited(planner: TestClient, seeded_session: Session, slug: str):
    from datetime import UTC, datetime

    mixture = seeded_session.scalars(select(Mixture).where(Mixture.slug == slug)).one()
    mixture.archived_at = datetime.now(UTC)
    seeded_session.flush()
    assert f"/mixtures/{slug}/edit" not in planner.get(f"/mixtures/{slug}").text
    answer = planner.post(f"/mixtures/{slug}/edit", data={"do": "undo", "revision": "1"})
    assert answer.status_code == 409


def test_text_of_people_is_escaped(planner: TestClient, slug: str):
    send(planner, slug, "add_phase", new_phase='<script>"x"&', new_budget="1B")
    page = planner.get(f"/mixtures/{slug}?phase=2").text
    assert "<script>" not in page.replace('<script src="', "")
    assert "&lt;script&gt;" in page


def test_an_assumed_unit_is_marked_in_the_row_in_what_is_found_and_in_the_version(
    planner: TestClient, seeded_session: Session
):
    part = content(phase([component("jlw-k12-question-bank", 1)]))
    slug = make_mixture(seeded_session, make_viewer(seeded_session), part, name="Assumed").slug
    mark = '<span class="pb-tag is-warn">unit assumed</span>'
    page = planner.get(f"/mixtures/{slug}?q=University+question+bank").text
    found = page.partition('class="pb-hits"')[2].partition("</ul>")[0]
    assert mark in found
    assert mark in page.partition('id="n.jlw-k12-question-bank"')[2].partition("</tr>")[0]
    send(planner, slug, "save", message="first")
    assert mark in planner.get(f"/mixtures/{slug}/versions/1").text
    published = make_mixture(seeded_session, make_viewer(seeded_session), name="Stated").slug
    row = planner.get(f"/mixtures/{published}").text.partition(f'id="n.{BOOKS}"')[2]
    assert mark not in row.partition("</tr>")[0]


@pytest.mark.parametrize("htmx", [True, False])
def test_the_rows_that_jinja_does_not_escape_are_escaped(
    planner: TestClient, seeded_session: Session, slug: str, htmx: bool
):
    evil = """"><b id='x'>&amp;"""
    seeded_session.execute(update(Dataset).where(Dataset.slug == BOOKS).values(name_en=evil))
    seeded_session.execute(update(Provider).values(short_name_en=evil))
    typed = {f"w.{BOOKS}": evil, f"m.{BOOKS}": evil}
    refused = send(planner, slug, "cells", htmx=htmx, **typed)
    for page in (refused.text, planner.get(f"/mixtures/{slug}").text):
        assert "<b id=" not in page
        assert "&gt;&lt;b id=&#39;x&#39;&gt;&amp;amp;" in page


def test_show_claims_no_feasibility_of_what_has_no_estimate(
    planner: TestClient, seeded_session: Session
) -> None:
    """Nobody knows how much of it there is, so nobody knows whether it is enough."""
    part = content(phase([component(BOOKS, 60), component(ARXIV, 40)]))
    slug = make_mixture(seeded_session, make_viewer(seeded_session), part, name="Half known").slug
    page = planner.get(f"/mixtures/{slug}").text
    assert "every limit is kept" not in page
    assert "1 component has no estimate" in page
    assert "Every component has enough for its share" not in page
    assert "Of 1 nobody knows how much there is" in page


def test_show_claims_feasibility_where_all_is_known(planner: TestClient, slug: str) -> None:
    page = planner.get(f"/mixtures/{slug}").text
    assert "every limit is kept" in page
    assert "has no estimate" not in page


def test_show_says_what_changed_in_the_catalogue_since_the_version(
    planner: TestClient, seeded_session: Session, slug: str
):
    send(planner, slug, "save", message="first")
    dataset_id = seeded_session.scalar(select(Dataset.id).where(Dataset.slug == BOOKS))
    seeded_session.execute(
        update(TokenEstimate)
        .where(TokenEstimate.dataset_id == dataset_id, TokenEstimate.is_main)
        .values(low=None, mid=7, high=None)
    )
    page = planner.get(f"/mixtures/{slug}")
    assert page.status_code == 200
    told = page.text.index("1 dataset changed since version 1: The Pile · Books3")
    # An edit redraws what is in there: the notice stands before it, and stays.
    assert told < page.text.index('<div id="composer"')
    edited = send(planner, slug, "cells", htmx=True, **{f"w.{BOOKS}": "61"})
    assert edited.status_code == 200
    assert 'id="composer"' not in edited.text


def test_show_says_what_the_data_costs_and_what_the_ranges_make_of_the_budget(
    planner: TestClient, seeded_session: Session
):
    made = content(
        phase(
            [
                component("jlw-chinese-books", 3, price=2, max_epochs=4),
                component("the-pile/books3", 1),
            ],
            budget=10**12,
            cost_ceiling=5e5,
        )
    )
    slug = make_mixture(seeded_session, make_viewer(seeded_session), made, name="Bought").slug
    page = unescape(planner.get(f"/mixtures/{slug}").text)
    # 383.35 billion unique tokens at 2 a million.
    assert "The data costs 766,700.00 for 383B unique tokens" in page
    assert "1 component without a price, which draws 250B, is not in it." in page
    assert "At most 500,000.00 was asked for." in page
    # 202.95 to 552.475 billion, four times, are three quarters of the budget.
    found = re.search(r"these ratios carry ([\d.]+)T to ([\d.]+)T", page)
    assert found
    assert float(found[1]) == pytest.approx(1.082, rel=0.06)
    assert float(found[2]) == pytest.approx(2.947, rel=0.06)
    body = planner.post(
        f"/mixtures/{slug}/versions",
        data={"message": "m", "revision": "1", "reason": "asked"},
    )
    assert body.status_code < 400
    version = unescape(planner.get(f"/mixtures/{slug}/versions/1").text)
    assert "The data costs 766,700.00" in version


def test_datasets_added_to_an_empty_phase_made_no_others_move(
    planner: TestClient, seeded_session: Session
) -> None:
    empty = content(phase([]))
    slug = make_mixture(seeded_session, make_viewer(seeded_session), empty, name="Empty").slug
    answer = send(planner, slug, "add_list", htmx=True, list=f"{BOOKS} 3\n{WIKIPEDIA} 1")
    assert answer.status_code == 200
    assert "2 components" in answer.text
    assert "made room" not in answer.text


def test_shares_below_a_long_table_are_sent_when_they_come_into_sight(
    planner: TestClient, seeded_session: Session
):
    viewer = make_viewer(seeded_session)
    slugs = seeded_session.scalars(select(Dataset.slug).order_by(Dataset.id).limit(60)).all()
    parts = [component(one, 1) for one in slugs]
    made = content(phase(parts), phase(parts, name="Second"))
    slug = make_mixture(seeded_session, viewer, made).slug
    address = f"/mixtures/{slug}?phase=1"

    def shares(page: str) -> str:
        found = re.search(r'aria-labelledby="share-language".*', page, re.DOTALL)
        return "" if found is None else re.sub(r"\s+", " ", found[0])

    answer = send(planner, slug, "cells", htmx=True, **{f"w.{slugs[0]}": "5"}).text
    assert not shares(answer)
    waiting = re.search(r'<div id="shares"[^>]*>', answer)
    assert waiting
    assert 'hx-trigger="revealed"' in waiting[0]
    assert f'hx-get="{address}"' in waiting[0]
    headers = HTMX | {"HX-Target": "div#shares"}
    sent = shares(planner.get(address, headers=headers).text).strip()
    assert "All phases by category" in sent
    assert sent in shares(planner.get(address).text)
