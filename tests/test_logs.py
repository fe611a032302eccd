"""What the log of a process says, and what it must not."""

import logging

import pytest

from app.logs import configure_logs
from app.settings import Settings


@pytest.fixture
def _own_logging():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("_own_logging")
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_traceback_names_the_error_and_shows_no_variable(form, capsys):
    configure_logs(Settings(log_format=form))
    held = "correct horse"
    try:
        int(held[:0])
    except ValueError:
        logging.getLogger("peibi.test").exception("failed")
    said = capsys.readouterr().err
    assert "ValueError: invalid literal" in said
    assert "test_logs.py" in said
    assert "correct horse" not in said
