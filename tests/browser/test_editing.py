"""Keeping the catalogue in a browser: with JavaScript and without, two people, both languages."""

import re

import pytest
from playwright.sync_api import expect

from app.accounts.models import Role
from tests.browser.test_accessibility import check

pytestmark = pytest.mark.browser

EDIT = "/edit/dataset/jlw-chinese-books"
WORDS = {
    "en-US": {
        "row": "Add a quantity",
        "save": "Add the dataset",
        "done": "It is in the catalogue now",
        "two": "Two people changed this dataset",
        "both": "Save both people’s changes",
    },
    "zh-CN": {
        "row": "添加数量",
        "save": "添加数据集",
        "done": "已进入目录",
        "two": "两人同时改动了这个数据集",
        "both": "保存两人的改动",
    },
}


def fill_new(page, name):
    page.locator("#name_zh").fill(name)
    page.locator("#name_en").fill(name)
    page.locator("#provider").select_option("baai")
    page.locator("#category").select_option("books")
    page.locator("#languages").fill("zh")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).locator("visible=true").last.click()


def expect_refusal(watched, status):
    """Forget what the browser itself says of an answer that was meant."""
    watched.problems[:] = [one for one in watched.problems if str(status) not in one]


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("javascript", [True, False])
def test_a_dataset_is_added(open_page, locale, javascript):
    words = WORDS[locale]
    name = f"Made {locale} {javascript}"
    page = open_page("/edit/dataset", locale=locale, javascript=javascript, role=Role.PLANNER).page
    fill_new(page, name)
    press(page, words["row"])
    expect(page.locator("#quantities-n1-value")).to_be_focused()
    expect(page.locator("#name_en")).to_have_value(name)
    page.locator("#quantities-n1-value").fill("250万")
    page.locator("#quantities-n1-unit").select_option("book")
    press(page, words["save"])
    page.wait_for_url(re.compile(r"/catalogue/made-.*done=created"))
    expect(page.get_by_text(words["done"])).to_be_visible()
    expect(page.locator("h1")).to_contain_text(name)


def test_the_estimate_follows_as_one_types(open_page):
    page = open_page(EDIT, role=Role.PLANNER).page
    preview = page.locator("#preview")
    expect(preview).to_contain_text("383B")
    number = page.locator("[id^=quantities-][id$=-value]").first
    number.fill("500万")
    expect(preview).to_contain_text("767B")
    expect(number).to_be_focused()
    number.fill("1.500")
    expect(preview).to_contain_text("can be read as 1,500 / 1.5")
    preview.get_by_role("link").last.click()
    expect(preview.get_by_role("link").last).to_have_attribute(
        "href", f"#{number.get_attribute('id')}"
    )


def test_rows_go_and_come_and_keep_what_was_typed(open_page):
    page = open_page(EDIT, role=Role.PLANNER).page
    press(page, "Add a licence claim")
    page.locator("#licence_claims-n1-spdx").fill("CC-BY-4.0")
    press(page, "Add a licence claim")
    expect(page.locator("#licence_claims-n2-spdx")).to_be_focused()
    expect(page.locator("#licence_claims-n1-spdx")).to_have_value("CC-BY-4.0")
    page.get_by_role("button", name="Remove Licence claim 2").click()
    expect(page.locator("#licence_claims-n2-spdx")).to_have_count(0)
    expect(page.locator("#preview")).to_contain_text("Stated, open")


def test_what_is_wrong_is_said_where_it_is(open_page):
    watched = open_page("/edit/dataset", role=Role.PLANNER)
    page = watched.page
    fill_new(page, "")
    page.locator("#homepage").fill("javascript:x")
    page.locator("#description_en").fill("kept input")
    page.locator("#homepage").press("Enter")
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#description_en")).to_have_value("kept input")
    page.locator("#errors").get_by_role("link", name="Homepage", exact=True).click()
    expect(page).to_have_url(re.compile("#homepage$"))
    expect_refusal(watched, 422)
    check(watched)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("javascript", [True, False])
def test_two_people_and_one_dataset(open_page, locale, javascript):
    words = WORDS[locale]
    path = "/edit/dataset/roots"
    options = {"locale": locale, "javascript": javascript, "role": Role.PLANNER}
    first, second = open_page(path, **options), open_page(path, **options)
    name = f"ROOTS {locale} {javascript}"
    first.page.locator("#name_en").fill(f"{name} first")
    first.page.locator("#name_en").press("Enter")
    first.page.wait_for_url(re.compile("done=edited"))
    second.page.locator("#name_en").fill(f"{name} second")
    second.page.locator("#aliases").fill(f"alias {name}")
    second.page.locator("#name_en").press("Enter")
    expect(second.page.locator("h1")).to_have_text(words["two"])
    expect_refusal(second, 412)
    if javascript:
        check(second)
    second.page.locator("#choice-name_en-mine").check()
    press(second.page, words["both"])
    second.page.wait_for_url(re.compile("done=merged"))
    expect(second.page.locator("h1")).to_contain_text(f"{name} second")


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize(
    "path",
    [
        "/edit/dataset",
        "/edit/dataset?parent=the-pile",
        EDIT,
        "/edit/dataset/refinedweb",
        "/edit/licence/refinedweb",
        "/edit/archive/the-pile",
        "/edit/provider",
        "/edit/provider/baai",
        "/catalogue/the-pile/history",
        "/review",
        "/review?lack=disputed",
    ],
)
def test_page_is_accessible(open_page, path, locale):
    check(open_page(path, locale=locale, role=Role.PLANNER))


def test_an_earlier_state_is_brought_back(open_page):
    watched = open_page("/edit/dataset/dclm-pool", role=Role.PLANNER)
    page = watched.page
    before = page.locator("#name_en").input_value()
    page.locator("#name_en").fill("Another name")
    page.locator("#name_en").press("Enter")
    page.wait_for_url(re.compile("done=edited"))
    page.goto("/catalogue/dclm-pool/history")
    check(watched)
    page.get_by_role("link", name="Bring back this state").last.click()
    expect(page.get_by_role("button", name="Bring 1 value back")).to_be_visible()
    check(watched)
    page.get_by_role("button", name="Bring 1 value back").click()
    expect(page.locator("h1")).to_contain_text(before)


def test_the_menu_of_seldom_actions_works_by_keyboard(open_page):
    page = open_page("/catalogue/jlw-chinese-books", role=Role.PLANNER).page
    summary = page.locator("details[data-menu] > summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("details[data-menu] a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(page.get_by_role("link", name="Archive", exact=True)).to_be_hidden()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_related_dataset_is_found_by_a_part_of_its_name(open_page, javascript):
    slug = "redpajama-v2" if javascript else "roots"
    watched = open_page(f"/edit/dataset/{slug}", javascript=javascript, role=Role.PLANNER)
    page = watched.page
    press(page, "Add a related dataset")
    other = page.get_by_label("The other dataset").last
    expect(other).to_be_focused()
    other.fill("fineweb e")
    row = page.get_by_role("group").filter(has=other)
    row.get_by_role("button", name="Find").click()
    row.get_by_role("group", name="Datasets with this name").get_by_text("fineweb-edu").click()
    expect(row).to_contain_text("Chosen:")
    expect(other).to_have_value("fineweb-edu")
    row.get_by_label("This dataset …").select_option("may_overlap")
    press(page, "Save the changes")
    page.wait_for_url(re.compile(rf"/catalogue/{slug}\?done="))
    expect(page.locator("main")).to_contain_text("FineWeb-Edu")
    page.get_by_role("link", name="Edit", exact=True).first.click()
    page.get_by_label("The other dataset").last.fill("qqxxzz")
    press(page, "Save the changes")
    expect(page.locator("#overlaps")).to_contain_text("No dataset is called “qqxxzz”.")
    watched.forget_refusals()
