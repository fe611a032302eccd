"""The plain pages of a mixture in a browser: saved, compared, shared, read without JavaScript."""

import pytest

from app.accounts.models import Role
from tests.browser.test_accessibility import check


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_recipe_becomes_a_mixture_is_saved_and_compared(open_page, locale):
    watched = open_page("/mixtures/recipes/the-pile", locale=locale, role=Role.PLANNER)
    page = watched.page
    name = f"Pile {locale}"
    slug = name.lower().replace(" ", "-")
    page.fill("#name", name)
    page.fill("#token_budget", "3000亿")
    page.press("#token_budget", "Enter")
    page.wait_for_url(f"**/mixtures/{slug}?done=recipe*")
    check(watched)
    page.goto(page.url.partition("?")[0] + "/versions")
    check(watched)
    page.fill("#message", "as printed")
    page.press("#message", "Enter")
    page.wait_for_url(f"**/mixtures/{slug}/versions/1?done=saved")
    check(watched)
    for address in ("diff", "settings", "repeats", "versions/1/repeats", "edit-text"):
        page.goto(page.url.partition(f"/{slug}/")[0] + f"/{slug}/{address}")
        check(watched)
    text = page.locator("#text").input_value()
    page.fill("#text", text.replace("token_budget: 300000000000", "token_budget: 2000亿"))
    page.locator('button[value="preview"]').click()
    page.locator('button[value="apply"]').wait_for()
    check(watched)
    page.locator('button[value="apply"]').click()
    page.wait_for_url(f"**/mixtures/{slug}?did=2")
    check(watched)
