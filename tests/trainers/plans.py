"""Plans for the tests of trainers: three real recipes, and random ones."""

import random
import re
from dataclasses import replace
from functools import cache

from app.mixtures.recipes import reading
from app.planning.sampling.apportionment import largest_remainder
from app.trainers.kit.plan import Component, Layout, Location, Phase, Plan, Settings, Split

TOKENIZER = "qwen2-qwen3"
# Where a dataset lies in each layout.
URIS = {
    Layout.MEGATRON: "/data/megatron/{}_text_document",
    Layout.NPY: "s3://tokens/npy/{}/*.npy",
    Layout.NANOSET: "/data/nanoset/{}",
    Layout.MDS: "s3://tokens/mds/{}",
    Layout.WEBDATASET: "/data/energon/{}",
    Layout.HUGGINGFACE: "org/{}",
    Layout.JSONL: "/data/jsonl/{}.jsonl",
    Layout.PARQUET: "/data/parquet/{}.parquet",
}


def locations(name: str, *layouts: Layout) -> tuple[Location, ...]:
    """Return a location in each layout, all of them by default."""
    short = name.replace("/", "_")
    return tuple(
        Location(URIS[one].format(short), one, tokenizer=TOKENIZER, text_field="text")
        for one in layouts or Layout
    )


def make_phase(name: str, weights: dict[str, float], budget: int, **sizes: int) -> Phase:
    """Return a phase with every location, 1,000 tokens a document unless `sizes` says more."""
    total = sum(weights.values())
    tokens = largest_remainder([one / total for one in weights.values()], budget)
    return Phase(
        name,
        tuple(
            Component(
                name=one,
                ratio=weight / total,
                tokens=int(count),
                unique_tokens=sizes.get(one, budget),
                tokens_per_document=1_000.0 + 100 * place,
                documents_source="counted",
                locations=locations(one),
            )
            for place, ((one, weight), count) in enumerate(
                zip(weights.items(), tokens, strict=True)
            )
        ),
    )


def make_plan(*phases: Phase, settings: Settings | None = None) -> Plan:
    """Return a plan with a fixed head."""
    return Plan(
        mixture="test-mix",
        version=3,
        content_hash="0123456789abcdef" * 4,
        date="2026-11-24",
        peibi_version="0.1.0",
        tokenizer=TOKENIZER,
        phases=phases,
        settings=settings or Settings(),
    )


def two_phases() -> Plan:
    """Return web and code in two phases: 0.7/0.3, then 0.4/0.6."""
    return make_plan(
        make_phase("Main", {"web": 7, "code": 3}, 10**12, code=10**11),
        make_phase("Anneal", {"web": 2, "code": 3}, 10**11, code=10**11),
    )


def lying_at(*locations: Location) -> Plan:
    """Return a plan of web and code, 0.7 and 0.3, of which the first lie there."""
    plan = make_plan(make_phase("Main", {"web": 7, "code": 3}, 10**9, web=10**10, code=10**10))
    (phase,) = plan.phases
    placed = [
        replace(one, locations=(location,))
        for one, location in zip(phase.components, locations, strict=False)
    ]
    components = (*placed, *phase.components[len(placed) :])
    return replace(plan, phases=(replace(phase, components=components),))


def recipe(*slugs: str, budgets: tuple[int, ...] = (10**12,)) -> Plan:
    """Return published recipes as the phases of one plan."""
    phases = []
    for slug, budget in zip(slugs, budgets, strict=True):
        weights: dict[str, float] = {}
        for one in reading.get_recipe(slug).components:
            name = one.dataset or "-".join(re.findall(r"[a-z0-9.]+", one.name.casefold()))
            weights[name] = weights.get(name, 0.0) + one.ratio
        phases.append(make_phase(slug, weights, budget))
    return make_plan(*phases)


def recipes() -> dict[str, Plan]:
    """Return the three recipes that every format has golden files of, by name."""
    return {
        "the-pile": recipe("the-pile", budgets=(300 * 10**9,)),
        "llama1": recipe("llama1-1-4t", budgets=(14 * 10**11,)),
        "smollm3": recipe(
            "smollm3-stage1",
            "smollm3-stage2",
            "smollm3-stage3",
            budgets=(8 * 10**12, 2 * 10**12, 11 * 10**11),
        ),
    }


@cache
def random_plan(
    seed: int, *, most_phases: int = 3, most_components: int = 12, scale: int = 1
) -> Plan:
    """Return a plan with up to three phases, weights over four orders of magnitude."""
    rng = random.Random(seed)  # noqa: S311  a plan, no secret
    names = [f"set-{place}" for place in range(rng.randint(2, most_components))]
    sequence = rng.choice((512, 2048, 4096))
    # A dataset is the same in every phase: from 20 passes of it down to a thousandth of one.
    sizes = {name: int(100 * scale * sequence * 10 ** rng.uniform(-1, 3)) for name in names}
    means = {name: round(rng.uniform(50, 5_000), 1) for name in names}
    phases = []
    for place in range(rng.randint(1, most_phases)):
        chosen = [name for name in names if rng.random() < 0.8] or names[:1]
        weights = {name: 10 ** rng.uniform(-3, 1) for name in chosen}
        budget = rng.randint(20, 200) * sequence * scale
        phase = make_phase(f"Phase {place + 1}", weights, budget, **sizes)
        parts = tuple(replace(one, tokens_per_document=means[one.name]) for one in phase.components)
        phases.append(replace(phase, components=parts))
    settings = Settings(sequence_length=sequence, global_batch_size=rng.choice((1, 8)))
    return make_plan(*phases, settings=settings)


def without_locations(plan: Plan) -> Plan:
    """Return a plan whose datasets nobody has placed."""
    return replace(
        plan,
        phases=tuple(
            replace(phase, components=tuple(replace(one, locations=()) for one in phase.components))
            for phase in plan.phases
        ),
    )


def with_valid(plan: Plan, layout: Layout) -> Plan:
    """Return a plan whose first dataset has files for validation too."""
    phase = plan.phases[0]
    first = phase.components[0]
    extra = Location(f"/data/valid/{first.name}", layout, Split.VALID, TOKENIZER)
    changed = replace(first, locations=(*first.locations, extra))
    components = (changed, *phase.components[1:])
    return replace(plan, phases=(replace(phase, components=components), *plan.phases[1:]))
