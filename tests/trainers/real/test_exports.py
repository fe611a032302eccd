"""
What the frameworks' own code makes of the files that Peibi writes.

The formats whose tests do not run their framework themselves: random plans are written, parsed and
drawn by the code of the pinned wheels, and every share is within the bound that the format states.
Frameworks without a package are mirrors of one commit, and their tests are named so.
"""

import json
import random
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


def in_files(text, phase, rng, *, are_even):
    """Return sources of up to nine files each, the files' tokens, and how many they are."""
    found, sizes, counts = yaml.safe_load(text), {}, {}
    for source, one in zip(found["sources"], phase.drawn, strict=True):
        count = counts[one.name] = rng.randint(1, 9)
        whole = one.unique_tokens
        if are_even:
            lengths = [whole // count + (place < whole % count) for place in range(count)]
        else:
            cuts = sorted(rng.randint(0, whole) for _cut in range(count - 1))
            lengths = [end - start for start, end in pairwise([0, *cuts, whole])]
        source["paths"] = [f"/{one.name}/{place}.npy" for place in range(count)]
        sizes |= dict(zip(source["paths"], lengths, strict=True))
    return found, sizes, counts


@pytest.mark.parametrize("are_even", [False, True])
def test_olmo_core_rounds_each_file_within_the_bound_that_we_state(are_even):
    rng = random.Random(6)  # noqa: S311  the same files every time
    most = 0.0
    for seed in SEEDS[:20]:
        plan = plans.random_plan(seed)
        texts = olmo_core.FORMAT.write(plan).texts()
        for phase, (name, text) in zip(plan.phases, texts.items(), strict=True):
            found, sizes, counts = in_files(text, phase, rng, are_even=are_even)
            tokens = real_olmo_core.build(
                real_olmo_core.sources(found),
                sizes,
                requested_tokens=int(re.search(r"requested_tokens=(\d+)", text)[1]),
                global_batch_size=plan.settings.step_tokens,
                sequence_length=plan.settings.sequence_length,
            )
            shares = [tokens[one.name] / sum(tokens.values()) for one in phase.drawn]
            bound = olmo_core.files_bound(phase, plan.settings, counts)
            within(shares, phase, bound)
            pairs = zip(shares, phase.drawn, strict=True)
            most = max(most, *(abs(share - one.ratio) / bound for share, one in pairs))
            if are_even:
                # With the files listed, our arithmetic is the framework's, to the sequence.
                alone = placing.sizes_of(replace(plan, phases=(phase,)))
                listed = yaml.safe_dump(found)
                (ours,) = olmo_core.FORMAT.realised_shares({name: listed}, alone)
                assert [ours[one.name] for one in phase.drawn] == pytest.approx(shares, abs=1e-12)
    assert most > 0.15


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
