"""Short numbers: the way of whole numbers gives what decimals give."""

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from app.planning.notation.numbers import compact


@given(
    value=st.integers(-(10**18), 10**18) | st.integers(0, 10**7),
    system=st.sampled_from(["western", "chinese"]),
    significant=st.integers(1, 6),
)
@example(value=999_600, system="western", significant=3)
@example(value=999_500_000_000, system="chinese", significant=3)
@example(value=1_005_000, system="western", significant=3)
@example(value=10_000, system="chinese", significant=3)
@example(value=-1_500, system="western", significant=1)
def test_whole_number_reads_as_the_same_decimal(value: int, system, significant: int):
    assert compact(value, system, significant=significant) == compact(
        Decimal(value), system, significant=significant
    )
