"""The composer with everything on it: its lazy panel, its pages, in both languages and by axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.catalog.models.datasets import Dataset
from tests.browser.conftest import Portal
from tests.browser.test_accessibility import check
from tests.mixtures import example
from tests.mixtures.making import component, content, make_mixture, make_viewer, phase

pytestmark = pytest.mark.browser

HERE = f"/mixtures/{example.SLUG}"


@pytest.fixture(scope="module", autouse=True)
def mixture(portal: Portal) -> None:
    """A mixture of three phases that does not fit, saved once."""
    engine = create_engine(portal.database_url)
    with Session(engine) as session, session.begin():
        example.make(session, make_viewer(session))
    engine.dispose()


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize(
    "path",
    [
        f"{HERE}?preview=solve",
        f"{HERE}?phase=2",
        f"{HERE}/repeats",
        f"{HERE}/trainer-file?trainer=olmo-core",
        f"{HERE}/versions/1",
        f"{HERE}/diff?from=1&to=draft",
    ],
)
def test_page_is_accessible(open_page: Callable, path: str, locale: str):
    check(open_page(path, locale=locale, role=Role.PLANNER))


def test_trainer_panel_comes_into_sight_and_takes_no_focus(open_page: Callable):
    page = open_page(HERE, role=Role.PLANNER).page
    cell = page.locator(f'[id="w.{example.WIKIPEDIA}"]')
    page.locator("#trainer_file").scroll_into_view_if_needed()
    page.locator("#trainer_file pre").wait_for()
    # Nobody had the focus, and the panel that came by itself does not take it.
    assert page.evaluate("document.activeElement === document.body")
    with page.expect_response("**/trainer-file?trainer=olmo-core") as answer:
        page.select_option("#trainer", "olmo-core")
    assert answer.value.ok
    chosen = page.locator("#trainer_file option[selected][value=olmo-core]")
    chosen.wait_for(state="attached")
    # An edit redraws the composer; the panel comes again, with the trainer that was chosen.
    cell.fill("5")
    cell.press("Enter")
    page.locator("#done").wait_for()
    page.locator("#trainer_file").scroll_into_view_if_needed()
    chosen.wait_for(state="attached")
    page.locator('form:has(input[value="undo"]) button').click()
    page.locator(f'tr:has([id="n.{example.WIKIPEDIA}"])', has_text="over max").wait_for()


def test_repeats_follow_an_edit(open_page: Callable):
    page = open_page(HERE, role=Role.PLANNER).page
    panel = page.locator("#repeats")
    expect(panel.locator("tr", has_text="Wikipedia")).to_have_count(1)
    cell = page.locator(f'[id="w.{example.WIKIPEDIA}"]')
    cell.fill("0.5x")
    cell.press("Enter")
    page.locator("#done").wait_for()
    expect(panel.locator("tr", has_text="Wikipedia")).to_have_count(0)
    page.reload()
    page.locator('form:has(input[value="undo"]) button').click()
    page.locator("#repeats tr", has_text="Wikipedia").wait_for()
    page.locator("#repeats a").click()
    page.wait_for_url("**/repeats?phase=1")
    expect(page.locator("h1")).to_have_count(1)


def test_without_javascript_the_panel_is_a_link(open_page: Callable):
    page = open_page(HERE, role=Role.PLANNER, javascript=False, width=390).page
    page.locator("#trainer_file a").click()
    expect(page.locator("pre")).to_have_count(1)
    page.select_option("#trainer", "levanter")
    page.locator("form:has(#trainer) button").click()
    page.wait_for_url("**trainer=levanter*")
    expect(page.locator("#trainer")).to_have_value("levanter")


def test_shares_below_a_long_table_come_into_sight_and_follow_each_edit(
    open_page: Callable, portal: Portal
):
    engine = create_engine(portal.database_url)
    with Session(engine) as session, session.begin():
        names = session.scalars(select(Dataset.slug).order_by(Dataset.id).limit(60)).all()
        made = content(phase([component(name, 1) for name in names]))
        slug = make_mixture(session, make_viewer(session), made, name="Long").slug
    engine.dispose()
    page = open_page(f"/mixtures/{slug}", role=Role.PLANNER).page
    for weight in ("60", "600"):
        page.evaluate("scrollTo(0, 0)")
        cell = page.locator(f'[id="w.{names[0]}"]')
        cell.fill(weight)
        cell.press("Enter")
        page.locator("#shares[hx-trigger=revealed]:not(:has(svg))").wait_for(state="attached")
        page.locator("#shares").scroll_into_view_if_needed()
        page.locator("#shares svg").first.wait_for()
        shares = page.locator("#shares").inner_text()
        page.reload()
        assert page.locator("#shares").inner_text() == shares
