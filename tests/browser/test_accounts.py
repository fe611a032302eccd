"""The pages of accounts in a real browser: accessible, and whole without JavaScript."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.accounts import links
from app.accounts.models import LinkPurpose, Role
from tests import factories
from tests.browser.test_accessibility import check

pytestmark = pytest.mark.browser

LOCALES = ["en-US", "zh-CN"]
OWN_PAGES = (
    "/settings/account",
    "/settings/account/email",
    "/settings/account/password",
    "/settings/account/tokens/new",
    "/settings/people",
    "/settings/people/invite",
    "/settings/audit",
    "/settings/audit?object_type=account",
    "/settings/welcome",
)


def make_link(portal, purpose: LinkPurpose, *, role: Role = Role.PLANNER) -> str:
    """Return the path of a one-time link for somebody new."""
    engine = create_engine(portal.database_url)
    with Session(engine) as session, session.begin():
        account = factories.make_account(session, role=role, has_joined=False, name="Wang Fang")
        link = links.create_link(
            session, account, purpose, base_url="", lifetime=timedelta(hours=1)
        )
    engine.dispose()
    return link


@pytest.mark.parametrize("locale", LOCALES)
def test_sign_in_page(open_page, locale):
    check(open_page("/sign-in?done=signed-out", locale=locale))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", OWN_PAGES)
def test_settings_page(open_page, path, locale):
    check(open_page(path, locale=locale, role=Role.ADMINISTRATOR))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_link_page(open_page, portal, purpose, locale):
    check(open_page(make_link(portal, purpose), locale=locale))


@pytest.mark.parametrize("locale", LOCALES)
def test_pages_with_a_secret_and_of_a_person(open_page, locale):
    watched = open_page("/settings/people/invite", locale=locale, role=Role.ADMINISTRATOR)
    page = watched.page
    page.fill("#email", f"wang.{locale}@example.com".lower())
    page.fill("#name", "Wang Fang")
    page.check("#role-planner")
    page.click("main button[type=submit]")
    assert "/invitation/" in page.input_value("#link")
    check(watched)
    page.click("main a.btn-primary")
    page.wait_for_url(re.compile(r"/settings/people/(?!invite)"))
    check(watched)
    page.goto("/settings/account/tokens/new")
    page.fill("#token_name", "nightly")
    page.check("#scope-1")
    page.click("main button[type=submit]")
    assert page.input_value("#token").startswith("pb_")
    check(watched)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_refused_form_puts_focus_on_what_is_wrong(open_page, javascript):
    watched = open_page("/sign-in", javascript=javascript)
    page = watched.page
    page.fill("#email", "nobody@example.com")
    page.fill("#password", "not the password")
    page.click("main button[type=submit]")
    expect(page.locator("[role=alert]")).to_be_focused()
    expect(page.locator("#email")).to_have_value("nobody@example.com")
    if javascript:
        check(watched)
    watched.forget_refusals()


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_first_link_to_a_guest_who_signs_in(open_page, portal, javascript):
    """One-time link, welcome, invitation, the guest's password, signing out and in again."""
    link = make_link(portal, LinkPurpose.SIGN_IN, role=Role.ADMINISTRATOR)
    host = open_page(link, javascript=javascript).page
    host.click("main button[type=submit]")
    host.wait_for_url("**/settings/welcome*")
    host.fill("#name", "Zhao Min")
    host.fill("#email", f"zhao.min.{javascript}@example.com".lower())
    host.fill("#password", "seven quiet otters")
    host.fill("#password_again", "seven quiet otters")
    host.click("main button[type=submit]")
    expect(host.locator("main")).to_contain_text("Your account is complete")
    host.goto("/settings/people/invite")
    email = f"guest.{javascript}@example.com".lower()
    host.fill("#email", email)
    host.fill("#name", "Wang Fang")
    host.check("#role-buyer")
    host.click("main button[type=submit]")
    invitation = host.input_value("#link")
    guest = open_page(invitation[invitation.index("/invitation") :], javascript=javascript).page
    guest.fill("#password", "nine louder herons")
    guest.fill("#password_again", "nine louder herons")
    guest.click("main button[type=submit]")
    guest.click("header >> text=Sign out")
    expect(guest.locator("main")).to_contain_text("You are signed out")
    guest.fill("#email", email)
    guest.fill("#password", "nine louder herons")
    guest.click("main button[type=submit]")
    expect(guest.locator("header")).to_contain_text("Wang Fang")


def test_the_audit_trail_swaps_in_place(open_page, portal):
    engine = create_engine(portal.database_url)
    with Session(engine) as session, session.begin():
        factories.make_vendor(session)
    engine.dispose()
    watched = open_page("/settings/audit?object_type=organisation", role=Role.ADMINISTRATOR)
    page = watched.page
    page.evaluate("window.stayed = true")
    page.click("text=Show everything")
    page.wait_for_url("**/settings/audit")
    assert page.evaluate("window.stayed")
    expect(page.locator("h1")).to_be_focused()
    check(watched)
