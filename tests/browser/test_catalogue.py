"""The list in a browser: instant with JavaScript, the same without it, all by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from app.accounts.models import Role

pytestmark = pytest.mark.browser

RESULTS = "[data-heading]"


def test_a_facet_narrows_the_list_at_once_and_keeps_its_focus(open_page):
    page = open_page("/catalogue").page
    everything = page.locator(RESULTS).inner_text()
    page.locator("#language-zh").check()
    page.wait_for_url(re.compile(r"language=zh"))
    expect(page.locator(RESULTS)).not_to_have_text(everything)
    expect(page.locator("#language-zh")).to_be_focused()
    assert "sort=" not in page.url, "an empty field is left out of the address"
    expect(page.locator("#status")).to_have_text(page.locator(RESULTS).inner_text())


def test_the_address_alone_brings_the_same_list_back(open_page):
    page = open_page("/catalogue").page
    page.locator("#language-zh").check()
    page.wait_for_url(re.compile(r"language=zh"))
    narrowed = page.locator(RESULTS).inner_text()
    assert open_page(page.url).page.locator(RESULTS).inner_text() == narrowed
    page.go_back()
    page.wait_for_url(re.compile(r"/catalogue$"))
    expect(page.locator("#language-zh")).not_to_be_checked()
    page.go_forward()
    expect(page.locator(RESULTS)).to_have_text(narrowed)


def test_paging_moves_to_the_heading_and_back(open_page):
    page = open_page("/catalogue").page
    first = page.locator("tbody th a").first.inner_text()
    page.locator("#next").click()
    page.wait_for_url(re.compile(r"cursor="))
    expect(page.locator("tbody th a").first).not_to_have_text(first)
    expect(page.locator(RESULTS)).to_be_focused()
    page.locator("#previous").click()
    expect(page.locator("tbody th a").first).to_have_text(first)


def test_a_mistyped_word_is_corrected_in_words(open_page):
    page = open_page("/catalogue").page
    page.locator("#q").fill("pattents")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=pattents"))
    expect(page.get_by_text("No entry contains “pattents”")).to_be_visible()


def test_the_compare_tray_keeps_what_was_ticked_on_other_pages(open_page):
    page = open_page("/catalogue").page
    page.locator("input[name=compare]").first.check()
    page.wait_for_url(re.compile(r"compare="))
    page.locator("#next").click()
    page.wait_for_url(re.compile(r"cursor="))
    page.locator("input[name=compare][type=checkbox]").first.check()
    page.get_by_role("link", name="Compare 2 datasets").click()
    page.wait_for_url(re.compile(r"/compare\?d=.*&d="))
    expect(page.locator("thead th")).to_have_count(3)


def test_open_disclosures_stay_open_after_a_swap(open_page):
    page = open_page("/catalogue", width=390).page
    page.locator("#facets > summary").click()
    page.locator("#modality-text").check()
    page.wait_for_url(re.compile(r"modality=text"))
    expect(page.locator("#modality-text")).to_be_visible()


def test_an_unknown_value_answers_in_the_page(open_page):
    watched = open_page("/catalogue")
    watched.page.evaluate("document.querySelector('#language-zh').value = 'klingon'")
    watched.page.locator("#language-zh").check()
    alert = watched.page.locator("#notices [role=alert]")
    expect(alert).to_contain_text("klingon")
    expect(alert).to_be_focused()
    watched.problems[:] = [problem for problem in watched.problems if "422" not in problem]


def test_without_javascript_everything_is_a_form_or_a_link(open_page):
    page = open_page("/catalogue", javascript=False).page
    page.locator("#q").fill("books")
    page.locator("#language-zh").check()
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page).to_have_url(re.compile(r"(?=.*q=books).*language=zh"))
    page.goto("/catalogue")
    page.locator("#next").click()
    expect(page).to_have_url(re.compile("cursor="))
    boxes = page.locator("input[name=compare]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Compare the ticked ones").click()
    expect(page).to_have_url(re.compile(r"/compare\?d=.*&d="))


def test_without_javascript_the_language_switch_comes_back_to_the_page(open_page):
    page = open_page("/catalogue?language=zh", javascript=False).page
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert page.url.endswith("/catalogue?language=zh")


def test_the_language_switch_comes_back_to_the_address_bar(open_page):
    page = open_page("/catalogue").page
    page.locator("#language-zh").check()
    page.wait_for_url(re.compile(r"language=zh"))
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert "language=zh" in page.url


def test_the_list_is_walked_by_keyboard(open_page):
    page = open_page("/catalogue").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "pb-skip"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    seen = []
    for _step in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id"))
    assert seen.index("q") < seen.index("subsets") < seen.index("category-web")
    page.locator("#category-web").focus()
    page.keyboard.press("Space")
    page.wait_for_url(re.compile(r"category=web"))
    expect(page.locator("#category-web")).to_be_focused()
    expect(page.locator("#category-web")).to_have_css("outline-style", "solid")


def test_a_planner_confirms_a_unit_with_one_click(open_page):
    page = open_page("/catalogue/jlw-chinese-english-scripts", role=Role.PLANNER).page
    page.get_by_role("button", name="Confirm: script").click()
    page.wait_for_url(re.compile(r"#history$"))
    expect(page.get_by_text("Assumed unit confirmed.")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm: script")).to_have_count(0)
    expect(page.locator(".pb-figs").get_by_text("unit assumed")).to_have_count(0)


def test_the_portal_says_when_it_cannot_be_reached(open_page):
    watched = open_page("/catalogue")
    watched.page.context.set_offline(True)
    watched.page.locator("#language-zh").check()
    expect(watched.page.locator("#notices [role=alert]")).to_contain_text("cannot be reached")
    watched.problems.clear()
