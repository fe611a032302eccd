"""
What the frameworks themselves make of good and of bad files.

These tests run the frameworks' own code (see `wheels.py`). They are why the linter has its rules:
each "accepts" below is a mistake that the framework would not report.
"""

import math

import datasets
import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from tests.trainers.real import (
    axolotl,
    data_juicer,
    energon,
    levanter,
    llama_factory,
    megatron,
    mosaic,
    olmo_core,
    torchtitan,
    trl,
)


class TestMegatron:
    def test_reads_pairs_of_weight_and_prefix(self):
        assert megatron.blend(["0.7", "/web", "1e-1", "/code"]) == (["/web", "/code"], [0.7, 0.1])

    @pytest.mark.parametrize(
        "items",
        [
            ["30", "/web", "70", "/code", "/books"],  # odd
            ["30", "/web", "/code", "/books"],  # one weight missing
            ["/web", "30", "/code", "70"],  # reversed
        ],
    )
    def test_accepts_broken_pairs_as_an_unweighted_list(self, items):
        assert megatron.blend(items) == (items, None)

    def test_accepts_weights_that_fail_only_in_training(self):
        _, weights = megatron.blend(["nan", "/web", "-1", "/code", "0", "/books"])
        assert math.isnan(weights[0])
        assert weights[1:] == [-1, 0]

    def test_refuses_an_empty_list(self):
        with pytest.raises(ValueError, match="unpack"):
            megatron.blend([])

    def test_normalises(self):
        assert megatron.utils().normalize([7, 3]) == [0.7, 0.3]

    def test_configuration_takes_a_blend_with_a_split_or_one_per_split(self):
        blend = megatron.blend(["0.7", "/web", "0.3", "/code"])
        megatron.dataset_config(blend=blend, split="99,1,0")
        config = megatron.dataset_config(blend_per_split=[blend, (["/val"], None), None])
        assert config.blend_per_split[2] is None
        with pytest.raises(AssertionError):
            megatron.dataset_config(blend_per_split=[blend, None, None], split="99,1,0")


class TestOlmoCore:
    SOURCES = """
        sources:
          - {source_name: web, target_ratio: 0.7, paths: [/web.npy]}
          - {source_name: code, target_ratio: 0.3, paths: [/code.npy], max_repetition_ratio: 2.0}
    """

    def test_builds_whole_batches(self):
        sources = olmo_core.sources(yaml.safe_load(self.SOURCES))
        tokens = olmo_core.build(
            sources,
            {"/web.npy": 100_000, "/code.npy": 20_000},
            requested_tokens=100_000,
            global_batch_size=4096,
            sequence_length=1024,
        )
        assert tokens == {"web": 71_680, "code": 30_720}

    def test_refuses_a_sum_that_is_not_one(self):
        sources = yaml.safe_load(self.SOURCES)
        sources["sources"][0]["target_ratio"] = 0.70002
        with pytest.raises(Exception, match="must sum to 1"):
            olmo_core.sources(sources).validate()
        sources["sources"][0]["target_ratio"] = 0.7000001
        olmo_core.sources(sources).validate()

    def test_refuses_an_unknown_key(self):
        sources = yaml.safe_load(self.SOURCES)
        sources["sources"][0]["max_repetition_factor"] = 2
        with pytest.raises(TypeError, match="max_repetition_factor"):
            olmo_core.sources(sources)

    def test_accepts_a_negative_ratio(self):
        sources = yaml.safe_load(self.SOURCES)
        sources["sources"][0]["target_ratio"] = 1.2
        sources["sources"][1]["target_ratio"] = -0.2
        tokens = olmo_core.build(
            olmo_core.sources(sources),
            {"/web.npy": 100_000, "/code.npy": 100_000},
            requested_tokens=20_000,
            global_batch_size=4096,
            sequence_length=1024,
        )
        assert tokens["code"] < 0

    def test_accepts_a_name_twice_and_loses_a_source(self):
        sources = yaml.safe_load(self.SOURCES)
        sources["sources"][1]["source_name"] = "web"
        tokens = olmo_core.build(
            olmo_core.sources(sources),
            {"/web.npy": 100_000, "/code.npy": 100_000},
            requested_tokens=20_000,
            global_batch_size=4096,
            sequence_length=1024,
        )
        assert list(tokens) == ["web"]

    def test_says_the_best_size_when_repetition_is_capped(self):
        with pytest.raises(ValueError, match="best we can do is 66,666"):
            olmo_core.composable().calculate_sample_sizes(
                [100_000, 20_000], [0.7, 0.3], [1, 1], 100_000
            )


class TestLevanter:
    def test_blocks_hold_whole_sequences_and_the_largest_takes_the_rest(self):
        assert levanter.counts_per_block({"web": 0.7, "code": 0.3}, 2048) == [
            {"web": 1434, "code": 614}
        ]

    def test_a_weight_below_one_block_is_never_drawn(self):
        with pytest.warns(UserWarning, match="0 samples"):
            counts = levanter.counts_per_block({"web": 0.9996, "code": 0.0004}, 2048)
        assert counts == [{"web": 2048, "code": 0}]

    def test_refuses_a_stage_inside_a_block(self):
        with pytest.raises(AssertionError, match="multiple of block_size"):
            levanter.counts_per_block([(0, {"web": 1.0}), (1000, {"code": 1.0})], 2048)

    def test_refuses_negative_weights(self):
        with pytest.raises(ValueError, match="negative"):
            levanter.counts_per_block({"web": 1.2, "code": -0.2}, 2048)


class TestMosaic:
    def test_without_an_epoch_size_the_total_stays_the_data_s(self):
        streams = [{"proportion": 0.7}, {"proportion": 0.3}]
        assert mosaic.samples(streams, [1000, 100]) == [770, 330]
        assert mosaic.samples(streams, [1000, 100], epoch_size=500) == [350, 150]

    def test_repeats_are_epochs(self):
        assert mosaic.samples([{"repeat": 0.77}, {"repeat": 3.3}], [1000, 100]) == [770, 330]

    def test_refuses_proportion_beside_repeat(self):
        with pytest.raises(ValueError, match="incompatible"):
            mosaic.samples([{"proportion": 0.7}, {"repeat": 2}], [1000, 100])


class TestEnergon:
    def test_reads_a_blend_with_a_subset(self):
        parsed = energon.metadataset(
            yaml.safe_load(
                """
                __module__: megatron.energon
                __class__: MetadatasetV2
                splits:
                  train:
                    blend:
                      - {weight: 0.7, path: ./web}
                      - {weight: 0.3, path: ./code, subset: {range: [0%, 50%]}}
                  val: {path: ./web}
                """
            )
        )
        assert [one.weight for one in parsed.splits["train"].blend] == [0.7, 0.3]

    def test_accepts_negative_weights(self):
        blend = [{"weight": -0.5, "path": "./web"}, {"weight": 0, "path": "./code"}]
        parsed = energon.metadataset({"splits": {"train": {"blend": blend}}})
        assert [one.weight for one in parsed.splits["train"].blend] == [-0.5, 0]

    @pytest.mark.parametrize("entry", [{"weigth": 0.5}, {"weight": "0.5"}, {"repetitions": 2}])
    def test_refuses_what_it_does_not_know_without_naming_it(self, entry):
        with pytest.raises(Exception, match="Missing value"):
            energon.metadataset({"splits": {"train": {"blend": [{**entry, "path": "./web"}]}}})


class TestHuggingFace:
    def sources(self, *rows):
        return [
            datasets.Dataset.from_dict({"source": [index] * count})
            for index, count in enumerate(rows)
        ]

    def counts(self, mixed):
        return np.bincount(mixed["source"]).tolist()

    def mixed(self, strategy):
        mixed = datasets.interleave_datasets(
            self.sources(1000, 100), probabilities=[0.7, 0.3], seed=42, stopping_strategy=strategy
        )
        return self.counts(mixed)

    def test_the_first_exhausted_ends_the_mixture(self):
        web, code = self.mixed("first_exhausted")
        assert code == 100
        assert web < 300

    def test_all_exhausted_repeats_the_smaller(self):
        web, code = self.mixed("all_exhausted")
        assert web == 1000
        assert 380 < code < 480

    def test_without_replacement_the_weights_do_not_hold(self):
        assert self.mixed("all_exhausted_without_replacement") == [1000, 100]

    def test_refuses_seven_equal_shares_rounded_to_eight_digits(self):
        with pytest.raises(ValueError, match="sum to 1"):
            datasets.interleave_datasets(
                self.sources(*[10] * 7), probabilities=[round(1 / 7, 8)] * 7, seed=42
            )
        datasets.interleave_datasets(
            self.sources(*[10] * 7), probabilities=[round(1 / 7, 9)] * 7, seed=42
        )

    def test_refuses_a_negative_probability(self):
        with pytest.raises(ValueError, match="non-negative"):
            datasets.interleave_datasets(self.sources(10, 10), probabilities=[1.2, -0.2], seed=42)


class TestLlamaFactory:
    INFO = {"web": {"hf_hub_url": "org/web"}, "code": {"file_name": "code.jsonl"}}  # noqa: RUF012

    def test_finds_data_sets_by_name(self):
        found = llama_factory.datasets_of(["web", "code"], self.INFO)
        assert [one.load_from for one in found] == ["hf_hub", "file"]
        with pytest.raises(ValueError, match="Undefined dataset books"):
            llama_factory.datasets_of(["books"], self.INFO)

    def test_accepts_a_sum_that_fails_only_when_data_are_merged(self):
        arguments = llama_factory.arguments(
            dataset="web,code", mix_strategy="interleave_over", interleave_probs="0.9,0.3"
        )
        sources = [datasets.Dataset.from_dict({"text": ["a"] * 10})] * 2
        with pytest.raises(ValueError, match="sum to 1"):
            llama_factory.merge(sources, arguments)

    def test_refuses_probabilities_with_concat_and_a_wrong_count(self):
        with pytest.raises(ValueError, match="only valid for interleaved"):
            llama_factory.arguments(dataset="web,code", interleave_probs="0.7,0.3")
        with pytest.raises(ValueError, match="identical"):
            llama_factory.arguments(
                dataset="web,code", mix_strategy="interleave_over", interleave_probs="1.0"
            )


class TestTrl:
    def build(self, monkeypatch, *fractions, rows=(100, 10)):
        sizes = {str(index): count for index, count in enumerate(rows)}
        monkeypatch.setattr(
            datasets,
            "load_dataset",
            lambda path, **_: datasets.Dataset.from_dict({"source": [int(path)] * sizes[path]}),
        )
        config = trl.mixture(
            {"datasets": [{"path": str(i), "fraction": one} for i, one in enumerate(fractions)]}
        )
        return np.bincount(trl.utils().get_dataset(config)["train"]["source"], minlength=2).tolist()

    def test_shrinks_so_that_nothing_repeats(self, monkeypatch):
        assert self.build(monkeypatch, 0.7, 0.3) == [23, 10]

    def test_accepts_a_negative_fraction(self, monkeypatch):
        assert self.build(monkeypatch, -0.5, 1.5) == [0, 10]

    def test_refuses_fractions_on_some_only(self, monkeypatch):
        with pytest.raises(ValueError, match="all datasets in the mixture or none"):
            self.build(monkeypatch, 0.7, None)

    def test_refuses_an_unknown_key(self):
        with pytest.raises(TypeError, match="weight"):
            trl.mixture({"datasets": [{"path": "web", "weight": 0.7}]})


class TestAxolotl:
    @pytest.mark.parametrize("weight", [0, 1.5, -0.1])
    def test_refuses_a_weight_outside_zero_to_one(self, weight):
        with pytest.raises(ValidationError):
            axolotl.dataset({"path": "org/web", "weight": weight})

    def test_ignores_a_misspelt_weight(self):
        assert axolotl.dataset({"path": "org/web", "wieght": 0.5}).weight is None


class TestTorchtitan:
    class Source:
        """An endless source."""

        def __init__(self, name):
            self.name = name

        def __iter__(self):
            while True:
                yield self.name

        def state_dict(self):
            return {}

        def load_state_dict(self, state):
            pass

        def reloop(self):
            pass

    def test_normalises_and_refuses_negative_weights(self):
        interleaved = torchtitan.interleaved().InterleavedDataset
        sources = [self.Source("web"), self.Source("code")]
        assert interleaved(sources, [7, 3])._probs == [0.7, 0.3]
        with pytest.raises(ValueError, match="non-negative"):
            interleaved(sources, [1.2, -0.2])
        with pytest.raises(ValueError, match="must be positive"):
            interleaved(sources, [0, 0])

    def test_accepts_nan(self):
        sources = [self.Source("web"), self.Source("code")]
        torchtitan.interleaved().InterleavedDataset(sources, [float("nan"), 1])

    def test_an_unregistered_name_is_refused_when_data_are_loaded(self):
        with torchtitan.importable() as module:
            with pytest.raises(ValueError, match="not supported"):
                module._validate_dataset("code")
            module.HFDataSource(dataset="code")


class TestDataJuicer:
    def test_hands_samples_out_from_the_first_on(self):
        sample_numbers = data_juicer.builder().get_sample_numbers
        assert sample_numbers([1, 1, 1], 100) == [34, 34, 32]
        assert sample_numbers([-1, 2], 100) == [-100, 200]  # accepted

    def test_a_path_without_a_weight_weighs_one(self):
        parse = data_juicer.builder().parse_cli_datapath
        assert parse("0.7 web.jsonl code.jsonl") == (["web.jsonl", "code.jsonl"], [0.7, 1.0])
        assert parse("-1 web.jsonl") == (["web.jsonl"], [0.0])
