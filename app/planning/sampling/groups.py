r"""
Weights on two levels: groups share the budget, members share their group's part.

:math:`r_i = \frac{W_{g(i)}}{\sum_h W_h} \cdot \frac{w_i}{\sum_{j \in g(i)} w_j}`, exactly. Either
level may come from any sampling scheme: pass the parts of its shares as weights.
"""

import math
from collections.abc import Mapping, Sequence

from app.planning import checks
from app.planning.checks import Number, Numbers
from app.planning.errors import EmptyGroup, NoWeight, UngroupedComponents
from app.planning.exact import in_proportion
from app.planning.sampling.shares import Shares

_LONGEST = 4096


def two_level(
    group_weights: Mapping[str, Number], membership: Sequence[str | None], member_weights: Numbers
) -> Shares:
    """
    Share by group first, then by member.

    Parameters
    ----------
    group_weights : mapping of str to number
        Weight of each group, zero or more, not all zero.
    membership : (n_components,) sequence of str
        Group of each component.
    member_weights : (n_components,) numbers
        Weight of each component inside its group.

    Returns
    -------
    Shares
        One per component, in their order.

    Raises
    ------
    EmptyGroup
        If a group with a weight has no member with a weight.
    UngroupedComponents
        If a component with a weight is in none of the groups.
    NoWeight, NotFinite, Negative, OutOfRange, WrongLength, NoComponents, TooManyComponents

    Examples
    --------
    >>> shares = two_level({"en": 3, "zh": 1}, ["en", "en", "zh"], [1, 1, 5])
    >>> shares.ratios.tolist()
    [0.375, 0.375, 0.25]
    """
    members = in_proportion(checks.weights("member_weights", member_weights))
    groups = checks.same_length("membership", membership, len(members))
    names = list(group_weights)
    weights = checks.weights("group_weights", group_weights.values())
    by_name = dict(zip(names, in_proportion(weights), strict=True))
    if not any(by_name.values()):
        raise NoWeight("group_weights")
    stray = [i for i, group in enumerate(groups) if members[i] and group not in by_name]
    if stray:
        raise UngroupedComponents(stray)
    sums = dict.fromkeys(names, 0)
    for group, member in zip(groups, members, strict=True):
        if group is not None and group in sums:
            sums[group] += member
    for name, weight in by_name.items():
        if weight and not sums[name]:
            raise EmptyGroup(name)
    scale = math.lcm(*(total for name, total in sums.items() if total and by_name[name]))
    if scale.bit_length() > _LONGEST:
        # Hundreds of groups with weights of all sizes: a share below 2^-512 gets no token anyway.
        scale = 1 << _LONGEST
    parts = [
        by_name[group] * member * scale // sums[group] if member and group is not None else 0
        for group, member in zip(groups, members, strict=True)
    ]
    return Shares(tuple(in_proportion(parts)))
