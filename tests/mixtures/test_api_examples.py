"""The examples of the OpenAPI document are what the API takes and answers."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.mixtures.api import examples
from tests import factories

STATELESS = ("plan", "plan_solve", "scaling_loss", "scaling_optimum")
CASES = [(address, one) for address in STATELESS for one in examples.load(address)]


def assert_like(actual: Any, expected: Any) -> None:
    """Compare to twelve digits: the last ones differ between processors."""
    if isinstance(expected, dict):
        assert actual.keys() == expected.keys()
        for key, value in expected.items():
            assert_like(actual[key], value)
    elif isinstance(expected, list):
        assert len(actual) == len(expected)
        for one, other in zip(actual, expected, strict=True):
            assert_like(one, other)
    elif isinstance(expected, float):
        assert actual == pytest.approx(expected, rel=1e-9, abs=1e-12)
    else:
        assert actual == expected


def without_nulls(value: Any) -> Any:
    """Leave out what is null, as FastAPI does wherever it writes the document."""
    if isinstance(value, dict):
        return {key: without_nulls(one) for key, one in value.items() if one is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("address", "case"), CASES, ids=lambda one: str(one)[:20])
def test_example_is_answered_as_the_document_says(
    client: TestClient, address: str, case: dict[str, Any]
) -> None:
    path = f"/api/v1/{address.replace('_', '/')}"
    answer = client.post(path, json=case["request"], headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    assert_like(answer.json(), case["answer"])
    operation = client.get("/api/v1/openapi.json").json()["paths"][path]["post"]
    body = operation["requestBody"]["content"]["application/json"]["examples"]
    assert body[case["name"]]["value"] == case["request"]
    answered = operation["responses"]["200"]["content"]["application/json"]["examples"]
    assert answered[case["name"]]["value"] == without_nulls(case["answer"])


def test_example_of_a_draft_is_taken(seeded_client: TestClient, seeded_session: Session) -> None:
    planner = factories.signed_in(seeded_client, seeded_session, "planner")
    (case,) = examples.load("draft")
    made = planner.post("/api/v1/mixtures", json={"name": "Example"} | case["request"])
    assert made.status_code == 201, made.text
    address = made.headers["Location"]
    put = planner.put(
        f"{address}/draft", json=case["request"], headers={"If-Match": made.headers["ETag"]}
    )
    assert put.status_code == 200, put.text
    assert planner.get(f"{address}/draft/plan").json()["unknown"] == 0
