"""Nothing that the OpenAPI document allows, or almost allows, makes a server error."""

from contextlib import suppress

import schemathesis
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Connection

from app.main import ROUTED
from app.settings import Settings
from app.version import VERSION
from app.web import api_document
from app.web.errors import API_ERRORS
from tests.conftest import make_app

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


def test_the_document_is_what_fastapi_makes_of_the_routes(client: TestClient) -> None:
    served = client.get(api_document.PATH)
    whole = FastAPI(title="Peibi", version=VERSION, responses=API_ERRORS)
    for module in ROUTED:
        whole.include_router(module.router)
    assert served.status_code == 200
    assert served.headers["content-type"] == "application/json"
    assert served.json() == whole.openapi()


def test_every_address_of_the_document_is_answered(client: TestClient, shared_app: FastAPI) -> None:
    document = client.get(api_document.PATH).json()
    answered = {
        (route.path_format, method.lower())
        for route in iter_route_contexts(shared_app.routes)
        for method in route.methods or ()
        if getattr(route, "include_in_schema", False)
    }
    described = {(path, method) for path, item in document["paths"].items() for method in item}
    assert answered == described
    # Made in another process, so that what it is made of does not stay in this one.
    assert shared_app.openapi_schema is None


def test_no_request_makes_a_server_error(seeded_connection: Connection, settings: Settings) -> None:
    app = make_app(seeded_connection, settings)
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) >= 4
    for operation in operations:
        for mode in GenerationMode:

            @given(case=operation.as_strategy(generation_mode=mode))
            @hypothesis_settings(
                max_examples=20,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            def answer(case: schemathesis.Case) -> None:
                case.call_and_validate(checks=CHECKS)

            # An operation without parameters, or with a free path, has no wrong input.
            with suppress(*[Unsatisfiable] if mode is GenerationMode.NEGATIVE else []):
                answer()
