"""No page is left out: axe is asked about every one of the route table, here or where named."""

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.accounts.models import Role
from tests.browser.conftest import Portal, Watched
from tests.browser.test_accessibility import PUBLIC, SIGNED_IN, check
from tests.mixtures import example as mixture_example
from tests.mixtures.making import make_viewer
from tests.quotes import making

pytestmark = pytest.mark.browser

LOCALES = ("en-US", "zh-CN")
# Answers that are no page: text, pictures and files for programs, or the way to another page.
NO_PAGE = {
    "/",
    "/settings",
    "/healthz",
    "/readyz",
    "/metrics",
    "/robots.txt",
    "/static/{path:path}",
    "/files/{key}",
    "/help/pictures/{name}",
    "/rfqs/{rfq_id}/comparison.{kind}",
    "/rfqs/{rfq_id}/request.pdf",
    "/rfqs/{rfq_id}/quotes/{quote_id}.pdf",
    "/rfqs/{rfq_id}/award.pdf",
    "/mixtures/{slug}/versions/{number}/trainers/{trainer}/zip",
    "/mixtures/{slug}/versions/{number}/trainers/{trainer}/files/{name}",
    "/mixtures/{slug}/versions/{number}/text",
    "/mixtures/{slug}/text",
    "/mixtures/{slug}/diff.txt",
    "/training/plans/{slug}/versions/{number}/{kind}",
    "/training/export/{kind}",
}
# Pages that want something made first: where that is made, and axe is asked.
CHECKED_IN = {
    "test_accounts": {
        "/sign-in",
        "/sign-in/link/{secret}",
        "/invitation/{secret}",
        "/settings/account/email",
        "/settings/account/password",
        "/settings/welcome",
        "/settings/people/{public_id}",
    },
    "test_accessibility": {"/imports/{public_id}"},
    "test_composer_panels": {"/mixtures/{slug}/trainer-file"},
    "test_editing": {
        "/edit/archive/{slug:path}",
        "/edit/restore/{slug:path}",
        "/edit/licence/{slug:path}",
        "/edit/provider/{slug}",
    },
    "test_mixtures": {
        "/mixtures/{slug}",
        "/mixtures/{slug}/edit-text",
        "/mixtures/{slug}/settings",
        "/mixtures/{slug}/versions",
        "/mixtures/{slug}/versions/{number}",
        "/mixtures/{slug}/diff",
        "/mixtures/{slug}/repeats",
        "/mixtures/{slug}/versions/{number}/repeats",
    },
    "test_quotes": {
        "/rfqs",
        "/rfqs/new",
        "/rfqs/settings",
        "/rfqs/rate-cards",
        "/rfqs/{rfq_id}",
        "/rfqs/{rfq_id}/timeline",
        "/rfqs/{rfq_id}/edit/{step}",
        "/rfqs/{rfq_id}/edit/lots/{number}",
        "/rfqs/{rfq_id}/comparison",
        "/rfqs/{rfq_id}/lots/{number}/decide",
        "/quotes",
        "/quotes/rate-cards",
    },
    "test_quotes_questions": {"/quotes/{rfq_id}"},
    "test_trainers": {
        "/mixtures/{slug}/versions/{number}/trainers",
        "/mixtures/{slug}/versions/{number}/trainers/{trainer}",
        "/mixtures/{slug}/versions/{number}/trainers/{trainer}/proof",
    },
    "test_every_page": {
        "/mixtures/shared/{secret}",
        "/training/plans/{slug}",
        "/training/plans/{slug}/versions/{number}",
        "/training/plans/shared/{secret}",
        "/measure/jobs/{public_id}",
        "/quotes/{rfq_id}/quote",
        "/quotes/{rfq_id}/review",
        "/quotes/{rfq_id}/revisions/{revision}",
    },
}
OpenPage = Callable[..., Watched]


def test_every_page_of_the_route_table_is_checked(shared_app: FastAPI) -> None:
    routes = [
        route
        for route in iter_route_contexts(shared_app.routes)
        if "GET" in (route.methods or ()) and not route.path.startswith("/api/")
    ]
    listed = [path.partition("?")[0] for path in (*PUBLIC, *(path for _role, path in SIGNED_IN))]
    in_lists = {
        next(route.path for route in routes if route.original_route.path_regex.match(path))
        for path in listed
    }
    elsewhere = set.union(*CHECKED_IN.values())
    assert {route.path for route in routes} - in_lists == NO_PAGE | elsewhere


def secret_link(watched: Watched, purpose: str) -> str:
    """Return the address without its host that a page shows once."""
    value = watched.page.locator("#address").input_value()
    assert f"/{purpose}/shared/" in value
    return re.sub(r"^https?://[^/]+", "", value)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_shared_mixture(open_page: OpenPage, portal: Portal, locale: str) -> None:
    engine = create_engine(portal.database_url)
    with Session(engine) as session, session.begin():
        viewer = make_viewer(session)
        slug = mixture_example.make(session, viewer).slug
    engine.dispose()
    owner = open_page(f"/mixtures/{slug}/settings", locale=locale, account_id=viewer.account_id)
    owner.page.locator("form[action$='/links'] button").click()
    shared = open_page(secret_link(owner, "mixtures"), locale=locale)
    check(shared)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_training_plan_and_its_shared_link(open_page: OpenPage, locale: str) -> None:
    owner = open_page("/training/plans/new?run=bloom-176b", locale=locale, role=Role.PLANNER)
    owner.page.locator("#name").fill(f"BLOOM {locale}")
    owner.page.locator("#name").press("Enter")
    owner.page.wait_for_url("**/versions/1*")
    check(owner)
    owner.page.goto(owner.page.url.partition("/versions")[0])
    check(owner)
    owner.page.locator("form[action$='/links'] button").first.click()
    check(open_page(secret_link(owner, "training/plans"), locale=locale))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_measurement_that_fails(open_page: OpenPage, locale: str) -> None:
    address = "/measure/dataset/jlw-k12-question-bank"
    watched = open_page(address, locale=locale, role=Role.PLANNER)
    page = watched.page
    file = {"name": "a.jsonl", "mimeType": "text/plain", "buffer": b'{"words": "no text"}\n'}
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/measure/jobs/*")
    page.locator(".pb-note.is-bad").wait_for(timeout=120_000)
    check(watched)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_vendor_s_quote_from_the_form_to_what_was_sent(
    open_page: OpenPage, portal: Portal, locale: str
) -> None:
    engine = create_engine(portal.database_url)
    with Session(engine) as session, session.begin():
        buyer, vendor, other = (
            making.viewer(session, role) for role in (Role.BUYER, Role.VENDOR, Role.VENDOR)
        )
        rfq = making.open_rfq(session, buyer, vendor, other)
        making.submitted(session, rfq, vendor)
        address = f"/quotes/{rfq.public_id}"
    engine.dispose()
    check(open_page(f"{address}/revisions/1", locale=locale, account_id=vendor.account_id))
    watched = open_page(f"{address}/quote", locale=locale, account_id=other.account_id)
    check(watched)
    watched.page.locator("button[value=review]").click()
    watched.page.wait_for_url("**/review")
    check(watched)
