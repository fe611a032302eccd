r"""
How trainers turn weights into samples: their arithmetic, for exports that must mean the same.

Not for planning: GPT-NeoX's option inverts the order of skewed sources, and Megatron's blending
approaches the ratios only over many samples.
"""

import math
from collections.abc import Sequence

import numpy as np

from app.planning import checks
from app.planning.checks import Floats, Number, Numbers
from app.planning.errors import NoWeight
from app.planning.exact import as_fraction


def neox_weights(documents: Sequence[int], *, alpha: Number = 0.3) -> Floats:
    r"""
    Weights that GPT-NeoX computes under ``weight_by_num_documents``.

    :math:`w_i \propto p_i^\alpha (1 - p_i) / \sum p^\alpha`. The factor :math:`1 - p_i` is not
    in its documentation and favours small sources over large ones.

    Parameters
    ----------
    documents : (n_sources,) sequence of int
        Number of *documents*, above zero.
    alpha : number
        0 to 1.

    Returns
    -------
    (n_sources,) float64
        They sum to 1.

    Raises
    ------
    NotFinite, Negative, OutOfRange, NoComponents, TooManyComponents

    References
    ----------
    EleutherAI/gpt-neox at ea7aefd8, megatron/data/data_utils.py, ``weights_by_num_docs``.

    Examples
    --------
    >>> neox_weights([1000, 100, 10]).round(6).tolist()
    [0.123248, 0.567166, 0.309586]
    """
    found = checks.components(documents)
    counts = np.array(
        [checks.tokens("documents", count, low=1, index=i) for i, count in enumerate(found)],
        dtype=np.float64,
    )
    exponent = float(checks.number("alpha", alpha, high=1))
    if len(counts) == 1:
        return np.ones(1)
    shares = counts / counts.sum()
    tempered = shares**exponent
    weights = tempered / tempered.sum() * (1 - shares)
    normalised: Floats = weights / weights.sum()
    return normalised


def neox_samples(weights: Numbers, samples: int) -> tuple[int, ...]:
    r"""
    Count the samples that GPT-NeoX prepares per source: :math:`\lceil 1.005 N w_i / \sum w \rceil`.

    Parameters
    ----------
    weights : (n_sources,) numbers
        Zero or more, not all zero.
    samples : int
        :math:`N`, samples of the whole run.

    Returns
    -------
    (n_sources,) tuple of int

    Raises
    ------
    NoWeight, NotFinite, Negative, OutOfRange, NoComponents, TooManyComponents

    References
    ----------
    EleutherAI/gpt-neox at ea7aefd8, ``get_normalized_weights_and_num_samples``.

    Examples
    --------
    >>> neox_samples([2, 3, 5], 1000)
    (201, 302, 503)
    """
    parts = [as_fraction(weight) for weight in checks.weights("weights", weights)]
    total = sum(parts)
    if not total:
        raise NoWeight("weights")
    margin = checks.tokens("samples", samples) * as_fraction(1.005)
    return tuple(math.ceil(margin * part / total) for part in parts)


def megatron_order(weights: Numbers, samples: int) -> tuple[int, ...]:
    r"""
    Which source Megatron takes each sample from.

    At step :math:`i` the source with the largest :math:`w_d \max(i, 1) - \text{count}_d`; the
    earliest on ties.

    Parameters
    ----------
    weights : (n_sources,) numbers
        Zero or more, not all zero; normalised here.
    samples : int
        Steps, to 10^6.

    Returns
    -------
    (samples,) tuple of int
        Position of a source per step.

    Raises
    ------
    NoWeight, NotFinite, Negative, OutOfRange, NoComponents, TooManyComponents

    References
    ----------
    NVIDIA/Megatron-LM at d98e8a64, core/datasets/helpers.cpp, ``build_blending_indices``.

    Examples
    --------
    >>> megatron_order([0.5, 0.3, 0.2], 10)
    (0, 1, 2, 0, 1, 0, 2, 0, 1, 0)
    """
    values = np.array([float(weight) for weight in checks.weights("weights", weights)])
    steps = int(checks.number("samples", samples, high=1e6))
    if not values.any():
        raise NoWeight("weights")
    shares = values / values.sum()
    counts = np.zeros(len(values))
    order = []
    for step in range(steps):
        source = int(np.argmax(shares * max(step, 1) - counts))
        counts[source] += 1
        order.append(source)
    return tuple(order)
