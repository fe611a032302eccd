"""Questions and answers with files, as a vendor and a buyer see them: axe, files, refusals."""

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.quotes import questions
from tests.browser.test_accessibility import check
from tests.quotes import making

pytestmark = pytest.mark.browser

GOOD = {"name": "North Labels, samples.md", "mimeType": "text/markdown", "buffer": b"# One\n"}
ANSWER = {"name": "guideline-2.md", "mimeType": "text/markdown", "buffer": b"# Two\n"}
BAD = {"name": "run.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90\x00"}
WORDS = {
    "en-US": {"add": "Attach a file to this question", "attach": "Attach the file"},
    "zh-CN": {"add": "为这条提问添加附件", "attach": "添加附件"},
}


@pytest.fixture
def asked(portal):
    """An open request with two questions, one answered; its id and the account who asked."""
    engine = create_engine(portal.database_url)
    with Session(engine) as session, session.begin():
        buyer = making.viewer(session, Role.BUYER)
        vendor, other = (making.viewer(session, Role.VENDOR) for _ in range(2))
        rfq = making.open_rfq(session, buyer, vendor, other, title="Dialogues in Mandarin")
        first = questions.ask(session, rfq, "Do turns of the system count?", viewer=vendor)
        questions.answer(session, rfq, first, "No. Only people’s turns count.", viewer=buyer)
        questions.ask(session, rfq, "能否用附件里的格式交付？", viewer=vendor)
        found = rfq.public_id, vendor.account_id
    engine.dispose()
    return found


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_questions_with_files(open_page, asked, locale):
    rfq, vendor = asked
    theirs = open_page(f"/quotes/{rfq}", locale=locale, account_id=vendor)
    watched = [theirs, open_page(f"/rfqs/{rfq}", locale=locale, role=Role.BUYER)]
    for one, form in zip(
        watched, ("form[action*=questions\\/]", "form:has(textarea[id^=answer-])"), strict=True
    ):
        page = one.page
        check(one)
        for summary in page.locator("section:has(#questions) summary").all():
            summary.click()
        check(one)
        for file, is_kept in ((BAD, False), (GOOD, True)):
            sent = page.locator(form).last
            if not sent.is_visible():
                page.locator("section:has(#questions) summary").last.click()
            if sent.locator("textarea").count():
                sent.locator("textarea").fill("可以，按附件。")
            sent.locator("input[type=file]").set_input_files(file)
            sent.locator("button").click()
            page.wait_for_load_state()
            if is_kept:
                assert page.locator("section:has(#questions) [aria-invalid=true]").count() == 0
            else:
                page.locator("section:has(#questions) [aria-invalid=true]").wait_for()
                # The browser itself reports the status of the refusal.
                one.problems[:] = [text for text in one.problems if "Failed to load" not in text]
            check(one)
