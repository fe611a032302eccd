"""Nothing that the OpenAPI document allows, or almost allows, makes a server error."""

from contextlib import suppress

import schemathesis
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

from app.settings import Settings
from tests.conftest import make_app

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


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
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            def answer(case: schemathesis.Case) -> None:
                case.call_and_validate(checks=CHECKS)

            # An operation without parameters, or with a free path, has no wrong input.
            with suppress(*[Unsatisfiable] if mode is GenerationMode.NEGATIVE else []):
                answer()
