"""A version as a trainer's files, and a trainer's file as a draft, in a real browser."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.accounts.models import Role
from tests.browser.test_accessibility import check
from tests.mixtures.making import make_viewer
from tests.trainers import example

pytestmark = pytest.mark.browser

BASE = "/mixtures/{}/versions/1/trainers"
BROKEN = "0.7 /data/megatron/refinedweb_text_document\n/data/unheard_text_document 0.3\n"
BLEND = "0.7 /data/megatron/refinedweb_text_document\n0.3 /data/unheard_text_document\n"
WORDS = {
    "en-US": {
        "lost": "What the file cannot say",
        "copy": "Copy",
        "copied": "Copied",
        "download": "Download",
        "zip": "All files (zip)",
        "proof": "Proof",
        "same": "Means the same",
        "batch": "Global batch, sequences",
        "write": "Write it so",
        "text": "Its text",
        "read": "Read it",
        "line": "Line 2.",
        "by": "by its location",
        "new": "unheard",
        "make": "Make the draft",
    },
    "zh-CN": {
        "lost": "文件无法表达的内容",
        "copy": "复制",
        "copied": "已复制",
        "download": "下载",
        "zip": "全部文件（zip）",
        "proof": "验证",
        "same": "含义一致",
        "batch": "全局批大小（序列）",
        "write": "按此生成",
        "text": "文件内容",
        "read": "读取",
        "line": "第 2 行。",
        "by": "按存放位置",
        "new": "unheard",
        "make": "生成草稿",
    },
}


@pytest.fixture(scope="module")
def mixture(portal) -> str:
    """The short name of a mixture whose datasets lie somewhere."""
    engine = create_engine(portal.database_url)
    with Session(engine) as session, session.begin():
        slug = example.make(session, make_viewer(session)).slug
    engine.dispose()
    return slug


@pytest.mark.parametrize("locale", WORDS)
def test_a_version_becomes_the_files_of_a_trainer_with_what_they_lose_and_a_proof(
    open_page, mixture, locale
):
    words = WORDS[locale]
    watched = open_page(BASE.format(mixture), locale=locale, role=Role.PLANNER)
    page = watched.page
    check(watched)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Megatron-LM", exact=True).click()
    expect(page.locator("#text-1")).to_contain_text("0.55 /data/megatron/refinedweb_text_document")
    expect(page.get_by_role("heading", name=words["lost"])).to_be_visible()
    check(watched)
    page.set_viewport_size({"width": 1280, "height": 900})

    # Settings change the files, and stay in the address.
    page.get_by_label(words["batch"]).fill("512")
    page.get_by_role("button", name=words["write"]).click()
    expect(page.locator("pre").filter(has_text="PHASE_1_ARGS")).to_contain_text(
        "--global-batch-size 512"
    )
    expect(page).to_have_url(re.compile("global_batch_size=512"))

    # One file, and all of them.
    with page.expect_download() as one:
        page.get_by_role("link", name=words["download"]).first.click()
    assert one.value.suggested_filename == "blend-phase-1.txt"
    assert one.value.path().read_text() == page.locator("#text-1").text_content()
    with page.expect_download() as every:
        page.get_by_role("link", name=words["zip"]).click()
    packed = zipfile.ZipFile(io.BytesIO(every.value.path().read_bytes()))
    assert "--global-batch-size 512" in packed.read("megatron-args.sh").decode()

    page.get_by_role("link", name=words["proof"], exact=True).click()
    expect(page.get_by_text(words["same"])).to_have_count(2)
    expect(page.get_by_text("megatron-core 0.19.2")).to_be_visible()
    check(watched)


def test_a_file_is_copied(open_page, mixture):
    page = open_page(f"{BASE.format(mixture)}/levanter", role=Role.PLANNER).page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#text-1").text_content()
    assert "train_weights:" in copied


def test_the_line_for_a_job_is_the_address_of_the_file(open_page, mixture):
    page = open_page(f"{BASE.format(mixture)}/nanotron", role=Role.PLANNER).page
    address = re.search(r'"https?://[^/]+(/api/[^"]+)"', page.locator("pre").last.inner_text())
    found = page.request.get(address[1])
    assert found.ok
    assert found.text() == page.locator("#text-1").text_content()


@pytest.mark.parametrize("locale", WORDS)
def test_a_pasted_file_is_judged_by_line_and_becomes_a_draft(open_page, mixture, locale):
    words = WORDS[locale]
    watched = open_page("/trainers/read", locale=locale, role=Role.PLANNER)
    page = watched.page
    page.get_by_label(words["text"], exact=True).fill(BROKEN)
    page.get_by_role("button", name=words["read"]).click()
    expect(page.get_by_text(words["line"]).first).to_be_visible()
    expect(page.locator("code").filter(has_text="megatron_reversed").first).to_be_visible()
    check(watched)
    page.set_viewport_size({"width": 1280, "height": 900})

    page.get_by_label(words["text"], exact=True).fill(BLEND)
    page.get_by_role("button", name=words["read"]).click()
    expect(page.get_by_text(words["by"])).to_be_visible()
    expect(page.get_by_text("70.00%")).to_be_visible()
    check(watched)
    page.set_viewport_size({"width": 1280, "height": 900})

    page.locator("#name").fill(f"Read back {locale}")
    page.get_by_role("button", name=words["make"]).click()
    page.wait_for_url(f"**/mixtures/read-back-{locale.lower()}")
    expect(page.get_by_text(words["new"]).first).to_be_visible()


def test_both_ways_work_without_javascript(open_page, mixture):
    page = open_page(f"{BASE.format(mixture)}/olmo-core", role=Role.PLANNER, javascript=False).page
    expect(page.locator("#text-1")).to_contain_text("target_ratio: 0.55")
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    written = page.locator("#text-1").inner_text()
    page.goto("/trainers/read")
    page.get_by_label("Its text", exact=True).fill(written)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text("by its location")).to_have_count(4)
