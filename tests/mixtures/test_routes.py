"""Every page of mixtures, by role, plain and as htmx asks."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit import AuditEvent
from app.catalog.models.datasets import Dataset
from app.mixtures import sharing
from app.mixtures.models import Mixture, Policy
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import links as link_queries
from app.mixtures.queries import versions as version_queries
from tests import factories
from tests.mixtures.making import make_viewer


@pytest.fixture
def planner(seeded_client: TestClient, seeded_session: Session) -> TestClient:
    return factories.signed_in(seeded_client, seeded_session, "planner")


def use_recipe(client: TestClient, name: str = "Pile on 300B") -> str:
    answer = client.post("/mixtures/recipes/the-pile", data={"token_budget": "300B", "name": name})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].partition("?")[0].rpartition("/")[2]


def save(client: TestClient, slug: str, message: str = "first", **values: str):
    return client.post(f"/mixtures/{slug}/versions", data={"message": message} | values)


def find(session: Session, slug: str) -> Mixture:
    session.expire_all()
    return session.scalars(select(Mixture).where(Mixture.slug == slug)).one()


PAGES = [
    "/mixtures/{slug}",
    "/mixtures/{slug}/versions",
    "/mixtures/{slug}/versions/1",
    "/mixtures/{slug}/versions/1/text",
    "/mixtures/{slug}/text",
    "/mixtures/{slug}/diff",
    "/mixtures/{slug}/diff.txt?from=1&to=1",
    "/mixtures/{slug}/settings",
]
OPEN_PAGES = [
    "/mixtures",
    "/mixtures/recipes",
    "/mixtures/recipes/gpt3",
    "/mixtures/using/the-pile",
]
EDITOR_PAGES = ["/mixtures/new", "/mixtures/import"]


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_every_page_is_shown_to_a_planner_in_both_languages(planner: TestClient, locale: str):
    slug = use_recipe(planner)
    save(planner, slug)
    planner.cookies.set("peibi_locale", locale)
    for page in [*PAGES, *OPEN_PAGES, *EDITOR_PAGES, "/mixtures/policies"]:
        answer = planner.get(page.format(slug=slug))
        assert answer.status_code == 200, page
        assert "%(" not in answer.text, page


@pytest.mark.parametrize("role", ["viewer", "buyer", "approver"])
def test_readers_see_pages_and_change_nothing(
    planner: TestClient, seeded_session: Session, role: str
):
    slug = use_recipe(planner)
    save(planner, slug)
    factories.signed_in(planner, seeded_session, role)
    for page in [*PAGES, *OPEN_PAGES, "/mixtures/policies"]:
        assert planner.get(page.format(slug=slug)).status_code == 200, page
    for page in EDITOR_PAGES:
        assert planner.get(page).status_code == 403, page
    events = len(seeded_session.scalars(select(AuditEvent.id)).all())
    for page in POSTS:
        assert planner.post(page.format(slug=slug), data={"revision": "1"}).status_code == 403, page
    assert len(seeded_session.scalars(select(AuditEvent.id)).all()) == events


POSTS = [
    "/mixtures/new",
    "/mixtures/import",
    "/mixtures/recipes/the-pile",
    "/mixtures/policies",
    "/mixtures/policies/1/remove",
    "/mixtures/{slug}/versions",
    "/mixtures/{slug}/versions/1/revert",
    "/mixtures/{slug}/settings",
    "/mixtures/{slug}/visibility",
    "/mixtures/{slug}/archive",
    "/mixtures/{slug}/restore",
    "/mixtures/{slug}/fork",
    "/mixtures/{slug}/links",
    "/mixtures/{slug}/links/1/revoke",
]


@pytest.mark.parametrize("role", [None, "vendor"])
def test_others_do_not_know_of_a_team_mixture(
    planner: TestClient, seeded_session: Session, role: str | None
):
    slug = use_recipe(planner)
    save(planner, slug)
    planner.cookies.clear()
    if role:
        factories.signed_in(planner, seeded_session, role)
    for page in PAGES:
        assert planner.get(page.format(slug=slug)).status_code in {401, 403, 404}, page
        assert "Pile on 300B" not in planner.get(page.format(slug=slug)).text
    for page in POSTS:
        assert planner.post(page.format(slug=slug), data={}).status_code in {401, 403, 404}, page
    for page in OPEN_PAGES:
        answer = planner.get(page)
        assert answer.status_code == 200
        assert "Pile on 300B" not in answer.text
    assert planner.get("/mixtures/policies").status_code in {401, 403}


@pytest.mark.parametrize(
    "page",
    [
        "/mixtures/nothing",
        "/mixtures/nothing/versions",
        "/mixtures/recipes/nothing",
        "/mixtures/using/nothing",
        "/mixtures/shared/nothing",
    ],
)
def test_what_is_not_there_is_404(planner: TestClient, page: str):
    assert planner.get(page).status_code == 404


def test_version_that_is_not_there_is_404(planner: TestClient):
    slug = use_recipe(planner)
    for number in (1, 99):
        assert planner.get(f"/mixtures/{slug}/versions/{number}").status_code == 404
    assert planner.get(f"/mixtures/{slug}/versions/0").status_code == 422


def test_new_mixture_is_made_with_the_budget_as_typed(planner: TestClient, seeded_session: Session):
    answer = planner.post(
        "/mixtures/new",
        data={
            "name": "中文 7B",
            "token_budget": "1.5万亿",
            "tokenizer": "gemma3",
            "visibility": "private",
        },
    )
    assert answer.headers["Location"] == "/mixtures/7b?done=created"
    mixture = find(seeded_session, "7b")
    content = draft_queries.get_draft(seeded_session, mixture.id).content
    assert (content["tokenizer"], content["phases"][0]["token_budget"], mixture.visibility) == (
        "gemma3",
        1_500_000_000_000,
        "private",
    )


@pytest.mark.parametrize(
    ("data", "field", "kept"),
    [
        ({"name": "", "token_budget": "1T"}, "name", "1T"),
        ({"name": "x", "token_budget": "1,5T"}, "token_budget", "1,5T"),
        ({"name": "x", "token_budget": "300GB"}, "token_budget", "300GB"),
        ({"name": "x", "token_budget": "1T", "tokenizer": "made-up"}, "tokenizer", "1T"),
    ],
)
def test_new_mixture_refuses_at_the_field_and_keeps_what_was_typed(
    planner: TestClient, data: dict, field: str, kept: str
):
    answer = planner.post("/mixtures/new", data=data)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'value="{kept}"' in answer.text
    assert planner.get("/mixtures").text.count("/mixtures/x") == 0


def test_recipe_page_shows_a_printed_sum_as_it_is(planner: TestClient):
    text = planner.get("/mixtures/recipes/gpt3").text
    assert "The printed weights do not sum to 100%." in text
    assert "They sum to 101.0%" in text
    assert "nothing to put on a budget" in text
    assert "Dolmino Math" in planner.get("/mixtures/recipes/olmo2-dolmino-50b").text


def test_recipe_with_a_wrong_budget_keeps_the_page(planner: TestClient):
    answer = planner.post("/mixtures/recipes/the-pile", data={"token_budget": "x", "name": "n"})
    assert answer.status_code == 422
    assert 'id="token_budget-error"' in answer.text


def test_version_is_saved_shown_and_listed(planner: TestClient, seeded_session: Session):
    slug = use_recipe(planner)
    answer = save(planner, slug, "as printed")
    assert answer.headers["Location"] == f"/mixtures/{slug}/versions/1?done=saved"
    page = planner.get(answer.headers["Location"]).text
    assert "as printed" in page
    assert find(seeded_session, slug).last_version == 1
    version = version_queries.get_version(seeded_session, find(seeded_session, slug), 1)
    assert version.content_hash in page
    assert "as printed" in planner.get(f"/mixtures/{slug}/versions").text


def test_version_without_message_or_reason_is_refused_at_the_field(
    planner: TestClient, seeded_session: Session
):
    slug = use_recipe(planner)
    answer = save(planner, slug, " ")
    assert answer.status_code == 422
    assert 'id="message-error"' in answer.text
    seeded_session.add(Policy(kind="epochs_at_most", bound=0.001))
    seeded_session.flush()
    refused = save(planner, slug, "m")
    assert refused.status_code == 422
    assert 'id="reason-error"' in refused.text
    assert save(planner, slug, "m", reason="a test").status_code == 303
    assert "a test" in planner.get(f"/mixtures/{slug}/versions/1").text


def test_version_page_says_when_it_is_stale_and_offers_the_draft(
    planner: TestClient, seeded_session: Session
):
    slug = use_recipe(planner)
    save(planner, slug)
    assert "changed since" not in planner.get(f"/mixtures/{slug}/versions/1").text
    seeded_session.execute(
        update(Dataset)
        .where(Dataset.slug == "the-pile/books3")
        .values(licence_class="non_commercial")
    )
    page = planner.get(f"/mixtures/{slug}/versions/1").text
    assert "1 dataset changed since this version" in page
    assert "Put it on today’s catalogue as the draft" in page
    assert "1 dataset changed since" in planner.get("/mixtures").text
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]
    reverted = planner.post(f"/mixtures/{slug}/versions/1/revert", data={"revision": revision})
    assert reverted.headers["Location"] == f"/mixtures/{slug}?done=reverted"
    stale = planner.post(f"/mixtures/{slug}/versions/1/revert", data={"revision": "99"})
    assert stale.status_code == 412


def test_comparison_is_shown_as_page_and_text(planner: TestClient):
    one, other = use_recipe(planner), use_recipe(planner, "Other")
    save(planner, one)
    assert "Nothing differs" in planner.get(f"/mixtures/{one}/diff?from=1&to=draft").text
    planner.post(f"/mixtures/{one}/versions", data={"message": "x"})
    assert (
        planner.get(f"/mixtures/{one}/diff.txt?from=1&to={other}@draft").text
        == f"{one}@1 and {other}@draft are the same.\n"
    )
    wrong = planner.get(f"/mixtures/{one}/diff?from=x&to=1")
    assert wrong.status_code == 422
    assert 'value="x"' in wrong.text
    gone = planner.get(f"/mixtures/{one}/diff?from=nowhere@1&to=draft")
    assert gone.status_code == 404
    assert "There is no mixture nowhere" in gone.text
    assert 'value="nowhere@1"' in gone.text


def test_import_checks_without_keeping_and_then_makes(planner: TestClient):
    text = (
        "name: From git\nphases:\n- name: Main\n  token_budget: 30B\n"
        "  components:\n  - {dataset: the-pile/pile-cc}\n"
    )
    checked = planner.post("/mixtures/import", data={"text": text, "do": "check"})
    assert checked.status_code == 200
    assert "Every limit is kept" in checked.text
    assert planner.get("/mixtures/from-git").status_code == 404
    assert (
        planner.post("/mixtures/import", data={"text": text, "do": "create"}).headers["Location"]
        == "/mixtures/from-git?done=imported"
    )
    bad = planner.post("/mixtures/import", data={"text": "a: [", "do": "create"})
    assert bad.status_code == 422
    assert "a: [" in bad.text
    assert 'id="text-error"' in bad.text


def test_settings_rename_fork_archive_and_restore(planner: TestClient, seeded_session: Session):
    slug = use_recipe(planner)
    assert (
        planner.post(
            f"/mixtures/{slug}/settings", data={"name": "New name", "description": "why"}
        ).status_code
        == 303
    )
    assert find(seeded_session, slug).name == "New name"
    bad = planner.post(f"/mixtures/{slug}/settings", data={"name": " ", "description": "why"})
    assert bad.status_code == 422
    assert 'id="name-error"' in bad.text
    forked = planner.post(f"/mixtures/{slug}/fork", data={"fork_name": "Mine", "version": "draft"})
    assert forked.headers["Location"] == "/mixtures/mine?done=forked"
    assert "Forked from" in planner.get("/mixtures/mine/versions").text
    assert planner.post(f"/mixtures/{slug}/archive").status_code == 303
    assert planner.post(f"/mixtures/{slug}/archive").status_code == 409
    assert slug not in planner.get("/mixtures").text
    assert slug in planner.get("/mixtures?state=archived").text
    assert (
        planner.post(
            f"/mixtures/{slug}/settings", data={"name": "No", "description": ""}
        ).status_code
        == 409
    )
    assert planner.post(f"/mixtures/{slug}/restore").status_code == 303
    assert slug in planner.get("/mixtures").text


def test_visibility_and_links_are_for_the_owner(planner: TestClient, seeded_session: Session):
    slug = use_recipe(planner)
    save(planner, slug)
    assert (
        planner.post(f"/mixtures/{slug}/visibility", data={"visibility": "public"}).status_code
        == 303
    )
    assert (
        planner.post(f"/mixtures/{slug}/visibility", data={"visibility": "mars"}).status_code == 422
    )
    factories.signed_in(planner, seeded_session, "planner")
    assert (
        planner.post(f"/mixtures/{slug}/visibility", data={"visibility": "private"}).status_code
        == 403
    )
    assert (
        planner.post(f"/mixtures/{slug}/links", data={"link_version": "1", "days": "3"}).status_code
        == 403
    )
    planner.cookies.clear()
    assert planner.get(f"/mixtures/{slug}").headers["Location"] == f"/mixtures/{slug}/versions"
    assert planner.get(f"/mixtures/{slug}/versions/1").status_code == 200


def test_link_is_shown_once_opens_read_only_and_is_revoked(
    planner: TestClient, seeded_session: Session
):
    seeded_session.execute(
        update(Dataset).where(Dataset.slug == "the-pile/books3").values(visibility="team")
    )
    slug = use_recipe(planner)
    save(planner, slug)
    made = planner.post(f"/mixtures/{slug}/links", data={"link_version": "1", "days": "3"})
    secret = re.search(r"/mixtures/shared/([\w-]+)", made.text)[1]
    assert secret not in planner.get(f"/mixtures/{slug}/settings").text
    cookies = dict(planner.cookies)
    planner.cookies.clear()
    shared = planner.get(f"/mixtures/shared/{secret}")
    assert shared.status_code == 200
    assert shared.headers["X-Robots-Tag"] == "noindex"
    assert "Books3" not in shared.text
    assert "Withheld dataset 1" in shared.text
    assert "<form" not in shared.text.partition("<main")[2].partition("</main>")[0]
    planner.cookies.update(cookies)
    viewer = make_viewer(seeded_session, "administrator")
    mixture = find(seeded_session, slug)
    (link,) = link_queries.list_links(seeded_session, mixture.id)
    sharing.revoke(seeded_session, mixture, link.id, viewer=viewer)
    assert planner.get(f"/mixtures/shared/{secret}").status_code == 404
    for data in ({"link_version": "1", "days": "0"}, {"link_version": "", "days": "3"}):
        assert planner.post(f"/mixtures/{slug}/links", data=data).status_code == 422


def test_policies_are_made_and_taken_back_by_administrators(
    seeded_client: TestClient, seeded_session: Session
):
    client = factories.signed_in(seeded_client, seeded_session, "administrator")
    made = client.post(
        "/mixtures/policies",
        data={"kind": "share_at_least", "tag": "language", "value": "zh", "bound": "30 %"},
    )
    assert made.headers["Location"] == "/mixtures/policies?done=policy-added"
    page = client.get("/mixtures/policies").text
    assert "Chinese ≥ 30%" in page
    policy = seeded_session.scalars(select(Policy)).one()
    assert client.post(f"/mixtures/policies/{policy.id}/remove").status_code == 303
    assert "No policy yet" in client.get("/mixtures/policies").text
    for data in (
        {"kind": "share_at_least", "tag": "language", "value": "zh", "bound": "x"},
        {"kind": "share_at_least", "tag": "language", "value": "", "bound": "3"},
        {"kind": "magic", "bound": "3"},
        {"kind": "epochs_at_most", "bound": "-1"},
    ):
        answer = client.post("/mixtures/policies", data=data)
        assert answer.status_code == 422
        assert "-error" in answer.text


def test_dataset_page_leads_to_the_mixtures_that_use_it(planner: TestClient):
    slug = use_recipe(planner)
    save(planner, slug)
    assert (
        'hx-get="/mixtures/using/the-pile/books3"' in planner.get("/catalogue/the-pile/books3").text
    )
    fragment = planner.get(
        "/mixtures/using/the-pile/books3",
        headers={"HX-Request": "true", "HX-Target": "section#used_in"},
    )
    assert fragment.text.lstrip().startswith("<section")
    assert "Pile on 300B" in fragment.text
    whole = planner.get("/mixtures/using/the-pile/books3")
    assert "<html" in whole.text
    assert "in versions: 1" in whole.text


def test_list_searches_by_name(planner: TestClient):
    use_recipe(planner)
    assert "Pile on 300B" in planner.get("/mixtures?q=pile on").text
    assert "No mixture has" in planner.get("/mixtures?q=nothing").text
    assert planner.get("/mixtures?q=" + "x" * 201).status_code == 422
    assert planner.get("/mixtures?cursor=broken").status_code == 422
