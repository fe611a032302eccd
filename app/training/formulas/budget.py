"""What a budget buys, number by number: hours, FLOPs, tokens, a size."""

from collections.abc import Mapping

from app.training.formulas.formula import Formula, n
from app.training.questions import Purchase
from app.training.service import Plan
from app.web.i18n import later

SPEED = later(
    "X: peak of a GPU, U: MFU, G: goodput, H: paid GPU-hours, F: model FLOPs per token, D: tokens"
    " of the plan."
)


def purchase_formulas(plan: Plan, bought: Purchase) -> Mapping[str, Formula]:
    """Return how each number of a purchase comes about; they rest on the speed of the plan."""
    found = plan.estimate
    peak, mfu, goodput = found.utilisation.peak_tflops, found.utilisation.mfu, found.gpu_hours
    kind = {"measured": "measured", "given": "given"}.get(found.time.kind, found.time.kind)
    rate = f"3,600 × {n(peak)}e12 × {n(mfu, 4)} × {n(goodput.goodput, 4)}"
    return {
        "hours_bought": Formula(
            later("GPU-hours that a budget buys"),
            "budget / price",
            f"{n(bought.budget)} / {n(plan.cluster.price_per_hour or 0)}",
            bought.gpu_hours,
            "h",
            kind="given",
        ),
        "flops_bought": Formula(
            later("Model FLOPs that a budget buys"),
            "C = 3,600 H X U G",
            f"{n(bought.gpu_hours)} × {rate}",
            bought.flops,
            "FLOP",
            kind=kind,
            note=SPEED,
        ),
        "tokens_bought": Formula(
            later("Tokens that a budget buys"),
            "C / F",
            f"{n(bought.flops)} / {n(found.flops.per_token)}",
            bought.tokens,
            kind=kind,
            note=SPEED,
        ),
        "size_bought": Formula(
            later("Parameters that spend a budget on the plan’s tokens"),
            "C / (6 D)",
            f"{n(bought.flops)} / (6 × {n(plan.tokens)})",
            bought.size_for_tokens,
            kind=kind,
            note=SPEED,
        ),
    }
