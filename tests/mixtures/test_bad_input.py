"""What people mistype, on the page, in the API and in the text form: a sentence, nothing lost."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.mixtures.content import Group
from app.mixtures.models import Mixture
from app.mixtures.queries import drafts as draft_queries
from tests import factories
from tests.mixtures.making import component, content, make_mixture, make_viewer, phase

BOOKS, WIKIPEDIA, UNKNOWN = "the-pile/books3", "the-pile/wikipedia-en", "the-pile/arxiv"
HTMX = {"HX-Request": "true", "HX-Target": "div#composer", "HX-Request-Type": "partial"}


@pytest.fixture
def planner(seeded_client: TestClient, seeded_session: Session) -> TestClient:
    return factories.signed_in(seeded_client, seeded_session, "planner")


@pytest.fixture
def slug(planner: TestClient, seeded_session: Session) -> str:
    return make_mixture(seeded_session, make_viewer(seeded_session)).slug


def stored(session: Session, slug: str) -> dict:
    session.expire_all()
    mixture = session.scalars(select(Mixture).where(Mixture.slug == slug)).one()
    return draft_queries.get_draft(session, mixture.id).content


def send(client: TestClient, slug: str, do: str, *, htmx: bool, **values: str):
    page = client.get(f"/mixtures/{slug}").text
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]
    data = {"do": do, "revision": revision, "phase": "Main"} | values
    return client.post(f"/mixtures/{slug}/edit", data=data, headers=HTMX if htmx else {})


def words_at(page: str, field: str) -> str:
    """Return the sentence that stands at a field, and see that the field points at it."""
    tag = re.search(rf'<(?:input|select|textarea)[^>]*id="{re.escape(field)}"[^>]*>', page)
    assert tag, f"no field {field}"
    assert 'aria-invalid="true"' in tag[0]
    told = re.search(rf'id="{re.escape(field)}-error"[^>]*>(.*?)</(?:p|div|td)>', page, re.DOTALL)
    assert told, f"nothing said at {field}"
    return " ".join(unescape(re.sub("<[^>]+>", "", told[1])).split())


# The page: form, field, what is typed, and what the sentence has to speak of.
TYPED = [
    ("budget", "token_budget", "-5", "-5 is below zero"),
    ("budget", "token_budget", "0", "not between 1 and"),
    ("budget", "token_budget", "NaN", "not a number"),
    ("budget", "token_budget", "1e400", "1e.400 is not between"),
    ("cells", f"w.{BOOKS}", "-1", "-1 is below zero"),
    ("cells", f"w.{BOOKS}", "NaN", "NaN|not a number"),
    ("cells", f"w.{BOOKS}", "1e400", "1e.400 is not between"),
    ("cells", f"m.{BOOKS}", "0", "above zero|more than|0"),
    ("cells", f"m.{BOOKS}", "-2", "-2|above zero"),
    ("cells", f"m.{BOOKS}", "inf", "inf|not a number"),
    ("cells", f"w.{BOOKS}", "-3 %", "-3|below zero"),
]


@pytest.mark.parametrize(("do", "field", "typed", "words"), TYPED)
@pytest.mark.parametrize("htmx", [False, True])
def test_page_says_it_at_the_field(  # noqa: PLR0917  fixtures
    planner: TestClient,
    seeded_session: Session,
    slug: str,
    do: str,
    field: str,
    typed: str,
    words: str,
    htmx: bool,
) -> None:
    before = stored(seeded_session, slug)
    answer = send(planner, slug, do, htmx=htmx, **{field: typed})
    assert answer.status_code == 422
    assert re.search(words, words_at(answer.text, field))
    assert f'value="{typed}"' in answer.text
    assert stored(seeded_session, slug) == before


@pytest.mark.parametrize("typed", ["NaN", "-1", "1e400"])
def test_page_says_it_in_chinese_too(planner: TestClient, slug: str, typed: str) -> None:
    planner.headers["Accept-Language"] = "zh-CN"
    said = words_at(
        send(planner, slug, "budget", htmx=True, token_budget=typed).text, "token_budget"
    )
    assert re.search("[\u4e00-\u9fff]{4}", said), said


def test_page_takes_three_tokens_and_says_who_gets_none(
    planner: TestClient, seeded_session: Session
) -> None:
    rows = [component(BOOKS, 97), component(WIKIPEDIA, 1), component("the-pile/arxiv", 1)]
    made = content(phase(rows, budget=3))
    slug = make_mixture(seeded_session, make_viewer(seeded_session), made).slug
    page = planner.get(f"/mixtures/{slug}")
    assert page.status_code == 200
    plan = planner.get(f"/api/v1/mixtures/{slug}/draft/plan").json()
    assert sum(one["tokens"] for one in plan["phases"][0]["components"]) == 3
    assert [one["message"] for one in plan["findings"] if one["code"] == "no_tokens"]


def test_page_refuses_ten_thousand_pasted_datasets_and_keeps_the_list(
    planner: TestClient, seeded_session: Session, slug: str
) -> None:
    before = stored(seeded_session, slug)
    listed = "\n".join(f"d{number} {number}" for number in range(10_000))
    answer = send(planner, slug, "add_list", htmx=False, list=listed)
    assert answer.status_code in {413, 422}
    assert stored(seeded_session, slug) == before


def test_every_surface_shows_a_dataset_without_an_estimate_and_what_follows(
    planner: TestClient, seeded_session: Session
) -> None:
    made = content(phase([component(UNKNOWN, 1), component(BOOKS, 1)], budget=10**9))
    slug = make_mixture(seeded_session, make_viewer(seeded_session), made).slug
    assert planner.get(f"/mixtures/{slug}").status_code == 200
    plan = planner.get(f"/api/v1/mixtures/{slug}/draft/plan").json()
    assert (plan["feasible"], plan["phases"][0]["feasible"], plan["unknown"]) == (None, None, 1)
    text = planner.get(f"/api/v1/mixtures/{slug}/text").text
    checked = planner.post("/api/v1/mixtures/check", json={"text": text}).json()
    assert (checked["ok"], checked["fits"]) == (True, None)
    said = [one["message"] for one in plan["findings"] if one["code"] == "no_estimate"]
    assert said == [one["message"] for one in checked["findings"] if one["code"] == "no_estimate"]
    # A scheme that goes by size cannot go without one, and says which one is missing.
    values = {"phase_name": "Main", "token_budget": "1B", "purpose": "pre_training"}
    values |= {"scheme": "proportional", "on_shortage": "report"}
    answer = send(planner, slug, "phase", htmx=False, **values)
    assert answer.status_code in {303, 422}
    assert planner.get(f"/mixtures/{slug}").status_code == 200


def test_every_surface_says_that_a_group_is_empty(
    planner: TestClient, seeded_session: Session
) -> None:
    made = content(
        phase(
            [component(BOOKS, 1), component(WIKIPEDIA, 1)],
            groups=(Group(name="Code", tag="category", value="code", min=0.2),),
        )
    )
    slug = make_mixture(seeded_session, make_viewer(seeded_session), made).slug
    page = planner.get(f"/mixtures/{slug}")
    assert page.status_code == 200
    plan = planner.get(f"/api/v1/mixtures/{slug}/draft/plan").json()
    said = [one["message"] for one in plan["findings"] if "Code" in one["message"]]
    assert said
    assert unescape(page.text).find(said[0]) > 0
    text = planner.get(f"/api/v1/mixtures/{slug}/text").text
    checked = planner.post("/api/v1/mixtures/check", json={"text": text}).json()
    assert said[0] in [one["message"] for one in checked["findings"]]


# The API and the text form: the same content, wrong in one place.

WRONG = [
    ("token_budget", "-5", "phases.0.token_budget"),
    ("token_budget", "0", "phases.0.token_budget"),
    ("token_budget", "NaN", "phases.0.token_budget"),
    ("token_budget", "1e400", "phases.0.token_budget"),
    ("weight", "-1", "phases.0.components.0.weight"),
    ("weight", "NaN", "phases.0.components.0.weight"),
    ("weight", "1e400", "phases.0.components.0.weight"),
    ("max_epochs", "0", "phases.0.components.0.max_epochs"),
    ("max_epochs", "-2", "phases.0.components.0.max_epochs"),
    ("max_epochs", "1e400", "phases.0.components.0.max_epochs"),
]


def as_json(key: str, value: str) -> str:
    budget = value if key == "token_budget" else "1000"
    rest = "" if key == "token_budget" else f', "{key}": {value}'
    return (
        f'{{"phases": [{{"name": "Main", "token_budget": {budget}, '
        f'"components": [{{"dataset": "{BOOKS}"{rest}}}]}}]}}'
    )


def as_yaml(key: str, value: str) -> str:
    value = ".nan" if value == "NaN" else value
    budget = value if key == "token_budget" else "1000"
    rest = "" if key == "token_budget" else f", {key}: {value}"
    return (
        f"phases:\n- name: Main\n  token_budget: {budget}\n"
        f"  components:\n  - {{dataset: {BOOKS}{rest}}}\n"
    )


@pytest.mark.parametrize(("key", "value", "field"), WRONG)
def test_api_and_text_form_say_it_at_the_field(  # noqa: PLR0917  fixtures
    planner: TestClient, seeded_session: Session, slug: str, key: str, value: str, field: str
) -> None:
    before = stored(seeded_session, slug)
    put = planner.put(
        f"/api/v1/mixtures/{slug}/draft",
        content=as_json(key, value),
        headers={"If-Match": '"1"', "Content-Type": "application/json"},
    )
    assert put.status_code == 422
    error = put.json()["error"]
    assert error["field"] == field
    assert [one["field"] for one in error["details"]["problems"]] == [field]
    text = as_yaml(key, value)
    for answer in (
        planner.put(
            f"/api/v1/mixtures/{slug}/text", json={"text": text}, headers={"If-Match": '"1"'}
        ),
        planner.post("/api/v1/mixtures/check", json={"text": text}),
        planner.post("/api/v1/mixtures/import", json={"text": text}),
    ):
        assert answer.status_code == 422
        # Texts count from one, as people do.
        assert answer.json()["error"]["field"] == field.replace(".0", ".1")
    page = planner.post("/mixtures/import", data={"text": text})
    assert page.status_code == 422
    assert "token_budget: " in page.text
    assert stored(seeded_session, slug) == before


def test_api_and_text_form_refuse_ten_thousand_components(
    planner: TestClient, seeded_session: Session, slug: str
) -> None:
    before = stored(seeded_session, slug)
    rows = "".join(f"  - {{dataset: d{number}}}\n" for number in range(10_000))
    text = f"phases:\n- name: Main\n  token_budget: 1T\n  components:\n{rows}"
    answer = planner.put(
        f"/api/v1/mixtures/{slug}/text", json={"text": text}, headers={"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "phases.1.components")
    assert "5000" in answer.json()["error"]["message"]
    assert stored(seeded_session, slug) == before


@pytest.mark.parametrize("body", ["", "{", "[1,", "NaN", "null", "[]", '"x"'])
def test_api_names_the_body_where_it_is_no_object(planner: TestClient, body: str) -> None:
    answer = planner.post(
        "/api/v1/plan", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "body")


def test_api_takes_what_is_in_a_mixture_once(planner: TestClient) -> None:
    flat = {"name": "Flat", "phases": [{"name": "Main", "token_budget": 5, "components": []}]}
    made = planner.post("/api/v1/mixtures", json=flat)
    assert made.status_code == 201
    draft = planner.get(f"{made.headers['Location']}/draft").json()
    assert draft["phases"][0]["token_budget"] == 5
    twice = flat | {"name": "Twice", "draft": {"phases": flat["phases"]}}
    assert planner.post("/api/v1/mixtures", json=twice).json()["error"]["field"] == "draft"
    same = flat | {"phases": flat["phases"] * 2}
    assert planner.post("/api/v1/mixtures", json=same).json()["error"]["field"] == "phases"
