"""The form of a dataset: shows, saves, refuses and saves nothing; to whom; with or without htmx."""

import pytest
from sqlalchemy import func, select

from app.accounts.models import Role
from app.audit import AuditEvent
from app.catalog import state
from app.catalog.models.datasets import Dataset
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.providers import Provider
from app.catalog.models.quantities import Quantity
from app.catalog.models.sources import Source
from app.catalog.seed.apply import seed
from tests.catalog.editing.forms import changed, keys, read, send, text_of
from tests.catalog.editing.stored import dataset, events, main_estimate, rows
from tests.factories import signed_in

NEW = "/edit/dataset"
BOOKS = "/edit/dataset/jlw-chinese-books"
ZH = {"Accept-Language": "zh-CN"}
EDIT_PATHS = (
    NEW,
    BOOKS,
    "/edit/archive/the-pile",
    "/edit/licence/the-pile",
    "/edit/provider",
    "/edit/provider/baai",
    "/review",
)


def partial(target):
    return {"HX-Request": "true", "HX-Target": f"div#{target}", "HX-Request-Type": "partial"}


def new_fields(client, **changes):
    fields = read(client.get(NEW).text)
    values = {
        "name_zh": "古籍 OCR",
        "name_en": "Old books, OCR",
        "provider": "baai",
        "category": "books",
        "languages": "中文",
    }
    return changed(fields, **(values | changes))


def with_quantity(client, fields, **row):
    page = send(client, NEW, fields, do="add:quantities")
    fields = read(page.text)
    key = keys(fields, "quantities")[-1]
    return changed(fields, **{f"quantities-{key}-{name}": value for name, value in row.items()})


# --- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EDIT_PATHS)
@pytest.mark.parametrize(("role", "status"), [(None, 401), (Role.VIEWER, 403), (Role.VENDOR, 403)])
def test_editing_is_for_planners(seeded_client, seeded_session, role, status, path):
    client = signed_in(seeded_client, seeded_session, role) if role else seeded_client
    assert client.get(path).status_code == status
    if path != "/review":
        count = seeded_session.scalar(select(func.count(AuditEvent.id)))
        assert send(client, path, [("name_en", "x")]).status_code == status
        assert seeded_session.scalar(select(func.count(AuditEvent.id))) == count


def test_nobody_else_sees_the_way_to_it(seeded_client, seeded_session):
    for role in (None, Role.VIEWER, Role.VENDOR):
        client = signed_in(seeded_client, seeded_session, role) if role else seeded_client
        for path in ("/catalogue", "/catalogue/the-pile", "/providers/baai"):
            html = client.get(path).text
            assert "/edit/" not in html
            assert "/review" not in html


@pytest.mark.parametrize(
    "path",
    [
        "/edit/dataset/nothing",
        "/edit/archive/nothing",
        "/edit/licence/nothing",
        "/edit/provider/nothing",
        "/catalogue/nothing/history",
        "/edit/restore/nothing?event=1",
        "/edit/dataset?parent=nothing",
    ],
)
def test_unknown_is_404(planner, path):
    assert planner.get(path).status_code == 404


# --- add ---------------------------------------------------------------------------------------


def test_create_adds_a_dataset_with_its_estimate(planner, seeded_session):
    fields = with_quantity(
        planner, new_fields(planner), value="250万", unit="book", source="A list of 2026", grade="V"
    )
    response = send(planner, NEW, fields)
    assert response.status_code == 303, text_of(response.text)
    assert response.headers["Location"] == "/catalogue/old-books-ocr?done=created"
    made = dataset(seeded_session, "old-books-ocr")
    assert (made.name_zh, made.languages, made.visibility) == ("古籍 OCR", ["zh"], "public")
    [quantity] = rows(seeded_session, Quantity, "old-books-ocr")
    assert (quantity.value, quantity.unit, quantity.printed) == (2_500_000, "book", "250万")
    source = seeded_session.scalars(select(Source).where(Source.id == quantity.source_id)).one()
    assert (source.text, source.grade) == ("A list of 2026", "V")
    assert main_estimate(seeded_session, "old-books-ocr").mid == 383_350_000_000
    created = events(seeded_session, "old-books-ocr")[0]
    assert (created.action, created.actor_name) == ("created", "Li Na")
    assert created.after["name_en"] == "Old books, OCR"
    page = planner.get(response.headers["Location"])
    assert "It is in the catalogue now" in page.text
    found = planner.get("/api/v1/datasets?q=古籍").json()
    assert "old-books-ocr" in [item["slug"] for item in found["items"]]


def test_create_of_a_subset_starts_from_its_parent(planner, seeded_session):
    fields = read(planner.get(f"{NEW}?parent=the-pile").text)
    assert ("provider", "eleutherai") in fields
    response = send(planner, NEW, changed(fields, name_zh="测试", name_en="Test part"))
    assert response.headers["Location"] == "/catalogue/the-pile/test-part?done=created"
    made = dataset(seeded_session, "the-pile/test-part")
    assert made.parent_id == dataset(seeded_session, "the-pile").id
    assert "Test part" in planner.get("/catalogue/the-pile").text


def test_a_subset_has_no_subsets(planner):
    assert planner.get(f"{NEW}?parent=the-pile/books3").status_code == 409


def test_create_with_a_new_provider_adds_both(planner, seeded_session):
    fields = new_fields(
        planner,
        provider="+new",
        new_provider_name_zh="古籍社",
        new_provider_name_en="Old Books Press",
        new_provider_homepage="https://example.com",
    )
    assert send(planner, NEW, fields).status_code == 303
    provider = seeded_session.scalars(
        select(Provider).where(Provider.slug == "old-books-press")
    ).one()
    assert (provider.name_zh, provider.homepage) == ("古籍社", "https://example.com")
    assert dataset(seeded_session, "old-books-ocr").provider_id == provider.id


def test_a_taken_name_gets_a_number_and_a_taken_identifier_is_refused(planner, seeded_session):
    assert (
        send(planner, NEW, new_fields(planner, name_en="The Pile"))
        .headers["Location"]
        .startswith("/catalogue/the-pile-2?")
    )
    for slug, said in (
        ("the-pile", "is taken"),
        ("history", "meaning of their own"),
        ("Big Books", "lower-case letters"),
        ("a/b", "lower-case letters"),
    ):
        response = send(planner, NEW, new_fields(planner, slug=slug))
        assert response.status_code == 422, slug
        assert said in response.text


def test_a_chinese_name_alone_asks_for_an_identifier(planner):
    response = send(planner, NEW, new_fields(planner, name_en="古籍"))
    assert response.status_code == 422
    assert "Write an identifier" in response.text


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"name_en": ""}, "name_en", "Write the name"),
        ({"provider": ""}, "provider", "Choose a provider"),
        ({"category": "nonsense"}, "category", "Choose a category"),
        ({"modality": "smell"}, "modality", "Choose a modality"),
        ({"languages": "Elbonian"}, "languages", "is no language"),
        ({"homepage": "javascript:alert(1)"}, "homepage", "https://"),
        ({"homepage": "https://"}, "homepage", "https://"),
        ({"released": "2024-13"}, "released", "2024-06"),
        ({"visibility": "secret"}, "visibility", "Choose who may see"),
        ({"name_zh": "x" * 301}, "name_zh", "At most 300"),
    ],
)
def test_create_refuses_at_the_field_and_saves_nothing(
    planner, seeded_session, changes, field, said
):
    before = seeded_session.scalar(select(func.count(Dataset.id)))
    response = send(planner, NEW, new_fields(planner, description_en="kept input", **changes))
    assert response.status_code == 422
    assert said in response.text
    assert f'href="#{field}"' in response.text, "the summary links to the field"
    assert "kept input" in response.text
    assert seeded_session.scalar(select(func.count(Dataset.id))) == before


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1.500", "1,500 / 1.5"),
        ("1w", "If you mean 10,000"),
        ("many", "is not a number"),
        ("-3", "from 0 to"),
        ("1.2345", "three decimals"),
    ],
)
def test_an_unclear_number_is_refused_with_its_readings(planner, seeded_session, value, said):
    fields = with_quantity(planner, new_fields(planner), value=value, unit="book")
    response = send(planner, NEW, fields)
    assert response.status_code == 422
    assert said in text_of(response.text)
    assert dataset(seeded_session, "old-books-ocr") is None


@pytest.mark.parametrize(
    ("value", "number", "unit"),
    [
        ("2500万本", 25_000_000, "book"),
        ("１．１亿", 110_000_000, None),
        ("2,500,000", 2_500_000, None),
        ("12 books", 12, "book"),
        ("1 TB", 10**12, "byte"),
    ],
)
def test_numbers_are_read_as_people_write_them(planner, seeded_session, value, number, unit):
    send(planner, NEW, with_quantity(planner, new_fields(planner), value=value))
    [quantity] = rows(seeded_session, Quantity, "old-books-ocr")
    assert (quantity.value, quantity.unit, quantity.printed) == (number, unit, value)


def test_a_new_source_needs_a_grade_and_a_known_one_keeps_its_own(planner):
    fields = with_quantity(planner, new_fields(planner), value="5", unit="book", source="A new one")
    assert "needs a grade" in send(planner, NEW, fields).text
    known = "Wikipedia, 'The Pile (dataset)'"
    key = keys(fields, "quantities")[0]
    known_fields = changed(
        fields, **{f"quantities-{key}-source": known, f"quantities-{key}-grade": "A"}
    )
    assert "listed with grade C" in send(planner, NEW, known_fields).text


# --- rows and preview --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["quantities", "estimates", "licence_claims"])
def test_a_row_is_added_and_removed_without_javascript(planner, seeded_session, kind):
    fields = read(planner.get(BOOKS).text)
    before = keys(fields, kind)
    page = send(planner, BOOKS, changed(fields, name_en="Typed so far"), do=f"add:{kind}")
    assert page.status_code == 200
    fields = read(page.text)
    assert keys(fields, kind) == [*before, "n1"]
    assert ("name_en", "Typed so far") in fields
    page = send(planner, BOOKS, fields, do=f"remove:{kind}:n1")
    assert keys(read(page.text), kind) == before
    assert dataset(seeded_session, "jlw-chinese-books").name_en == "Chinese books"


def test_a_row_comes_alone_for_htmx(planner):
    fields = read(planner.get(BOOKS).text)
    page = send(planner, BOOKS, fields, do="add:quantities", headers=partial("quantities"))
    assert "quantities-n1-value" in page.text
    assert "<html" not in page.text
    assert "licence_claims" not in page.text


def test_the_preview_says_what_would_follow_and_saves_nothing(planner, seeded_session):
    fields = read(planner.get(BOOKS).text)
    key = keys(fields, "quantities")[0]
    doubled = changed(fields, **{f"quantities-{key}-value": "500万"})
    fragment = send(planner, BOOKS, doubled, do="preview", headers=partial("preview"))
    assert "<html" not in fragment.text
    assert "767" in text_of(fragment.text), "twice 383B"
    assert "5,000,000" in fragment.text
    whole = send(planner, BOOKS, doubled, do="preview")
    assert "<html" in whole.text
    assert "767" in text_of(whole.text)
    assert main_estimate(seeded_session, "jlw-chinese-books").mid == 383_350_000_000


def test_the_preview_points_at_what_it_cannot_read(planner):
    fields = read(planner.get(BOOKS).text)
    key = keys(fields, "quantities")[0]
    wrong = changed(fields, **{f"quantities-{key}-value": "1.500"})
    fragment = send(planner, BOOKS, wrong, do="preview", headers=partial("preview"))
    assert f'href="#quantities-{key}-value"' in fragment.text


# --- change ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slug", ["jlw-chinese-books", "the-pile", "refinedweb", "roots", "jlw-chinese-english-scripts"]
)
def test_saving_a_form_as_it_is_changes_nothing(planner, seeded_session, slug):
    before = dataset(seeded_session, slug).revision
    count = len(events(seeded_session, slug))
    fields = read(planner.get(f"/edit/dataset/{slug}").text)
    response = send(planner, f"/edit/dataset/{slug}", fields)
    assert response.headers["Location"].endswith("?done=unchanged")
    assert dataset(seeded_session, slug).revision == before
    assert len(events(seeded_session, slug)) == count


def test_every_dataset_of_the_seed_survives_its_form(planner, seeded_session):
    slugs = seeded_session.scalars(select(Dataset.slug).order_by(Dataset.id)).all()
    for slug in slugs[::9]:
        fields = read(planner.get(f"/edit/dataset/{slug}").text)
        response = send(planner, f"/edit/dataset/{slug}", fields)
        assert response.status_code == 303, (slug, text_of(response.text)[:2000])
        assert response.headers["Location"].endswith("?done=unchanged"), slug


def test_a_change_is_saved_derived_and_recorded(planner, seeded_session):
    fields = read(planner.get(BOOKS).text)
    key = keys(fields, "quantities")[0]
    revision = dataset(seeded_session, "jlw-chinese-books").revision
    response = send(
        planner,
        BOOKS,
        changed(fields, name_en="Chinese books, 2027", **{f"quantities-{key}-value": "500万"}),
    )
    assert response.status_code == 303
    assert main_estimate(seeded_session, "jlw-chinese-books").mid == 766_700_000_000
    assert dataset(seeded_session, "jlw-chinese-books").revision > revision
    found = [e for e in events(seeded_session, "jlw-chinese-books") if e.action == "edited"]
    [event] = found
    assert event.before["name_en"] == "Chinese books"
    assert event.after["name_en"] == "Chinese books, 2027"
    assert event.before["quantities"][key]["value"] == "2500000"
    assert event.after["quantities"][key]["value"] == "5000000"
    history = text_of(planner.get("/catalogue/jlw-chinese-books/history").text)
    assert "Chinese books → Chinese books, 2027" in history
    assert "2,500,000 → 5,000,000" in history
    assert "Li Na" in history


def test_what_is_printed_follows_the_number_unless_it_was_typed(planner, seeded_session):
    fields = read(planner.get(BOOKS).text)
    key = keys(fields, "quantities")[0]
    send(planner, BOOKS, changed(fields, **{f"quantities-{key}-value": "260万"}))
    assert rows(seeded_session, Quantity, "jlw-chinese-books")[0].printed == "260万"
    fields = read(planner.get(BOOKS).text)
    typed = {f"quantities-{key}-value": "270万", f"quantities-{key}-printed": "约270万本"}
    send(planner, BOOKS, changed(fields, **typed))
    assert rows(seeded_session, Quantity, "jlw-chinese-books")[0].printed == "约270万本"


def test_a_published_count_overrules_the_conversion(planner, seeded_session):
    fields = read(send(planner, BOOKS, read(planner.get(BOOKS).text), do="add:estimates").text)
    fields = changed(
        fields,
        **{
            "estimates-n1-mid": "3000亿",
            "estimates-n1-tokenizer": "qwen2-qwen3",
            "estimates-n1-source": "The vendor's offer",
            "estimates-n1-grade": "V",
            "estimates-n1-method": "stated",
        },
    )
    assert send(planner, BOOKS, fields).status_code == 303
    main = main_estimate(seeded_session, "jlw-chinese-books")
    assert (main.mid, main.method) == (300_000_000_000, "stated")


def test_removing_the_quantity_removes_the_estimate(planner, seeded_session):
    fields = read(planner.get(BOOKS).text)
    key = keys(fields, "quantities")[0]
    fields = read(send(planner, BOOKS, fields, do=f"remove:quantities:{key}").text)
    assert send(planner, BOOKS, fields).status_code == 303
    assert rows(seeded_session, Quantity, "jlw-chinese-books") == []
    assert main_estimate(seeded_session, "jlw-chinese-books") is None
    assert dataset(seeded_session, "jlw-chinese-books").no_estimate_reason == "no_quantity"


def test_setting_an_assumed_unit_in_the_form_confirms_it(planner, seeded_session):
    path = "/edit/dataset/jlw-chinese-english-scripts"
    fields = read(planner.get(path).text)
    key = keys(fields, "quantities")[0]
    send(planner, path, changed(fields, **{f"quantities-{key}-unit": "script"}))
    [quantity] = rows(seeded_session, Quantity, "jlw-chinese-english-scripts")
    assert (quantity.unit, quantity.unit_confirmed_by) == ("script", "Li Na")
    assert quantity.unit_confirmed_at is not None
    assert quantity.assumed_unit is not None, "what was assumed stays beside it"


def test_a_licence_claim_has_its_class_from_its_identifier(planner, seeded_session):
    fields = read(send(planner, BOOKS, read(planner.get(BOOKS).text), do="add:licence_claims").text)
    claim = {
        "spdx": "cc-by-nc-4.0",
        "evidence_url": "https://example.com/l",
        "checked_by": "Li Na",
        "checked_on": "2026-11-24",
    }
    fields = changed(fields, **{f"licence_claims-n1-{name}": v for name, v in claim.items()})
    assert send(planner, BOOKS, fields).status_code == 303
    found = dataset(seeded_session, "jlw-chinese-books")
    assert (found.licence_class, found.licence_spdx) == ("non_commercial", "CC-BY-NC-4.0")
    assert "Li Na, 2026-11-24" in planner.get("/catalogue/jlw-chinese-books").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"spdx": "Made-Up-1.0"}, "identifier with its version"),
        ({"evidence_url": "ftp://x"}, "https://"),
        ({"checked_by": "Li Na"}, "belong together"),
        ({"checked_by": "Li Na", "checked_on": "yesterday"}, "Write a day"),
        ({"terms": "free"}, "kind of terms"),
    ],
)
def test_a_wrong_licence_claim_is_refused(planner, seeded_session, changes, said):
    fields = read(send(planner, BOOKS, read(planner.get(BOOKS).text), do="add:licence_claims").text)
    fields = changed(fields, **{f"licence_claims-n1-{name}": v for name, v in changes.items()})
    response = send(planner, BOOKS, fields)
    assert response.status_code == 422
    assert said in response.text
    assert rows(seeded_session, LicenceClaim, "jlw-chinese-books") == []


def test_the_form_speaks_chinese(planner):
    html = planner.get(NEW, headers=ZH).text
    assert "数量" in html
    assert "Add a quantity" not in html


def test_seeding_again_keeps_what_people_changed(planner, seeded_session):
    send(planner, BOOKS, changed(read(planner.get(BOOKS).text), name_en="Kept by a person"))
    state.note_change(seeded_session, seed_version="an older one")
    seed(seeded_session)
    assert dataset(seeded_session, "jlw-chinese-books").name_en == "Kept by a person"
