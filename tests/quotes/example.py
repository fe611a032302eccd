"""
A request with three lots and four vendors whose costs are worked out by hand.

Lot 1, 200,000 questions: A (200,000 x 6.80 + 88,000) x 1.06 = 1,534,880, / 192,400 = 7.98;
B 200,000 x 0.98 x 7.12 = 1,395,520, / 196,200 = 7.11; C (50,000 x 7.20 + 150,000 x 5.60 + 50,000)
x 1.06 = 1,325,000, / 186,800 = 7.09; D 200,000 x 6.40 + 60,000 = 1,340,000, / 194,000 = 6.91.
Lot 2, 60,000 dialogues x 3 labels: A 4.67, B 4.56, C 4.51, D 4.42. Lot 3, 3,000 effective hours:
A 165 x 3,000 x 1.06 = 524,700, / 2,916 = 179.94; B does not quote; C quotes raw hours without a
factor; D 172 x 3,000 = 516,000, / 2,916 = 176.95.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.accounts import organisations
from app.accounts.viewers import Viewer
from app.audit import PORTAL
from app.quotes.models.money import ExchangeRate
from app.quotes.models.quote import Quote
from app.quotes.models.rfq import Rfq
from app.quotes.queries import rfqs as rfq_queries
from tests.quotes import making

NAMES = {
    "a": ("星河标注", "Xinghe Annotation"),
    "b": ("Labelworks", "Labelworks"),
    "c": ("众行数据", "Zhongxing Data"),
    "d": ("北辰智标", "Beichen Labels"),
}

GENERAL = {
    "answer_language": "zh",
    "confidentiality": "confidential",
    "validity_days": 30,
    "security": {
        "nda": True,
        "personal_data": "none",
        "workplace": "buyers_tool",
        "subcontracting": "no",
        "certifications": ["ISO 27001"],
    },
    "commercial": {"ip_owner": "buyer", "payment": "30 / 40 / 30", "invoice_type": "special"},
}


@dataclass(frozen=True)
class Example:
    """The people and things of the example."""

    rfq: Rfq
    buyer: Viewer
    approver: Viewer
    vendors: dict[str, Viewer]
    quotes: dict[str, Quote]


def lots(today: date) -> list[dict[str, Any]]:
    return [
        making.lot_json(
            title="大学题库，解析撰写",
            volume="200000",
            requirements={
                "quality": {
                    "metric": "accuracy",
                    "target": "0.97",
                    "measured_on": "item",
                    "sampling_rate": "0.1",
                    "sampled_by": "buyer",
                },
                "pilot": {"size": 300, "is_paid": True, "days": 5},
                "schedule": {
                    "per_week": "20000",
                    "final": (today + timedelta(days=75)).isoformat(),
                },
                "rework": {"rounds": 2, "days": 5},
            },
        ),
        making.lot_json(
            title="Preference dialogues, zh and en",
            task="preference_ranking",
            unit="dialogue",
            volume="60000",
            labels_per_item=3,
            languages=["zh", "en"],
            requirements={
                "quality": {"metric": "alpha", "target": "0.7"},
                "rework": {"rounds": 2, "days": 5},
            },
        ),
        making.lot_json(
            title="普通话语音转写",
            task="transcription",
            modality="audio",
            unit="effective_hour",
            volume="3000",
            requirements={
                "quality": {"metric": "character_accuracy", "target": "0.98"},
                "rework": {"rounds": 2, "days": 5},
            },
        ),
    ]


def _line(lot: int, price: str, acceptance: str, **changes: Any) -> dict[str, Any]:
    return making.line_json(lot, price, setup_fee=None, acceptance_rate=acceptance) | changes


def answers(today: date) -> dict[str, dict[str, Any]]:
    final = (today + timedelta(days=75)).isoformat()
    early = (today + timedelta(days=54)).isoformat()
    late = (today + timedelta(days=110)).isoformat()
    same = {
        "quality_target": "0.97",
        "sampling_rate": "0.1",
        "sampled_by": "buyer",
        "pilot_size": 300,
        "pilot_is_paid": True,
        "pilot_days": 5,
        "per_week": "20000",
        "final": final,
        "rework_rounds": 2,
        "rework_days": 5,
        "personal_data": "none",
        "workplace": "buyers_tool",
        "subcontracting": "no",
        "ip_owner": "buyer",
        "certifications": ["ISO 27001"],
    }
    label = {"price_basis": "label"}
    on_top = {"tax_rate": "0.06", "tax_included": False, "payment": "30 / 40 / 30"}
    inside = {"tax_rate": "0.06", "tax_included": True, "payment": "30 / 40 / 30"}
    return {
        "a": on_top
        | {
            "invoice_type": "special",
            "lines": [
                _line(
                    1,
                    "6.80",
                    "0.962",
                    setup_fee="80000",
                    management_fee="8000",
                    terms=same | {"per_week": "22000"},
                ),
                _line(
                    2,
                    "4.10",
                    "0.95",
                    setup_fee="15000",
                    terms=same | {"quality_target": "0.7"},
                    **label,
                ),
                _line(3, "165", "0.972", terms=same | {"quality_target": "0.98"}),
            ],
        },
        "b": inside
        | {
            "currency": "USD",
            "payment": "monthly",
            "invoice_type": "other",
            "lines": [
                _line(
                    1,
                    "0.98",
                    "0.981",
                    terms=same
                    | {
                        "quality_target": "0.98",
                        "pilot_is_paid": False,
                        "per_week": "14000",
                        "final": late,
                        "rework_is_unlimited": True,
                    },
                ),
                _line(
                    2,
                    "0.62",
                    "0.968",
                    terms=same | {"quality_target": "0.75", "rework_is_unlimited": True},
                    **label,
                ),
            ],
        },
        "c": on_top
        | {
            "invoice_type": "special",
            "exceptions": "不接受逾期罚则。",
            "lines": [
                _line(
                    1,
                    "0",
                    "0.934",
                    tiers=[
                        {"from": "1", "unit_price": "7.20"},
                        {"from": "50001", "unit_price": "5.60"},
                    ],
                    setup_fee="50000",
                    moq="100000",
                    terms=same
                    | {
                        "quality_target": "0.95",
                        "sampling_rate": "0.05",
                        "sampled_by": "vendor",
                        "pilot_size": 500,
                        "per_week": "40000",
                        "final": early,
                        "rework_rounds": 1,
                        "rework_days": 7,
                        "workplace": "anywhere",
                        "subcontracting": "yes",
                    },
                ),
                _line(
                    2,
                    "3.70",
                    "0.921",
                    setup_fee="40000",
                    terms=same | {"quality_target": "0.6", "rework_rounds": 1},
                    **label,
                ),
                _line(3, "98", "0.96", price_unit="raw_hour", terms=same),
            ],
        },
        "d": inside
        | {
            "invoice_type": "special",
            "lines": [
                _line(1, "6.40", "0.97", setup_fee="60000", terms=same),
                _line(
                    2,
                    "4.1415",
                    "0.955",
                    setup_fee="13955",
                    terms=same | {"quality_target": "0.7"},
                    **label,
                ),
                _line(3, "172", "0.972", terms=same | {"quality_target": "0.98"}),
            ],
        },
    }


def make(session: Session, *, is_closed: bool = True) -> Example:
    """Return the example, with its quotes submitted and, unless told, its deadline passed."""
    today = rfq_queries.database_now(session).date()
    for currency, rate in (("USD", "7.12"), ("EUR", "8.21")):
        session.add(
            ExchangeRate(
                currency=currency,
                base="CNY",
                on_date=today,
                rate=Decimal(rate),
                source="Li Na",
                entered_by_name="Li Na",
            )
        )
    buyer, approver = making.viewer(session, "buyer"), making.viewer(session, "approver")
    vendors = {}
    for key, (zh, en) in NAMES.items():
        organisation = organisations.ensure_vendor(
            session, f"vendor-example-{key}", actor=PORTAL, name_zh=zh, name_en=en
        )
        vendors[key] = making.viewer(session, "vendor", organisation=organisation)
    rfq = making.open_rfq(
        session,
        buyer,
        *vendors.values(),
        title="题解、偏好与转写",
        lots=lots(today),
        terms=GENERAL,
    )
    until = (today + timedelta(days=45)).isoformat()
    quotes = {
        key: making.submitted(session, rfq, vendors[key], valid_until=until, **answer)
        for key, answer in answers(today).items()
    }
    if is_closed:
        making.let_deadline_pass(session, rfq)
    return Example(rfq, buyer, approver, vendors, quotes)
