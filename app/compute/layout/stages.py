"""Which layers a pipeline stage holds. Uneven splits are explicit, never silently rounded."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.compute.errors import InvalidLayout, Violation


@dataclass(frozen=True)
class StageSplit:
    """
    The layers of each pipeline stage, first to last.

    Attributes
    ----------
    layers : tuple of int
        Layers per stage; sums to the layers of the model.
    embedding_slots : bool
        Each embedding took the place of one layer on its end stage.
    """

    layers: tuple[int, ...]
    embedding_slots: bool

    @property
    def slots(self) -> int:
        """Places per stage that interleaving divides: layers, and an embedding where it is one."""
        return max(self.layers)


def split_layers(
    layers: int, pp: int, stages: Sequence[int] | None = None, *, fill: bool = False
) -> StageSplit:
    """
    Split the layers of a model over pipeline stages.

    Without `stages` the split is even, or each embedding takes the place of one layer on its end
    stage (BLOOM: 70 layers on 12 stages are 5, 10 x 6, 5). Where neither divides, there is no
    default: the error carries the nearest numbers of stages, and `propose_split` an explicit one.
    DeepSpeed does have a default there, which `fill` asks for: as many layers as the largest stage
    needs, until they run out (78 layers on 12 stages are 11 x 7, 1).

    Parameters
    ----------
    layers : int
        Layers of the model, above 0.
    pp : int
        Pipeline stages, above 0.
    stages : sequence of int or None
        Layers per stage, `pp` numbers above 0 that sum to `layers`.
    fill : bool
        Split unevenly as DeepSpeed does where no even split exists.

    Returns
    -------
    StageSplit

    Raises
    ------
    InvalidLayout
        More stages than layers, a split that does not sum up, or none that is even.

    References
    ----------
    BLOOM's ``type:transformer|embedding`` partition: bigscience-workshop/bigscience,
    train/tr11-176B-ml/README.md. DeepSpeed's default: deepspeedai/DeepSpeed, runtime/utils.py,
    ``partition_balanced``.

    Examples
    --------
    >>> split_layers(70, 12).layers
    (5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 5)
    >>> split_layers(78, 12, fill=True).layers[-2:]
    (7, 1)
    >>> split_layers(30, 7)
    Traceback (most recent call last):
    app.compute.errors.InvalidLayout: 30 layers do not split evenly over 7 stages...
    """
    if stages is not None:
        return StageSplit(_checked(layers, pp, stages), embedding_slots=False)
    if pp > layers:
        raise InvalidLayout([too_many_stages(layers, pp)])
    if layers % pp == 0:
        return StageSplit((layers // pp,) * pp, embedding_slots=False)
    if splits_with_embeddings(layers, pp):
        slots = (layers + 2) // pp
        return StageSplit((slots - 1, *[slots] * (pp - 2), slots - 1), embedding_slots=True)
    if fill and layers > (pp - 1) * -(-layers // pp):
        largest = -(-layers // pp)
        last = layers - largest * (pp - 1)
        return StageSplit((*[largest] * (pp - 1), last), embedding_slots=False)
    raise InvalidLayout([uneven_stages(layers, pp)])


def splits(layers: int, pp: int, *, fill: bool = False) -> bool:
    """
    Tell whether a model splits over `pp` stages without an explicit list.

    Examples
    --------
    >>> splits(70, 12), splits(70, 11), splits(78, 12, fill=True)
    (True, False, True)
    """
    if not 1 <= pp <= layers:
        return False
    even = layers % pp == 0 or splits_with_embeddings(layers, pp)
    return even or (fill and layers > (pp - 1) * -(-layers // pp))


def splits_with_embeddings(layers: int, pp: int) -> bool:
    """
    Tell whether a model splits when each embedding takes the place of one layer.

    Examples
    --------
    >>> splits_with_embeddings(126, 16)
    True
    """
    return pp > 1 and (layers + 2) % pp == 0 and (layers + 2) // pp > 1


def propose_split(layers: int, pp: int) -> tuple[int, ...]:
    """
    Propose layers per stage that differ by one at most, the end stages being the lighter ones.

    Examples
    --------
    >>> propose_split(30, 4)
    (7, 8, 8, 7)
    """
    small, extra = divmod(layers, pp)
    middle_first = sorted(range(pp), key=lambda stage: abs(2 * stage - (pp - 1)))
    heavy = set(middle_first[:extra])
    return tuple(small + (stage in heavy) for stage in range(pp))


def nearest_stage_counts(layers: int, pp: int) -> tuple[int, ...]:
    """
    List the numbers of stages next to `pp` over which the layers split.

    Examples
    --------
    >>> nearest_stage_counts(30, 7)
    (6, 8)
    """
    below = [value for value in range(1, min(pp, layers + 1)) if splits(layers, value)]
    above = [value for value in range(pp + 1, layers + 1) if splits(layers, value)]
    return (*below[-1:], *above[:1])


def too_many_stages(layers: int, pp: int) -> Violation:
    """
    Word the rule that a stage needs at least one layer.

    Examples
    --------
    >>> too_many_stages(4, 8).message
    '8 pipeline stages are more than the 4 layers'
    """
    return Violation(
        rule="stages_at_most_layers",
        field="pp",
        message=f"{pp} pipeline stages are more than the {layers} layers",
        values={"pp": pp, "layers": layers},
        nearest=(layers,),
    )


def uneven_stages(layers: int, pp: int) -> Violation:
    """
    Word the rule that an uneven split must be listed.

    Examples
    --------
    >>> uneven_stages(61, 4).values["stages"], uneven_stages(30, 7).nearest
    ((15, 16, 15, 15), (6, 8))
    """
    proposal = propose_split(layers, pp)
    listed = ", ".join(map(str, proposal))
    return Violation(
        rule="layers_split_over_stages",
        field="pp",
        message=(
            f"{layers} layers do not split evenly over {pp} stages, with or without the embeddings"
            f" as layers; list the layers per stage, such as {listed}"
        ),
        values={"pp": pp, "layers": layers, "stages": proposal},
        nearest=nearest_stage_counts(layers, pp),
    )


def _checked(layers: int, pp: int, stages: Sequence[int]) -> tuple[int, ...]:
    if len(stages) != pp or sum(stages) != layers or min(stages, default=0) < 1:
        proposal = propose_split(layers, pp) if pp <= layers else ()
        message = (
            f"the stages list {len(stages)} numbers with {sum(stages)} layers;"
            f" {pp} numbers above 0 with {layers} layers are needed"
        )
        values = {"pp": pp, "layers": layers, "listed": tuple(stages), "stages": proposal}
        raise InvalidLayout([Violation("stages_sum_to_layers", "stages", message, values)])
    return tuple(stages)
