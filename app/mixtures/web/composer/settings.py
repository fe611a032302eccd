"""The settings of a phase and of the whole mixture: from the fields of a form to one edit."""

import math
import re
from collections.abc import Callable

from pydantic import ValidationError

from app.errors import AppError, InvalidInput
from app.mixtures.content import Carried, Content, Phase, Purpose, Scheme
from app.mixtures.edits import phases as edits
from app.mixtures.edits.results import Bench, Edit, Edited, spot
from app.planning.errors import PlanningError
from app.planning.notation.parsing import parse_tokens
from app.planning.plans.request import PARAMETERS as NUMBERS
from app.planning.plans.request import OnShortage, SchemeName
from app.planning.sampling.schemes import MAX_ALPHA
from app.web.forms import FormData
from app.web.validation import sentence_of

DEFAULT_ALPHA = 0.5
DEFAULT_EPOCHS = 4.0
# The field of the parameter that a scheme takes.
PARAMETERS = {
    scheme: "scheme_epochs" if parameter == "max_epochs" else parameter
    for scheme, parameter in NUMBERS.items()
}
_RUN = re.compile(r"([a-z0-9][a-z0-9._-]*)\s*(?:@|v|\s)\s*v?(\d{1,6})")


def phase_edit(form: FormData, phase: str) -> Edit:
    """
    Return the edit of everything that the settings of a phase say and that is different.

    Raises
    ------
    InvalidInput
        If a field does not fit; at the field.
    """
    name = edits.read_name(form.text("phase_name"))
    tokens = edits.read_budget(form.text("token_budget"))
    purpose = read_purpose(form.text("purpose"))
    scheme = _read_scheme(form)
    choice = _read_choice(form.text("on_shortage"))
    floor = read_tokens(form.text("unique_floor"), field="unique_floor")
    ceiling = read_number(form.text("cost_ceiling"), field="cost_ceiling")

    def changes(now: Phase) -> list[tuple[str, Edit]]:
        found: list[tuple[str, Edit]] = []
        if now.token_budget != tokens:
            found.append(("token_budget", edits.set_budget(phase, tokens)))
        if now.purpose is not purpose:
            found.append(("purpose", edits.set_purpose(phase, purpose)))
        if now.scheme != scheme:
            found.append(("scheme", edits.set_scheme(phase, scheme)))
        if now.on_shortage is not choice:
            found.append(("on_shortage", edits.set_on_shortage(phase, choice)))
        if (now.unique_floor, now.cost_ceiling) != (floor, ceiling):
            limits = edits.set_whole_limits(phase, unique_floor=floor, cost_ceiling=ceiling)
            found.append(("unique_floor", limits))
        if now.name != name:
            found.append(("phase_name", edits.rename_phase(phase, name)))
        return found

    return _in_turn(lambda content: changes(spot(content, phase).phase), {"phase": phase})


def mixture_edit(form: FormData) -> Edit:
    """
    Return the edit of what counts for all phases and is different.

    Raises
    ------
    InvalidInput
        If a field does not fit; at the field.
    """
    tokenizer = form.text("tokenizer")
    parameters = _read_parameters(form.text("model_parameters"))
    carried = read_carried(",".join([*form.all("carried_kept"), form.text("carried")]))

    def changes(now: Content) -> list[tuple[str, Edit]]:
        found: list[tuple[str, Edit]] = []
        if now.tokenizer != tokenizer:
            found.append(("tokenizer", edits.set_tokenizer(tokenizer)))
        if now.model_parameters != parameters:
            found.append(("model_parameters", edits.set_model_parameters(parameters)))
        if now.carried_from != carried:
            found.append(("carried", edits.set_carried(carried)))
        return found

    return _in_turn(changes, {})


def _in_turn(
    changes: Callable[[Content], list[tuple[str, Edit]]], params: dict[str, object]
) -> Edit:
    def edit(bench: Bench) -> Edited:
        wanted = changes(bench.content)
        content = bench.content
        done: Edited | None = None
        for field, one in wanted:
            try:
                done = one(bench.with_content(content))
            except AppError as error:
                error.field = field
                raise
            content = done.content
        if done is not None and len(wanted) == 1:
            return done
        return Edited(content, "settings", params | {"count": len(wanted)})

    return edit


def read_purpose(text: str) -> Purpose:
    """
    Return a purpose.

    Raises
    ------
    InvalidInput
        If there is none of that name.
    """
    if text not in list(Purpose):
        raise InvalidInput("Choose what the phase is for.", field="purpose")
    return Purpose(text)


def _read_choice(text: str) -> OnShortage:
    if text not in list(OnShortage):
        raise InvalidInput("Choose what happens on a shortage.", field="on_shortage")
    return OnShortage(text)


def _read_scheme(form: FormData) -> Scheme:
    name = form.text("scheme")
    if name not in list(SchemeName):
        raise InvalidInput("Choose a sampling scheme.", field="scheme")
    scheme = SchemeName(name)
    parameter = PARAMETERS.get(scheme)
    if parameter == "alpha":
        alpha = read_number(form.text("alpha"), field="alpha")
        alpha = DEFAULT_ALPHA if alpha is None else alpha
        if alpha > MAX_ALPHA:
            raise InvalidInput(
                "Alpha lies between 0 (uniform) and %(most)s; 1 is proportional.",
                field="alpha",
                most=f"{MAX_ALPHA:g}",
            )
        return Scheme(name=scheme, alpha=alpha)
    if parameter:
        epochs = read_number(form.text("scheme_epochs"), field="scheme_epochs")
        epochs = DEFAULT_EPOCHS if epochs is None else epochs
        if epochs == 0:
            raise InvalidInput("Write a number of passes above zero.", field="scheme_epochs")
        return Scheme(name=scheme, max_epochs=epochs)
    return Scheme(name=scheme)


def read_number(text: str, *, field: str) -> float | None:
    """
    Return a number of zero or more; None for an empty field.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    if not text:
        return None
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        raise InvalidInput("Write a number, such as 20 or 0.5.", field=field) from None
    if not (math.isfinite(value) and 0 <= value <= 1e18):  # noqa: PLR2004  beyond any price
        raise InvalidInput("Write a number of zero or more.", field=field)
    return value


def read_tokens(text: str, *, field: str) -> int | None:
    """
    Return a number of tokens above zero; None for an empty field.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    return edits.read_budget(text, field=field) if text else None


def _read_parameters(text: str) -> float | None:
    if not text:
        return None
    try:
        return float(parse_tokens(text, low=1))
    except PlanningError:
        raise InvalidInput(
            "Write the size of the model as a number of parameters, such as 7B.",
            field="model_parameters",
        ) from None


def read_carried(text: str) -> tuple[Carried, ...]:
    """
    Read the versions that were trained on before: `zh-en-7b@3, code-1b@1`.

    Raises
    ------
    InvalidInput
        If one is not written like that.
    """
    found = []
    for part in re.split(r"[,;，；\n]+", text):
        clean = part.strip()
        if not clean:
            continue
        run = _RUN.fullmatch(clean)
        try:
            if run is None:
                raise InvalidInput(
                    "Write an earlier run as the short name of its mixture and its version, such "
                    "as zh-en-7b@3. “%(text)s” is not.",
                    field="carried",
                    text=clean[:60],
                )
            found.append(Carried(mixture=run[1], version=int(run[2])))
        except ValidationError as error:
            raise InvalidInput(sentence_of(error.errors()[0]), field="carried") from None
    return tuple(dict.fromkeys(found))
