"""One request from draft to award, lived by a buyer, an approver and two vendors, one Chinese."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.mail.models import Mail
from app.quotes.models.rfq import Rfq
from app.web.dates import zone
from tests.quotes import making

pytestmark = pytest.mark.browser

TITLE = "Ranked dialogues in Mandarin"
QUESTION = "Do turns of the system count towards a dialogue?"
ANSWER = "No. Only what people wrote counts."
PATIENCE_SECONDS = 60
PASSWORD = "four quiet herons at dusk"  # noqa: S105  of this test alone


@dataclass(frozen=True)
class Firm:
    """A vendor of the story: who is invited, what they ask, and the words of their pages."""

    slug: str
    locale: str
    price: str
    words: dict[str, str]

    @property
    def email(self) -> str:
        """The address of the person there."""
        return f"sales@{self.slug}.example"


NORTH = Firm(
    "north-annotation",
    "en-US",
    "6.43",
    {
        "password": "New password",
        "again": "The same password again",
        "accept": "Accept and sign in",
        "quotes": "Quotes",
        "write": "Write a quote",
        "save": "Save the draft",
        "saved": "The draft is saved.",
        "review": "Save and look over",
        "submit": "Submit revision 1",
        "submitted": "The quote is submitted.",
        "yours": "yours",
        "outcome": "you won this lot",
    },
)
SOUTH = Firm(
    "south-annotation",
    "zh-CN",
    "7.19",
    {
        "password": "新密码",
        "again": "再次输入密码",
        "accept": "接受邀请并登录",
        "quotes": "询价",
        "write": "填写报价",
        "save": "保存草稿",
        "saved": "草稿已保存",
        "review": "保存并核对",
        "submit": "提交第 1 版",
        "submitted": "报价已提交。",
        "yours": "您的提问",
        "outcome": "已有结果，未中选",
    },
)
FIRMS = (NORTH, SOUTH)


@pytest.fixture
def database(portal):
    engine = create_engine(portal.database_url)
    yield engine
    engine.dispose()


def test_a_request_from_draft_to_award(open_page, portal, database):
    buyer = open_page("/rfqs/new", role=Role.BUYER).page
    request = write_request(buyer)
    links = [invite(buyer, firm) for firm in FIRMS]
    buyer.get_by_role("button", name="Open it for 2 vendors").click()
    expect(buyer.get_by_text("Sealed until")).to_be_visible()

    north, south = (come_in(open_page, firm, link) for firm, link in zip(FIRMS, links, strict=True))
    ask_and_answer(buyer, north, south)
    quote(north, NORTH)
    quote(south, SOUTH)

    buyer.reload()
    expect(buyer.get_by_text("2 quotes have come.")).to_be_visible()
    sees_no_quote(buyer, request)

    with Session(database) as session, session.begin():
        rfq = session.scalars(select(Rfq).where(Rfq.public_id == request)).one()
        number = rfq.number
        making.let_deadline_pass(session, rfq)
    approver = open_page(f"/rfqs/{request}", role=Role.APPROVER).page
    award_the_lowest(approver)
    for page, firm in ((north, NORTH), (south, SOUTH)):
        page.goto(f"/quotes/{request}")
        expect(page.get_by_text(firm.words["outcome"])).to_be_visible()
    assert_no_word_of(NORTH, south)
    assert_told(portal, database, number)
    find_in_catalogue(approver)


def says(page: Page, notice: str) -> None:
    """Wait until a page says what was just done."""
    expect(page.get_by_role("status").filter(has_text=notice)).to_be_visible()


def write_request(buyer: Page) -> str:
    """Draft a request of one lot with its guideline; return its id in addresses."""
    deadline = datetime.now(zone()) + timedelta(days=7)
    buyer.get_by_label("Title").fill(TITLE)
    buyer.get_by_label("Deadline for quotes").fill(f"{deadline:%Y-%m-%dT%H:%M}")
    buyer.get_by_role("button", name="Make the draft and go on to lots").click()
    buyer.get_by_role("link", name="Add a lot").click()
    buyer.get_by_label("Title").fill("Ranked dialogues")
    buyer.get_by_label("Task", exact=True).select_option("preference_ranking")
    buyer.get_by_label("Unit", exact=True).select_option("dialogue")
    buyer.get_by_label("Volume", exact=True).fill("40000")
    buyer.get_by_role("button", name="Add lot 1").click()
    says(buyer, "The lot is added.")
    buyer.get_by_role("link", name="Review it").click()
    buyer.get_by_label("File to attach").set_input_files(
        {"name": "guideline.md", "mimeType": "text/markdown", "buffer": b"# Rules\n"}
    )
    buyer.get_by_role("button", name="Attach the file").click()
    expect(buyer.get_by_role("link", name="guideline.md")).to_be_visible()
    return buyer.url.split("/rfqs/")[1].partition("?")[0]


def invite(buyer: Page, firm: Firm) -> str:
    """Invite a vendor that nobody knew; return the path of the link that is shown once."""
    form = buyer.locator("details").filter(has_text="Invite a vendor")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    form.get_by_label("Or the short name of a new one").fill(firm.slug)
    form.get_by_label("E-mail address of the person there").fill(firm.email)
    form.get_by_role("button", name="Invite this vendor").click()
    buyer.get_by_role("button", name=f"Copy the link, once {firm.email}").click()
    link = buyer.get_by_label("Link to send").input_value()
    expect(buyer.get_by_role("button", name=f"Copy the link, once {firm.email}")).to_have_count(0)
    return link[link.index("/invitation/") :]


def come_in(open_page, firm: Firm, link: str) -> Page:
    """Take the link up in a browser of its own and open the request that waits there."""
    page = open_page(link, locale=firm.locale).page
    page.get_by_label(firm.words["password"]).fill(PASSWORD)
    page.get_by_label(firm.words["again"]).fill(PASSWORD)
    page.get_by_role("button", name=firm.words["accept"]).click()
    page.get_by_role("link", name=firm.words["quotes"], exact=True).click()
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    expect(page.get_by_role("link", name="guideline.md")).to_be_visible()
    return page


def ask_and_answer(buyer: Page, north: Page, south: Page) -> None:
    """Let one vendor ask; once answered both read it, and only who asked knows who did."""
    north.get_by_label("Your question").fill(QUESTION)
    north.get_by_role("button", name="Send the question").click()
    expect(north.get_by_text("Not answered yet; only you and the buyer see it.")).to_be_visible()
    south.reload()
    expect(south.get_by_text(QUESTION)).to_have_count(0)

    buyer.reload()
    buyer.get_by_label("Answer for everybody invited").fill(ANSWER)
    buyer.get_by_role("button", name="Send the answer to all").click()
    expect(buyer.get_by_text(ANSWER)).to_be_visible()
    for page, firm, asked in ((north, NORTH, 1), (south, SOUTH, 0)):
        page.reload()
        expect(page.get_by_text(QUESTION)).to_be_visible()
        expect(page.get_by_text(ANSWER)).to_be_visible()
        expect(page.get_by_text(firm.words["yours"], exact=True)).to_have_count(asked)
    assert_no_word_of(NORTH, south)


def quote(page: Page, firm: Firm) -> None:
    """Save a quote as a draft, look it over, and submit it."""
    valid_until = datetime.now(zone()) + timedelta(days=60)
    page.get_by_role("link", name=firm.words["write"]).click()
    page.locator("[name=currency]").select_option("CNY")
    page.locator("[name=valid_until]").fill(f"{valid_until:%Y-%m-%d}")
    page.locator("[name=tax_included]").select_option("yes")
    page.locator("[name=lot1_price1]").fill(firm.price)
    page.get_by_role("button", name=firm.words["save"]).click()
    says(page, firm.words["saved"])
    expect(page.locator("[name=lot1_price1]")).to_have_value(firm.price)
    page.get_by_role("button", name=firm.words["review"]).click()
    expect(page.get_by_role("main")).to_contain_text(firm.price)
    page.get_by_role("button", name=firm.words["submit"]).click()
    says(page, firm.words["submitted"])


def sees_no_quote(buyer: Page, request: str) -> None:
    """Find no amount before the deadline, wherever a buyer may look for one."""
    expect(buyer.get_by_role("link", name="Compare")).to_have_count(0)
    # Asked for without the page, whose console would note what is refused.
    for path, status in (("", 200), ("/timeline", 200), ("/comparison", 409)):
        answer = buyer.request.get(f"/rfqs/{request}{path}")
        assert answer.status == status
        for firm in FIRMS:
            assert firm.price not in answer.text()


def award_the_lowest(approver: Page) -> None:
    """Compare the opened quotes and give the lot to the one that costs least."""
    approver.get_by_role("link", name="Compare the quotes").click()
    compared = approver.get_by_role("table", name="Ranked dialogues")
    for firm in FIRMS:
        expect(compared).to_contain_text(firm.slug)
        expect(compared).to_contain_text(firm.price)
    compared.get_by_role("link", name=f"Award lot 1 to {NORTH.slug}").click()
    approver.get_by_role("button", name=f"Award lot 1 to {NORTH.slug}").click()
    says(approver, "The lot is awarded. The vendor is told.")


def assert_no_word_of(firm: Firm, page: Page) -> None:
    text = page.content()
    for told in (firm.slug, firm.email, firm.price):
        assert told not in text


def assert_told(portal, database, number: str) -> None:
    """Check that the winner is told, and that the other is thanked without a name or an amount."""
    with Session(database) as session:
        mails = {
            (mail.kind, mail.to_email): mail.public_id
            for mail in session.scalars(select(Mail).where(Mail.about == number))
        }
    assert ("rfq.decided", NORTH.email) not in mails
    assert ("rfq.awarded", SOUTH.email) not in mails
    assert "was chosen" in kept(portal, mails["rfq.awarded", NORTH.email])
    thanks = kept(portal, mails["rfq.decided", SOUTH.email])
    assert "感谢您为报价付出的工作" in thanks
    for secret in (NORTH.slug, NORTH.price, SOUTH.price):
        assert secret not in thanks


def kept(portal, public_id: str) -> str:
    """Return what a mail says, once it has left: without a mail server it becomes a file."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (files := list(portal.data_dir.glob(f"mail/*-{public_id}.eml"))):
        assert time.monotonic() < until, "the mail has not left"
        time.sleep(0.05)
    message = message_from_bytes(files[0].read_bytes(), policy=default)
    return message.get_body(("plain",)).get_content()


def find_in_catalogue(approver: Page) -> None:
    """Follow the award into the catalogue: what was ordered, under a contract."""
    approver.get_by_role("link", name="in the catalogue").click()
    expect(approver.get_by_role("heading", level=1)).to_contain_text("Ranked dialogues")
    licence = approver.get_by_role("region", name="Stated licence and its evidence")
    expect(licence).to_contain_text("By contract")
    expect(licence).to_contain_text("Price incl. tax: CNY 257,200.00")
    expect(approver.get_by_role("main")).to_contain_text("as ordered")
