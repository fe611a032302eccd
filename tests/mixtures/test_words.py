"""Every error, warning, limit and edit has its sentence, in both languages."""

from collections.abc import Iterator

import pytest

from app.errors import AppError
from app.mixtures import sentences
from app.mixtures.words import edits as edit_words
from app.mixtures.words import plans as plan_words
from app.mixtures.words.plans import passes
from app.planning import errors
from app.planning.estimates.tokens import NoConversion
from app.planning.plans.constrained import NamedConstraint
from app.planning.plans.outcome import Breach, PlanWarning, WarningCode
from app.planning.solving.problem import ConstraintKind
from app.web import i18n
from app.web.errors import sentence

SAMPLES = [
    errors.UnreadableNumber("x"),
    errors.AmbiguousNumber("1,5T", [15, 1]),
    errors.BytesNotTokens("3GB"),
    errors.FractionalTokens("1.5", 1.5),
    errors.NotFinite("weight", float("nan"), 1),
    errors.Negative("weight", -1, 0),
    errors.OutOfRange("weight", 10**400, 0, 1e300, 0),
    errors.WrongLength("low", 2, 3),
    errors.NoComponents(),
    errors.TooManyComponents(6000, 5000),
    errors.TooManyGroups(300, 200),
    errors.DuplicateName("a"),
    errors.NoWeight("weights"),
    errors.EmptyGroup("g"),
    errors.UngroupedComponents([0, 1, 2, 3, 4, 5, 6]),
    errors.SharedComponent(1),
    errors.UnknownScheme("x"),
    errors.UnknownPreset("x"),
    errors.SchemeParameter("uniform", "alpha"),
    errors.MissingEstimate([0]),
    errors.UnknownLicenceClass("x"),
    errors.BudgetInfeasible(100, 50, [0]),
    errors.FloorsExceedBudget(100, 150, [0]),
    errors.UpsamplingInfeasible(5.0, 3.0),
    errors.NotSolved(0.1),
]
GENERIC = {"This cannot be computed from these numbers.", "The groups do not fit together."}


def subclasses(cls: type) -> Iterator[type]:
    for one in cls.__subclasses__():
        yield one
        yield from subclasses(one)


@pytest.fixture(params=["en", "zh_CN"])
def locale(request) -> Iterator[str]:
    i18n.use_locale(request.param)
    yield request.param
    i18n.use_locale("en")


def test_there_is_a_sample_of_every_error_of_the_planner():
    # Abstract ones, and conversions, which no mixture makes.
    others = {errors.InvalidValue, NoConversion}
    assert {type(one) for one in SAMPLES} == set(subclasses(errors.PlanningError)) - others


@pytest.mark.parametrize("error", SAMPLES, ids=lambda one: type(one).__name__)
def test_every_error_has_a_sentence_of_its_own(error: errors.PlanningError, locale: str):
    found = sentences.explain(error, names=["Arxiv", "Books"])
    assert isinstance(found, AppError)
    assert found.message not in GENERIC
    text = sentence(found)
    assert "%(" not in text
    assert text[-1] in ".。"
    if locale == "zh_CN":
        assert any("\u4e00" <= c <= "\u9fff" for c in text)


def test_sentences_name_components_as_the_reader_knows_them():
    found = sentences.explain(errors.MissingEstimate([1]), names=["Arxiv", "Books"])
    assert "Books" in str(found)
    assert found.field == "components.1.unique_tokens"


@pytest.mark.parametrize("code", WarningCode)
def test_every_warning_has_a_sentence(code: WarningCode, locale: str):
    text = plan_words.warning(PlanWarning(code, ("a", "b"), 99.0), {})
    assert "%(" not in text
    assert text


@pytest.mark.parametrize("kind", ConstraintKind)
def test_every_limit_has_words(kind: ConstraintKind, locale: str):
    assert "%(" not in plan_words.limit(NamedConstraint(kind, "a"), 0.5, {})
    assert "%(" not in plan_words.breach(
        Breach(kind, "a", 0.5, float("inf") if kind == "max_epochs" else 0.7), {}
    )


EDITS = [
    ("weight", {"phase": "M", "dataset": "a", "before": 1, "after": 2.5}),
    ("share", {"phase": "M", "dataset": "a", "after": 0.125}),
    ("tokens", {"phase": "M", "dataset": "a", "after": 5_000_000}),
    ("epochs", {"phase": "M", "dataset": "a", "after": 2}),
    ("lock", {"phase": "M", "dataset": "a"}),
    ("lock", {"phase": "M", "count": 3}),
    ("unlock", {"phase": "M", "dataset": "a"}),
    ("unlock", {"phase": "M", "count": 3}),
    (
        "max_epochs",
        {"phase": "M", "dataset": "a", "before": {"max_epochs": 4}, "after": {"max_epochs": None}},
    ),
    (
        "max_epochs",
        {"phase": "M", "dataset": "a", "before": {"max_epochs": 4}, "after": {"max_epochs": 7}},
    ),
    ("ratio_limits", {"phase": "M", "dataset": "a"}),
    ("synthetic", {"phase": "M", "dataset": "a"}),
    ("price", {"phase": "M", "dataset": "a"}),
    ("cells", {"phase": "M", "count": 3}),
    ("settings", {"phase": "M", "count": 2}),
    ("add", {"phase": "M", "count": 1, "datasets": ["a"]}),
    ("add", {"phase": "M", "count": 9, "datasets": ["a", "b"]}),
    ("remove", {"phase": "M", "count": 1, "datasets": ["a"]}),
    ("remove", {"phase": "M", "count": 2, "datasets": ["a", "b"]}),
    ("move", {"phase": "M", "dataset": "a"}),
    ("raise_epochs", {"phase": "M", "count": 1, "datasets": ["a"], "after": 4.64}),
    ("raise_epochs", {"phase": "M", "count": 2, "datasets": ["a", "b"], "after": 4.64}),
    ("respread", {"phase": "M", "after": 10**9}),
    ("solve", {"phase": "M", "after": 10**9}),
    ("budget", {"phase": "M", "before": 5, "after": 6}),
    ("shrink", {"phase": "M", "before": 6, "after": 5}),
    ("scheme", {"phase": "M", "after": "unimax"}),
    ("on_shortage", {"phase": "M", "after": "respread"}),
    ("purpose", {"phase": "M", "after": "fine_tuning"}),
    ("groups", {"phase": "M"}),
    ("whole_limits", {"phase": "M"}),
    ("add_phase", {"phase": "M", "after": 5}),
    ("copy_phase", {"phase": "M", "after": "N"}),
    ("remove_phase", {"phase": "M", "count": 0}),
    ("rename_phase", {"phase": "M", "after": "N"}),
    ("move_phase", {"phase": "M", "before": 1, "after": 2}),
    ("create", {}),
    ("total_budget", {"before": 5, "after": 6}),
    ("tokenizer", {"before": "a", "after": "b"}),
    ("carried", {"after": []}),
    ("carried", {"after": ["a v1"]}),
    ("model_parameters", {}),
    ("import", {"count": 1}),
    ("revert", {"number": 3}),
    ("replace", {"count": 1}),
    ("undo", {"action": "budget", "params": {"phase": "M", "before": 5, "after": 6}}),
    ("redo", {"action": "create", "params": {}}),
]


@pytest.mark.parametrize(("action", "params"), EDITS)
def test_every_edit_has_its_words(action: str, params: dict, locale: str):
    text = edit_words.edit(action, params, {})
    assert text
    assert "%(" not in text
    if action != "replace":
        assert text != edit_words.edit("replace", {}, {})


def test_every_action_that_an_edit_writes_is_listed_here():
    import re
    from pathlib import Path

    folder = Path(edit_words.__file__).parents[1]
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in [
            *(folder / "edits").glob("*.py"),
            folder / "drafts.py",
            folder / "lifecycle.py",
            folder / "texts.py",
        ]
    )
    written = set(re.findall(r'action="(\w+)"', code)) | set(
        re.findall(r'_change\(phase, dataset, "(\w+)"', code)
    )
    assert written <= {action for action, _params in EDITS}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, "0"), (0.004, "<0.01"), (0.01, "0.01"), (4.0, "4"), (4.637, "4.64")],
)
def test_few_passes_are_not_said_as_none(value: float, expected: str):
    assert passes(value) == expected
