"""A sample is sent in a real browser, counted by the portal's own worker, and shown."""

import json
import re

import pytest
from playwright.sync_api import expect

from app.accounts.models import Role

SLUG = "jlw-k12-question-bank"


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False])
def test_a_sample_is_measured(open_page, tmp_path, javascript):
    path = tmp_path / "样本.jsonl"
    texts = ["Hello world. 语料库中的文本需要分词。"] * 2_000
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    page = open_page(f"/catalogue/{SLUG}", role=Role.PLANNER, javascript=javascript).page
    page.get_by_role("link", name="Measure", exact=True).click()
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_label("Tokenizer").select_option("o200k")
    page.get_by_role("button", name="Measure").click()
    page.wait_for_url(re.compile(rf"/catalogue/{SLUG}\?done=measured"), timeout=120_000)
    expect(page.get_by_text("The measurement is kept with its evidence")).to_be_visible()
    panel = page.locator("section", has=page.locator("#measured")).first
    expect(panel).to_contain_text("2,000 documents")
    panel.locator("summary").first.click()
    expect(panel.get_by_role("rowheader", name="样本.jsonl").first).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") == 0
