"""What a web process holds after a walk through the portal."""

import sys
from collections.abc import Callable

import pytest

from benchmarks import memory

ADDRESSES = 60


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_web_process_stays_below_200_mb(new_seeded_database: Callable[[], str]) -> None:
    # A process of its own, as the portal starts it: this one holds the tests as well.
    measured = dict(memory.measure(new_seeded_database(), (0, ADDRESSES)))
    assert memory.MOST_MB == 200
    assert 50 < measured[0].resident_mb < measured[ADDRESSES].resident_mb < memory.MOST_MB
