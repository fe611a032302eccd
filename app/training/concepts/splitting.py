"""How the model is cut over GPUs: tensor, pipeline and 3D parallelism."""

from collections.abc import Iterator, Mapping

from app.compute.layout.pipeline import bubble_fraction, bubble_slots
from app.training.concepts.row import Row, told
from app.training.formulas.formula import NARAYANAN, Formula, n
from app.training.service import Plan
from app.web.i18n import gettext as _
from app.web.i18n import later

INTERLEAVINGS = (1, 2, 4, 8)

Formulas = Mapping[str, Formula]


def tensor_rows(plan: Plan, formulas: Formulas) -> Iterator[Row]:
    """Yield what one GPU of a tensor-parallel group holds and sends."""
    shape, tp = plan.shape, plan.estimate.layout.tp
    for name, title, symbols, width in (
        (_("Heads on a GPU"), later("Heads on a GPU"), "a / t", shape.heads),
        (_("Feed-forward columns on a GPU"), later("Feed-forward columns"), "f / t", shape.ffn),
    ):
        formula = Formula(title, symbols, f"{n(width)} / {tp}", width / tp)
        yield Row(name, told(width / tp), formula=formula)
    sent = plan.estimate.communication["tensor"]
    yield Row(_("Sent in a step"), told(sent.bytes / 1e9, 1), "GB", formulas.get("volume_tensor"))
    yield Row(_("Over a link of"), told(sent.bandwidth_gb_s, 1), "GB/s", note=_("what it reaches"))
    yield Row(_("Takes"), told(sent.seconds), "s", formulas.get("traffic_tensor"))


def pipeline_rows(plan: Plan) -> Iterator[Row]:
    """Yield the bubble under several interleavings, and what is in flight."""
    layout, found = plan.estimate.layout, plan.estimate
    m, p = round(layout.micro_batches), layout.pp
    for interleave in INTERLEAVINGS:
        schedule = "interleaved" if interleave > 1 else "1f1b"
        slots = float(bubble_slots(float(p), schedule=schedule, interleave=float(interleave)))
        share = float(bubble_fraction(slots, layout.micro_batches))
        yield Row(
            _("Bubble with %(count)s chunks a GPU", count=interleave)
            if interleave > 1
            else _("Bubble with 1F1B"),
            told(100 * share, 1),
            "%",
            Formula(
                later("Bubble"),
                "(p − 1) / (v m + p − 1)",
                f"{p - 1} / ({interleave} × {m} + {p - 1})",
                share,
                source=NARAYANAN,
                note=later("p stages, m micro-batches in a step, v chunks of layers on a GPU."),
            ),
            bar=((2, 100 * share),),
            is_here=interleave == layout.interleave and p > 1,
        )
    yield Row(
        _("Micro-batches in a step"),
        told(m),
        formula=Formula(
            later("Micro-batches per step"),
            "B / (b d)",
            f"{layout.global_batch} / ({layout.micro_batch} × {layout.dp})",
            m,
            note=later("B global batch, b micro-batch, d data-parallel size."),
        ),
    )
    flying = found.memory.per_stage[0].in_flight
    simple = layout.interleave == 1 and found.pipeline.schedule == "1f1b"
    yield Row(
        _("In flight on the first stage"),
        told(flying),
        formula=Formula(later("In flight"), "min(p, m)", f"min({p}, {m})", flying)
        if simple
        else None,
    )
    yield Row(_("In flight on the last stage"), told(found.memory.per_stage[-1].in_flight))


def three_d_rows(plan: Plan, formulas: Formulas) -> Iterator[Row]:
    """Yield the size of each axis with what it sends, and their product."""
    layout = plan.estimate.layout
    node = plan.cluster.gpus_per_node
    inside, across = _("inside a node"), _("across nodes")
    reach = 1
    for name, size, axis in (
        (_("Tensor parallel"), layout.tp, "tensor"),
        (_("Context parallel"), layout.cp, "context"),
        (_("Data parallel"), layout.dp, "data"),
        (_("Pipeline stages"), layout.pp, "pipeline"),
    ):
        reach *= size
        sent = plan.estimate.communication[axis]
        place = inside if reach <= node else across
        note = place if size > 1 else _("not used")
        if size > 1 and sent.bytes:
            note = _(
                "%(place)s, sends %(size)s GB in a step",
                place=place,
                size=told(sent.bytes / 1e9, 1),
            )
        yield Row(name, told(size), formula=formulas.get(f"volume_{axis}"), note=note)
    sizes = f"{layout.tp} × {layout.pp} × {layout.cp} × {layout.dp}"
    yield Row(
        _("GPUs"),
        told(plan.cluster.count),
        formula=Formula(later("GPUs"), "t p c d", sizes, plan.cluster.count),
    )
    replica = layout.tp * layout.pp * layout.cp
    yield Row(
        _("GPUs of one replica"),
        told(replica),
        formula=Formula(
            later("GPUs of one replica"),
            "t p c",
            f"{layout.tp} × {layout.pp} × {layout.cp}",
            replica,
        ),
    )
