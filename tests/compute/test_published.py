"""Every published figure, within the tolerance of its source's rounding."""

import pytest

from tests.compute import published_quantities

VECTORS = published_quantities.read_vectors()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_published_figure(vector):
    computed = published_quantities.compute(vector["quantity"], vector["inputs"])

    assert computed == pytest.approx(vector["published"], rel=vector["tolerance"] or 1e-12)


def test_every_quantity_has_a_figure():
    assert {vector["quantity"] for vector in VECTORS} == set(published_quantities.QUANTITIES)


def test_zero_table_of_the_paper():
    """ZeRO, table 1: three models, three stages, six sizes; printed values are often truncated."""
    for row in published_quantities.read_vectors("zero_table.json"):
        computed = published_quantities.compute("zero_gb", row)

        assert computed == pytest.approx(row["printed_gb"], rel=0.003, abs=0.05)
