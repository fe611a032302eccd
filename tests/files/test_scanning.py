"""The operator's virus scanner decides, and no answer is not a yes."""

import sys

import pytest

from app.errors import InvalidInput, Unavailable
from app.files.scanning import scan

PROGRAM = "import sys; sys.exit(1 if b'EICAR' in sys.stdin.buffer.read() else 0)"
SCANNER = f'{sys.executable} -c "{PROGRAM}"'


def test_a_clean_file_passes() -> None:
    scan(SCANNER, iter([b"clean", b"text"]))
    scan(None, iter([b"EICAR"]))


def test_an_infected_file_is_refused_even_across_pieces() -> None:
    with pytest.raises(InvalidInput, match="virus"):
        scan(SCANNER, iter([b"xxEIC", b"ARxx"]))


@pytest.mark.parametrize(
    "command", [f'{sys.executable} -c "raise SystemExit(2)"', "/no/such/scanner"]
)
def test_without_an_answer_nothing_is_taken(command: str) -> None:
    with pytest.raises(Unavailable):
        scan(command, iter([b"x" * 1_000_000]))
