"""The pages of buyers: shows, saves, refuses, and keeps sealed what is sealed."""

import io

import openpyxl
import pypdfium2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.quotes.queries import rfqs as rfq_queries
from tests.factories import make_account, sign_in, signed_in
from tests.quotes import example, making
from tests.quotes.example import Example

HTMX = {"HX-Request": "true"}


@pytest.fixture
def made(session: Session) -> Example:
    return example.make(session)


@pytest.fixture
def sealed(session: Session) -> Example:
    return example.make(session, is_closed=False)


def as_member(client: TestClient, session: Session, made: Example, key: str) -> TestClient:
    from app.accounts.models import Account

    return sign_in(client, session, session.get(Account, made.vendors[key].account_id))


# -- The list


def test_index_lists_requests_with_counts_only(
    client: TestClient, session: Session, sealed: Example
) -> None:
    page = signed_in(client, session, Role.BUYER).get("/rfqs").text
    assert sealed.rfq.number in page
    assert "4 / 4" in page
    assert "New request" in page


def test_index_filters_by_state_and_words(
    client: TestClient, session: Session, made: Example
) -> None:
    client = signed_in(client, session, Role.VIEWER)
    assert made.rfq.number in client.get("/rfqs?state=closed").text
    assert made.rfq.number not in client.get("/rfqs?state=open").text
    assert made.rfq.number in client.get("/rfqs?q=偏好").text
    assert made.rfq.number not in client.get("/rfqs?q=nothing-like-it").text
    assert "New request" not in client.get("/rfqs").text


def test_index_leads_a_vendor_to_its_own_page(
    client: TestClient, session: Session, made: Example
) -> None:
    answer = as_member(client, session, made, "a").get("/rfqs")
    assert (answer.status_code, answer.headers["location"]) == (303, "/quotes")


def test_index_needs_an_account(client: TestClient) -> None:
    assert client.get("/rfqs", headers={"Accept": "application/json"}).status_code in {303, 401}


# -- One request


def test_show_says_how_many_came_and_not_who(
    client: TestClient, session: Session, sealed: Example
) -> None:
    page = signed_in(client, session, Role.BUYER).get(f"/rfqs/{sealed.rfq.public_id}").text
    assert "4 quotes have come." in page
    assert "Xinghe Annotation" in page
    assert "quoted</span>" not in page.replace("is-good", "")


@pytest.mark.parametrize("path", ["", "/timeline", "/comparison", "/request.pdf"])
def test_an_unknown_request_is_404(client: TestClient, session: Session, path: str) -> None:
    client = signed_in(client, session, Role.BUYER)
    assert client.get(f"/rfqs/nothing{path}").status_code == 404


@pytest.mark.parametrize("role", [Role.BUYER, Role.APPROVER, Role.ADMINISTRATOR, Role.PLANNER])
@pytest.mark.parametrize(
    "path", ["", "/timeline", "/comparison", "/comparison.csv", "/comparison.pdf", "/request.pdf"]
)
def test_no_page_tells_an_amount_before_the_deadline(
    client: TestClient, session: Session, sealed: Example, role: Role, path: str
) -> None:
    client = signed_in(client, session, role)
    answer = client.get(f"/rfqs/{sealed.rfq.public_id}{path}")
    body = answer.content
    if answer.headers["content-type"] == "application/pdf":
        body = text_of(body).encode()
    for canary in ("6.80", "0.98", "7.20", "6.40", "80,000", "80000", "4.1415"):
        assert canary.encode() not in body
    assert (answer.status_code == 409) == ("comparison" in path)


@pytest.mark.parametrize("path", ["/comparison", "/comparison.csv", "/lots/1/decide"])
def test_a_vendor_sees_no_comparison(
    client: TestClient, session: Session, made: Example, path: str
) -> None:
    client = as_member(client, session, made, "a")
    assert client.get(f"/rfqs/{made.rfq.public_id}{path}").status_code in {403, 404}


# -- The comparison


def test_comparison_shows_costs_on_one_basis(
    client: TestClient, session: Session, made: Example
) -> None:
    page = signed_in(client, session, Role.VIEWER).get(f"/rfqs/{made.rfq.public_id}/comparison")
    for part in ("7.98", "7.11", "7.09", "6.91", "1,534,880", "not quoted", "not comparable"):
        assert part in page.text
    assert page.text.count('class="r best"') >= 3
    # A reader who awards nothing gets no button.
    assert "/decide" not in page.text


def test_comparison_answers_what_if_as_a_fragment(
    client: TestClient, session: Session, made: Example
) -> None:
    client = signed_in(client, session, Role.BUYER)
    address = f"/rfqs/{made.rfq.public_id}/comparison?volume_1=400000&names=hidden"
    fragment = client.get(address, headers=HTMX | {"HX-Target": "div#comparison"}).text
    assert "<html" not in fragment
    assert "what if; 200,000 asked" in fragment
    assert "6.72" in fragment
    assert "Vendor C" in fragment
    assert "Zhongxing" not in fragment


@pytest.mark.parametrize(
    "query",
    ["volume_1=-5", "volume_1=abc", "acceptance=magic", "tax=x", "weight_price=0", "volume_1=1e99"],
)
def test_options_that_cannot_be_are_refused(
    client: TestClient, session: Session, made: Example, query: str
) -> None:
    client = signed_in(client, session, Role.BUYER)
    answer = client.get(f"/rfqs/{made.rfq.public_id}/comparison?{query}")
    assert answer.status_code == 422


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return "\n".join(page.get_textpage().get_text_range() for page in opened)


def test_exports_say_what_the_page_says(
    client: TestClient, session: Session, made: Example
) -> None:
    client = signed_in(client, session, Role.BUYER)
    address = f"/rfqs/{made.rfq.public_id}/comparison"
    csv = client.get(f"{address}.csv")
    assert csv.text.startswith("\ufeff")
    assert "7.97754678" in csv.text
    assert len(csv.text.strip().splitlines()) == 13
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}.xlsx").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 13
    assert "星河标注" not in rows[1]
    assert "Xinghe Annotation" in rows[1]
    pdf = client.get(f"{address}.pdf", headers={"Accept-Language": "zh"}).content
    for part in ("比价表", "星河标注", "大学题库", "6.91", "未报价"):
        assert part in text_of(pdf)
    # The frozen rate with its day and where it is from, wherever figures rest on it.
    session.refresh(made.rfq, ["rates"])
    assert made.rfq.rates is not None
    frozen = made.rfq.rates["rates"]["USD"]
    cells = " ".join(str(cell) for row in rows for cell in row)
    for place, text_there in (
        ("page", client.get(address).text),
        ("csv", csv.text),
        ("xlsx", cells),
        ("pdf", " ".join(text_of(pdf).split())),
    ):
        for part in ("7.12", frozen["date"], frozen["source"]):
            assert part in text_there, (place, part)
    assert client.get(f"{address}.exe").status_code == 404


def test_a_quote_on_paper_is_for_its_vendor_and_once_open_for_the_team(
    client: TestClient, session: Session, sealed: Example
) -> None:
    address = f"/rfqs/{sealed.rfq.public_id}/quotes/{sealed.quotes['a'].public_id}.pdf"
    own = as_member(client, session, sealed, "a").get(address)
    assert "6.80" in text_of(own.content)
    assert sealed.quotes["a"].content_hash[:16] in text_of(own.content)
    client.cookies.clear()
    assert as_member(client, session, sealed, "b").get(address).status_code == 404
    client.cookies.clear()
    team = signed_in(client, session, Role.BUYER)
    assert team.get(address).status_code == 404
    making.let_deadline_pass(session, sealed.rfq)
    assert "6.80" in text_of(team.get(address).content)


def test_an_award_on_paper_names_who_and_why(
    client: TestClient, session: Session, made: Example
) -> None:
    client = signed_in(client, session, Role.APPROVER)
    address = f"/rfqs/{made.rfq.public_id}"
    assert client.get(f"{address}/award.pdf").status_code == 404
    data = {"quote": made.quotes["b"].public_id, "reason": "质量更好"}
    client.post(f"{address}/lots/1/decide", data=data)
    text = text_of(client.get(f"{address}/award.pdf").content)
    assert "质量更好" in text
    assert "Labelworks" in text


def test_a_name_that_computes_is_harmless(
    client: TestClient, session: Session, made: Example
) -> None:
    session.execute(
        text("UPDATE organisation SET name_en = :n WHERE slug = 'vendor-example-a'"),
        {"n": '=HYPERLINK("http://evil","x")'},
    )
    session.expire_all()
    client = signed_in(client, session, Role.BUYER)
    address = f"/rfqs/{made.rfq.public_id}/comparison"
    assert ",=HYPERLINK" not in client.get(f"{address}.csv").text
    assert ',"=HYPERLINK' not in client.get(f"{address}.csv").text
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}.xlsx").content))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert any(cell.value == '=HYPERLINK("http://evil","x")' for cell in cells)


# -- Deciding


def test_award_of_the_lowest_needs_no_reason(
    client: TestClient, session: Session, made: Example
) -> None:
    client = signed_in(client, session, Role.APPROVER)
    address = f"/rfqs/{made.rfq.public_id}/lots/1/decide"
    quote = made.quotes["d"].public_id
    assert "Award lot 1 to Beichen Labels" in client.get(f"{address}?quote={quote}").text
    answer = client.post(address, data={"quote": quote})
    assert answer.status_code == 303
    assert "Awarded to Beichen Labels" in client.get(answer.headers["location"]).text
    assert client.post(address, data={"quote": quote}).status_code == 409


def test_award_of_another_says_why(client: TestClient, session: Session, made: Example) -> None:
    client = signed_in(client, session, Role.APPROVER)
    address = f"/rfqs/{made.rfq.public_id}/lots/1/decide"
    quote = made.quotes["b"].public_id
    refused = client.post(address, data={"quote": quote})
    assert refused.status_code == 422
    assert "the reason is kept" in refused.text
    assert session.scalar(text("SELECT count(*) FROM award")) == 0
    kept = client.post(address, data={"quote": quote, "reason": "Better quality."})
    assert kept.status_code == 303


@pytest.mark.parametrize("role", [Role.BUYER, Role.ADMINISTRATOR, Role.PLANNER, Role.VIEWER])
def test_only_approvers_decide(
    client: TestClient, session: Session, made: Example, role: Role
) -> None:
    client = signed_in(client, session, role)
    address = f"/rfqs/{made.rfq.public_id}/lots/1/decide"
    assert client.get(address).status_code == 403
    assert client.post(address, data={"reason": "x"}).status_code == 403
    assert session.scalar(text("SELECT count(*) FROM award")) == 0


# -- Writing


def draft_of(session: Session, client: TestClient) -> str:
    viewer = making.viewer(session, Role.BUYER)
    rfq = making.draft_rfq(session, viewer)
    signed_in(client, session, Role.BUYER)
    return rfq.public_id


def test_a_request_is_written_in_steps(client: TestClient, session: Session) -> None:
    client = signed_in(client, session, Role.BUYER)
    assert client.get("/rfqs/new").status_code == 200
    made = client.post(
        "/rfqs/new",
        data={
            "title": "四万组普通话多轮对话",
            "deadline": "2099-01-31T18:00",
            "currency": "CNY",
            "budget": "50万",
        },
    )
    assert made.status_code == 303
    rfq_id = made.headers["location"].split("/")[2]
    lot = {
        "title": "多轮对话",
        "task": "multi_turn_dialogue",
        "unit": "dialogue",
        "volume": "4万",
        "labels_per_item": "3",
        "languages": "zh, yue",
        "requirements.quality.metric": "pass_rate",
        "requirements.quality.target": "98",
        "requirements.quality.sampling_rate": "10",
        "requirements.schedule.final": "2099-03-31",
        "requirements.unit_factors": "turn=0.1",
    }
    assert client.post(f"/rfqs/{rfq_id}/edit/lots/new", data=lot).status_code == 303
    terms = {"terms.security.nda": "yes", "terms.commercial.ip_owner": "buyer"}
    assert client.post(f"/rfqs/{rfq_id}/edit/terms", data=terms).status_code == 303
    assert (
        client.post(f"/rfqs/{rfq_id}/edit/scoring", data={"weight_price": "3"}).status_code == 303
    )
    page = client.get(f"/rfqs/{rfq_id}").text
    for part in ("40,000 dialogues × 3 labels", "pass rate", "98%", "10%", "Cantonese", "500,000"):
        assert part in page
    form = client.get(f"/rfqs/{rfq_id}/edit/lots/1").text
    assert 'value="98%"' in form
    assert 'value="turn=0.1"' in form


def test_a_change_is_saved_as_it_is_made(client: TestClient, session: Session) -> None:
    rfq_id = draft_of(session, client)
    fragment = client.post(
        f"/rfqs/{rfq_id}/edit/basics",
        data={"title": "Another title", "currency": "USD", "revision": "1"},
        headers=HTMX | {"HX-Target": "span#save_state"},
    )
    assert fragment.status_code == 200
    assert "Saved at" in fragment.text
    assert 'name="revision" value="2"' in fragment.text
    assert "<html" not in fragment.text
    assert "Another title" in client.get(f"/rfqs/{rfq_id}").text


def test_somebody_else_s_change_is_not_overwritten(client: TestClient, session: Session) -> None:
    rfq_id = draft_of(session, client)
    data = {"title": "First", "currency": "CNY", "revision": "1"}
    assert client.post(f"/rfqs/{rfq_id}/edit/basics", data=data).status_code == 303
    late = client.post(f"/rfqs/{rfq_id}/edit/basics", data=data | {"title": "Second"})
    assert late.status_code == 412
    assert "Second" in late.text
    assert "First" in client.get(f"/rfqs/{rfq_id}").text


@pytest.mark.parametrize(
    ("step", "data", "sentence"),
    [
        ("basics", {"title": "", "currency": "CNY"}, "field"),
        ("basics", {"title": "x", "currency": "CNY", "deadline": "2001-01-01T10:00"}, "future"),
        ("basics", {"title": "x", "currency": "CNY", "budget": "-5"}, "at least 0"),
        ("basics", {"title": "x", "currency": "XYZ"}, "ISO 4217"),
        ("lots/1", {"title": "x", "task": "nope", "unit": "question", "volume": "5"}, "one of"),
        (
            "lots/1",
            {"title": "x", "task": "ocr", "unit": "page", "volume": "lots"},
            "no number that can be read",
        ),
        ("lots/1", {"title": "x", "task": "ocr", "unit": "page", "volume": "0"}, "above 0"),
        ("scoring", {"weight_price": "0"}, "above 0"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_on_the_page(
    client: TestClient, session: Session, step: str, data: dict[str, str], sentence: str
) -> None:
    rfq_id = draft_of(session, client)
    before = session.execute(text("SELECT revision FROM rfq ORDER BY id DESC LIMIT 1")).scalar()
    answer = client.post(f"/rfqs/{rfq_id}/edit/{step}", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    after = session.execute(text("SELECT revision FROM rfq ORDER BY id DESC LIMIT 1")).scalar()
    assert before == after


def test_an_earlier_request_is_a_template(
    client: TestClient, session: Session, made: Example
) -> None:
    client = signed_in(client, session, Role.BUYER)
    form = client.get(f"/rfqs/new?from={made.rfq.public_id}").text
    assert "题解、偏好与转写" in form
    answer = client.post(
        "/rfqs/new",
        data={"title": "Again", "currency": "CNY", "from": made.rfq.public_id},
    )
    assert answer.status_code == 303
    copied = rfq_queries.get_rfq(session, answer.headers["location"].split("/")[2], made.buyer)
    assert [lot.title for lot in copied.lots] == [lot.title for lot in made.rfq.lots]
    assert copied.invitations == []
    assert copied.deadline is None


def test_invite_ask_open_extend_and_cancel(client: TestClient, session: Session) -> None:
    vendor = making.viewer(session, "vendor")
    rfq_id = draft_of(session, client)
    client.post(f"/rfqs/{rfq_id}/invite", data={"vendor": vendor.organisation_slug})
    again = client.post(f"/rfqs/{rfq_id}/invite", data={"vendor": vendor.organisation_slug})
    assert again.status_code == 409
    assert "invited already" in again.text
    assert client.post(f"/rfqs/{rfq_id}/open").status_code == 303
    extended = client.post(f"/rfqs/{rfq_id}/extend", data={"deadline": "2099-05-01T12:00"})
    assert extended.status_code == 303
    assert "2099-05-01 12:00" in client.get(f"/rfqs/{rfq_id}").text
    earlier = client.post(f"/rfqs/{rfq_id}/extend", data={"deadline": "2098-05-01T12:00"})
    assert earlier.status_code == 422
    cancelled = client.post(f"/rfqs/{rfq_id}/cancel", data={"cancel_reason": "No budget."})
    assert cancelled.status_code == 303
    assert "No budget." in client.get(f"/rfqs/{rfq_id}").text


def test_an_amendment_says_what_changed(client: TestClient, session: Session) -> None:
    buyer = making.viewer(session, Role.BUYER)
    rfq = making.open_rfq(session, buyer, making.viewer(session, "vendor"))
    client = signed_in(client, session, Role.BUYER)
    data = {"terms.commercial.payment": "30 / 70"}
    silent = client.post(f"/rfqs/{rfq.public_id}/edit/terms", data=data)
    assert silent.status_code == 422
    told = client.post(
        f"/rfqs/{rfq.public_id}/edit/terms", data=data | {"summary": "Payment in two parts."}
    )
    assert told.status_code == 303
    assert "Payment in two parts." in client.get(f"/rfqs/{rfq.public_id}").text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PLANNER, Role.APPROVER, Role.ADMINISTRATOR])
def test_only_buyers_write(client: TestClient, session: Session, role: Role) -> None:
    rfq_id = draft_of(session, client)
    client.cookies.clear()
    client = sign_in(client, session, make_account(session, role=role))
    for path in ("/rfqs/new", f"/rfqs/{rfq_id}/edit/basics", f"/rfqs/{rfq_id}/edit/lots/new"):
        assert client.get(path).status_code == 403
    assert client.post(f"/rfqs/{rfq_id}/edit/basics", data={"title": "x"}).status_code == 403
    assert client.post("/rfqs/new", data={"title": "x"}).status_code == 403


# -- Rates and rules


def test_settings_keep_rates_and_the_threshold(client: TestClient, session: Session) -> None:
    client = signed_in(client, session, Role.ADMINISTRATOR)
    rate = {
        "currency": "USD",
        "base": "CNY",
        "rate": "7.12",
        "date": "2026-11-20",
        "source": "People’s Bank of China",
    }
    assert client.post("/rfqs/settings/rates", data=rate).status_code == 303
    assert "7.12" in client.get("/rfqs/settings").text
    assert client.post("/rfqs/settings/rates", data=rate | {"rate": "0"}).status_code == 422
    assert (
        client.post("/rfqs/settings/rates", data=rate | {"date": "2099-01-01"}).status_code == 422
    )
    rules = {"base_currency": "CNY", "approval_threshold": "10万"}
    assert client.post("/rfqs/settings/rules", data=rules).status_code == 303
    assert "100000" in client.get("/rfqs/settings").text


def test_above_the_threshold_a_buyer_asks(client: TestClient, session: Session) -> None:
    admin = signed_in(client, session, Role.ADMINISTRATOR)
    admin.post("/rfqs/settings/rules", data={"base_currency": "CNY", "approval_threshold": "1000"})
    client.cookies.clear()
    buyer = making.viewer(session, Role.BUYER)
    rfq = making.draft_rfq(session, buyer, budget="5000")
    client = signed_in(client, session, Role.BUYER)
    page = client.get(f"/rfqs/{rfq.public_id}").text
    assert "An approver opens it." in page
    assert client.post(f"/rfqs/{rfq.public_id}/open").status_code == 403
    assert client.post(f"/rfqs/{rfq.public_id}/ask-approval").status_code == 303
    client.cookies.clear()
    client = signed_in(client, session, Role.APPROVER)
    assert client.post(f"/rfqs/{rfq.public_id}/open").status_code == 303
