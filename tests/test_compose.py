"""docker-compose.yml against the Compose Specification's schema, and against our own image."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from app.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = json.loads((ROOT / "tests" / "data" / "compose-spec.json").read_text())


@pytest.fixture
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_compose_file_follows_the_specification(compose: dict[str, Any]) -> None:
    validator = jsonschema_rs.validator_for(SCHEMA)
    assert [error.message for error in validator.iter_errors(compose)] == []


def test_schema_refuses_what_compose_would_refuse(compose: dict[str, Any]) -> None:
    compose["services"]["web"]["restarts"] = "always"
    assert not jsonschema_rs.validator_for(SCHEMA).is_valid(compose)


def test_services_ask_for_what_exists(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("networks", [])) <= set(compose["networks"])
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (ROOT / source).exists()


def test_settings_of_the_containers_exist(compose: dict[str, Any]) -> None:
    """A misspelt setting would be ignored without a word."""
    known = {
        field.validation_alias
        if isinstance(field.validation_alias, str)
        else f"PEIBI_{name.upper()}"
        for name, field in Settings.model_fields.items()
    }
    in_image = set(
        re.findall(r"^\s*(?:ENV )?(PEIBI_\w+)=", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    )
    assert in_image
    assert in_image | set(compose["services"]["web"]["environment"]) <= known
