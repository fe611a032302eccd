"""What surrounds the weights in the composer: budgets, phases, details of a row, groups."""

import re

import pytest
from fastapi.testclient import TestClient

from tests.mixtures.composing import (
    BOOKS,
    WIKIPEDIA,
    cell,
    draft_revision,
    send,
    weights,
)


@pytest.mark.parametrize(
    ("typed", "tokens"),
    [("1.5T", 15 * 10**11), ("3000亿", 3 * 10**11), ("1.5万亿", 15 * 10**11), ("1e12", 10**12)],
)
def test_budget_is_set_as_people_write_it(
    planner: TestClient, read, slug: str, typed: str, tokens: int
):
    assert send(planner, slug, "budget", token_budget=typed).status_code == 303
    assert read(slug).phases[0].token_budget == tokens


@pytest.mark.parametrize("typed", ["", "0", "-5", "1.5", "1,5T", "300GB", "1e400", "nan", "ten"])
@pytest.mark.parametrize("htmx", [False, True])
def test_budget_that_is_none_is_refused_at_its_field(
    planner: TestClient, read, slug: str, typed: str, htmx: bool
):
    answer = send(planner, slug, "budget", htmx=htmx, token_budget=typed)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in cell(answer.text, "token_budget")
    assert f'value="{typed}"' in cell(answer.text, "token_budget")
    assert read(slug).phases[0].token_budget == 10**9


def test_budget_of_three_tokens_is_shared_to_the_token(planner: TestClient, read, slug: str):
    answer = send(planner, slug, "budget", htmx=True, token_budget="3")  # noqa: S106  a number
    assert answer.status_code == 200
    assert read(slug).phases[0].token_budget == 3


def test_total_budget_keeps_the_phases_in_proportion(planner: TestClient, read, slug: str):
    send(planner, slug, "add_phase", new_phase="Anneal", new_budget="1B")
    send(planner, slug, "total_budget", total_budget="4B")
    assert [one.token_budget for one in read(slug).phases] == [2 * 10**9, 2 * 10**9]
    answer = send(planner, slug, "total_budget", total_budget="1")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in cell(answer.text, "total_budget")


def test_phases_are_added_copied_renamed_moved_and_taken_out(planner: TestClient, read, slug: str):
    answer = send(
        planner, slug, "add_phase", new_phase="Anneal", new_budget="1亿", new_purpose="mid_training"
    )
    assert answer.headers["Location"].startswith(f"/mixtures/{slug}?phase=2&")
    answer = send(planner, slug, "copy_phase")
    assert [one.name for one in read(slug).phases] == ["Main", "Main 2", "Anneal"]
    assert "phase=2" in answer.headers["Location"]
    send(planner, slug, "shift_phase", phase="Anneal", by="earlier")
    assert [one.name for one in read(slug).phases] == ["Main", "Anneal", "Main 2"]
    send(planner, slug, "phase", **settings(phase_name="Quality", phase="Main 2"))
    assert [one.name for one in read(slug).phases] == ["Main", "Anneal", "Quality"]
    send(planner, slug, "remove_phase")
    assert [one.name for one in read(slug).phases] == ["Anneal", "Quality"]


def settings(**values: str) -> dict[str, str]:
    return {
        "phase_name": "Main",
        "token_budget": "1B",
        "purpose": "pre_training",
        "scheme": "as_weighted",
        "alpha": "",
        "scheme_epochs": "",
        "on_shortage": "report",
        "unique_floor": "",
        "cost_ceiling": "",
    } | values


def test_phase_settings_are_one_step_to_undo(planner: TestClient, read, slug: str):
    before = read(slug)
    answer = send(
        planner,
        slug,
        "phase",
        **settings(
            token_budget="2B",  # noqa: S106  a number
            purpose="long_context",
            scheme="temperature",
            alpha="0.3",
            on_shortage="shrink",
            unique_floor="500M",
            cost_ceiling="1000",
        ),
    )
    assert answer.status_code == 303
    found = read(slug).phases[0]
    assert (found.token_budget, found.purpose, found.on_shortage) == (
        2 * 10**9,
        "long_context",
        "shrink",
    )
    assert (found.scheme.name, found.scheme.alpha) == ("temperature", 0.3)
    assert (found.unique_floor, found.cost_ceiling) == (5 * 10**8, 1000)
    send(planner, slug, "undo")
    assert read(slug) == before


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("phase_name", ""),
        ("token_budget", "-1"),
        ("purpose", "fun"),
        ("scheme", "random"),
        ("on_shortage", "cry"),
        ("unique_floor", "2B"),
        ("cost_ceiling", "dear"),
        ("cost_ceiling", "-1"),
    ],
)
def test_phase_settings_are_refused_at_their_field(
    planner: TestClient, read, slug: str, field: str, typed: str
):
    before = read(slug)
    answer = send(planner, slug, "phase", **settings(**{field: typed}))
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert read(slug) == before


@pytest.mark.parametrize(
    ("scheme", "field"), [("temperature", "alpha"), ("unimax", "scheme_epochs")]
)
def test_parameter_of_a_scheme_is_refused_at_its_field(
    planner: TestClient, slug: str, scheme: str, field: str
):
    answer = send(planner, slug, "phase", **settings(scheme=scheme, **{field: "x"}))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in cell(answer.text, field)
    assert 'value="x"' in cell(answer.text, field)


def test_whole_mixture_takes_tokenizer_model_and_earlier_runs(planner: TestClient, read, slug: str):
    assert send(planner, slug, "save", message="first").status_code == 303
    values = {"tokenizer": "llama-3", "model_parameters": "7B", "carried": f"{slug}@1"}
    known = re.findall(r'<option value="([^"]+)"', planner.get("/mixtures/new").text)
    values["tokenizer"] = next(code for code in known if code not in {"qwen2-qwen3", "team"})
    assert send(planner, slug, "mixture", **values).status_code == 303
    found = read(slug)
    assert (found.tokenizer, found.model_parameters) == (values["tokenizer"], 7e9)
    assert [(one.mixture, one.version) for one in found.carried_from] == [(slug, 1)]
    page = planner.get(f"/mixtures/{slug}?row={BOOKS}").text
    assert "Drawn before" in page
    # What is there is kept by its box, and what may be added is offered by its name.
    assert f'<option value="{slug}@1">zh-en 7B · version 1 · first</option>' in page
    assert re.search(rf'name="carried_kept"\s+value="{slug}@1" checked', page)
    kept = values | {"carried": "", "carried_kept": f"{slug}@1", "model_parameters": "8B"}
    send(planner, slug, "mixture", **kept)
    assert [one.version for one in read(slug).carried_from] == [1]
    send(planner, slug, "mixture", **values | {"carried": ""})
    assert read(slug).carried_from == ()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("tokenizer", "abacus"),
        ("model_parameters", "-7B"),
        ("carried", "what was it"),
        ("carried", "nothing@9"),
    ],
)
def test_whole_mixture_is_refused_at_its_field(
    planner: TestClient, read, slug: str, field: str, typed: str
):
    before = read(slug)
    values = {"tokenizer": "qwen2-qwen3", "model_parameters": "", "carried": ""} | {field: typed}
    answer = send(planner, slug, "mixture", **values)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert read(slug) == before


def test_details_of_a_row_are_saved_together(planner: TestClient, read, slug: str):
    answer = send(
        planner,
        slug,
        "row",
        dataset=BOOKS,
        min_ratio="10",
        max_ratio="50 %",
        synthetic="no",
        price="0.25",
    )
    assert answer.status_code == 303
    found = read(slug).phases[0].components[0]
    assert (found.min_ratio, found.max_ratio) == (0.1, 0.5)
    assert (found.synthetic, found.price) == (False, 0.25)
    page = planner.get(f"/mixtures/{slug}").text
    assert "at most 50% was asked for" in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [("min_ratio", "60"), ("min_ratio", "x"), ("max_ratio", "101"), ("price", "free")],
)
def test_details_of_a_row_are_refused_at_their_field(
    planner: TestClient, read, slug: str, field: str, typed: str
):
    before = read(slug)
    values = {"min_ratio": "", "max_ratio": "50", "synthetic": "", "price": ""} | {field: typed}
    answer = send(planner, slug, "row", dataset=BOOKS, **values)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in cell(answer.text, field)
    assert f'value="{typed}"' in cell(answer.text, field)
    assert read(slug) == before


def test_row_is_put_elsewhere_and_its_details_are_opened_by_a_button(
    planner: TestClient, read, slug: str
):
    send(planner, slug, "move", dataset=WIKIPEDIA, to="1")
    assert list(weights(read(slug))) == [WIKIPEDIA, BOOKS]
    assert send(planner, slug, "move", dataset=BOOKS, to="first").status_code == 422
    revision = draft_revision(planner, slug)
    answer = send(planner, slug, "cells", row=BOOKS)
    assert f"row={BOOKS.replace('/', '%2F')}" in answer.headers["Location"] or (
        f"row={BOOKS}" in answer.headers["Location"]
    )
    assert draft_revision(planner, slug) == revision
    assert 'id="detail"' in planner.get(answer.headers["Location"]).text
    assert 'id="detail"' in send(planner, slug, "cells", htmx=True, row=BOOKS).text


def test_groups_are_saved_judged_and_taken_out(planner: TestClient, read, slug: str):
    answer = send(
        planner, slug, "groups", **{"group.0": "category:books", "least.0": "70", "most.0": ""}
    )
    assert answer.status_code == 303, answer.text
    [group] = read(slug).phases[0].groups
    assert (group.tag, group.value, group.min, group.max) == ("category", "books", 0.7, None)
    page = planner.get(f"/mixtures/{slug}").text
    assert "at least 70% was asked for" in page
    assert "What is missing" in page
    send(planner, slug, "groups", **{"group.0": ""})
    assert read(slug).phases[0].groups == ()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"group.0": "category:books", "least.0": "80", "most.0": "70"}, "least.0"),
        ({"group.0": "category:books", "least.0": "x"}, "least.0"),
        ({"group.0": "colour:red"}, "group.0"),
        ({"group.0": "category:books", "group.1": "category:books"}, "group.1"),
        ({"group.0": "category:books", "part.0": "-1"}, "part.0"),
    ],
)
def test_groups_are_refused_at_their_field(
    planner: TestClient, read, slug: str, values: dict[str, str], field: str
):
    before = read(slug)
    answer = send(planner, slug, "groups", htmx=True, **values)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert read(slug) == before
