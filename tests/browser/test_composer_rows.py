"""The composer's rows stay in the page while only their numbers change, and are always right."""

import random

import pytest
from playwright.sync_api import expect

from app.accounts.models import Role
from tests.browser.held import Held

pytestmark = pytest.mark.browser

# What is on the page, without what only the last answer says and what fields are for.
SHOWN = """() => {
  const copy = document.getElementById("composer").cloneNode(true);
  const mine = "#done, #refusal, #add, input[name=was], #trainer_file";
  for (const part of copy.querySelectorAll(mine)) part.remove();
  for (const part of copy.querySelectorAll("*")) {
    for (const name of ["open", "aria-busy", "tabindex", "data-htmx-powered"]) {
      part.removeAttribute(name);
    }
  }
  const fields = [...document.querySelectorAll("#rows input")];
  return [
    copy.innerHTML.replace(/\\s+/g, " ").replace(/> | </g, (text) => text.trim()),
    fields.map((one) => [one.name, one.value, one.checked]),
  ];
}"""
MARK = "() => document.querySelectorAll('#rows tr').forEach(row => { row.isTheSame = true; })"
KEPT = "() => [...document.querySelectorAll('#rows tr')].every(row => row.isTheSame)"
COUNT = """() => {
  const { dataset } = document.documentElement;
  dataset.answers = 0;
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const id = typeof ctx.target === "string" ? ctx.target.slice(1) : ctx.target.id;
    if (id === "composer") dataset.answers = Number(dataset.answers) + 1;
  });
}"""


def compose(open_page, locale="en-US"):
    return compose_watched(open_page, locale).page


def compose_watched(open_page, locale="en-US"):
    watched = open_page("/mixtures/recipes/the-pile", locale=locale, role=Role.PLANNER)
    page = watched.page
    page.fill("#name", "Rows that stay")
    page.press("#name", "Enter")
    page.wait_for_url("**?done=recipe")
    page.evaluate(COUNT)
    return watched


def edit(page, kind, pick):
    """Make one edit of that kind."""
    rows = page.locator("#rows tr")
    row = rows.nth(pick.randrange(rows.count()))
    answers = int(page.locator("html").get_attribute("data-answers"))
    match kind:
        case "weight":
            field = row.locator(".g-w input")
            field.fill(pick.choice(["9.25", "40", "0.125", "3.3333333"]))
            field.press("Enter")
        case "max":
            field = row.locator(".g-m input")
            # A limit that was none has a mark of its own, so its row is drawn anew.
            field.fill(pick.choice(["1", "2.5", "7", ""]))
            field.press("Enter")
        case "lock":
            row.locator(".g-l input").click()
        case "budget":
            page.fill("#token_budget", pick.choice(["3T", "40B", "700B"]))
            page.press("#token_budget", "Enter")
        case "all":
            page.locator("button[name=lock_all]").nth(pick.randrange(2)).click()
        case "undo":
            page.locator('form:has(input[value="undo"]) button').click()
        case "open":
            row.locator("button[name=row]").click()
    page.locator(f"html[data-answers='{answers + 1}']").wait_for(state="attached")


@pytest.mark.parametrize(("seed", "locale"), [(1, "en-US"), (2, "zh-CN")])
def test_page_after_any_edits_is_the_page_of_a_reload(open_page, seed: int, locale: str):
    page = compose(open_page, locale)
    pick = random.Random(seed)  # noqa: S311  edits of a test
    kinds = ["max", "lock", "budget", "weight", "all", "undo", "weight", "open", "lock", "max"]
    pick.shuffle(kinds)
    for kind in ["weight", *kinds, "weight"]:
        edit(page, kind, pick)
    found = page.evaluate(SHOWN)
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SHOWN) == found


def test_rows_stay_while_only_numbers_change_and_are_drawn_where_they_are_others(open_page):
    page = compose(open_page)
    pick = random.Random(3)  # noqa: S311  edits of a test
    page.evaluate(MARK)
    for kind in ("weight", "lock", "budget", "open"):
        edit(page, kind, pick)
        assert page.evaluate(KEPT), kind
    page.locator("button[name=remove]").nth(0).click()
    page.locator("html[data-answers='5']").wait_for(state="attached")
    expect(page.locator("#rows tr")).to_have_count(21)
    assert not page.evaluate(KEPT)


def test_what_is_typed_while_an_answer_comes_stays_in_its_field(open_page):
    page = compose(open_page)
    first, second = (page.locator("#rows .g-w input").nth(place) for place in (0, 1))
    page.route("**/edit", lambda route: (page.wait_for_timeout(400), route.continue_()))
    first.fill("33")
    first.press("Tab")
    second.fill("4")
    page.locator("#done").wait_for()
    expect(first).to_have_value("33")
    expect(second).to_have_value("4")
    page.unroute("**/edit")


def test_a_refusal_leaves_the_focus_with_who_types_elsewhere(open_page):
    watched = compose_watched(open_page)
    page = watched.page
    first, second = (page.locator("#rows .g-w input").nth(place) for place in (0, 1))
    held = Held(page, "**/edit")
    first.fill("much")
    first.press("Tab")
    held.wait_for()
    second.press_sequentially("4")
    held.release()
    expect(first).to_have_attribute("aria-invalid", "true")
    expect(second).to_be_focused()
    assert "4" in second.input_value()
    watched.forget_refusals()
