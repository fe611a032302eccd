"""What each axis of a plan sends, by which collective operation, and over which links."""

from collections.abc import Iterator

from app.compute.estimating.prepared import PreparedRun
from app.training.concepts.explanations import COLLECTIVES
from app.training.concepts.row import Row, told
from app.training.concepts.splitting import Formulas
from app.training.formulas.traffic import AXES
from app.training.service import Plan
from app.web.i18n import gettext as _


def nccl_rows(plan: Plan, run: PreparedRun, formulas: Formulas) -> Iterator[Row]:
    """Yield each axis that sends, then the links."""
    for name, axis in plan.estimate.communication.items():
        if not axis.bytes:
            continue
        yield Row(
            _(AXES[name]),
            told(axis.bytes / 1e9, 1),
            "GB",
            formulas.get(f"volume_{name}"),
            _(COLLECTIVES[name]),
        )
        yield Row(
            _("takes, at %(rate)s GB/s", rate=told(axis.bandwidth_gb_s, 1)),
            told(axis.seconds),
            "s",
            formulas.get(f"traffic_{name}"),
        )
    link = run.cluster.accelerator.link_gb_s
    network = run.cluster.network_bytes_per_second(run.profile.network_gb_s) / 1e9
    if link:
        yield Row(_("Link inside a node"), told(link, 1), "GB/s", note=_("of one GPU, one way"))
    is_given = run.cluster.network_gb_s is not None
    yield Row(
        _("Network of a GPU"),
        told(network, 2),
        "GB/s",
        note=_("its share of the node’s") if is_given else _("assumed by the profile"),
    )
