from decimal import Decimal

import pytest
from sqlalchemy import Engine, event, update
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Dataset
from app.mixtures import catalogue, counting, drafts, loading, versions
from app.mixtures.catalogue import TokenizerFacts
from app.mixtures.content import Carried, Group, Tag
from app.mixtures.counting import count_all
from app.mixtures.edits import phases as phase_edits
from app.mixtures.findings import Severity, has_errors, list_findings
from app.mixtures.policies import Verdict
from app.mixtures.tones import Tone
from app.planning.estimates.text_rates import TextRate
from tests.mixtures.making import (
    OUTSIDER,
    component,
    content,
    facts,
    make_mixture,
    make_viewer,
    phase,
)

PILE = ["arxiv", "books3", "github", "wikipedia-en", "pile-cc", "freelaw", "enron-emails"]


def count_statements(engine: Engine, session: Session, made, viewer) -> int:
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        loading.load_plan(session, made, viewer)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(statements)


def test_as_many_statements_for_two_components_as_for_two_hundred(
    seeded_session: Session, seeded_engine: Engine
):
    viewer = make_viewer(seeded_session)
    slugs = [
        row[0]
        for row in seeded_session.execute(
            Dataset.__table__.select().with_only_columns(Dataset.slug).limit(200)
        )
    ]
    few = content(*(phase([component(s) for s in slugs[:2]], name=str(i)) for i in range(3)))
    many = content(*(phase([component(s) for s in slugs], name=str(i)) for i in range(3)))
    for most in (5, 4):
        # The second time the facts are remembered.
        counts = [
            count_statements(seeded_engine, seeded_session, one, viewer) for one in (few, many)
        ]
        assert counts[0] == counts[1] <= most


def test_phase_shows_what_each_component_receives(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    made = content(
        phase([component(f"the-pile/{name}", 10, max_epochs=4) for name in PILE], budget=10**12)
    )
    view = loading.load_plan(seeded_session, made, viewer)
    assert sum(one.tokens or 0 for one in view.phase.components) == 10**12
    enron = view.phase.components[6]
    assert enron.tone is Tone.OVER_MAX
    assert enron.shortage == (enron.tokens or 0) - (enron.planned.cap_tokens or 0) > 0
    assert view.is_feasible is False
    assert view.phase.detail is not None
    assert view.phase.detail.portions["language"]
    assert view.phase.plan.remedies.largest_budget


def test_count_of_another_tokenizer_is_rescaled_and_marked():
    rates = {
        code: TokenizerFacts(code, code, (TextRate("UDHR", "udhr", "en", Decimal(rate)),))
        for code, rate in (("gemma3", "5.230"), ("qwen2-qwen3", "5.338"))
    }
    known = {
        "a": facts("a", 100_000_000_000, tokenizer="gemma3"),
        "b": facts("b", 5, tokenizer=None),
    }
    found = count_all(known, "qwen2-qwen3", rates)
    assert (found["a"].mid, found["a"].rescaled_from, found["a"].is_foreign) == (
        97_976_770_326,
        "gemma3",
        False,
    )
    assert (found["b"].mid, found["b"].rescaled_from, found["b"].is_foreign) == (5, None, True)


def test_count_in_several_languages_is_not_rescaled():
    rates = {
        code: TokenizerFacts(code, code, (TextRate("UDHR", "udhr", "en", Decimal("5.3")),))
        for code in ("gemma3", "qwen2-qwen3")
    }
    known = {"a": facts("a", 100, tokenizer="gemma3", languages=("en", "zh"))}
    assert count_all(known, "qwen2-qwen3", rates)["a"].is_foreign


def test_dataset_without_estimate_never_counts_as_zero():
    known = loading.Known({"a": facts("a", None), "b": facts("b", 100)}, [], {}, [], {})
    view = loading.compute(content(phase([component("a"), component("b")], budget=100)), known)
    missing = view.phase.components[0]
    assert (missing.tone, missing.epochs, missing.tokens) == (Tone.UNKNOWN, None, 50)
    assert (view.phase.unique.mid, view.phase.unique.unknown) == (100, 1)
    assert view.phase.is_feasible


def test_later_phases_count_what_earlier_ones_drew():
    known = loading.Known({"a": facts("a", 100), "b": facts("b", 10**6)}, [], {}, [], {})
    parts = [component("a", max_epochs=4), component("b")]
    made = content(phase(parts, budget=600, name="one"), phase(parts, budget=400, name="two"))
    view = loading.compute(made, known)
    one, two = (p.components[0] for p in view.phases)
    assert (one.epochs.mid, one.exposure.mid, one.tone) == (3, 3, Tone.REPEATS)
    assert (two.epochs.mid, two.exposure.mid, two.tone) == (2, 5, Tone.OVER_MAX)
    assert two.seen_tokens == 300
    assert view.exposures[0].passes.mid == 5


def test_tokens_of_an_earlier_run_count_as_seen(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    earlier = make_mixture(seeded_session, viewer, name="earlier")
    versions.save_version(seeded_session, earlier, message="first", viewer=viewer)
    made = content(
        phase([component("the-pile/books3")], budget=10**9),
        carried_from=(Carried(mixture="earlier", version=1), Carried(mixture="gone", version=3)),
    )
    view = loading.load_plan(seeded_session, made, viewer)
    assert view.phase.components[0].seen_tokens == 600_000_000
    assert view.exposures[0].tokens == 1_600_000_000
    said = [one.message for one in list_findings(view) if one.code == "missing_run"]
    assert said == [
        "There is no earlier run gone@3, or you may not see it: what it drew is not counted."
    ]


def test_hidden_and_unknown_datasets_are_missing_for_who_may_not_know(seeded_session: Session):
    seeded_session.execute(
        update(Dataset).where(Dataset.slug == "the-pile/books3").values(visibility="team")
    )
    made = content(phase([component("the-pile/books3"), component("nowhere")]))
    team = loading.load_plan(seeded_session, made, make_viewer(seeded_session))
    outside = loading.load_plan(seeded_session, made, OUTSIDER)
    assert team.missing == ("nowhere",)
    assert outside.missing == ("the-pile/books3", "nowhere")
    assert outside.phase.components[0].facts is None


def test_phase_that_cannot_be_planned_says_why_and_keeps_its_rows():
    known = loading.Known({"a": facts("a", 100), "b": facts("b", 100)}, [], {}, [], {})
    made = content(phase([component("a", 0), component("b", 0)]))
    view = loading.compute(made, known)
    assert "Every weight is zero" in str(view.phase.problem)
    assert [c.tokens for c in view.phase.components] == [None, None]
    assert view.policies == ()
    assert has_errors(list_findings(view))


def test_empty_phase_and_empty_group_are_said():
    known = loading.Known({"a": facts("a", 100)}, [], {}, [], {})
    group = Group(name="Chinese", tag=Tag.LANGUAGE, value="zh", min=0.3)
    made = content(phase([component("a")], groups=(group,), budget=10), phase([], name="two"))
    view = loading.compute(made, known)
    codes = {(f.code, f.phase, f.severity) for f in list_findings(view)}
    assert ("empty_group", "Main", Severity.WARNING) in codes
    assert ("empty", "two", Severity.ERROR) in codes


def test_parent_and_subset_warn_of_double_counting(seeded_session: Session):
    made = content(phase([component("the-pile"), component("the-pile/books3")], budget=10**9))
    view = loading.load_plan(seeded_session, made, make_viewer(seeded_session))
    found = [f for f in list_findings(view) if f.code == "overlap_contains"]
    assert len(found) == 1
    assert "contains" in found[0].message


def test_a_budget_of_three_tokens_is_planned():
    known = loading.Known({s: facts(s, 100) for s in "abcde"}, [], {}, [], {})
    view = loading.compute(content(phase([component(s) for s in "abcde"], budget=3)), known)
    assert [c.tokens for c in view.phase.components] == [1, 1, 1, 0, 0]


def test_unknown_tokenizer_is_an_error(seeded_session: Session):
    made = content(phase([component("the-pile/books3")]), tokenizer="made-up")
    view = loading.load_plan(seeded_session, made, make_viewer(seeded_session))
    assert not view.is_tokenizer_known
    assert [f.code for f in list_findings(view) if f.severity is Severity.ERROR] == [
        "unknown_tokenizer"
    ]


@pytest.mark.parametrize("wanted", [-5, 0, 1, 99])
def test_phase_that_is_not_there_is_the_nearest(wanted: int):
    known = loading.Known({"a": facts("a", 100)}, [], {}, [], {})
    made = content(phase([component("a")], budget=1), phase([component("a")], name="two", budget=1))
    view = loading.compute(made, known, phase=wanted)
    assert view.active == (0 if wanted < 1 else 1)
    assert [p.detail is not None for p in view.phases] == [view.active == 0, view.active == 1]


def test_preview_of_a_budget_shows_policies_after(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    found = drafts.preview(
        seeded_session, mixture, phase_edits.set_budget("Main", 10**12), viewer=viewer
    )
    assert all(one.verdict is Verdict.HOLDS for one in found.after.policies)


def test_tokenizers_of_a_mixture_are_those_of_its_estimates():
    known = {"a": facts("a", 1, tokenizer="llama3"), "b": facts("b", None)}
    assert counting.tokenizers_of(known, "gemma3") == {"llama3", "gemma3"}


def test_facts_read_back_as_they_are_kept(seeded_session: Session):
    from app.mixtures.facts import frozen, thawed

    found = catalogue.load_facts(
        seeded_session, ["the-pile/books3", "jlw-chinese-books"], with_team=True
    )
    assert {slug: thawed(frozen(one)) for slug, one in found.items()} == found
