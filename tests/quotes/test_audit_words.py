"""The audit trail calls requests, mixtures and training plans by their names, not by their ids."""

import re
from datetime import timedelta

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app import audit
from app.accounts.models import Role
from app.mixtures.models import Mixture
from app.quotes import rates
from app.training.models import TrainingPlan
from tests.factories import signed_in
from tests.quotes import making

PAGE = "/settings/audit"


def test_rows_of_requests_say_number_and_title(client: TestClient, session: Session) -> None:
    rfq = making.draft_rfq(session, making.viewer(session, Role.BUYER), title="Ranked dialogues")
    buyer = making.viewer(session, Role.BUYER)
    audit.record(
        session, actor=buyer, action="attachment.added", object_type="rfq", object_id=rfq.public_id
    )
    session.flush()
    administrator = signed_in(client, session, Role.ADMINISTRATOR)
    page = administrator.get(PAGE, headers={"Accept-Language": "zh-CN"}).text
    assert f"{rfq.number} Ranked dialogues</a>" in page
    assert f" {rfq.public_id}</a>" not in page
    assert "attachment.added" not in page


def test_rows_of_mixtures_and_plans_say_names(client: TestClient, session: Session) -> None:
    owner = making.viewer(session, Role.PLANNER)
    common = {"owner_id": owner.account_id, "owner_name": owner.name, "visibility": "team"}
    mixture = Mixture(slug="zh-en-7b", name="Bilingual 7B", **common)
    plan = TrainingPlan(slug="plan-7b", name="Seven billion on H800", **common)
    session.add_all([mixture, plan])
    session.flush()
    for kind, one in (("mixture", mixture), ("training", plan)):
        audit.record(
            session, actor=owner, action=f"{kind}.archived", object_type=kind, object_id=str(one.id)
        )
    session.flush()
    page = signed_in(client, session, Role.ADMINISTRATOR).get(PAGE).text
    assert "mixture Bilingual 7B</a>" in page
    assert "training plan Seven billion on H800</a>" in page


def test_what_changed_is_said_in_the_reader_s_language(
    client: TestClient, session: Session
) -> None:
    buyer, admin = making.viewer(session, Role.BUYER), making.viewer(session, Role.ADMINISTRATOR)
    making.open_rfq(session, buyer, making.viewer(session, Role.VENDOR))
    rates.enter_rate(
        session,
        currency="USD",
        base="CNY",
        rate=making.price("7.12"),
        on_date=making.soon(session).date() - timedelta(days=2),
        source="SAFE",
        viewer=buyer,
    )
    rates.change_settings(
        session, base_currency="CNY", approval_threshold=making.price("500000"), viewer=admin
    )
    session.flush()
    administrator = signed_in(client, session, Role.ADMINISTRATOR)
    page = administrator.get(PAGE, headers={"Accept-Language": "zh-CN"}).text
    for raw in ("approval_threshold", "base_currency", ">state<", ">open<", "exchange_rate<"):
        assert raw not in page, raw
    shown = " ".join(re.sub("<[^>]*>", " ", page).split())
    for said in ("状态 草稿 → 报价中", "汇率 USD/CNY", "汇率 7.12", "来源 SAFE", "无 → 500000"):
        assert said in shown, said
    # What did not change is left out.
    assert "CNY → CNY" not in shown
