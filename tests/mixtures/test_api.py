import json

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts import tokens
from app.accounts.permissions import Scope
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from tests import factories
from tests.mixtures.making import make_viewer

DRAFT = {
    "tokenizer": "qwen2-qwen3",
    "phases": [
        {
            "name": "Main",
            "purpose": "pre_training",
            "token_budget": 1_000_000_000,
            "scheme": {"name": "as_weighted"},
            "components": [
                {"dataset": "the-pile/books3", "weight": 60, "max_epochs": 4, "locked": False},
                {"dataset": "the-pile/wikipedia-en", "weight": 40},
            ],
        }
    ],
}


@pytest.fixture
def planner(seeded_client: TestClient, seeded_session: Session) -> TestClient:
    return factories.signed_in(seeded_client, seeded_session, "planner")


def create(client: TestClient, **values: object) -> str:
    answer = client.post("/api/v1/mixtures", json={"name": "zh-en 7B", "draft": DRAFT} | values)
    assert answer.status_code == 201, answer.text
    assert answer.headers["ETag"] == '"1"'
    return answer.json()["slug"]


# The stateless endpoints need nobody.


def plan(client: TestClient, **values: object):
    body = {
        "token_budget": 100,
        "components": [
            {"name": "a", "unique_tokens": 10, "weight": 5, "max_epochs": 4},
            {"name": "b", "unique_tokens": 100, "weight": 5},
        ],
    }
    return client.post("/api/v1/plan", json=body | values)


def test_plan_reports_what_binds_and_all_three_remedies(client: TestClient):
    answer = plan(client)
    found = answer.json()
    assert answer.status_code == 200
    assert [(c["name"], c["tokens"], c["epochs"]) for c in found["components"]] == [
        ("a", 50, 5.0),
        ("b", 50, 0.5),
    ]
    assert (found["total_tokens"], found["weights_sum"], found["feasible"], found["binding"]) == (
        100,
        10,
        False,
        ["a"],
    )
    remedies = found["remedies"]
    assert (remedies["largest_budget"], remedies["max_epochs_needed"], remedies["respread"]) == (
        80,
        {"a": 5.0},
        {"a": -10, "b": 10},
    )


def test_plan_shrinks_or_respreads_when_asked(client: TestClient):
    assert plan(client, on_shortage="shrink").json()["total_tokens"] == 80
    moved = plan(client, on_shortage="respread").json()
    assert [c["tokens"] for c in moved["components"]] == [40, 60]
    assert moved["feasible"]


@pytest.mark.parametrize(
    ("scheme", "tokens"),
    [
        ({"name": "proportional"}, [9, 91]),
        ({"name": "uniform"}, [50, 50]),
        ({"name": "temperature", "alpha": 0}, [50, 50]),
        ({"name": "unimax", "max_epochs": 1}, [10, 90]),
        ({"name": "capped", "max_epochs": 2}, [20, 80]),
        ({"name": "quality", "max_epochs": 7}, [9, 91]),
    ],
)
def test_plan_takes_each_scheme(client: TestClient, scheme: dict, tokens: list[int]):
    assert [c["tokens"] for c in plan(client, scheme=scheme).json()["components"]] == tokens


BAD = [
    ({"token_budget": 0}, "token_budget"),
    ({"token_budget": -5}, "token_budget"),
    ({"token_budget": 1.5}, "token_budget"),
    ({"token_budget": "5"}, "token_budget"),
    ({"components": []}, "components"),
    ({"components": [{"name": "a", "weight": -1}]}, "components.0.weight"),
    ({"components": [{"name": "a", "weight": 0}]}, "components"),
    ({"components": [{"name": "a"}, {"name": "a"}]}, "components"),
    ({"components": [{"name": "a", "weight": "x"}]}, "components.0.weight"),
    ({"components": [{"name": "a", "wieght": 1}]}, "components.0.wieght"),
    ({"components": [{"name": "a", "max_epochs": 0}]}, "components.0.max_epochs"),
    ({"components": [{"name": f"d{i}"} for i in range(10_000)]}, "components"),
    ({"scheme": {"name": "magic"}}, "scheme.name"),
    ({"scheme": {"name": "temperature"}}, "scheme"),
    (
        {"scheme": {"name": "proportional"}, "components": [{"name": "a"}]},
        "components.0.unique_tokens",
    ),
    ({"groups": [{"name": "g", "tag": "language", "value": "zh", "min": 0.5}]}, "groups"),
    ({"unique_floor": 500}, "unique_floor"),
    ({"on_shortage": "hope"}, "on_shortage"),
    ({"colour": "red"}, "colour"),
]


@pytest.mark.parametrize(("values", "field"), BAD)
@pytest.mark.parametrize("path", ["/plan", "/plan/solve"])
def test_bad_plans_are_422_at_their_field_with_a_sentence(
    client: TestClient, path: str, values: dict, field: str
):
    body = {"token_budget": 100, "components": [{"name": "a", "unique_tokens": 9}]} | values
    answer = client.post(f"/api/v1{path}", json=body)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["field"] == field
    assert error["message"].endswith(".")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_that_are_none_are_refused_in_both_languages(client: TestClient, number: str):
    body = f'{{"token_budget": 100, "components": [{{"name": "a", "weight": {number}}}]}}'
    for language, words in (("en", "finite number"), ("zh-CN", "有限的数")):
        answer = client.post(
            "/api/v1/plan",
            content=body,
            headers={"Content-Type": "application/json", "Accept-Language": language},
        )
        assert answer.status_code == 422
        assert answer.json()["error"]["field"] == "components.0.weight"
        assert words in answer.json()["error"]["message"]


def test_solve_answers_with_shadow_prices_or_the_conflict(client: TestClient):
    parts = [
        {
            "name": "a",
            "unique_tokens": 100,
            "weight": 6,
            "max_epochs": 4,
            "tags": {"language": "en"},
        },
        {"name": "b", "unique_tokens": 900, "weight": 4, "tags": {"language": "zh"}},
    ]
    group = {"name": "Chinese", "tag": "language", "value": "zh", "min": 0.5}
    body = {"token_budget": 1000, "components": parts, "groups": [group]}
    solved = client.post("/api/v1/plan/solve", json=body).json()
    assert [c["tokens"] for c in solved["components"]] == [400, 600]
    assert (solved["feasible"], solved["shadow_prices"][0]["name"], solved["conflict"]) == (
        True,
        "max_epochs: a",
        [],
    )
    group["max"] = 0.55
    refused = client.post("/api/v1/plan/solve", json=body).json()
    assert refused["feasible"] is False
    assert set(refused["conflict"]) == {"max_epochs: a", "group_max: Chinese"}


def test_solve_is_bounded_in_size(client: TestClient):
    body = {
        "token_budget": 10**6,
        "components": [{"name": f"d{i}", "tags": {"t": "v"}} for i in range(4_000)],
        "groups": [{"name": f"g{i}", "tag": "t", "value": "v", "max": 1} for i in range(100)],
    }
    answer = client.post("/api/v1/plan/solve", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == "groups"


def test_scaling_answers_published_values(client: TestClient):
    body = {"preset": "muennighoff", "parameters": 6.34e9, "tokens": 242e9, "unique_tokens": 25e9}
    assert client.post("/api/v1/scaling/loss", json=body).json()["loss"] == pytest.approx(
        2.2256440889984477, rel=1e-12
    )
    found = client.post(
        "/api/v1/scaling/optimum", json={"preset": "hoffmann_printed", "flops": 1e21}
    ).json()
    assert found["parameters"] == pytest.approx(1.824e9, rel=1e-3)
    assert found["epochs"] is None
    limited = client.post(
        "/api/v1/scaling/optimum",
        json={"preset": "muennighoff", "flops": 1e22, "unique_tokens": 25e9},
    ).json()
    assert limited["epochs"] == pytest.approx(9.49, rel=1e-2)


def test_form_with_an_overfitting_term_says_that_passes_can_harm(client: TestClient):
    body = {"preset": "lovelace_2026", "parameters": 1e9, "tokens": 200e9}
    once = client.post("/api/v1/scaling/loss", json=body).json()
    often = client.post("/api/v1/scaling/loss", json=body | {"unique_tokens": 1e9}).json()
    muennighoff = client.post(
        "/api/v1/scaling/loss", json=body | {"preset": "muennighoff", "unique_tokens": 1e9}
    ).json()
    assert once["loss"] < muennighoff["loss"] < often["loss"]
    # It has no optimum of its own: the law that it adds to has.
    flops = {"preset": "lovelace_2026", "flops": 1e21}
    assert client.post("/api/v1/scaling/optimum", json=flops).status_code == 422


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("loss", {"preset": "chinchilla", "parameters": 1e9, "tokens": 1e9}, "preset"),
        ("loss", {"preset": "muennighoff", "parameters": 0, "tokens": 1e9}, "parameters"),
        ("loss", {"preset": "muennighoff", "parameters": 1e9}, "tokens"),
        ("optimum", {"preset": "muennighoff", "flops": 1}, "flops"),
        ("optimum", {"preset": "muennighoff", "flops": 1e300}, "flops"),
    ],
)
def test_scaling_refuses_at_the_field(client: TestClient, path: str, body: dict, field: str):
    answer = client.post(f"/api/v1/scaling/{path}", json=body)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


# Drafts: ETag and If-Match.


def test_draft_goes_out_and_comes_back_with_its_etag(planner: TestClient):
    slug = create(planner)
    shown = planner.get(f"/api/v1/mixtures/{slug}/draft")
    assert shown.headers["ETag"] == '"1"'
    body = shown.json()
    body["phases"][0]["token_budget"] = 5
    answer = planner.put(f"/api/v1/mixtures/{slug}/draft", json=body, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    again = planner.get(f"/api/v1/mixtures/{slug}/draft")
    assert again.json() == answer.json()
    assert again.json()["phases"][0]["token_budget"] == 5


def test_draft_without_if_match_is_428_and_a_stale_one_412_with_both_sides(planner: TestClient):
    slug = create(planner)
    address = f"/api/v1/mixtures/{slug}/draft"
    missing = planner.put(address, json=DRAFT)
    assert (missing.status_code, missing.json()["error"]["code"]) == (428, "precondition_required")
    changed = json.loads(json.dumps(DRAFT))
    changed["phases"][0]["token_budget"] = 7
    assert planner.put(address, json=changed, headers={"If-Match": '"1"'}).status_code == 200
    stale = planner.put(address, json=DRAFT, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')
    details = stale.json()["error"]["details"]
    assert details["draft"]["phases"][0]["token_budget"] == 7
    assert [(c["by"], c["revision"]) for c in details["changes"]] == [("Chen Wei", 2)]
    for header in ('W/"2"', "*", "2", '"x"'):
        assert planner.put(address, json=DRAFT, headers={"If-Match": header}).status_code == 412


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phases": []}, "phases"),
        ({"tokenizer": "made-up"}, "tokenizer"),
        (
            {
                "phases": [
                    {"name": "m", "token_budget": 5, "components": [{"dataset": "a", "weight": -1}]}
                ]
            },
            "phases.0.components.0.weight",
        ),
        (
            {
                "phases": [
                    {
                        "name": "m",
                        "token_budget": 5,
                        "components": [{"dataset": "a"}, {"dataset": "a"}],
                    }
                ]
            },
            "phases.0",
        ),
        (
            {
                "phases": [
                    {
                        "name": "m",
                        "token_budget": 5,
                        "components": [{"dataset": f"d{i}"} for i in range(10_000)],
                    }
                ]
            },
            "phases.0.components",
        ),
    ],
)
def test_bad_drafts_are_refused_and_nothing_is_lost(planner: TestClient, change: dict, field: str):
    slug = create(planner)
    answer = planner.put(
        f"/api/v1/mixtures/{slug}/draft", json=DRAFT | change, headers={"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
    assert planner.get(f"/api/v1/mixtures/{slug}/draft").headers["ETag"] == '"1"'


def test_draft_of_3_by_500_components_fits_into_a_request(
    planner: TestClient, seeded_session: Session
):
    body = {
        "phases": [
            {
                "name": str(p),
                "token_budget": 10**12,
                "components": [{"dataset": f"d{i}", "weight": i} for i in range(500)],
            }
            for p in range(3)
        ]
    }
    slug = create(planner)
    answer = planner.put(f"/api/v1/mixtures/{slug}/draft", json=body, headers={"If-Match": '"1"'})
    assert answer.status_code == 200
    plan = planner.get(f"/api/v1/mixtures/{slug}/draft/plan")
    assert plan.status_code == 200
    assert sum(f["code"] == "missing_dataset" for f in plan.json()["findings"]) == 500


# Versions and differences.


def test_phase_says_its_cost_its_spread_and_its_predicted_loss(planner: TestClient):
    slug = create(planner)
    made = {
        "model_parameters": 7e9,
        "phases": [
            {
                "name": "Main",
                "token_budget": 10**12,
                "components": [
                    {"dataset": "jlw-chinese-books", "weight": 3, "price": 2, "max_epochs": 4},
                    {"dataset": "the-pile/books3", "weight": 1},
                ],
            }
        ],
    }
    answer = planner.put(f"/api/v1/mixtures/{slug}/draft", json=made, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    phase = planner.get(f"/api/v1/mixtures/{slug}/draft/plan").json()["phases"][0]
    assert phase["cost"] == {
        "amount": "766700.0000",
        "bought_tokens": 383_350_000_000,
        "unpriced": ["the-pile/books3"],
        "unpriced_tokens": 250_000_000_000,
    }
    budget = phase["spread"]["feasible_budget"]
    assert budget["low"] < budget["mid"] < budget["high"]
    assert 0 <= phase["spread"]["chance_feasible"] <= 1
    assert 1.5 < phase["predicted_loss"] < 4


def test_versions_are_saved_listed_shown_and_compared(planner: TestClient):
    slug = create(planner)
    address = f"/api/v1/mixtures/{slug}"
    saved = planner.post(f"{address}/versions", json={"message": "first"})
    assert (saved.status_code, saved.headers["Location"]) == (201, f"{address}/versions/1")
    changed = json.loads(json.dumps(DRAFT))
    changed["phases"][0]["components"][0]["weight"] = 40
    planner.put(f"{address}/draft", json=changed, headers={"If-Match": '"1"'})
    assert (
        planner.post(
            f"{address}/versions", json={"message": "second"}, headers={"If-Match": '"1"'}
        ).status_code
        == 412
    )
    assert (
        planner.post(
            f"{address}/versions", json={"message": "second"}, headers={"If-Match": '"2"'}
        ).json()["number"]
        == 2
    )
    listed = planner.get(f"{address}/versions").json()
    assert [(v["number"], v["message"]) for v in listed["items"]] == [(2, "second"), (1, "first")]
    shown = planner.get(f"{address}/versions/1").json()
    assert shown["content"]["phases"][0]["components"][0]["weight"] == 60
    assert shown["content_hash"] == saved.json()["content_hash"]
    diff = planner.get(f"{address}/diff?from=1&to=2").json()
    assert diff["distance"] == pytest.approx(0.1)
    assert {c["dataset"]: c["token_change"] for c in diff["components"]} == {
        "the-pile/books3": -100_000_000,
        "the-pile/wikipedia-en": 100_000_000,
    }
    assert diff["text"].startswith(f"{slug}@1 → {slug}@2")
    other = create(planner, name="other")
    assert (
        planner.get(f"{address}/diff?from=1&to={other}@draft").json()["after"] == f"{other}@draft"
    )
    for bad, status in (("9", 404), ("x", 422), ("0", 422), ("nowhere@1", 404)):
        assert planner.get(f"{address}/diff?from=1&to={bad}").status_code == status


def test_version_without_message_is_refused(planner: TestClient):
    slug = create(planner)
    answer = planner.post(f"/api/v1/mixtures/{slug}/versions", json={"message": " "})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "message")


# The text form.


def test_text_goes_out_and_comes_in_again(planner: TestClient):
    slug = create(planner)
    address = f"/api/v1/mixtures/{slug}/text"
    text = planner.get(address)
    assert text.headers["Content-Type"].startswith("application/yaml")
    changed = "# less books\n" + text.text.replace("weight: 60", "weight: 55")
    put = planner.put(address, json={"text": changed})
    assert (put.status_code, put.json()["revision"]) == (200, 2)
    assert planner.put(address, json={"text": changed}).status_code == 412
    without = changed.replace("revision: 1\n", "")
    assert planner.put(address, json={"text": without}).status_code == 428
    assert (
        planner.put(address, json={"text": without}, headers={"If-Match": '"2"'}).status_code == 200
    )


def test_text_makes_a_mixture_and_is_checked(planner: TestClient):
    text = (
        "name: From git\nphases:\n- name: Main\n  token_budget: 1T\n"
        "  components:\n  - {dataset: the-pile/enron-emails, max_epochs: 4}\n"
    )
    checked = planner.post("/api/v1/mixtures/check", json={"text": text}).json()
    assert checked["ok"] is False
    assert [f["code"] for f in checked["findings"] if f["severity"] == "error"] == ["max_epochs"]
    made = planner.post("/api/v1/mixtures/import", json={"text": text})
    assert (made.status_code, made.json()["slug"]) == (201, "from-git")
    page = planner.get("/mixtures/from-git").text
    message = checked["findings"][0]["message"]
    assert message in page
    bad = planner.post("/api/v1/mixtures/check", json={"text": "a: ["})
    assert (bad.status_code, bad.json()["error"]["field"]) == (422, "text")


# Who may do what.

ROUTES = [
    ("GET", "/api/v1/mixtures/{slug}/draft", None),
    ("GET", "/api/v1/mixtures/{slug}/draft/plan", None),
    ("GET", "/api/v1/mixtures/{slug}/text", None),
    ("POST", "/api/v1/mixtures/check", {"text": "phases: []"}),
    ("POST", "/api/v1/mixtures", {"name": "x"}),
    ("POST", "/api/v1/mixtures/import", {"text": "phases: []"}),
    ("PUT", "/api/v1/mixtures/{slug}/draft", DRAFT),
    ("PUT", "/api/v1/mixtures/{slug}/text", {"text": "phases: []"}),
    ("POST", "/api/v1/mixtures/{slug}/versions", {"message": "m"}),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_nobody_and_vendors_reach_no_draft(
    planner: TestClient, seeded_session: Session, method: str, path: str, body: dict | None
):
    path = path.format(slug=create(planner))
    planner.cookies.clear()
    assert planner.request(method, path, json=body).status_code == 401
    factories.signed_in(planner, seeded_session, "vendor")
    assert planner.request(method, path, json=body).status_code == 403


@pytest.mark.parametrize(("method", "path", "body"), ROUTES[4:])
@pytest.mark.parametrize("role", ["viewer", "buyer", "approver"])
def test_readers_change_nothing(
    planner: TestClient, seeded_session: Session, *, role: str, method: str, path: str, body: dict
):
    slug = create(planner)
    factories.signed_in(planner, seeded_session, role)
    assert planner.request(method, path.format(slug=slug), json=body).status_code == 403
    viewer = make_viewer(seeded_session)
    mixture = mixture_queries.get_mixture(seeded_session, slug, viewer)
    assert (mixture.last_version, draft_queries.get_draft(seeded_session, mixture.id).revision) == (
        0,
        1,
    )


def test_public_mixture_shows_versions_and_no_draft_to_everybody(planner: TestClient):
    slug = create(planner, visibility="public")
    planner.post(f"/api/v1/mixtures/{slug}/versions", json={"message": "first"})
    planner.cookies.clear()
    assert [m["slug"] for m in planner.get("/api/v1/mixtures").json()["items"]] == [slug]
    assert planner.get(f"/api/v1/mixtures/{slug}/versions/1").status_code == 200
    assert planner.get(f"/api/v1/mixtures/{slug}/draft").status_code == 401
    assert planner.get(f"/api/v1/mixtures/{slug}/diff?from=1&to=draft").status_code == 401


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [
        (["mixtures:read"], 200, 403),
        (["mixtures:read", "mixtures:write"], 200, 200),
        (["catalogue:read"], 403, 403),
    ],
)
def test_tokens_do_what_their_scopes_say(
    planner: TestClient, seeded_session: Session, scopes: list[str], reads: int, writes: int
):
    slug = create(planner)
    planner.cookies.clear()
    account = factories.make_account(seeded_session, role="planner")
    secret = tokens.create_token(
        seeded_session,
        account,
        actor=factories.actor(account),
        name="git",
        scopes=[Scope(s) for s in scopes],
        days=3,
    )
    headers = {"Authorization": f"Bearer {secret}"}
    address = f"/api/v1/mixtures/{slug}/draft"
    assert planner.get(address, headers=headers).status_code == reads
    assert (
        planner.put(address, json=DRAFT, headers=headers | {"If-Match": '"1"'}).status_code
        == writes
    )


def test_list_is_paged_and_searched(planner: TestClient):
    slugs = [create(planner, name=f"mix {n}") for n in range(3)]
    first = planner.get("/api/v1/mixtures?limit=2").json()
    rest = planner.get(
        "/api/v1/mixtures", params={"limit": 2, "cursor": first["next_cursor"]}
    ).json()
    assert [m["slug"] for m in first["items"] + rest["items"]] == slugs[::-1]
    assert (first["total"], rest["next_cursor"]) == (3, None)
    assert [m["slug"] for m in planner.get("/api/v1/mixtures?q=mix 1").json()["items"]] == ["mix-1"]
    assert planner.get("/api/v1/mixtures?q=%25").json()["total"] == 0
    for cursor in ("x", "WzFd", "W10"):
        assert planner.get(f"/api/v1/mixtures?cursor={cursor}").status_code == 422


def test_recipes_are_listed_and_shown_to_everybody(client: TestClient):
    found = client.get("/api/v1/recipes").json()
    assert (found["total"], found["items"][0]["slug"]) == (29, "the-pile")
    gpt3 = client.get("/api/v1/recipes/gpt3").json()
    assert gpt3["printed_sum"] == 101.0
    assert gpt3["weight_basis"]["zh"]
    assert len(gpt3["components"]) == 5
    assert client.get("/api/v1/recipes/nothing").status_code == 404
