"""Related datasets: found by name, kept with a history, refused where they make no sense."""

import pytest
from sqlalchemy import select

from app.catalog.models.datasets import Overlap, Visibility
from tests.catalog.editing.forms import changed, keys, read, send, text_of
from tests.catalog.editing.stored import dataset, events

# It states no relation of its own.
SLUG = "roots"
PATH = f"/edit/dataset/{SLUG}"
API = f"/api/v1/datasets/{SLUG}"


def with_relation(client, other, **row):
    """Return the fields of the form with one more relation, and the row's key."""
    fields = read(send(client, PATH, read(client.get(PATH).text), do="add:overlaps").text)
    key = keys(fields, "overlaps")[-1]
    values = {"other": other} | row
    return changed(fields, **{f"overlaps-{key}-{name}": text for name, text in values.items()}), key


def stated(session, slug=SLUG):
    found = dataset(session, slug)
    rows = session.scalars(select(Overlap).where(Overlap.dataset_id == found.id))
    return {(row.other_id, row.relation, row.note_en) for row in rows}


def patch(client, **body):
    tag = client.get(API).headers["ETag"]
    return client.patch(API, json=body, headers={"If-Match": tag})


@pytest.mark.parametrize("typed", ["fineweb", "FineWeb", "fineweb  "])
def test_an_identifier_or_a_whole_name_is_enough(planner, seeded_session, typed):
    fields, _ = with_relation(planner, typed, relation="derived_from", note_en="Filtered.")
    assert send(planner, PATH, fields).status_code == 303
    other = dataset(seeded_session, "fineweb")
    assert stated(seeded_session) == {(other.id, "derived_from", "Filtered.")}
    assert "derived from" in text_of(planner.get(f"/catalogue/{SLUG}").text)
    assert "source of" in text_of(planner.get("/catalogue/fineweb").text)


@pytest.mark.parametrize("typed", ["fineweb edu", "ineweb-edu", "FineWeb Ed", "fi"])
def test_a_part_of_a_name_offers_what_it_finds(planner, seeded_session, typed):
    fields, key = with_relation(planner, typed)
    found = send(planner, PATH, fields, do=f"find:{key}")
    assert f'value="choose:{key}:fineweb-edu"' in found.text
    refused = send(planner, PATH, fields)
    assert refused.status_code == 422
    assert "Choose below the field which dataset you mean." in text_of(refused.text)
    assert stated(seeded_session) == set()
    chosen = read(send(planner, PATH, fields, do=f"choose:{key}:fineweb-edu").text)
    assert dict(chosen)[f"overlaps-{key}-other"] == "fineweb-edu"
    assert send(planner, PATH, chosen).status_code == 303
    other = dataset(seeded_session, "fineweb-edu")
    assert stated(seeded_session) == {(other.id, "derived_from", None)}


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ("", "Write the name or the identifier of the other dataset."),
        ("qqxxzz", "No dataset is called “qqxxzz”."),
        (SLUG, "Choose another dataset than this one."),
    ],
)
def test_what_names_no_other_dataset_is_refused(planner, seeded_session, other, sentence):
    fields, _ = with_relation(planner, other)
    response = send(planner, PATH, fields)
    assert response.status_code == 422
    assert sentence in text_of(response.text)
    assert stated(seeded_session) == set()


def test_a_relation_changes_and_goes_and_comes_back(planner, seeded_session):
    fields, _ = with_relation(planner, "fineweb")
    send(planner, PATH, fields)
    added = events(seeded_session, SLUG)[-1]
    fields = read(planner.get(PATH).text)
    [key] = keys(fields, "overlaps")
    send(planner, PATH, changed(fields, **{f"overlaps-{key}-relation": "may_overlap"}))
    other = dataset(seeded_session, "fineweb")
    assert stated(seeded_session) == {(other.id, "may_overlap", None)}
    page = text_of(planner.get(f"/catalogue/{SLUG}/history").text)
    assert "Related dataset “fineweb”" in page
    fields = read(planner.get(PATH).text)
    [key] = keys(fields, "overlaps")
    emptied = read(send(planner, PATH, fields, do=f"remove:overlaps:{key}").text)
    assert send(planner, PATH, emptied).status_code == 303
    assert stated(seeded_session) == set()
    form = read(planner.get(f"/edit/restore/{SLUG}?event={added.id}").text)
    assert send(planner, f"/edit/restore/{SLUG}", form).status_code == 303
    assert stated(seeded_session) == {(other.id, "derived_from", None)}


def test_the_api_replaces_what_a_dataset_says_of_others(planner, seeded_session):
    wanted = [
        {"dataset": "fineweb", "relation": "derived_from", "note": {"en": "Filtered."}},
        {"dataset": "fineweb-edu", "relation": "may_overlap"},
    ]
    response = patch(planner, overlaps=wanted)
    assert response.status_code == 200, response.text
    told = {(one["dataset"], one["relation"]) for one in response.json()["overlaps"]}
    assert told == {("fineweb", "derived_from"), ("fineweb-edu", "may_overlap")}
    before = stated(seeded_session)
    for body, field in [
        ([wanted[0], wanted[0]], "overlaps.n2.other"),
        ([{"dataset": "nothing", "relation": "contains"}], "overlaps.n1.other"),
        ([{"dataset": SLUG, "relation": "contains"}], "overlaps.n1.other"),
    ]:
        refused = patch(planner, overlaps=body)
        assert (refused.status_code, refused.json()["error"]["field"]) == (422, field)
    assert stated(seeded_session) == before
    assert patch(planner, overlaps=[]).status_code == 200
    assert stated(seeded_session) == set()


def test_the_history_names_no_dataset_of_the_team_to_others(planner, seeded_client, seeded_session):
    dataset(seeded_session, "fineweb-edu").visibility = Visibility.TEAM
    seeded_session.flush()
    pairs = [{"dataset": slug, "relation": "contains"} for slug in ("fineweb-edu", "fineweb")]
    assert patch(planner, overlaps=pairs).status_code == 200
    assert patch(planner, overlaps=[]).status_code == 200
    assert '"fineweb-edu"' in planner.get(f"{API}/history").text
    seeded_client.cookies.clear()
    for path in (f"/catalogue/{SLUG}", f"/catalogue/{SLUG}/history", f"{API}/history"):
        text = seeded_client.get(path).text
        assert "fineweb" in text
        assert "“fineweb-edu”" not in text
        assert '"fineweb-edu"' not in text


def test_two_people_add_a_relation_and_a_name(planner, seeded_session):
    mine, _ = with_relation(planner, "fineweb")
    theirs = changed(read(planner.get(PATH).text), name_en="Roots, renamed")
    assert send(planner, PATH, theirs).status_code == 303
    conflict = send(planner, PATH, mine)
    assert conflict.status_code == 412
    assert "fineweb" in text_of(conflict.text)
    merged = send(planner, PATH, read(conflict.text), do="resolve")
    assert merged.status_code == 303, text_of(merged.text)
    other = dataset(seeded_session, "fineweb")
    assert stated(seeded_session) == {(other.id, "derived_from", None)}
    assert dataset(seeded_session, SLUG).name_en == "Roots, renamed"
