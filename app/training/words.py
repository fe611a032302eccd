"""The words of training plans in the reader's language, for pages and terminals."""

from collections.abc import Mapping

from app.compute.layout.layouts import Layout
from app.training import presets, sentences
from app.training.concepts.explanations import COLLECTIVES, CONCEPTS, EXPLANATIONS
from app.training.formulas.formula import KINDS, Formula
from app.training.formulas.parts import STEP_PARTS
from app.training.formulas.traffic import AXES
from app.training.known import Known
from app.training.published import QUANTITIES
from app.training.vocabulary import answers, choices, fields
from app.web.i18n import gettext as _
from app.web.numbers import decimal, number, whole


def options(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return choices of a form with their words."""
    return [(value, _(word)) for value, word in words.items()]


def word(words: Mapping[str, str], name: str) -> str:
    """Return a word, or the name itself where none is known."""
    return _(words[name]) if name in words else name


def note_of(formula: Formula) -> str:
    """Return which symbol of a formula is which."""
    return _(formula.note) if formula.note else ""


def title_of(formula: Formula) -> str:
    """Return what a formula computes."""
    return _(formula.title)


def kind_of(formula: Formula) -> str:
    """Return what a formula's result rests on."""
    return _(formula.word)


def yes_no() -> list[tuple[str, str]]:
    """Return the choices of a part of a model: as the family has it, yes, no."""
    return [("", _("by default")), ("yes", _("yes")), ("no", _("no"))]


def on_off() -> list[tuple[str, str]]:
    """Return the choices of a switch that is off by itself."""
    return [("", _("no")), ("yes", _("yes"))]


def accelerators(known: Known) -> list[tuple[str, str]]:
    """Return the accelerators with their peaks, as choices."""
    return [
        (one.id, f"{one.device.name} · {one.device.peak_tflops:g} TFLOP/s")
        for one in known.accelerators.values()
    ]


def model_name(values: Mapping[str, str]) -> str:
    """Return the name of the model that a form has chosen."""
    preset = presets.models().get(values.get("model", ""))
    return preset.name if preset else _("A model of your own")


def layout_line(layout: Layout) -> str:
    """Return a layout in one line."""
    return f"{sizes_line(layout)} · {options_line(layout)}"


def sizes_line(layout: Layout) -> str:
    """Return the sizes of a layout; what is 1 is left out, but never TP, PP, DP."""
    sizes = [f"TP {layout.tp}", f"PP {layout.pp}"]
    if layout.interleave > 1:
        sizes.append(f"VP {layout.interleave}")
    sizes.append(f"DP {layout.dp}")
    sizes += [f"{name} {size}" for name, size in (("CP", layout.cp), ("EP", layout.ep)) if size > 1]
    sizes.append(_("micro-batch %(size)s", size=layout.micro_batch))
    return " · ".join(sizes)


def options_line(layout: Layout) -> str:
    """Return what a layout chooses beside its sizes."""
    chosen = [_("sequence parallel")] if layout.sequence_parallel else []
    chosen.append(sentences.recompute_word(layout.recompute))
    zero = "" if layout.zero is None else f" {layout.zero}"
    chosen.append(word(choices.OPTIMIZERS, layout.optimizer) + zero)
    return " · ".join(chosen)


def recompute(name: str) -> str:
    """Return what a layout computes again."""
    return sentences.recompute_word(name)


def field(name: str) -> str:
    """Return the label of a field of the form."""
    return word(fields.FIELDS, name)


def value(name: str, text: str) -> str:
    """Return a size of a model as it is read."""
    if text in {"yes", "no"}:
        return _("yes") if text == "yes" else _("no")
    if text.isdecimal():
        return whole(int(text))
    known = {"family": choices.FAMILIES, "positions": choices.POSITIONS}
    return word(known.get(name, {}), text)


def part(name: str) -> str:
    """Return a part of a stage's memory."""
    return word(answers.PARTS, name)


def step_part(name: str) -> str:
    """Return a part of the step."""
    return word(STEP_PARTS, name)


def step_kind(name: str) -> str:
    """Return what the step rests on."""
    return word(answers.STEP_KINDS, name)


def schedule(name: str) -> str:
    """Return a pipeline schedule."""
    return word(choices.SCHEDULES, name)


def convention(name: str) -> str:
    """Return what a FLOP convention counts."""
    return word(choices.CONVENTIONS, name)


def origin(profile: str) -> str:
    """Return where the efficiencies of a profile come from."""
    return word(sentences.ORIGINS, profile)


def verdict(name: str) -> str:
    """Return the verdict on a stage's memory."""
    return sentences.verdict_word(name)


def axis(name: str) -> str:
    """Return an axis of parallelism."""
    return word(AXES, name)


def terms(text: str) -> str:
    """Return the terms of a price; what an administrator wrote stays."""
    return word(answers.TERMS, text)


def profile(name: str) -> str:
    """Return a profile of efficiencies."""
    return word(choices.PROFILES, name)


def refused_line(layout: Mapping[str, object]) -> str:
    """Return the sizes of a refused layout, as far as they were chosen."""
    names = {"tp": "TP", "pp": "PP", "dp": "DP", "cp": "CP", "ep": "EP", "micro_batch": "MBS"}
    return " · ".join(
        f"{short} {layout[name]}"
        for name, short in names.items()
        if layout.get(name) is not None and (name in {"tp", "pp"} or layout[name] != 1)
    )


def export(kind: str) -> str:
    """Return what a kind of file is called."""
    return word(answers.EXPORTS, kind)


def result(name: str) -> str:
    """Return what a kept result is called."""
    return word(answers.RESULTS, name)


def shown_result(name: str, value: object) -> str:
    """Return a kept result as it is read."""
    if value is None:
        return _("not computed")
    if name in answers.PERCENTS and isinstance(value, int | float):
        return f"{decimal(100 * value, 1)} %"
    if name in answers.LARGE:
        return number(round(float(str(value))))
    if isinstance(value, int):
        return whole(value)
    return decimal(value, 2) if isinstance(value, float) else str(value)


def quantity(name: str) -> str:
    """Return what a published quantity is called."""
    return word(QUANTITIES, name)


def kind(name: str) -> str:
    """Return what a value rests on."""
    return _(KINDS[name][1])


def kind_tone(name: str) -> str:
    """Return the tone of what a value rests on."""
    return KINDS[name][0]


def confidence(name: str) -> str:
    """Return how far the numbers of an accelerator can be trusted."""
    return word(answers.CONFIDENCE, name)


def concept(name: str) -> str:
    """Return what an idea is called."""
    return word(CONCEPTS, name)


def explanation(name: str) -> list[str]:
    """Return what there is to say about an idea, a paragraph each."""
    return [_(text) for text in EXPLANATIONS[name]]


def collective(axis_name: str) -> str:
    """Return the collective operations of an axis."""
    return word(COLLECTIVES, axis_name)
