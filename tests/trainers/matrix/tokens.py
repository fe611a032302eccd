"""The cells of the other formats whose weights are shares of tokens."""

from app.trainers.kit.findings import Severity
from tests.trainers.matrix.cells import Cell, Does, cells

OLMO = """sources:
  - source_name: web
    target_ratio: 0.7
    paths: [/web.npy]
  - source_name: code
    target_ratio: 0.3
    paths: [/code.npy]
"""
LEVANTER = """trainer:
  train_batch_size: 1024
data:
  tokenizer: org/model
  mixture_block_size: 2048
  components:
    web: {source: {type: hf, id: org/web}}
    code: {source: {type: hf, id: org/code}}
  train_weights:
    - - 0
      - web: 0.7
        code: 0.3
    - - 8000
      - web: 0.5
        code: 0.5
"""
NANOTRON = """data_stages:
  - name: stable
    start_training_step: 1
    data:
      seed: 42
      dataset:
        dataset_folder: [/data/web, /data/code]
        dataset_weights:
          - 0.7
          - 0.3
  - name: decay
    start_training_step: 90000
    data:
      dataset: {dataset_folder: [/data/web, /data/books], dataset_weights: [0.5, 0.5]}
"""
FOUNDRY = """max_duration: 3000tok
train_loader:
  name: text
  dataset:
    max_seq_len: 4096
    shuffle: true
    epoch_size: 1000
    streams:
      web: {local: /data/web, proportion: 0.7}
      code: {local: /data/code, proportion: 0.3}
callbacks:
  curriculum_learning:
    duration: 1000tok
    schedule:
      - duration: 2000tok
        dataset:
          epoch_size: 1000
          streams:
            web: {local: /data/web, proportion: 0.5}
            books: {local: /data/books, proportion: 0.5}
"""
TITAN = """from torchtitan.hf_datasets import DatasetConfig
DATASETS["web"] = DatasetConfig(path="org/web", loader=load, sample_processor=field)
DATASETS["code"] = DatasetConfig(path="org/code", loader=load, sample_processor=field)
dataloader = InterleavedHuggingFaceTextDataLoader.Config(
    sources=[
        HFDataSource(dataset="web", infinite=True, weight=0.7),
        HFDataSource(dataset="code", infinite=True, weight=0.3),
    ],
    stopping_strategy="all_exhausted",
)
"""

CELLS: list[Cell] = [
    *cells(
        "olmo-core",
        OLMO,
        ("negative", Does.ACCEPTS, "negative", 6, ("0.7", "1.2", "0.3", "-0.2")),
        ("NaN", Does.REFUSES, "not_finite", 6, ("0.3", ".nan")),
        ("sum is not 1", Does.REFUSES, "sum_not_one", 1, ("0.7", "0.70002")),
        ("per cent", Does.REFUSES, "olmo_percent", 1, ("0.7", "70", "0.3", "30")),
        ("a source twice", Does.ACCEPTS, "duplicate_source", 5, ("name: code", "name: web")),
        (
            "an unknown key",
            Does.REFUSES,
            "unknown_key",
            7,
            ("    paths: [/code", "    seed: 1\n    paths: [/code"),
        ),
        (
            "a misspelt key",
            Does.REFUSES,
            "misspelt_key",
            7,
            ("    paths: [/code", "    max_repetition_ration: 2\n    paths: [/code"),
        ),
        (
            "a key of olmo-cookbook",
            Does.REFUSES,
            "olmo_cookbook",
            7,
            ("    paths: [/code", "    repetition_factor: 2\n    paths: [/code"),
        ),
        ("no paths", Does.STOPS_LATER, "olmo_no_paths", 5, ("[/code.npy]", "[]")),
        ("a path twice", Does.ACCEPTS, "duplicate_name", 6, ("/code.npy", "/web.npy")),
        ("no ratio", Does.REFUSES, "missing_value", 5, ("    target_ratio: 0.3\n", "")),
        ("no number", Does.REFUSES, "not_a_number", 6, ("0.3", "many")),
        (
            "a cap below one pass",
            Does.ACCEPTS,
            "olmo_repetition_below_one",
            8,
            ("[/code.npy]\n", "[/code.npy]\n    max_repetition_ratio: 0.5\n"),
        ),
    ),
    *cells(
        "olmo-core",
        OLMO,
        ("zero", Does.ACCEPTS, "zero", 6, ("0.7", "1", "0.3", "0")),
        severity=Severity.WARNING,
    ),
    *cells(
        "levanter",
        LEVANTER,
        ("negative", Does.STOPS_LATER, "negative", 12, ("0.3", "-0.3")),
        ("all zero", Does.STOPS_LATER, "all_zero", 14, ("0.5", "0")),
        ("NaN", Does.STOPS_LATER, "not_finite", 12, ("0.3", ".nan")),
        (
            "below one block",
            Does.ACCEPTS,
            "levanter_below_block",
            12,
            ("0.7", "0.9996", "0.3", "0.0004"),
        ),
        ("a block too large", Does.STOPS_LATER, "levanter_block_size", 5, ("2048", "65536")),
        (
            "the first stage later",
            Does.STOPS_LATER,
            "levanter_first_stage",
            10,
            ("- - 0\n", "- - 1000\n"),
        ),
        ("a stage inside a block", Does.STOPS_LATER, "levanter_unaligned", 13, ("8000", "8001")),
        (
            "stages out of order",
            Does.STOPS_LATER,
            "levanter_stage_order",
            13,
            ("- - 8000", "- - 0"),
        ),
        (
            "an unknown component",
            Does.REFUSES,
            "levanter_unknown_component",
            12,
            ("        code: 0.3", "        books: 0.3"),
        ),
        (
            "an unknown key",
            Does.REFUSES,
            "unknown_key",
            6,
            ("  components", "  epochs: 2\n  components"),
        ),
        ("a misspelt key", Does.REFUSES, "misspelt_key", 5, ("block_size", "blocksize")),
        ("no number", Does.REFUSES, "not_a_number", 12, ("0.3", "many")),
        ("a component twice", Does.ACCEPTS, "duplicate_name", 12, ("org/code", "org/web")),
    ),
    *cells(
        "levanter",
        LEVANTER,
        ("zero", Does.ACCEPTS, "zero", 12, ("0.3", "0")),
        (
            "a component without a weight",
            Does.ACCEPTS,
            "levanter_no_weight",
            8,
            ("        code: 0.3\n", "", "        code: 0.5\n", ""),
        ),
        ("the older form", Does.ACCEPTS, "levanter_old_form", 6, ("components", "configs")),
        (
            "no tokenizer",
            Does.ACCEPTS,
            "levanter_no_tokenizer",
            3,
            ("  tokenizer: org/model\n", ""),
        ),
        severity=Severity.WARNING,
    ),
    *cells(
        "levanter",
        LEVANTER,
        ("sum is not 1", Does.NORMALISES, "normalised", 11, ("0.7", "7", "0.3", "3")),
        (
            "no batch size",
            Does.STOPS_LATER,
            "levanter_maybe_unaligned",
            12,
            ("trainer:\n  train_batch_size: 1024\n", "", "8000", "8001", "\n  tok", "\n\n  tok"),
        ),
        severity=Severity.NOTE,
    ),
    *cells(
        "nanotron",
        NANOTRON,
        ("negative", Does.ACCEPTS, "negative", 10, ("0.3", "-0.3")),
        ("NaN", Does.ACCEPTS, "not_finite", 10, ("0.3", ".nan")),
        ("all zero", Does.ACCEPTS, "all_zero", 9, ("0.7", "0", "0.3", "0")),
        ("no number", Does.REFUSES, "not_a_number", 10, ("0.3", "many")),
        ("lengths differ", Does.REFUSES, "lengths_differ", 8, ("          - 0.3\n", "")),
        (
            "an unknown key",
            Does.REFUSES,
            "unknown_key",
            5,
            ("      seed: 42\n", "      epochs: 42\n"),
        ),
        (
            "a misspelt key",
            Does.REFUSES,
            "misspelt_key",
            8,
            ("        dataset_weights", "        dataset_weight"),
        ),
        (
            "the documentation's map",
            Does.REFUSES,
            "nanotron_map_form",
            7,
            (
                "[/data/web, /data/code]\n        dataset_weights:",
                "{/data/web: 0.7, /data/code: 0.3}",
                "          - 0.7\n          - 0.3\n",
                "",
            ),
        ),
        ("no first step", Does.REFUSES, "nanotron_first_step", 2, ("step: 1\n", "step: 2\n")),
        ("step 0", Does.STOPS_LATER, "nanotron_bad_step", 3, ("step: 1\n", "step: 0\n")),
        ("a step twice", Does.REFUSES, "nanotron_bad_step", 12, ("90000", "1")),
        ("a name twice", Does.REFUSES, "nanotron_same_stage", 11, ("decay", "stable")),
        ("a folder twice", Does.ACCEPTS, "duplicate_name", 10, ("/data/code", "/data/web")),
    ),
    *cells(
        "nanotron",
        NANOTRON,
        ("zero", Does.ACCEPTS, "zero", 10, ("0.3", "0")),
        (
            "no weights",
            Does.ACCEPTS,
            "nanotron_no_weights",
            7,
            ("        dataset_weights:\n          - 0.7\n          - 0.3\n", ""),
        ),
        severity=Severity.WARNING,
    ),
    *cells(
        "nanotron",
        NANOTRON,
        ("sum is not 1", Does.NORMALISES, "normalised", 9, ("0.7", "7", "0.3", "3")),
        severity=Severity.NOTE,
    ),
    *cells(
        "llm-foundry",
        FOUNDRY,
        ("negative", Does.REFUSES, "negative", 10, ("0.3", "-0.3")),
        ("all zero", Does.STOPS_LATER, "all_zero", 9, ("0.7", "0", "0.3", "0")),
        ("NaN", Does.STOPS_LATER, "not_finite", 10, ("0.3", ".nan")),
        ("no number", Does.REFUSES, "not_a_number", 10, ("0.3", "many")),
        (
            "proportion beside repeat",
            Does.REFUSES,
            "mosaic_mixed_kinds",
            10,
            ("proportion: 0.3", "repeat: 2"),
        ),
        (
            "proportion beside nothing",
            Does.REFUSES,
            "mosaic_mixed_kinds",
            10,
            (", proportion: 0.3", ""),
        ),
        (
            "two kinds",
            Does.REFUSES,
            "mosaic_two_kinds",
            10,
            ("proportion: 0.3", "proportion: 0.3, repeat: 2"),
        ),
        (
            "epoch_size with repeat",
            Does.REFUSES,
            "mosaic_epoch_size_with_repeat",
            7,
            ("proportion: 0.7", "repeat: 1", "proportion: 0.3", "repeat: 2"),
        ),
        ("one local twice", Does.STOPS_LATER, "mosaic_same_local", 10, ("/data/code", "/data/web")),
        (
            "an unknown key",
            Does.REFUSES,
            "unknown_key",
            10,
            ("proportion: 0.3", "proportion: 0.3, epochs: 1"),
        ),
        ("a misspelt key", Does.REFUSES, "misspelt_key", 10, ("proportion: 0.3", "proporton: 0.3")),
        ("durations and their sum", Does.REFUSES, "mosaic_duration_sum", 1, ("3000tok", "4000tok")),
        ("a duration in batches", Does.REFUSES, "mosaic_duration", 15, ("2000tok", "20ba")),
    ),
    *cells(
        "llm-foundry",
        FOUNDRY,
        ("zero", Does.ACCEPTS, "zero", 10, ("0.3", "0")),
        (
            "no epoch_size",
            Does.ACCEPTS,
            "mosaic_no_epoch_size",
            4,
            (
                "    epoch_size: 1000\n    streams:\n      web: {local",
                "    streams:\n      web: {local",
            ),
        ),
        ("no shuffle", Does.ACCEPTS, "mosaic_no_shuffle", 4, ("    shuffle: true\n", "")),
        severity=Severity.WARNING,
    ),
    *cells(
        "llm-foundry",
        FOUNDRY,
        ("sum is not 1", Does.NORMALISES, "normalised", 9, ("0.7", "7", "0.3", "3")),
        severity=Severity.NOTE,
    ),
    *cells(
        "torchtitan",
        TITAN,
        ("negative", Does.REFUSES, "negative", 7, ("0.3", "-0.3")),
        ("all zero", Does.REFUSES, "all_zero", 6, ("0.7", "0", "0.3", "0")),
        ("NaN", Does.STOPS_LATER, "not_finite", 7, ("0.3", 'float("nan")')),
        (
            "a name that is not registered",
            Does.STOPS_LATER,
            "torchtitan_unregistered",
            7,
            ('Source(dataset="code"', 'Source(dataset="books"'),
        ),
        ("capital letters", Does.STOPS_LATER, "torchtitan_upper_case", 3, ('["code"]', '["Code"]')),
        (
            "one infinite, one not",
            Does.REFUSES,
            "torchtitan_mixed_infinite",
            4,
            ("True, weight=0.3", "False, weight=0.3"),
        ),
        ("an unknown key", Does.REFUSES, "unknown_key", 7, ("weight=0.3", "epochs=2, weight=0.3")),
        ("a misspelt key", Does.REFUSES, "misspelt_key", 7, ("weight=0.3", "wieght=0.3")),
        (
            "no such strategy",
            Does.REFUSES,
            "torchtitan_bad_strategy",
            9,
            ('"all_exhausted"', '"first_exhausted"'),
        ),
        (
            "the main branch's loader",
            Does.REFUSES,
            "torchtitan_other_version",
            1,
            "DatasetMixConfig(datasets=())\n",
        ),
        (
            "a dataset twice",
            Does.ACCEPTS,
            "duplicate_name",
            7,
            ('Source(dataset="code"', 'Source(dataset="web"'),
        ),
    ),
    *cells(
        "torchtitan",
        TITAN,
        ("zero", Does.ACCEPTS, "zero", 7, ("0.3", "0")),
        (
            "the first exhausted",
            Does.ACCEPTS,
            "torchtitan_first_exhausted",
            9,
            ("infinite=True", "infinite=False", '"all_', '"on_first_'),
        ),
        severity=Severity.WARNING,
    ),
    *cells(
        "torchtitan",
        TITAN,
        ("sum is not 1", Does.NORMALISES, "normalised", 6, ("0.7", "7", "0.3", "3")),
        severity=Severity.NOTE,
    ),
]
