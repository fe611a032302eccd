"""Buyers and approvers in a browser: every page passes axe, saves as one types, answers what if."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.accounts.models import Role
from tests.browser.test_accessibility import check
from tests.quotes import example, making

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def requests(portal):
    """A closed request with four quotes, an open one and a draft, committed."""
    engine = create_engine(portal.database_url)
    with Session(engine) as session, session.begin():
        made = example.make(session)
        opened = making.open_rfq(session, made.buyer, *made.vendors.values(), title="Red-teaming")
        making.submitted(session, opened, made.vendors["a"])
        draft = making.draft_rfq(session, made.buyer, title="多轮对话")
        found = {
            "closed": made.rfq.public_id,
            "open": opened.public_id,
            "draft": draft.public_id,
            "quote": made.quotes["d"].public_id,
        }
    engine.dispose()
    return found


PAGES = (
    (Role.BUYER, "/rfqs"),
    (Role.BUYER, "/rfqs/new"),
    (Role.BUYER, "/rfqs/{draft}"),
    (Role.BUYER, "/rfqs/{draft}/edit/lots"),
    (Role.BUYER, "/rfqs/{draft}/edit/lots/1"),
    (Role.BUYER, "/rfqs/{draft}/edit/terms"),
    (Role.BUYER, "/rfqs/{draft}/edit/scoring"),
    (Role.BUYER, "/rfqs/{open}"),
    (Role.BUYER, "/rfqs/{open}/edit/basics"),
    (Role.BUYER, "/rfqs/{open}/timeline"),
    (Role.APPROVER, "/rfqs/{closed}"),
    (Role.APPROVER, "/rfqs/{closed}/comparison?volume_1=400000"),
    (Role.APPROVER, "/rfqs/{closed}/lots/1/decide?quote={quote}"),
    (Role.ADMINISTRATOR, "/rfqs/settings"),
    (Role.BUYER, "/rfqs/rate-cards"),
    (Role.VENDOR, "/quotes"),
    (Role.VENDOR, "/quotes/rate-cards"),
)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize(("role", "path"), PAGES)
def test_page_of_quotes(open_page, requests, role, path, locale):
    check(open_page(path.format(**requests), locale=locale, role=role))


def test_a_field_is_saved_when_it_changes(open_page, requests):
    page = open_page(f"/rfqs/{requests['draft']}/edit/lots/1", role=Role.BUYER).page
    page.fill("[name='requirements.quality.target']", "0.95")
    page.select_option("[name='requirements.quality.metric']", "accuracy")
    page.wait_for_selector("#save_state:has-text('Saved at')")
    page.fill("[name='volume']", "4万")
    with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        page.press("[name='volume']", "Tab")
    assert saved.value.ok
    page.reload()
    expect(page.locator("[name='volume']")).to_have_value("40000")
    expect(page.locator("[name='requirements.quality.target']")).to_have_value("95%")


def test_a_change_that_cannot_be_saved_says_so(open_page, requests):
    watched = open_page(f"/rfqs/{requests['draft']}/edit/lots/1", role=Role.BUYER)
    page = watched.page
    page.fill("[name='volume']", "many")
    page.press("[name='volume']", "Tab")
    page.wait_for_selector("#save_state:has-text('Not saved')")
    assert page.input_value("[name='volume']") == "many"
    watched.problems.clear()  # The browser notes the refusal in its console.


def test_what_if_without_a_new_page(open_page, requests):
    page = open_page(f"/rfqs/{requests['closed']}/comparison", role=Role.BUYER).page
    page.click("#options > summary")
    page.fill("#volume_1", "400000")
    page.press("#volume_1", "Tab")
    page.wait_for_selector("text=what if; 200,000 asked")
    assert "volume_1=400000" in page.url
    expect(page.locator("#comparison")).to_contain_text("6.72")


def test_without_javascript_a_request_is_written_and_compared(open_page, requests):
    page = open_page("/rfqs/new", role=Role.BUYER, javascript=False).page
    page.fill("[name=title]", "Captions")
    page.click("button.btn-primary")
    page.wait_for_url("**/edit/lots?done=created")
    page.click("text=Add a lot")
    page.fill("[name=title]", "Pictures")
    page.select_option("[name=task]", "captioning")
    page.select_option("[name=unit]", "image")
    page.fill("[name=volume]", "1万")
    page.click("button.btn-primary")
    page.wait_for_url("**/edit/lots?done=lot-added")
    assert "10,000 images" in page.inner_text("main")
    page.goto(f"/rfqs/{requests['closed']}/comparison?volume_1=400000")
    assert "6.72" in page.inner_text("main")
    page.fill("#volume_1", "")
    page.click("text=Compare so")
    expect(page.locator("main")).to_contain_text("6.91")
