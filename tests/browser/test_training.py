"""The calculator in a real browser: live redraw, formulas, without JavaScript, layouts to plan."""

import re

import pytest
from playwright.sync_api import expect

from app.accounts.models import Role

pytestmark = pytest.mark.browser


def test_a_change_redraws_the_result_and_the_address(open_page):
    page = open_page("/training?run=llama3.1-405b").page
    page.get_by_label("GPUs", exact=True).fill("8192")
    page.get_by_label("Data parallel").fill("64")
    page.get_by_label("Global batch").press("Tab")
    expect(page.get_by_role("heading", level=1)).to_contain_text("8,192 × H100")
    expect(page).to_have_url(re.compile("gpus=8192"))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("8,192 × H100")


def test_a_number_shows_its_formula_at_one_click(open_page):
    page = open_page("/training").page
    page.locator("#why-cost > summary").click()
    formula = page.locator("#why-cost .pb-formula")
    expect(formula).to_be_visible()
    expect(formula).to_contain_text("× 1.75")
    page.locator("#why-step > summary").click()
    expect(formula).to_be_hidden()


def test_it_works_without_javascript(open_page):
    page = open_page("/training", javascript=False).page
    page.get_by_label("Training tokens").fill("180B")
    page.get_by_role("button", name="Compute").click()
    expect(page.locator(".pb-figs").first).to_contain_text("180B")


def test_a_layout_that_was_found_is_taken(open_page):
    page = open_page("/training/layouts?run=bloom-176b&only=deepspeed_bf16").page
    page.get_by_role("link", name=re.compile("Use it")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("BLOOM-176B on 384")
    expect(page.locator(".pb-figs").first).to_be_visible()


def test_a_plan_is_saved_and_shown(open_page):
    page = open_page("/training?run=dgxc-llama3.1-8b", role=Role.PLANNER).page
    page.get_by_role("link", name="Save as a plan").click()
    page.get_by_label("Name of the plan").fill("8B by browser")
    page.get_by_role("button", name="Save the version").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("8B by browser")
    expect(page.get_by_text("The version is saved.")).to_be_visible()


def test_on_a_phone_the_result_is_one_tap_away(open_page):
    page = open_page("/training", width=390, locale="zh-CN").page
    page.get_by_role("link", name="跳到结果").click()
    expect(page.get_by_text("各阶段显存")).to_be_visible()


def test_a_stage_opens_its_own_terms(open_page):
    page = open_page("/training").page
    page.get_by_role("link", name="3", exact=True).click()
    expect(page.get_by_text("How stage 3 comes about, term by term")).to_be_visible()
    expect(page.locator("#how-memory .pb-formula").first).to_be_visible()


def test_a_growing_batch_changes_the_days(open_page):
    page = open_page("/training").page
    before = page.locator(".pb-figs dd .v").nth(1).inner_text()
    page.get_by_text("Batch ramp", exact=True).click()
    page.get_by_label("First batch").fill("192")
    page.get_by_label("Grows by").fill("16")
    page.get_by_label("Over sequences").fill("9765625")
    page.get_by_label("Over sequences").press("Enter")
    expect(page.get_by_text("117 batch sizes")).to_be_visible()
    expect(page.locator(".pb-figs dd .v").nth(1)).not_to_have_text(before)


def test_a_refusal_leaves_what_is_typed_meanwhile(open_page):
    watched = open_page("/training")
    page = watched.page
    held = []
    hold = lambda route: held.append(route)  # noqa: E731, PLW0108  playwright marks the function
    page.route("**/training?*", hold, times=1)
    page.get_by_text("Batch ramp", exact=True).click()
    page.get_by_label("First batch").fill("192x")
    with page.expect_request("**/training?*"):
        page.get_by_label("First batch").press("Tab")
    grows, over = page.get_by_label("Grows by"), page.get_by_label("Over sequences")
    grows.fill("16")
    held[0].continue_()
    expect(page.get_by_text("This run cannot be computed.")).to_be_visible()
    expect(grows).to_have_value("16")
    expect(grows).to_be_focused()
    page.get_by_label("First batch").fill("192")
    over.fill("9765625")
    over.press("Enter")
    expect(page.get_by_text("117 batch sizes")).to_be_visible()
    watched.forget_refusals()


def test_an_interleaved_step_is_drawn_with_its_chunks(open_page):
    page = open_page(
        "/training?model=gpt3-175b&accelerator=h100-sxm&gpus=384&tokens=300B&tp=8&pp=8"
        "&interleave=3&global_batch=768"
    ).page
    expect(page.get_by_text("Each GPU holds 3 chunks of layers")).to_be_visible()
    assert page.locator("rect.fw.odd").count() > 0
