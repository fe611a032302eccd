"""The composer in a browser: composes, breaks, fixes, saves, compares and undoes a mixture."""

import pytest
from playwright.sync_api import expect

from app.accounts.models import Role
from tests.browser.test_accessibility import check

pytestmark = pytest.mark.browser

WIKIPEDIA, BOOKS = "the-pile/wikipedia-en", "jlw-chinese-books"


def cell(page, name):
    return page.locator(f'[id="{name}"]')


def make(page, name):
    """Make a mixture with one empty phase; return its address."""
    page.fill("#name", name)
    page.fill("#token_budget", "1万亿")
    page.press("#token_budget", "Enter")
    page.wait_for_url("**?done=created")
    return page.url.partition("?")[0]


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_composes_breaks_fixes_saves_compares_undoes(open_page, locale):
    watched = open_page("/mixtures/new", locale=locale, role=Role.PLANNER)
    page = watched.page
    address = make(page, f"Composed {locale}")
    check(watched)

    # Composes: a search in place, and a pasted list.
    page.fill("#q", "skypile")
    page.locator('#found button[value="skypile-150b"]').click()
    cell(page, "w.skypile-150b").wait_for()
    page.fill("#list", f"{WIKIPEDIA} 1\n{BOOKS} 3")
    page.press("#list", "Tab")
    page.locator("form:has(#list) button").click()
    cell(page, f"w.{BOOKS}").wait_for()

    # Whatever a cell can mean, by keyboard; the focus goes on to the next field.
    cell(page, f"w.{BOOKS}").fill("50 %")
    cell(page, f"w.{BOOKS}").press("Tab")
    page.locator(f'tr:has([id="n.{BOOKS}"])', has_text="50.00").wait_for()
    expect(cell(page, f"l.{BOOKS}")).to_be_focused()

    # Refuses at the field, which keeps what was typed and has the focus.
    cell(page, f"w.{BOOKS}").fill("-3")
    cell(page, f"w.{BOOKS}").press("Enter")
    page.locator("#refusal").wait_for()
    expect(cell(page, f"w.{BOOKS}")).to_have_value("-3")
    expect(cell(page, f"w.{BOOKS}")).to_have_attribute("aria-invalid", "true")
    expect(cell(page, f"w.{BOOKS}")).to_be_focused()
    watched.forget_refusals()
    cell(page, f"w.{BOOKS}").fill("45 %")
    cell(page, f"w.{BOOKS}").press("Enter")
    page.locator("#done").wait_for()

    # Breaks: more of an encyclopedia than there is; then a remedy, looked at before it is done.
    cell(page, f"w.{WIKIPEDIA}").fill("20 %")
    cell(page, f"w.{WIKIPEDIA}").press("Enter")
    page.locator("#remedy-respread").wait_for()
    check(watched)
    page.locator("#remedy-respread a").click()
    page.locator("#preview").wait_for()
    check(watched)
    page.locator("#preview button").click()
    page.locator("#remedy-respread").wait_for(state="detached")

    # Saves, and the version differs from the draft after another edit.
    page.locator("#save > summary").click()
    page.fill("#message", "balanced")
    page.press("#message", "Enter")
    page.wait_for_url("**/versions/1?done=saved")
    page.goto(address)
    before = cell(page, f"w.{BOOKS}").input_value()
    cell(page, f"w.{BOOKS}").fill("7")
    cell(page, f"w.{BOOKS}").press("Enter")
    page.locator("#done").wait_for()
    page.goto(f"{address}/diff")
    check(watched)

    # Undoes, also after a reload.
    page.goto(address)
    page.locator('form:has(input[value="undo"]) button').click()
    page.locator("#done").wait_for()
    expect(cell(page, f"w.{BOOKS}")).to_have_value(before)


def test_table_is_walked_with_the_arrows_and_rows_are_opened(open_page):
    page = open_page("/mixtures/recipes/the-pile", role=Role.PLANNER).page
    page.fill("#name", "By keyboard")
    page.press("#name", "Enter")
    page.wait_for_url("**?done=recipe")
    fields = page.locator(".pb-mix tbody .g-w input")
    fields.nth(0).focus()
    page.keyboard.press("ArrowDown")
    expect(fields.nth(1)).to_be_focused()
    page.locator("button[name=row]").nth(1).click()
    page.locator("#detail").wait_for()
    page.locator("button[name=remove]").nth(0).click()
    page.locator("#done").wait_for()
    expect(fields).to_have_count(21)


def test_composer_works_without_javascript_on_a_phone(open_page):
    page = open_page("/mixtures/new", role=Role.PLANNER, javascript=False, width=390).page
    make(page, "Plain")
    page.fill("#list", f"{WIKIPEDIA} 1\n{BOOKS} 3")
    page.locator("form:has(#list) button").click()
    cell(page, f"w.{BOOKS}").fill("25 %")
    cell(page, f"l.{BOOKS}").check()
    page.locator("#cells .pb-nojs").click()
    page.locator("#done").wait_for()
    expect(cell(page, f"l.{BOOKS}")).to_be_checked()
    page.locator('form:has(input[value="undo"]) button').click()
    expect(cell(page, f"l.{BOOKS}")).not_to_be_checked()
