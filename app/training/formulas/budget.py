"""What a budget buys, number by number: hours, FLOPs, tokens, a size."""

from collections.abc import Mapping

from app.planning.loss import presets as laws
from app.planning.loss.presets import Preset
from app.planning.loss.scaling import Optimum
from app.training.formulas.formula import Formula, n
from app.training.questions import Deadline, Purchase
from app.training.service import Plan
from app.web.i18n import later

SPEED = later(
    "X: peak of a GPU, U: MFU, G: goodput, H: paid GPU-hours, F: model FLOPs per token, D: tokens"
    " of the plan."
)


def purchase_formulas(plan: Plan, bought: Purchase, law: str) -> Mapping[str, Formula]:
    """Return how each number of a purchase comes about; they rest on the speed of the plan."""
    found = plan.estimate
    peak, mfu, goodput = found.utilisation.peak_tflops, found.utilisation.mfu, found.gpu_hours
    kind = {"measured": "measured", "given": "given"}.get(found.time.kind, found.time.kind)
    rate = f"3,600 × {n(peak)}e12 × {n(mfu, 4)} × {n(goodput.goodput, 4)}"
    optimum = {} if bought.optimum is None else _optimum(bought.optimum, bought, laws.find(law))
    return optimum | {
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


def gpus_formula(plan: Plan, bought: Purchase, days: float) -> Formula:
    """Return how the GPUs that a budget pays for come about, in whole replicas."""
    layout = plan.estimate.layout
    replica = layout.tp * layout.pp * layout.cp
    return Formula(
        later("GPUs that a budget pays for"),
        "⌊H / (24 t) / r⌋ × r",
        f"⌊{n(bought.gpu_hours)} / (24 × {n(days)}) / {replica}⌋ × {replica}",
        bought.gpus or 0,
        kind="given",
        note=later("H: paid GPU-hours, t: days, r: GPUs of one replica."),
    )


def deadline_formula(plan: Plan, asked: Deadline) -> Formula:
    """Return how the GPUs of a deadline come about, in whole replicas."""
    found, layout = plan.estimate, plan.estimate.layout
    replica = layout.tp * layout.pp * layout.cp
    speed = found.utilisation
    return Formula(
        later("GPUs for a deadline"),
        "⌈D F / (X U G × t × 86,400) / r⌉ × r",
        f"⌈{n(plan.tokens)} × {n(found.flops.per_token)} / ({n(speed.peak_tflops)}e12 ×"
        f" {n(speed.mfu, 4)} × {n(found.gpu_hours.goodput, 4)} × {n(asked.days)} × 86,400)"
        f" / {replica}⌉ × {replica}",
        asked.gpus,
        kind={"measured": "measured", "given": "given"}.get(found.time.kind, found.time.kind),
        note=later(
            "X: peak of a GPU, U: MFU, G: goodput, F: model FLOPs per token, D: tokens, t: days,"
            " r: GPUs of one replica."
        ),
    )


def _optimum(best: Optimum, bought: Purchase, law: Preset) -> dict[str, Formula]:
    """Return how the size with the least predicted loss comes about, where it is a formula."""
    if best.epochs is not None:
        return {
            "optimum": Formula(
                later("Compute-optimal parameters"),
                "argmin_N L(N, C / (6 N), U)",
                f"argmin_N L(N, {n(bought.flops)} / (6 N), {n(best.tokens / best.epochs)})",
                best.parameters,
                kind="calibrated",
                source="Muennighoff et al. 2023, arXiv 2305.16264",
                note=later(
                    "Found by a search, since repeats leave no closed form. L: the predicted loss,"
                    " C: FLOPs bought, U: unique tokens."
                ),
            )
        }
    return {
        "optimum": Formula(
            later("Compute-optimal parameters"),
            "G (C / 6)^(β / (α + β))",
            f"{n(law.g)} × ({n(bought.flops)} / 6)^{n(law.exponent, 4)}",
            best.parameters,
            kind="calibrated",
            source="Hoffmann et al. 2022, arXiv 2203.15556, eq. 4",
            note=later("C: FLOPs bought; G, α and β: fitted constants of the scaling law."),
        ),
        "optimum_loss": Formula(
            later("Predicted loss"),
            "E + A / N^α + B / D^β",
            f"{n(law.e)} + {n(law.a)} / {n(best.parameters, 4)}^{n(law.alpha, 4)}"
            f" + {n(law.b)} / {n(best.tokens, 4)}^{n(law.beta, 4)}",
            best.loss,
            "nats",
            kind="calibrated",
            source="Hoffmann et al. 2022, arXiv 2203.15556, eq. 10",
            note=later("N: parameters, D: tokens; E, A, B, α and β: fitted constants of the law."),
        ),
    }
