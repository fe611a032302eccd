"""What repeats cost: by hand, against the planner, and on the pages."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.mixtures import repeats
from app.mixtures.web import repeats as pages
from app.planning.loss import presets, scaling
from tests import factories
from tests.mixtures.making import Bench, component, content, make_mixture, make_viewer, phase

DECAY = 15.387756


def bench(*, parameters: float | None = 1e9, **values: object) -> Bench:
    """One source passed 10 times and one passed half, 100 tokens each."""
    made = content(
        phase([component("often", 20), component("once", 1)], budget=1050, **values),
        model_parameters=parameters,
    )
    return Bench(made, {"often": 100, "once": 100})


def found(of: Bench) -> repeats.Repeats:
    view = of.view()
    cost = repeats.of_phase(view.phase, view.content.model_parameters)
    assert cost
    return cost


def test_component_that_loses_most_comes_first_and_one_pass_costs_nothing():
    often, once = found(bench()).components
    assert (often.dataset, often.tokens, often.exposure) == ("often", 1000, 10)
    # 100 (1 + R* (1 - e^(-9 / R*))) of Muennighoff et al.
    assert often.effective_tokens == pytest.approx(781.41, abs=0.01)
    assert often.lost_tokens == pytest.approx(1000 - 781.41, abs=0.01)
    assert often.marginal_value == pytest.approx(0.557, abs=1e-3)
    assert (once.lost_tokens, once.loss) == (0, None)


def test_losses_of_the_components_are_what_the_phase_loses_by_its_repeats():
    cost = found(bench())
    losses = cost.plans[0].losses
    assert losses
    # Only one component repeats: without its repeats the phase has none.
    assert cost.components[0].loss == pytest.approx(losses.from_repeats)
    fresh = scaling.predict_loss(presets.MUENNIGHOFF, parameters=1e9, tokens=1050).loss
    assert losses.loss - losses.from_repeats == pytest.approx(fresh)
    assert losses.from_overfitting > 0


def test_without_a_model_there_are_tokens_and_no_losses():
    cost = found(bench(parameters=None))
    assert cost.plans[0].losses is None
    assert cost.components[0].lost_tokens
    assert cost.components[0].loss is None


def test_remedies_stand_beside_the_draft_and_repeat_less():
    made = content(
        phase([component("often", 2, max_epochs=4), component("once", 1, max_epochs=4)], budget=700)
    )
    draft, moved, shrunk = found(Bench(made, {"often": 100, "once": 100})).plans
    assert [draft.code, moved.code, shrunk.code] == ["draft", "respread", "shrink"]
    assert (draft.tokens, moved.tokens, shrunk.tokens) == (700, 700, 600)
    assert draft.effective_tokens < moved.effective_tokens
    assert draft.effective_tokens / 700 < shrunk.effective_tokens / 600


def test_component_without_an_estimate_is_left_out_and_named():
    made = content(
        phase([component("often", 1), component("unknown", 1)], budget=400), model_parameters=1e9
    )
    cost = found(Bench(made, {"often": 100, "unknown": None}))
    assert cost.uncounted == 1
    assert cost.plans[0].unique_tokens == 100
    assert {one.dataset: one.lost_tokens for one in cost.components}["unknown"] is None
    # Its 200 tokens count as fresh: the loss is that of 200 + what 2 passes are worth.
    assert cost.plans[0].losses
    assert cost.plans[0].losses.loss == pytest.approx(
        scaling.predict_loss(
            presets.MUENNIGHOFF,
            parameters=1e9,
            tokens=400,
            unique_tokens=300,
            effective_tokens=200 + cost.plans[0].effective_tokens,
        ).loss
    )


def test_empty_phase_costs_nothing():
    view = Bench(content(phase([])), {}).view()
    assert repeats.of_phase(view.phase, 1e9) is None


def test_best_size_of_scarce_data_repeats_it_and_is_smaller_than_with_any_data():
    limited = {one.source: one for one in pages.best_sizes(1e22, 25 * 10**9)}
    one = limited[presets.MUENNIGHOFF.source]
    assert one.limited
    assert one.limited.parameters < one.unlimited.parameters
    assert one.limited.epochs == pytest.approx(9.49, abs=0.05)
    assert limited[presets.BESIROGLU_2024.source].limited is None


@pytest.mark.parametrize(
    ("locale", "title"), [("en", "What the repeats cost"), ("zh_CN", "重复的代价")]
)
def test_pages_say_what_repeats_cost(
    seeded_client: TestClient, seeded_session: Session, locale: str, title: str
):
    planner = factories.signed_in(seeded_client, seeded_session, "planner")
    made = content(
        phase(
            [component("the-pile/wikipedia-en", 9), component("the-pile/books3", 1)], budget=10**11
        ),
        phase([component("the-pile/books3", 1)], budget=10**9, name="Anneal"),
        model_parameters=7e9,
    )
    slug = make_mixture(seeded_session, make_viewer(seeded_session), made).slug
    headers = {"Accept-Language": locale.replace("_", "-")}
    composer = planner.get(f"/mixtures/{slug}", headers=headers).text
    assert title in composer
    assert f"/mixtures/{slug}/repeats?phase=1" in composer
    page = planner.get(f"/mixtures/{slug}/repeats", headers=headers)
    assert page.status_code == 200
    assert title in page.text
    assert "Lovelace" in page.text
    assert "Besiroglu" in page.text
    second = planner.get(f"/mixtures/{slug}/repeats?phase=2", headers=headers)
    assert second.text.count('aria-current="page"') >= 1


def test_repeats_of_a_mixture_are_the_teams(seeded_client: TestClient, seeded_session: Session):
    slug = make_mixture(seeded_session, make_viewer(seeded_session)).slug
    assert seeded_client.get(f"/mixtures/{slug}/repeats").status_code in {401, 404}
    planner = factories.signed_in(seeded_client, seeded_session, "planner")
    assert planner.get("/mixtures/nothing-here/repeats").status_code == 404


def test_version_says_what_its_repeats_cost_from_the_facts_that_it_keeps(
    seeded_client: TestClient, seeded_session: Session
):
    planner = factories.signed_in(seeded_client, seeded_session, "planner")
    made = content(
        phase([component("the-pile/wikipedia-en", 9)], budget=10**11),
        phase([component("the-pile/books3", 1)], budget=10**9, name="Anneal"),
        model_parameters=7e9,
    )
    slug = make_mixture(seeded_session, make_viewer(seeded_session), made).slug
    address = f"/mixtures/{slug}/versions/1"
    assert planner.post(f"/api/v1{address[:-2]}", json={"message": "first"}).status_code == 201
    assert f'{address}/repeats"' in planner.get(address).text
    page = planner.get(f"{address}/repeats?phase=2")
    assert page.status_code == 200
    assert f'href="{address}/repeats?phase=1"' in page.text
    assert "Back to the version" in page.text
    assert planner.get(f"/mixtures/{slug}/versions/2/repeats").status_code == 404
    planner.cookies.clear()
    assert planner.get(f"{address}/repeats").status_code in {401, 404}


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("", "under “The whole mixture” below"),
        ("/repeats", "in the draft, under “The whole mixture”, to see"),
        ("/versions/1/repeats", "This version does not say how large the model is"),
    ],
)
def test_page_says_where_the_size_of_the_model_is_typed(
    seeded_client: TestClient, seeded_session: Session, path: str, hint: str
):
    planner = factories.signed_in(seeded_client, seeded_session, "planner")
    made = content(phase([component("the-pile/wikipedia-en", 9)], budget=10**11))
    slug = make_mixture(seeded_session, make_viewer(seeded_session), made).slug
    address = f"/mixtures/{slug}"
    planner.post(f"/api/v1{address}/versions", json={"message": "first"})
    assert hint in planner.get(address + path).text
