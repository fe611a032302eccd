"""axe finds nothing on any page, in both languages, wide and narrow, light and dark."""

import re
from pathlib import Path

import pytest

from app.accounts.models import Role

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (only) => {
  const found = await axe.run(document, { runOnly: only });
  return found.violations.map((one) =>
    `${one.id}: ${one.help} @ ${one.nodes.map((node) => node.target.join(" ")).slice(0, 4)}`);
}"""
EVERY_RULE = {"type": "tag", "values": TAGS}
# Another colour scheme changes colours and nothing else.
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
WIDE, NARROW = 1280, 390

PUBLIC = (
    "/catalogue",
    "/catalogue?language=zh&modality=text&compare=the-pile&compare=roots",
    "/catalogue?q=xyzzyq",
    "/catalogue?q=%E5%9B%BE%E4%B9%A6&subsets=true",
    "/catalogue/the-pile",
    "/catalogue/the-pile/books3",
    "/catalogue/roots",
    "/catalogue/refinedweb",
    "/catalogue/chinese-fineweb-edu-v2-1",
    "/catalogue/jlw-chinese-books",
    "/catalogue/jlw-k12-question-bank",
    "/providers/jinglianwen",
    "/compare?d=the-pile&d=roots&d=jlw-chinese-books",
    "/compare",
    "/catalogue/export?category=code",
    "/catalogue/jlw-chinese-books/export",
    "/about-the-data",
    "/glossary",
    "/help",
    "/help/imports",
    "/help/mixtures",
    "/mixtures",
    "/mixtures/recipes",
    "/mixtures/recipes/gpt3",
    "/mixtures/using/the-pile",
    "/training",
    "/training?model=hand&was=deepseek-v3&accelerator=h800&gpus=512&tokens=1T&ep=8",
    (
        "/training?model=gpt3-175b&accelerator=h100-sxm&gpus=384&tokens=300B&tp=8&pp=8&interleave=3"
        "&global_batch=768&sequence_parallel=yes&ramp_start=48&ramp_increment=48"
        "&ramp_sequences=1000000&stage=3"
    ),
    "/training/plans/compare",
    "/training/concepts",
    "/training/layouts?run=bloom-176b",
    "/training/questions?run=bloom-176b&days=118&budget=2000000",
    "/training/published",
    "/training/plans",
    "/training/tables",
    "/training/concepts/zero",
    "/training/config",
)
# The pages of a trainer want a mixture: test_trainers.py checks them in the same way.
SIGNED_IN = (
    (Role.PLANNER, "/catalogue/jlw-chinese-english-scripts"),
    (Role.ADMINISTRATOR, "/settings/priors?edit=book_en"),
    (Role.ADMINISTRATOR, "/settings/mail"),
    (Role.ADMINISTRATOR, "/settings/people"),
    (Role.ADMINISTRATOR, "/settings/people/invite"),
    (Role.ADMINISTRATOR, "/settings/audit"),
    (Role.ADMINISTRATOR, "/settings/account"),
    (Role.ADMINISTRATOR, "/settings/account/tokens/new"),
    (Role.PLANNER, "/review"),
    (Role.PLANNER, "/edit/dataset"),
    (Role.PLANNER, "/edit/dataset/the-pile"),
    (Role.PLANNER, "/edit/provider"),
    (Role.PLANNER, "/catalogue/the-pile/history"),
    (Role.PLANNER, "/measure/dataset/jlw-chinese-books"),
    (Role.PLANNER, "/imports"),
    (Role.PLANNER, "/mixtures/new"),
    (Role.PLANNER, "/mixtures/add?dataset=refinedweb"),
    (Role.PLANNER, "/mixtures/import"),
    (Role.PLANNER, "/trainers/read"),
    (Role.PLANNER, "/catalogue/the-pile/books3/locations"),
    (Role.PLANNER, "/mixtures/recipes/the-pile"),
    (Role.ADMINISTRATOR, "/mixtures/policies"),
    (Role.PLANNER, "/training/plans/new?run=bloom-176b"),
    (Role.ADMINISTRATOR, "/training/tables/accelerator/h20"),
)


def check(watched):
    page = watched.page
    page.evaluate(AXE)
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(RUN, EVERY_RULE) == [], width
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(RUN, CONTRAST) == [], f"{width}, dark"
        page.emulate_media(color_scheme="light")
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"the page scrolls sideways by {overflow} px at {width}"


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("path", PUBLIC)
def test_public_page(open_page, path, locale):
    check(open_page(path, locale=locale))


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize(("role", "path"), SIGNED_IN)
def test_page_of_a_person(open_page, role, path, locale):
    check(open_page(path, locale=locale, role=role))


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_not_found(open_page, locale):
    watched = open_page("/nowhere", locale=locale)
    check(watched)
    # The browser itself reports the status of the page that was asked for.
    watched.problems[:] = [problem for problem in watched.problems if "404" not in problem]


def test_after_a_swap(open_page):
    watched = open_page("/catalogue")
    watched.page.locator("#language-zh").check()
    watched.page.wait_for_url("**language=zh**")
    check(watched)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_preview_of_an_import(open_page, locale):
    watched = open_page("/imports", locale=locale, role=Role.PLANNER)
    watched.page.locator("#paste summary").click()
    watched.page.locator("#text").fill(
        "名称,供应商,类别,数量\n无障碍语料,无障碍公司,占星,300万条\n坏行,无障碍公司,对话,好几万"
    )
    watched.page.locator("form.pb-edit button[type=submit]").click()
    watched.page.wait_for_url(re.compile(r"/imports/[\w-]{10,}"))
    check(watched)


def test_axe_would_find_something(open_page):
    watched = open_page("/glossary")
    watched.page.evaluate("document.querySelector('h1').remove(); document.title = '';")
    with pytest.raises(AssertionError):
        check(watched)
