"""The settings and their documentation say the same."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticUndefined

from app.settings import Settings

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "settings.md"
ROW = re.compile(r"^\| `(?P<name>\w+)` \| (?P<default>.+?) \| (?P<meaning>.+?) \|$", re.MULTILINE)


def documented() -> dict[str, str]:
    return {m["name"]: m["default"].strip("`") for m in ROW.finditer(DOCUMENT.read_text())}


def variable(name: str) -> str:
    field = Settings.model_fields[name]
    return str(field.validation_alias or f"PEIBI_{name.upper()}")


def test_every_setting_is_documented_and_no_other() -> None:
    assert set(documented()) == {variable(name) for name in Settings.model_fields}


def test_documented_defaults_are_the_real_ones() -> None:
    for name, field in Settings.model_fields.items():
        stated = documented()[variable(name)]
        if name == "data_dir":
            assert stated == "~/.local/share/peibi"
        elif field.default in (None, (), PydanticUndefined):
            assert stated == "(none)"
        else:
            assert stated.lower() == str(field.default).lower()


def test_every_setting_describes_itself() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_trusted_proxies_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEIBI_TRUSTED_PROXIES", "10.0.0.1, 10.1.0.0/16,")
    assert Settings().trusted_proxies == ("10.0.0.1", "10.1.0.0/16")


def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEIBI_PORT", "70000")
    with pytest.raises(ValidationError, match="port"):
        Settings()
