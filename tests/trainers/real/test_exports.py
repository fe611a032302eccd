"""
What the frameworks' own code makes of the files that Peibi writes.

The formats whose tests do not run their framework themselves: random plans are written, parsed and
drawn by the code of the pinned wheels, and every share is within the bound that the format states.
Frameworks without a package are mirrors of one commit, and their tests are named so.
"""

import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest
import yaml

from app.trainers.formats import (
    energon,
    gpt_neox,
    levanter,
    llm_foundry,
    megatron,
    nanotron,
    olmo_core,
)
from app.trainers.kit import placing
from tests.trainers import checking, plans
from tests.trainers.real import energon as real_energon
from tests.trainers.real import levanter as real_levanter
from tests.trainers.real import megatron as real_megatron
from tests.trainers.real import mirrors
from tests.trainers.real import mosaic as real_mosaic
from tests.trainers.real import olmo_core as real_olmo_core

SEEDS = range(checking.PLANS)


def within(shares, phase, bound):
    """Check the shares of a phase, in its order, against the plan."""
    for found, one in zip(shares, phase.drawn, strict=True):
        assert abs(found - one.ratio) <= bound, (one.name, found, one.ratio, bound)


def test_megatron_reads_the_words_of_the_blend_and_the_lists_of_each_split():
    for seed in SEEDS:
        plan = plans.random_plan(seed)
        texts = megatron.FORMAT.write(plan).texts()
        blends = [text for name, text in texts.items() if name.endswith(".txt")]
        lists = [text for name, text in texts.items() if name.endswith(".json")]
        for blend, listed, phase in zip(blends, lists, plan.phases, strict=True):
            by_split = json.loads(listed)
            assert set(by_split) == {"train", "valid", "test"}
            for words in (blend.split(), by_split["train"]):
                prefixes, weights = real_megatron.blend(words)
                assert prefixes == [
                    f"/data/megatron/{one.name}_text_document" for one in phase.drawn
                ]
                shares = real_megatron.utils().normalize(weights)
                within(shares, phase, 1e-9)


def capped(plan):
    """Return a plan whose caps are what it draws: not a batch more may be asked for."""
    phases = [
        replace(
            phase,
            components=tuple(
                replace(one, max_epochs=max(one.epochs, 1)) for one in phase.components
            ),
        )
        for phase in plan.phases
    ]
    return replace(plan, phases=tuple(phases))


@pytest.mark.parametrize("is_capped", [False, True])
def test_olmo_core_builds_the_plan_s_tokens_in_whole_batches(is_capped):
    for seed in SEEDS:
        plan = plans.random_plan(seed)
        if is_capped:
            plan = capped(plan)
        texts = olmo_core.FORMAT.write(plan).texts()
        ours = olmo_core.FORMAT.realised_shares(texts, placing.sizes_of(plan))
        step = plan.settings.step_tokens
        for text, phase, expected in zip(texts.values(), plan.phases, ours, strict=True):
            sources = real_olmo_core.sources(yaml.safe_load(text))
            sources.validate()
            tokens = real_olmo_core.build(
                sources,
                {f"s3://tokens/npy/{one.name}/*.npy": one.unique_tokens for one in phase.drawn},
                requested_tokens=int(re.search(r"requested_tokens=(\d+)", text)[1]),
                global_batch_size=step,
                sequence_length=plan.settings.sequence_length,
            )
            total = sum(tokens.values())
            shares = [tokens[one.name] / total for one in phase.drawn]
            within(shares, phase, olmo_core.FORMAT.error_bound(phase, plan.settings))
            # Our arithmetic is the framework's, to the sequence.
            for found, one in zip(shares, phase.drawn, strict=True):
                assert found == pytest.approx(expected[one.name], abs=1e-12)


def test_levanter_draws_blocks_that_are_the_plan_s_shares():
    for seed in SEEDS:
        plan = plans.random_plan(seed)
        (text,) = levanter.FORMAT.write(plan).texts().values()
        found = yaml.safe_load(text)
        weights, block = found["data"]["train_weights"], found["data"]["mixture_block_size"]
        batch = found["trainer"]["train_batch_size"]
        if isinstance(weights, list):
            weights = [(start * batch, stage) for start, stage in weights]
        counts = real_levanter.counts_per_block(weights, block)
        ours = levanter.FORMAT.realised_shares({"": text}, placing.sizes_of(plan))
        for drawn, phase, expected in zip(counts, plan.phases, ours, strict=True):
            shares = [drawn[one.name] / block for one in phase.drawn]
            within(shares, phase, levanter.FORMAT.error_bound(phase, plan.settings))
            assert shares == pytest.approx([expected[one.name] for one in phase.drawn], abs=1e-12)


def streams_of(text):
    """Return the streams of each phase, with the samples of its epoch."""
    found = yaml.safe_load(text)
    datasets = [found["train_loader"]["dataset"]]
    curriculum = found.get("callbacks", {}).get("curriculum_learning", {"schedule": []})
    datasets += [one["dataset"] for one in curriculum["schedule"]]
    return [(one["streams"], one.get("epoch_size")) for one in datasets]


@pytest.mark.parametrize("exact", [False, True])
def test_mosaic_takes_the_plan_s_samples_of_each_stream(exact):
    kinds = ("repeat",) if exact else ("proportion",)
    for seed in SEEDS:
        plan = plans.random_plan(seed)
        plan = replace(plan, settings=replace(plan.settings, exact_epochs=exact))
        (text,) = llm_foundry.FORMAT.write(plan).texts().values()
        length = plan.settings.sequence_length
        for (streams, epoch_size), phase in zip(streams_of(text), plan.phases, strict=True):
            assert list(streams) == [one.name for one in phase.drawn]
            sizes = [max(one.unique_tokens // length, 1) for one in phase.drawn]
            given = [{kind: one[kind] for kind in kinds} for one in streams.values()]
            samples = real_mosaic.samples(given, sizes, epoch_size)
            bound = llm_foundry.FORMAT.error_bound(phase, plan.settings)
            if exact:
                # A stream is whole samples: half a sequence is lost of each, times its passes.
                bound += sum(one.epochs for one in phase.drawn) * length / phase.tokens
            within([one / sum(samples) for one in samples], phase, bound)


def test_energon_parses_weights_that_are_the_plan_s_tokens():
    for seed in SEEDS:
        plan = plans.random_plan(seed)
        texts = energon.FORMAT.write(plan).texts().values()
        for text, phase in zip(texts, plan.phases, strict=True):
            blend = real_energon.metadataset(yaml.safe_load(text)).splits["train"].blend
            assert [str(one.path) for one in blend] == [
                f"/data/energon/{one.name}" for one in phase.drawn
            ]
            tokens = [
                one.weight * part.tokens_per_document
                for one, part in zip(blend, phase.drawn, strict=True)
            ]
            bound = energon.FORMAT.error_bound(phase, plan.settings)
            within([one / sum(tokens) for one in tokens], phase, bound)


def test_energon_parses_passes():
    plan = plans.random_plan(1)
    plan = replace(plan, settings=replace(plan.settings, exact_epochs=True))
    for text, phase in zip(energon.FORMAT.write(plan).texts().values(), plan.phases, strict=True):
        blend = real_energon.metadataset(yaml.safe_load(text)).splits["train"].blend_epochized
        assert [one.repetitions for one in blend] == pytest.approx(
            [one.epochs for one in phase.drawn], rel=1e-4
        )


def test_a_mirror_of_nanotron_reads_the_stages():
    for seed in SEEDS:
        plan = plans.random_plan(seed)
        (text,) = nanotron.FORMAT.write(plan).texts().values()
        stages = mirrors.nanotron(yaml.safe_load(text)["data_stages"])
        starts = [one.start_training_step for one in stages]
        assert starts[0] == 1
        assert all(earlier < later for earlier, later in pairwise(starts))
        for stage, phase in zip(stages, plan.phases, strict=True):
            weights = stage.data.dataset.dataset_weights
            within([one / sum(weights) for one in weights], phase, 1e-9)


def test_a_mirror_of_gpt_neox_reads_all_three_splits():
    for seed in SEEDS:
        plan = plans.random_plan(seed)
        texts = gpt_neox.FORMAT.write(plan).texts().values()
        for text, phase in zip(texts, plan.phases, strict=True):
            paths, shares = mirrors.gpt_neox(yaml.safe_load(text))["train"]
            assert paths == [f"/data/megatron/{one.name}_text_document" for one in phase.drawn]
            within(shares, phase, 1e-9)
