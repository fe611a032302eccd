"""What the log of a process says, and what it must not."""

import subprocess
import sys

import pytest

# In a process of its own: setting logs up closes every handler that is there, pytest's as well.
FAILING = """
import logging, sys
from app.logs import configure_logs
from app.settings import Settings

configure_logs(Settings(log_format=sys.argv[1]))

def fail(held):
    try:
        int("")
    except ValueError:
        logging.getLogger("peibi.test").exception("failed")

fail(" ".join(["correct", "horse"]))
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_traceback_names_the_error_and_shows_no_variable(form):
    command = [sys.executable, "-c", FAILING, form]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr
    assert "ValueError: invalid literal" in said
    assert "in fail" in said
    assert "correct horse" not in said
