"""What compute refuses or remarks, as sentences for the person: the one place that words them."""

from collections.abc import Mapping, Sequence

from app.compute import errors
from app.compute.estimating.results import Memory, Notice, Remedy
from app.compute.hardware.profiles import PROFILES
from app.compute.layout.layouts import Layout
from app.compute.model.states import OPTIMIZERS, default_stage
from app.training.problems import Problem, TrainingRefused
from app.web.i18n import gettext as _
from app.web.i18n import later, pgettext
from app.web.numbers import decimal, percent_points, whole

RULES: Mapping[str, str] = {
    "at_least_one": later("%(name)s is %(value)s and must be at least 1."),
    "known_states": later(
        "The optimizer %(optimizer)s does not exist or has no such ZeRO stage."
        " Known are: %(known)s."
    ),
    "pipeline_excludes_zero_2": later(
        "DeepSpeed's pipeline does not run with ZeRO stage %(zero)s; stages 0 and 1 do."
    ),
    "sizes_multiply_to_gpus": later(
        "Tensor %(tp)s × pipeline %(pp)s × context %(cp)s × data parallel %(dp)s does not make"
        " %(gpus)s GPUs."
    ),
    "sizes_divide_gpus": later(
        "Tensor %(tp)s × pipeline %(pp)s × context parallel %(cp)s does not divide %(gpus)s GPUs."
    ),
    "heads_divide_by_tp": later("%(heads)s heads do not divide by tensor-parallel size %(tp)s."),
    "kv_heads_divide_by_tp": later(
        "%(kv_heads)s key/value heads neither divide by tensor-parallel size %(tp)s nor divide it."
    ),
    "ffn_divides_by_tp": later(
        "The feed-forward width %(ffn)s does not divide by tensor-parallel size %(tp)s."
    ),
    "sequence_parallel_needs_tp": later(
        "Sequence parallelism divides over the tensor-parallel group, which has only one GPU."
    ),
    "stages_at_most_layers": later("%(pp)s pipeline stages are more than the %(layers)s layers."),
    "layers_split_over_stages": later(
        "%(layers)s layers do not split evenly over %(pp)s stages, not even with the embeddings"
        " counted as layers."
    ),
    "stages_sum_to_layers": later(
        "The list of stages must have %(pp)s numbers above 0 that sum to %(layers)s layers."
    ),
    "interleave_needs_stages": later("Interleaving needs more than one pipeline stage."),
    "stages_divide_by_interleave": later(
        "The layers of a stage do not divide by interleaving %(interleave)s, which must divide"
        " %(slots)s."
    ),
    "micro_batches_divide_by_stages": later(
        "Interleaving needs micro-batches that divide by the %(pp)s stages; %(micro_batches)s"
        " do not."
    ),
    "global_batch_divides": later(
        "The global batch %(global_batch)s does not divide by micro-batch %(micro_batch)s ×"
        " data-parallel size %(dp)s."
    ),
    "ramp_start_fits": later(
        "The ramp starts at %(start)s sequences; it must start at a multiple of %(together)s, what"
        " all ranks take at once, and at most at the global batch %(global_batch)s."
    ),
    "ramp_reaches_the_batch": later(
        "Increments of %(increment)s from %(start)s do not reach the global batch %(global_batch)s"
        " in whole multiples of %(together)s."
    ),
    "ramp_has_few_sizes": later("Increments of %(increment)s make more than %(most)s batch sizes."),
    "sequence_divides_by_cp": later(
        "The sequence length %(sequence)s does not divide by twice the context-parallel size"
        " %(cp)s."
    ),
    "experts_needed": later("Expert-parallel size %(ep)s needs a model with experts."),
    "experts_divide_by_ep": later(
        "%(experts)s experts do not divide by expert-parallel size %(ep)s."
    ),
    "ep_divides_stage": later(
        "Expert-parallel size %(ep)s does not divide the GPUs of a stage as its experts are spread."
    ),
    "tp_leaves_node": later(
        "Tensor-parallel size %(tp)s leaves the GPUs of a node, which share a fast link."
    ),
    "pipeline_excludes_sharding": later(
        "%(pp)s pipeline stages do not run with gradients or weights that %(optimizer)s shards."
    ),
    "does_not_fit": later(
        "It needs %(gib)s GiB on its fullest stage, %(over)s more than there is."
    ),
}
"""Every rule that a layout can break, in an estimate or in a search."""

NOTICES: Mapping[str, str] = {
    "tp_leaves_node": later(
        "Tensor-parallel size %(tp)s exceeds the %(node)s GPUs that share a fast link."
    ),
    "vocab_padded": later(
        "The vocabulary %(vocab)s is padded to %(padded)s for tensor-parallel size %(tp)s."
    ),
    "uneven_stages": later("%(layers)s layers on %(pp)s stages are split as %(stages)s."),
    "kv_heads_copied": later(
        "%(kv_heads)s key/value heads are copied to reach tensor-parallel size %(tp)s."
    ),
    "zero_unused": later(
        "%(optimizer)s has no ZeRO stage %(zero)s, so that the stage changes nothing. Choose"
        " DeepSpeed ZeRO or FSDP for it."
    ),
    "does_not_fit": later("Stage %(stage)s needs %(gib)s GiB of %(usable)s, %(over)s too much."),
    "tight": later(
        "Stage %(stage)s leaves %(margin)s GiB, less than the framework's share is uncertain by."
    ),
    "predicted_step": later(
        "The step time is predicted with the profile %(profile)s. A measured step is better."
    ),
    "large_bubble": later(
        "The pipeline idles %(bubble)s of the step. More micro-batches or interleaving help."
    ),
    "unusual_mfu": later(
        "An MFU of %(mfu)s is outside what published runs reach, %(low)s to %(high)s. Check the"
        " peak, the count and the step."
    ),
}
"""Every remark beside an estimate."""

CHANGES: Mapping[str, str] = {
    "tp": later("tensor-parallel size %(value)s instead of %(old)s"),
    "pp": later("%(value)s pipeline stages instead of %(old)s"),
    "cp": later("context-parallel size %(value)s instead of %(old)s"),
    "micro_batch": later("a micro-batch of %(value)s instead of %(old)s"),
    "recompute": later("%(value)s instead of %(old)s"),
    "sequence_parallel": later("sequence parallelism"),
    "zero": later("ZeRO stage %(value)s instead of %(old)s"),
    "optimizer": later("the optimizer states divided over the data-parallel group"),
}
"""What to change where a stage is too full."""

ORIGINS: Mapping[str, str] = {
    "megatron_deepspeed_2022": later(
        "Fitted on the BigScience layout sweep: A100 80 GB, Omni-Path, February 2022."
    ),
    "fsdp_2023": later("Fitted on the MosaicML MPT throughput table: A100 and H100, 2023."),
    "megatron_core": later(
        "Not fitted: kernels carried over from the MPT fit, links from the BigScience fit."
    ),
}
"""Where the efficiencies of each profile come from."""

RECOMPUTE: Mapping[str, str] = {
    "none": later("no recompute"),
    "selective": later("selective recompute"),
    "full": later("full recompute"),
}
"""What is computed again in the backward pass."""

TERMS: Mapping[str, str] = {
    "states": later("Model states"),
    "optimizer": later("Optimizer states"),
    "activations": later("Activations"),
    "logits": later("Logits"),
    "buffers": later("Buffers"),
}
"""The terms of a stage that a change would shrink."""

_SHAPES: Mapping[str, str] = {
    "heads": later("The heads must divide the hidden size."),
    "kv_heads": later("The key/value heads must divide the query heads."),
    "experts.top_k": later("A token can see one expert at least and all experts at most."),
    "experts.dense_layers": later("The dense layers must leave a layer with experts."),
}
_EXPECTED: Mapping[str, str] = {
    "a number above 0": later("%(field)s is %(value)s and must be above 0."),
    "a share above 0 and at most 1": later(
        "%(field)s is %(value)s and must be a share above 0 and at most 1."
    ),
    "one of mfu, hfu_tflops and step_seconds": later(
        "Give one of MFU, hardware TFLOP/s and seconds per step, not several."
    ),
}
_FIELDS = {
    "count": "hardware.count",
    "gpus": "hardware.count",
    "gpus_per_node": "hardware.gpus_per_node",
    "price_per_hour": "hardware.price_per_hour",
    "network_gb_s": "hardware.network_gb_s",
    "precision": "layout.precision",
    "mfu": "efficiency.mfu",
    "hfu_tflops": "efficiency.hfu_tflops",
    "step_seconds": "efficiency.step_seconds",
    "sequence": "model.seq",
    "ramp.start": "ramp.start",
    "ramp.increment": "ramp.increment",
    "ramp.sequences": "ramp.sequences",
}
_PERCENTS = {"bubble", "mfu", "low", "high"}


def explain(error: errors.ComputeError) -> TrainingRefused:
    """Return what compute refused as an error that a page, the API or a terminal can show."""
    match error:
        case errors.InvalidLayout():
            return TrainingRefused([tell_violation(one) for one in error.violations])
        case errors.UnknownArchitecture():
            message = _(
                "No rule reads a configuration of the type %(name)s. Known are: %(known)s.",
                name=error.name[:80],
                known=", ".join(error.known),
            )
            return TrainingRefused([Problem("model.config", "known_architecture", message)])
        case errors.InvalidShape():
            return TrainingRefused([_shape(error)])
        case errors.NoSuchChoice():
            return TrainingRefused([_choice(error)])
        case errors.InvalidNumber():
            return TrainingRefused([_number(error)])
    raise error


def tell_violation(violation: errors.Violation) -> Problem:
    """Word one broken rule of a layout."""
    field = violation.field
    place = _FIELDS.get(field, f"layout.{field}")
    message = tell_rule(violation.rule, violation.values)
    listed = violation.values.get("stages")
    if violation.rule in {"layers_split_over_stages", "stages_sum_to_layers"} and listed:
        message = _join(message, _("A list that works: %(stages)s.", stages=_shown("", listed)))
    message = _join(message, nearest_sentence(violation.nearest))
    return Problem(place, violation.rule, message, violation.nearest)


def tell_rule(rule: str, values: Mapping[str, object]) -> str:
    """Word a rule that a layout breaks, with its numbers put in."""
    return _(RULES[rule], **_all_shown(values))


def tell_notice(notice: Notice, memory: Memory, layout: Layout) -> str:
    """Word a remark beside an estimate; what does not fit, with what would."""
    message = _(NOTICES[notice.code], **_all_shown(notice.values))
    if notice.code == "predicted_step":
        message = _join(message, _(ORIGINS[str(notice.values["profile"])]))
    elif notice.code == "does_not_fit":
        message = _join(message, tell_best_remedy(memory, layout))
    return message


def tell_change(remedy: Remedy, layout: Layout) -> str:
    """Say what a remedy changes: the nearest value, and what the layout has now."""
    values: dict[str, object] = {
        "value": remedy.value,
        "old": getattr(layout, remedy.change),
    }
    if remedy.value is True:
        values = {}
    elif remedy.change == "recompute":
        values = {name: _(RECOMPUTE[str(value)]) for name, value in values.items()}
    elif remedy.change == "zero":
        values["old"] = default_stage(layout.optimizer, layout.zero)
    return _(CHANGES[remedy.change], **_all_shown(values))


def term_word(term: str) -> str:
    """Return the name of a term of a stage's memory."""
    return _(TERMS[term])


def tell_best_remedy(memory: Memory, layout: Layout) -> str:
    """Say which term to change first, and to what; or that no single change is enough."""
    if not memory.remedies or memory.remedies[0].verdict == "does_not_fit":
        return _("No single change is enough; the layout search tries them together.")
    best = memory.remedies[0]
    return _(
        "%(term)s take %(gib)s GiB of it. With %(change)s it is %(then)s GiB (%(verdict)s).",
        term=term_word(best.term),
        gib=decimal(best.gib, 1),
        change=tell_change(best, layout),
        then=decimal(best.max_gib, 1),
        verdict=verdict_word(best.verdict),
    )


def nearest_sentence(nearest: Sequence[int]) -> str:
    """Say which values next to a wrong one are valid; nothing where there is none."""
    if not nearest:
        return ""
    return _("Nearest valid: %(values)s.", values=_(" or ").join(str(one) for one in nearest))


def verdict_word(verdict: str) -> str:
    """Return the verdict on the fullest stage, as a word."""
    return {
        "fits": pgettext("memory", "fits"),
        "tight": pgettext("memory", "tight"),
        "does_not_fit": pgettext("memory", "does not fit"),
    }[verdict]


def recompute_word(name: str) -> str:
    """Return what a layout recomputes, in words."""
    return _(RECOMPUTE[name])


def _shape(error: errors.InvalidShape) -> Problem:
    place = _FIELDS.get(error.field, f"model.{error.field}")
    known = _SHAPES.get(error.field) if error.nearest else None
    if known:
        message = _join(_(known), nearest_sentence(error.nearest))
    elif "missing" in str(error):
        place = "model.config"
        message = _("%(field)s is missing or cannot be read.", field=error.field)
    else:
        message = _("%(field)s must be a whole number of at least 1.", field=error.field)
    return Problem(place, "possible_shape", message, error.nearest)


def _choice(error: errors.NoSuchChoice) -> Problem:
    known = set(error.known)
    field = "layout.optimizer" if known == set(OPTIMIZERS) else "layout.recompute"
    if known == set(PROFILES):
        field = "profile"
    message = _(
        "There is no “%(name)s”. Known are: %(known)s.",
        name=error.name[:80],
        known=", ".join(error.known),
    )
    return Problem(field, "known_choice", message)


def _number(error: errors.InvalidNumber) -> Problem:
    place = _FIELDS.get(error.field, error.field)
    if error.field == "precision":
        message = _("The accelerator has no recorded fp8 peak. Choose bf16.")
    elif error.expected in _EXPECTED:
        message = _(_EXPECTED[error.expected], field=error.field, value=error.value)
    else:
        message = _(
            "%(field)s is %(value)s, which is too small.", field=error.field, value=error.value
        )
    return Problem(place, "number_in_range", message)


def _all_shown(values: Mapping[str, object]) -> dict[str, str]:
    return {name: _shown(name, value) for name, value in values.items()}


def _shown(name: str, value: object) -> str:
    if isinstance(value, float):
        if name in _PERCENTS:
            return str(percent_points(100 * value).striptags())
        return whole(int(value)) if value.is_integer() else decimal(value, 1)
    if isinstance(value, int):
        return whole(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value)


def _join(first: str, second: str) -> str:
    """Put two sentences after each other, as the language does."""
    return _("%(first)s %(second)s", first=first, second=second) if second else first
