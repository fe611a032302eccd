"""Formulas of the model itself: parameters, FLOPs, the checkpoint."""

from collections.abc import Iterator

from app.compute.model.flops import attention_flops_per_token, block_matmul_parameters
from app.compute.model.parameters import count_block, count_positions
from app.compute.model.shapes import ModelShape
from app.compute.units import GIB
from app.training.formulas.formula import Formula, n
from app.training.service import Plan
from app.web.i18n import later

CHINCHILLA = "Chowdhery et al. 2022, arXiv 2204.02311, appendix B"
EQUATION = {
    "6n": "6 N",
    "palm": "6 N + 12 L a d s",
    "causal": "6 N + 6 L a d s",
    "matmul": "6 N′ + 12 L a d s",
    "8n": "(6 N + 12 L a d s) × 4/3",
}


def size_formulas(plan: Plan) -> Iterator[tuple[str, Formula]]:
    """Yield the formulas of parameters, FLOPs and the checkpoint, by id."""
    found = plan.estimate
    yield "parameters", _parameters(plan.shape, found.params.total)
    yield from _counts(plan)
    yield "flops_per_token", _flops(plan)
    yield (
        "flops",
        Formula(
            later("FLOPs of the run"),
            "F × D",
            f"{n(found.flops.per_token)} × {n(plan.tokens)}",
            found.flops.total,
            "FLOP",
            source=CHINCHILLA,
            note=later("F model FLOPs per token, D training tokens."),
        ),
    )
    yield "hardware_flops", _hardware(plan)
    yield (
        "checkpoint",
        Formula(
            later("Full checkpoint"),
            "14 N / 2³⁰",
            f"14 × {n(found.params.total)} / {n(GIB)}",
            found.checkpoint_gib,
            "GiB",
            source="bigscience-workshop/bigscience, train/tr11-176B-ml/README.md",
            note=later("Master weights 4, Adam’s moments 8, 16-bit weights 2 bytes per parameter."),
        ),
    )


def _counts(plan: Plan) -> Iterator[tuple[str, Formula]]:
    """Yield the other counts of parameters."""
    found, shape = plan.estimate.params, plan.shape
    values = n(found.total)
    if shape.experts:
        moe = count_block(shape, moe=True)
        values += f" − {shape.moe_layers} × ({n(moe.total)} − {n(moe.active)})"
    yield (
        "active",
        Formula(
            later("Parameters active on a token"),
            "N − L₂ (P₂ − P₂′)",
            values,
            found.active,
            note=later(
                "N all parameters, L₂ layers with experts, of P₂ parameters each, of which P₂′ work"
                " on one token. Without experts all are active."
            ),
        ),
    )
    copies = 1 if shape.tied else 2
    positions = count_positions(shape)
    yield (
        "non_embedding",
        Formula(
            later("Parameters without embeddings"),
            "N − V h × k − s h",
            f"{n(found.total)} − {n(shape.vocab)} × {n(shape.hidden)} × {copies} − {n(positions)}",
            found.non_embedding,
            note=later(
                "V vocabulary, h hidden, k embedding matrices; s h only where positions are"
                " learned."
            ),
        ),
    )
    yield (
        "allocated",
        Formula(
            later("Parameters allocated over the stages"),
            "N + V h × (2 − k)",
            f"{n(found.total)} + {n(shape.vocab)} × {n(shape.hidden)} × {2 - copies}",
            found.allocated,
            note=later("A tied embedding, k = 1, lives on the first and on the last stage."),
        ),
    )


def _parameters(shape: ModelShape, total: int) -> Formula:
    copies = 1 if shape.tied else 2
    rest = total - copies * shape.vocab * shape.hidden
    if shape.experts or shape.latent:
        dense, moe = count_block(shape, moe=False).total, count_block(shape, moe=True).total
        left = shape.layers - shape.moe_layers
        rest -= left * dense + shape.moe_layers * moe
        symbols = "L₁ P₁ + L₂ P₂ + V h × k + rest"
        values = f"{left} × {n(dense)} + {shape.moe_layers} × {n(moe)}"
        note = later(
            "L₁ dense layers of P₁ parameters, L₂ layers with experts of P₂, k embedding matrices;"
            " the rest is norms and positions."
        )
    elif shape.gated:
        block = count_block(shape, moe=False).total
        h, a, g, d, f = shape.hidden, shape.heads, shape.kv_heads, shape.head_dim, shape.ffn
        other = block - (2 * h * a * d + 2 * h * g * d + 3 * h * f)
        rest -= shape.layers * block
        symbols = "L (2 h a d + 2 h g d + 3 h f + b) + V h × k + rest"
        values = (
            f"{shape.layers} × (2 × {n(h)} × {a} × {d} + 2 × {n(h)} × {g} × {d}"
            f" + 3 × {n(h)} × {n(f)} + {n(other)})"
        )
        note = later(
            "L layers, h hidden, a heads, g key/value heads, d head dimension, f feed-forward"
            " width, b norms and biases, V vocabulary, k embedding matrices."
        )
    else:
        block = count_block(shape, moe=False).total
        h, f = shape.hidden, shape.ffn
        other = block - (4 * h * h + 2 * h * f)
        rest -= shape.layers * block
        symbols = "L (4 h² + 2 h f + b) + V h × k + rest"
        values = f"{shape.layers} × (4 × {n(h)} × {n(h)} + 2 × {n(h)} × {n(f)} + {n(other)})"
        note = later(
            "L layers, h hidden, f feed-forward width (4 h gives 12 h²), b biases and norms (13 h),"
            " V vocabulary, k embedding matrices; the rest is norms and positions."
        )
    values += f" + {n(shape.vocab)} × {n(shape.hidden)} × {copies} + {n(rest)}"
    return Formula(
        later("Parameters"),
        symbols,
        values,
        total,
        source="Narayanan et al. 2021, arXiv 2104.04473, eq. 2; config.json",
        note=note,
    )


def _flops(plan: Plan) -> Formula:
    found, shape = plan.estimate, plan.shape
    convention = found.flops.convention
    scores = attention_flops_per_token(shape)
    count: float = found.params.active
    if convention == "matmul":
        count = (found.flops.per_token - scores) / 6
    values = f"6 × {n(count)}"
    if convention == "causal":
        values += f" + {n(scores / 2)}"
    elif convention != "6n":
        values += f" + {n(scores)}"
    if convention == "8n":
        values = f"({values}) × 4 / 3"
    return Formula(
        later("Model FLOPs per token"),
        EQUATION[convention],
        values,
        found.flops.per_token,
        "FLOP",
        source=CHINCHILLA,
        note=later(
            "N parameters that work on a token, N′ without the input embedding; the second term is"
            " attention: L layers, a heads of dimension d, s tokens."
        ),
    )


def _hardware(plan: Plan) -> Formula:
    shape, recompute = plan.shape, plan.estimate.layout.recompute
    blocks = 6 * shape.layers * block_matmul_parameters(shape)
    scores = attention_flops_per_token(shape)
    logits = 6 * shape.vocab * shape.hidden
    symbols, values = "B + A + Z", f"{n(blocks)} + {n(scores)} + {n(logits)}"
    if recompute == "full":
        symbols, values = "(B + A) × 4/3 + Z", f"({n(blocks)} + {n(scores)}) × 4 / 3 + {n(logits)}"
    elif recompute == "selective":
        symbols, values = "B + 2 A + Z", f"{n(blocks)} + 2 × {n(scores)} + {n(logits)}"
    return Formula(
        later("Hardware FLOPs per token"),
        symbols,
        values,
        plan.estimate.flops.hardware_per_token,
        "FLOP",
        source="Narayanan et al. 2021, eq. 3; Korthikanti et al. 2022, arXiv 2205.05198, app. A",
        note=later(
            "B blocks, A attention scores, Z logits. Full recomputation repeats the forward pass of"
            " the blocks."
        ),
    )
