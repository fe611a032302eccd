"""Bad input through each way in: the page, the API and the command line refuse in words."""

import pytest
from typer.testing import CliRunner

from app.trainers import cli
from tests.trainers.test_bad_input import BAD, CODE

# The page has one box for a text, so 50 MB come as a file.
NAMES = [name for name in BAD if name != "nothing"] + ["code"]


def content(name, witness):
    if name == "code":
        return CODE.format(witness=str(witness)).encode()
    if name == "binary":
        return b"\x7fELF\x02\x01\x01\x00\xff\xfe" * 20
    return BAD[name].replace("{witness}", str(witness)).encode()


@pytest.fixture
def witness(tmp_path):
    path = tmp_path / "ran"
    yield path
    assert not path.exists()


@pytest.mark.parametrize("name", NAMES)
def test_the_page_refuses_or_judges(planner, witness, name):
    answer = planner.post(
        "/trainers/read",
        data={"trainer": "", "do": "look"},
        files={"file": ("mixture.yaml", content(name, witness))},
    )
    assert answer.status_code in {200, 413, 422}
    assert answer.text.strip()


@pytest.mark.parametrize("name", NAMES)
def test_the_api_refuses_or_judges(planner, witness, name):
    text = content(name, witness).decode("utf-8", "replace")
    answer = planner.post("/api/v1/trainers/axolotl/read", json={"text": text})
    assert answer.status_code in {200, 413, 422}
    if answer.status_code == 200:
        assert answer.json()["findings"]
    else:
        assert answer.json()["error"]["message"]


@pytest.mark.parametrize("name", NAMES)
def test_the_command_line_refuses_or_judges(tmp_path, witness, name):
    file = tmp_path / "mixture.yaml"
    file.write_bytes(content(name, witness))
    for options in ([], ["--trainer", "axolotl"]):
        found = CliRunner().invoke(cli.make_trainer_app(), ["lint", *options, str(file)])
        assert isinstance(found.exception, SystemExit)
        assert found.exit_code == 1
        assert found.output.strip()
