"""Pictures of a plan: the timeline obeys its schedule, the days add up."""

import itertools

import pytest

from app.compute.layout.pipeline import bubble_fraction, bubble_slots
from app.training import forms, service
from app.training.charts.progress import draw_progress
from app.training.charts.timeline import draw_timeline


def plan_of(**query):
    filled = forms.read_query({"run": "bloom-176b"})
    filled = forms.read_query({**filled.values, **query})
    assert filled.body, filled.form.errors
    return service.plan_run(filled.body)


RAMP = {"ramp_start": "192", "ramp_increment": "16", "ramp_sequences": "9765625"}


@pytest.mark.parametrize(
    ("stages", "chunks", "recomputed"), [(4, 1, False), (12, 1, True), (4, 2, False), (8, 3, True)]
)
def test_a_timeline_has_the_bubble_of_its_schedule(stages, chunks, recomputed):
    drawn = draw_timeline(stages, 64, is_recomputed=recomputed, chunks=chunks)
    schedule = "interleaved" if chunks > 1 else "1f1b"
    slots = bubble_slots(float(stages), schedule=schedule, interleave=chunks)
    assert drawn.chunks == chunks
    assert drawn.idle == pytest.approx(bubble_fraction(slots, drawn.micro_batches))


@pytest.mark.parametrize(("stages", "chunks"), [(4, 1), (4, 3), (16, 8), (24, 2)])
def test_no_stage_does_two_things_at_once(stages, chunks):
    drawn = draw_timeline(stages, 1024, is_recomputed=False, chunks=chunks)
    assert len(drawn.blocks) == 2 * drawn.stages * drawn.micro_batches * drawn.chunks
    assert len(drawn.blocks) < 3000
    for top in drawn.rows:
        row = sorted((one.x, one.width) for one in drawn.blocks if one.y == top)
        for (start, width), (after, _width) in itertools.pairwise(row):
            assert start + width <= after + 1e-6


def test_odd_chunks_are_told_apart():
    kinds = {one.kind for one in draw_timeline(4, 8, is_recomputed=False, chunks=2).blocks}
    assert kinds == {"fw", "bw", "fw odd", "bw odd"}


def test_the_days_of_a_run_end_with_its_totals():
    plan = plan_of()
    drawn = draw_progress([("", plan)])
    found = plan.estimate
    assert len(drawn.moments) == 10
    assert drawn.last.day == pytest.approx(found.time.days_with_goodput)
    assert drawn.last.tokens == pytest.approx(plan.tokens)
    assert drawn.last.cost == pytest.approx(float(found.cost))
    assert drawn.last.energy_kwh == pytest.approx(found.energy_kwh)
    assert drawn.moments[4].tokens == pytest.approx(plan.tokens / 2)


def test_a_ramp_trains_on_fewer_tokens_at_first():
    plan = plan_of(**RAMP)
    drawn = draw_progress([("", plan)])
    first = drawn.moments[0]
    assert first.cost == pytest.approx(drawn.last.cost / 10)
    assert first.tokens < 0.9 * plan.tokens / 10
    assert drawn.last.tokens == pytest.approx(plan.tokens)


def test_phases_follow_each_other():
    one, two = plan_of(tokens="300B"), plan_of(tokens="66B", global_batch="1024", speed="")
    drawn = draw_progress([("Main", one), ("Annealing", two)])
    both = one.estimate.time.days_with_goodput + two.estimate.time.days_with_goodput
    assert drawn.last.day == pytest.approx(both)
    assert drawn.last.tokens == pytest.approx(366e9)
    assert [name for _place, name in drawn.phases] == ["Main", "Annealing"]
    assert drawn.last.phase == "Annealing"


def test_money_that_is_not_known_stays_unknown():
    drawn = draw_progress([("", plan_of(price="", currency="CNY", grid=""))])
    assert drawn.last.cost is None
    assert drawn.last.co2_t is None
    assert drawn.cost_line.startswith("0.00,100.00")
