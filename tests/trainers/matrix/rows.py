"""The cells of the formats whose weights count documents, or the part of them that is kept."""

from app.trainers.kit.findings import Severity
from tests.trainers.matrix.cells import Cell, Does, cells

ENERGON = """__module__: megatron.energon
__class__: MetadatasetV2
splits:
  train:
    blend:
      - {weight: 0.7, path: ./web}
      - {weight: 0.3, path: ./code}
"""
HUGGING = """from datasets import interleave_datasets, load_dataset
train = interleave_datasets(
    [load_dataset("org/web"), load_dataset("org/code")],
    probabilities=[
        0.7,
        0.3,
    ],
    stopping_strategy="all_exhausted",
)
"""
FACTORY = """stage: pt
dataset: web,code
mix_strategy: interleave_over
interleave_probs: 0.7,0.3
streaming: true
dataloader_num_workers: 1
max_steps: 100
"""
INFO = """{"web": {"hf_hub_url": "org/web"},
 "code": {"file_name": "code.jsonl"}}
"""
TRL = """datasets:
  - {path: org/web, split: train, fraction: 0.7}
  - {path: org/code, split: train, fraction: 0.3}
streaming: false
"""
AXOLOTL = """datasets:
  - {path: org/web, type: completion, weight: 1.0}
  - {path: org/code, type: completion, weight: 0.3}
"""
JUICER = """dataset:
  max_sample_num: 1000
  configs:
    - {type: local, path: web.jsonl, weight: 0.7}
    - {type: local, path: code.jsonl, weight: 0.3}
"""


def factory() -> list[Cell]:
    """Return LLaMA-Factory's cells: each with the file that says where data lie."""
    found = [
        *cells(
            "llama-factory",
            FACTORY,
            ("negative", Does.STOPS_LATER, "negative", 4, ("0.3", "-0.3")),
            ("NaN", Does.STOPS_LATER, "not_finite", 4, ("0.3", "nan")),
            ("zero", Does.STOPS_LATER, "hf_zero_refused", 4, ("0.7,0.3", "1.0,0")),
            ("all zero", Does.STOPS_LATER, "all_zero", 4, ("0.7,0.3", "0,0")),
            ("sum is not 1", Does.STOPS_LATER, "sum_not_one", 4, ("0.7", "0.9")),
            ("eight decimals", Does.STOPS_LATER, "sum_not_one", 4, ("0.7", "0.70000002")),
            ("lengths differ", Does.REFUSES, "lengths_differ", 4, ("0.7,0.3", "1.0")),
            ("no number", Does.REFUSES, "not_a_number", 4, ("0.3", "many")),
            (
                "probabilities with concat",
                Does.REFUSES,
                "llama_factory_concat",
                4,
                ("mix_strategy: interleave_over\n", "mix_strategy: concat\n"),
            ),
            (
                "no such strategy",
                Does.STOPS_LATER,
                "llama_factory_bad_strategy",
                3,
                ("interleave_over", "interleave_all"),
            ),
            (
                "every row once",
                Does.ACCEPTS,
                "llama_factory_once",
                3,
                ("interleave_over", "interleave_once"),
            ),
            (
                "an undefined name",
                Does.REFUSES,
                "llama_factory_undefined",
                2,
                ("web,code", "web,books"),
            ),
            (
                "a misspelt key",
                Does.REFUSES,
                "misspelt_key",
                4,
                ("interleave_probs", "interleave_prob"),
            ),
            (
                "streaming without steps",
                Does.REFUSES,
                "llama_factory_no_steps",
                5,
                ("max_steps: 100\n", ""),
            ),
            (
                "a local file without workers",
                Does.STOPS_LATER,
                "llama_factory_no_workers",
                5,
                ("dataloader_num_workers: 1\n", ""),
            ),
            ("a name twice", Does.ACCEPTS, "duplicate_name", 4, ("web,code", "web,web")),
        ),
        *cells(
            "llama-factory",
            FACTORY,
            (
                "the first exhausted",
                Does.ACCEPTS,
                "llama_factory_under",
                3,
                ("interleave_over", "interleave_under"),
            ),
            (
                "no probabilities",
                Does.ACCEPTS,
                "llama_factory_no_probs",
                3,
                ("interleave_probs: 0.7,0.3\n", ""),
            ),
            (
                "joined whole",
                Does.ACCEPTS,
                "llama_factory_joined",
                2,
                ("mix_strategy: interleave_over\ninterleave_probs: 0.7,0.3\n", ""),
            ),
            severity=Severity.WARNING,
        ),
    ]
    with_info = [
        Cell(
            one.trainer,
            one.mistake,
            one.does,
            one.code,
            one.line,
            {**one.files, "dataset_info.json": INFO},
            one.severity,
        )
        for one in found
    ]
    unread = Cell(
        "llama-factory",
        "num_samples with streaming",
        Does.ACCEPTS,
        "llama_factory_samples_ignored",
        5,
        {
            "": FACTORY,
            "dataset_info.json": INFO.replace('"org/web"', '"org/web", "num_samples": 10'),
        },
    )
    misspelt = Cell(
        "llama-factory",
        "a misspelt key of a data set",
        Does.ACCEPTS,
        "misspelt_key",
        1,
        {
            "": FACTORY,
            "dataset_info.json": INFO.replace('"org/web"', '"org/web", "num_sample": 10'),
        },
    )
    return [*with_info, unread, misspelt]


CELLS: list[Cell] = [
    *cells(
        "energon",
        ENERGON,
        ("negative", Does.ACCEPTS, "negative", 7, ("0.3", "-0.3")),
        ("all zero", Does.ACCEPTS, "all_zero", 6, ("0.7", "0", "0.3", "0")),
        ("NaN", Does.ACCEPTS, "not_finite", 7, ("0.3", ".nan")),
        ("a weight as a text", Does.REFUSES, "energon_text_weight", 7, ("0.3", '"0.3"')),
        (
            "an unknown key",
            Does.REFUSES,
            "unknown_key",
            7,
            ("weight: 0.3", "weight: 0.3, epochs: 1"),
        ),
        ("a misspelt key", Does.REFUSES, "misspelt_key", 7, ("weight: 0.3", "wieght: 0.3")),
        (
            "a weight among passes",
            Does.REFUSES,
            "energon_wrong_key",
            6,
            ("blend:", "blend_epochized:"),
        ),
        (
            "passes among weights",
            Does.REFUSES,
            "energon_wrong_key",
            7,
            ("weight: 0.3", "repetitions: 2"),
        ),
        (
            "both inside each other",
            Does.STOPS_LATER,
            "energon_nested_modes",
            7,
            ("path: ./code", "blend_epochized: [{repetitions: 2, path: ./code}]"),
        ),
        ("another class", Does.REFUSES, "energon_no_class", 2, ("MetadatasetV2", "Dataset")),
        ("no path", Does.REFUSES, "missing_value", 7, (", path: ./code", "")),
        ("a path twice", Does.ACCEPTS, "duplicate_name", 7, ("./code", "./web")),
    ),
    *cells(
        "energon",
        ENERGON,
        ("zero", Does.ACCEPTS, "zero", 7, ("0.3", "0")),
        (
            "no weight beside others",
            Does.ACCEPTS,
            "energon_default_weight",
            7,
            ("weight: 0.3, ", ""),
        ),
        severity=Severity.WARNING,
    ),
    *cells(
        "energon",
        ENERGON,
        ("sum is not 1", Does.NORMALISES, "normalised", 6, ("0.7", "7", "0.3", "3")),
        severity=Severity.NOTE,
    ),
    *cells(
        "huggingface",
        HUGGING,
        ("negative", Does.REFUSES, "negative", 6, ("0.7", "1.3", "0.3", "-0.3")),
        (
            "zero with all_exhausted",
            Does.REFUSES,
            "hf_zero_refused",
            6,
            ("0.7", "1.0", "0.3", "0.0"),
        ),
        ("all zero", Does.REFUSES, "all_zero", 5, ("0.7", "0", "0.3", "0")),
        ("NaN", Does.REFUSES, "not_finite", 6, ("0.3", 'float("nan")')),
        ("sum is not 1", Does.REFUSES, "sum_not_one", 5, ("0.7", "0.7000001")),
        ("lengths differ", Does.REFUSES, "lengths_differ", 2, ("        0.3,\n", "")),
        ("no such strategy", Does.REFUSES, "hf_bad_strategy", 8, ("all_exhausted", "exhausted")),
        (
            "without replacement",
            Does.ACCEPTS,
            "hf_without_replacement",
            8,
            ("all_exhausted", "all_exhausted_without_replacement"),
        ),
        (
            "a misspelt argument",
            Does.REFUSES,
            "misspelt_key",
            8,
            ("stopping_strategy", "stoping_strategy"),
        ),
        ("a source twice", Does.ACCEPTS, "duplicate_name", 6, ("org/code", "org/web")),
    ),
    *cells(
        "huggingface",
        HUGGING,
        (
            "the first exhausted",
            Does.ACCEPTS,
            "hf_first_exhausted",
            8,
            ("all_exhausted", "first_exhausted"),
        ),
        (
            "zero with first_exhausted",
            Does.ACCEPTS,
            "zero",
            6,
            ("0.7", "1.0", "0.3", "0.0", "all_exhausted", "first_exhausted"),
        ),
        (
            "no probabilities",
            Does.ACCEPTS,
            "hf_no_probabilities",
            2,
            ("    probabilities=[\n        0.7,\n        0.3,\n    ],\n", ""),
        ),
        severity=Severity.WARNING,
    ),
    *factory(),
    *cells(
        "trl",
        TRL,
        ("negative", Does.ACCEPTS, "trl_negative", 3, ("0.7", "1.5", "0.3", "-0.5")),
        ("all zero", Does.STOPS_LATER, "all_zero", 2, ("0.7", "0", "0.3", "0")),
        ("NaN", Does.STOPS_LATER, "not_finite", 3, ("0.3", ".nan")),
        ("no number", Does.STOPS_LATER, "not_a_number", 3, ("0.3", "many")),
        ("fractions on some", Does.STOPS_LATER, "trl_some_fractions", 1, (", fraction: 0.3", "")),
        ("streaming", Does.STOPS_LATER, "trl_streaming", 4, ("false", "true")),
        ("a key of old", Does.REFUSES, "trl_old_name", 3, ("fraction: 0.3", "weight: 0.3")),
        (
            "an unknown key",
            Does.REFUSES,
            "unknown_key",
            3,
            ("fraction: 0.3", "fraction: 0.3, epochs: 1"),
        ),
        ("a misspelt key", Does.REFUSES, "misspelt_key", 3, ("fraction: 0.3", "fracton: 0.3")),
        ("a data set twice", Does.ACCEPTS, "duplicate_name", 3, ("org/code", "org/web")),
    ),
    *cells(
        "trl",
        TRL,
        ("zero", Does.ACCEPTS, "zero", 3, ("0.3", "0")),
        (
            "no fractions",
            Does.ACCEPTS,
            "trl_no_fractions",
            1,
            (", fraction: 0.7", "", ", fraction: 0.3", ""),
        ),
        severity=Severity.WARNING,
    ),
    *cells(
        "trl",
        TRL,
        ("sum is not 1", Does.NORMALISES, "normalised", 2, ("0.7", "7", "0.3", "3")),
        severity=Severity.NOTE,
    ),
    *cells(
        "axolotl",
        AXOLOTL,
        ("negative", Does.REFUSES, "negative", 3, ("0.3", "-0.1")),
        ("zero", Does.REFUSES, "axolotl_out_of_range", 3, ("0.3", "0")),
        ("above one", Does.REFUSES, "axolotl_out_of_range", 3, ("0.3", "1.5")),
        ("NaN", Does.REFUSES, "not_finite", 3, ("0.3", ".nan")),
        ("no number", Does.REFUSES, "not_a_number", 3, ("0.3", "many")),
        ("a misspelt weight", Does.ACCEPTS, "misspelt_key", 3, ("weight: 0.3", "wieght: 0.3")),
        (
            "an unknown key",
            Does.ACCEPTS,
            "unknown_key",
            3,
            ("weight: 0.3", "epochs: 2, weight: 0.3"),
        ),
        (
            "a weight where none is read",
            Does.ACCEPTS,
            "axolotl_ignored_weight",
            2,
            ("datasets:", "pretraining_dataset:"),
        ),
        ("streaming", Does.ACCEPTS, "axolotl_streaming", 4, ("0.3}\n", "0.3}\nstreaming: true\n")),
    ),
    *cells(
        "axolotl",
        AXOLOTL,
        (
            "the same rows twice",
            Does.ACCEPTS,
            "axolotl_same_rows",
            4,
            ("0.3}\n", "0.3}\n  - {path: org/code, type: completion, weight: 0.3}\n"),
        ),
        severity=Severity.WARNING,
    ),
    *cells(
        "data-juicer",
        JUICER,
        ("negative", Does.ACCEPTS, "negative", 5, ("0.3", "-0.3")),
        (
            "negative on one line",
            Does.ACCEPTS,
            "data_juicer_clipped",
            1,
            "dataset_path: 0.7 web.jsonl -0.3 code.jsonl\n",
        ),
        ("all zero", Does.STOPS_LATER, "all_zero", 4, ("0.7", "0", "0.3", "0")),
        ("NaN", Does.STOPS_LATER, "not_finite", 5, ("0.3", ".nan")),
        ("no number", Does.STOPS_LATER, "not_a_number", 5, ("0.3", "many")),
        (
            "no max_sample_num",
            Does.ACCEPTS,
            "data_juicer_no_limit",
            1,
            ("  max_sample_num: 1000\n", ""),
        ),
        ("a limit that is none", Does.STOPS_LATER, "data_juicer_bad_limit", 2, ("1000", "-5")),
        (
            "a weight missing on one line",
            Does.ACCEPTS,
            "data_juicer_path_without_weight",
            1,
            "dataset_path: 0.7 web.jsonl code.jsonl\n",
        ),
        (
            "several types",
            Does.REFUSES,
            "data_juicer_mixed_types",
            3,
            ("{type: local, path: code", "{type: remote, path: code"),
        ),
        ("several remote ones", Does.REFUSES, "data_juicer_several_remote", 3, ("local", "remote")),
        (
            "a data set without a row",
            Does.ACCEPTS,
            "data_juicer_no_rows",
            5,
            ("1000", "1", "0.7", "0.5", "0.3", "0.5"),
        ),
        ("a misspelt weight", Does.ACCEPTS, "misspelt_key", 5, ("weight: 0.3", "wieght: 0.3")),
        (
            "an unknown key",
            Does.ACCEPTS,
            "unknown_key",
            5,
            ("weight: 0.3", "epochs: 2, weight: 0.3"),
        ),
        ("a path twice", Does.ACCEPTS, "duplicate_name", 5, ("code.jsonl", "web.jsonl")),
    ),
    *cells(
        "data-juicer",
        JUICER,
        ("zero", Does.ACCEPTS, "zero", 5, ("0.3", "0")),
        severity=Severity.WARNING,
    ),
    *cells(
        "data-juicer",
        JUICER,
        ("sum is not 1", Does.NORMALISES, "normalised", 4, ("0.7", "7", "0.3", "3")),
        severity=Severity.NOTE,
    ),
]
