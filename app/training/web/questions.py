"""The questions the other way round, asked of the run in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request, Response

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.errors import AppError
from app.mixtures.edits.phases import read_budget
from app.training import form_values, forms, knowledge, questions, service, words
from app.training.formulas.budget import deadline_formula, gpus_formula, purchase_formulas
from app.training.formulas.formula import Formula
from app.training.questions import Deadline, Purchase
from app.training.service import Plan
from app.web.errors import sentence
from app.web.forms import FormData
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class QuestionsPage:
    """The form, the plan that it is about, and the answers."""

    form: FormData
    values: Mapping[str, str]
    plan: Plan | None
    deadline: Deadline | None
    purchase: Purchase | None
    is_example: bool
    formulas: Mapping[str, Formula]
    laws: list[tuple[str, str]]
    nearest: Mapping[str, Any]
    words: Any = words
    address: Any = form_values.address


@router.get("/training/questions", name="training.questions")
def show_questions(request: Request, session: DbSession, viewer: CurrentViewer) -> Response:
    """Answer for the run in the address: GPUs for days, tokens and size for a budget."""
    del viewer
    known = knowledge.load_known(session)
    filled = forms.read_query(dict(request.query_params), known=known)
    form, plan, nearest = filled.form, None, {}
    if filled.body is not None:
        try:
            plan = service.plan_run(filled.body, known)
        except AppError as error:
            nearest = forms.put_refusal(form, error)
    example = example_of(plan) if plan and not {"days", "budget"} & form.values.keys() else {}
    form.values = {**form.values, **{name: [text] for name, text in example.items()}}
    days, budget = read_positive(form, "days"), read_positive(form, "budget")
    unique = read_unique(form)
    is_asked = plan is not None and not form.errors
    purchase = None
    law = form.text("law") or questions.DEFAULT_LAW
    if is_asked and plan and budget:
        purchase = questions.spend(
            plan, budget, law=law, unique_tokens=unique, days=float(days) if days else None
        )
    deadline = questions.meet_deadline(plan, float(days)) if is_asked and plan and days else None
    formulas: dict[str, Formula] = {}
    if plan and purchase:
        formulas |= purchase_formulas(plan, purchase, law)
        if days:
            formulas["gpus_bought"] = gpus_formula(plan, purchase, float(days))
    if plan and deadline:
        formulas["gpus"] = deadline_formula(plan, deadline)
    page = QuestionsPage(
        form=form,
        values=filled.values,
        plan=plan,
        deadline=deadline,
        is_example=bool(example),
        purchase=purchase,
        formulas=formulas,
        laws=[(name, _(word)) for name, word in questions.LAWS.items()],
        nearest=nearest,
    )
    return render(
        request,
        "training/questions.html",
        page,
        fragments=("answers",),
        status_code=422 if form.errors else 200,
    )


def example_of(plan: Plan) -> dict[str, str]:
    """Return questions to start from: half of the plan's days, and what the plan costs."""
    found = plan.estimate
    example = {"days": form_values.plain(max(round(found.time.days_with_goodput / 2, 1), 0.1))}
    if found.cost:
        cost = int(found.cost)
        step = 10 ** max(len(str(cost)) - 2, 0)
        example["budget"] = str(max(round(cost / step) * step, 1))
    return example


def read_positive(form: FormData, name: str) -> Decimal | None:
    """Return a number above 0 of the form, or None with an error at its field if it is none."""
    text = form.text(name)
    if not text:
        return None
    number = forms.read_number(text)
    if number is None or number <= 0:
        form.refuse(name, _("Write a number above 0."))
        return None
    return number


def read_unique(form: FormData) -> float | None:
    """Return the unique tokens of the form, as people type tokens."""
    text = form.text("unique")
    if not text:
        return None
    try:
        return float(read_budget(text, field="unique"))
    except AppError as error:
        form.refuse("unique", sentence(error))
        return None
