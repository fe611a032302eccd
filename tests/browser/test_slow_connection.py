"""On a slow connection nothing is lost, nothing is done twice and nothing comes out of order."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.accounts.models import Role
from tests.browser.conftest import Portal, Watched
from tests.browser.held import Held, settle
from tests.quotes import making

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Watched]


@pytest.fixture
def lot(portal: Portal) -> str:
    """The address of the form of a drafted request's lot."""
    engine = create_engine(portal.database_url)
    with Session(engine) as session, session.begin():
        draft = making.draft_rfq(session, making.viewer(session, Role.BUYER), title="Slow")
        address = f"/rfqs/{draft.public_id}/edit/lots/1"
    engine.dispose()
    return address


def change(page: Page, name: str, text: str) -> None:
    page.fill(f"[name='{name}']", text)
    page.press(f"[name='{name}']", "Tab")


def field(page: Page, name: str):
    return page.locator(f"[name='{name}']")


def test_a_change_made_while_another_is_saved_is_saved_too(open_page: OpenPage, lot: str) -> None:
    page = open_page(lot, role=Role.BUYER).page
    held = Held(page, "**/edit/lots/1")
    change(page, "volume", "41000")
    held.wait_for()
    change(page, "title", "Changed meanwhile")
    with page.expect_response(
        lambda answer: "Changed+meanwhile" in (answer.request.post_data or "")
    ) as second:
        held.release()
    assert second.value.ok
    settle(page)
    page.reload()
    expect(field(page, "title")).to_have_value("Changed meanwhile")
    expect(field(page, "volume")).to_have_value("41000")


def test_a_page_is_left_when_the_change_is_saved(open_page: OpenPage, lot: str) -> None:
    page = open_page(lot, role=Role.BUYER).page
    held = Held(page, "**/edit/lots/1")
    field(page, "volume").fill("42000")
    leave = page.get_by_role("link", name="Invite and review")
    leave.click(no_wait_after=True)
    expect(leave).to_have_attribute("aria-busy", "true")
    held.wait_for()
    held.release()
    page.wait_for_url(lambda address: "/edit/" not in address)
    expect(page.get_by_role("main")).to_contain_text("42,000")


def test_a_page_is_not_left_when_the_change_is_refused(open_page: OpenPage, lot: str) -> None:
    watched = open_page(lot, role=Role.BUYER)
    page = watched.page
    field(page, "volume").fill("many")
    leave = page.get_by_role("link", name="Invite and review")
    leave.click(no_wait_after=True)
    expect(page.locator("#save_state")).to_contain_text("Not saved")
    expect(leave).not_to_have_attribute("aria-busy", "true")
    expect(field(page, "volume")).to_have_value("many")
    # Who has read it may go.
    leave.click()
    page.wait_for_url(lambda address: "/edit/" not in address)
    watched.forget_refusals()


def test_a_form_sent_while_a_change_is_saved_is_no_conflict(open_page: OpenPage, lot: str) -> None:
    page = open_page(lot, role=Role.BUYER).page
    held = Held(page, "**/edit/lots/1")
    change(page, "volume", "43000")
    held.wait_for()
    field(page, "title").fill("Sent at once")
    page.get_by_role("button", name="Save lot 1").click(no_wait_after=True)
    held.release()
    page.wait_for_url("**/edit/lots?done=saved")
    expect(page.get_by_role("main")).to_contain_text("43,000")
    expect(page.get_by_role("main")).to_contain_text("Sent at once")


def test_a_form_is_sent_once(open_page: OpenPage) -> None:
    page = open_page("/mixtures/new", role=Role.PLANNER).page
    held = Held(page, "**/mixtures/new")
    page.fill("#name", "Sent once")
    page.fill("#token_budget", "1T")
    button = page.locator("form:has(#name) button[type=submit]")
    place = button.bounding_box()
    assert place
    # By the mouse alone: a click on a locator waits for the page that the one before asked for.
    page.mouse.click(place["x"] + 5, place["y"] + 5)
    held.wait_for()
    page.mouse.click(place["x"] + 5, place["y"] + 5)
    page.wait_for_timeout(300)
    assert len(held.routes) == 1
    held.release()
    page.wait_for_url("**/mixtures/sent-once?*")


def test_a_button_of_the_composer_counts_once_until_its_answer(open_page: OpenPage) -> None:
    page = open_page("/mixtures/recipes/the-pile", role=Role.PLANNER).page
    page.fill("#name", "Pressed twice")
    page.press("#name", "Enter")
    page.wait_for_url("**?done=recipe")
    rows = page.locator("#rows tr")
    expect(rows).to_have_count(22)
    held = Held(page, "**/edit")
    remove = page.locator("button[name=remove]").first
    for _press in range(2):
        remove.click()
    held.wait_for()
    held.release()
    expect(rows).to_have_count(21)
    settle(page)
    expect(page.locator("#refusal")).to_have_count(0)


def test_composer_is_left_when_its_edits_are_saved(open_page: OpenPage) -> None:
    page = open_page("/mixtures/recipes/the-pile", role=Role.PLANNER).page
    page.fill("#name", "Left at once")
    page.press("#name", "Enter")
    page.wait_for_url("**?done=recipe")
    held = Held(page, "**/edit")
    first, second = (page.locator("#rows .g-w input").nth(place) for place in (0, 1))
    first.fill("33")
    first.press("Tab")
    held.wait_for()
    second.fill("44")
    page.get_by_role("link", name="Settings").last.click(no_wait_after=True)
    held.release()
    page.wait_for_url("**/settings")
    page.go_back()
    expect(first).to_have_value("33")
    expect(second).to_have_value("44")


def test_the_list_asked_for_last_is_the_one_shown(open_page: OpenPage) -> None:
    page = open_page("/catalogue").page
    held = Held(page, "**/catalogue?*cursor=*", "GET")
    page.locator("#next").click()
    held.wait_for()
    page.locator("#language-zh").check()
    page.wait_for_url("**language=zh*")
    held.release()
    settle(page)
    assert page.url.endswith("/catalogue?language=zh")
    expect(page.locator("#language-zh")).to_be_checked()


def test_two_rows_removed_at_once_do_not_come_back(open_page: OpenPage) -> None:
    page = open_page("/edit/dataset", role=Role.PLANNER).page
    values = page.locator("[id^=quantities-][id$=-value]")
    for number in range(2):
        page.locator("#add-quantities").click()
        expect(values).to_have_count(number + 1)
    removes = page.locator("button[value^='remove:quantities:']")
    held = Held(page, "**/edit/dataset")
    removes.nth(0).click()
    held.wait_for()
    removes.nth(1).click()
    held.release()
    expect(values).to_have_count(1)
    settle(page)
    expect(values).to_have_count(1)
