"""The cells of the formats that draw as Megatron does: its own, GPT-NeoX's and Nemotron's."""

from app.trainers.kit.findings import Severity
from tests.trainers.matrix.cells import Cell, Does, cells

TEXT = "0.7 /data/web\n0.3 /data/code\n"
SPLITS = """{"train": ["0.7", "/data/web",
           "0.3", "/data/code"],
 "valid": ["/data/val"],
 "test": null}
"""
NEOX = """train-data-paths: [/data/web, /data/code]
train-data-weights:
  - 0.7
  - 0.3
valid-data-paths: [/data/val]
test-data-paths: [/data/val]
"""
NEMOTRON = """{"datasets": [
  {"name": "web", "path": "/data/web", "weight": 0.7},
  {"name": "code", "path": "/data/code", "weight": 0.3}]}
"""

CELLS: list[Cell] = [
    *cells(
        "megatron",
        TEXT,
        ("negative", Does.STOPS_LATER, "negative", 2, ("0.3", "-0.3")),
        ("zero", Does.STOPS_LATER, "zero_stops", 2, ("0.3", "0")),
        ("all zero", Does.STOPS_LATER, "all_zero", 1, ("0.7", "0", "0.3", "0")),
        ("NaN", Does.STOPS_LATER, "not_finite", 2, ("0.3", "nan")),
        ("infinite", Does.ACCEPTS, "not_finite", 2, ("0.3", "inf")),
        ("odd count", Does.ACCEPTS, "megatron_odd_count", 1, "30 /a 70 /b /c"),
        ("odd count, item", Does.ACCEPTS, "megatron_numeric_prefix", 2, "30 /a\n70 /b\n/c"),
        ("one weight missing", Does.ACCEPTS, "megatron_lost_weight", 2, "30 /a\n/b /c"),
        ("reversed pairs", Does.ACCEPTS, "megatron_reversed", 1, "/a 30\n/b 70"),
        ("a number again later", Does.REFUSES, "megatron_lost_weight", 1, "/a /b\n30 /c"),
        ("a weight lost between", Does.REFUSES, "megatron_lost_weight", 2, "3 /a\n/b /c\n4 /d"),
        ("two numbers", Does.ACCEPTS, "megatron_numeric_prefix", 1, "0.7 0.3\n0.3 /data/code"),
        ("a space in a path", Does.ACCEPTS, "megatron_odd_count", 1, ("/data/web", "/data/my web")),
        ("an ending", Does.ACCEPTS, "megatron_bad_prefix", 2, ("/data/code", "/data/code.bin")),
        ("a prefix twice", Does.ACCEPTS, "duplicate_name", 2, ("/data/code", "/data/web")),
        (
            "a placeholder",
            Does.ACCEPTS,
            "placeholder",
            2,
            ("/data/code", "PEIBI-LOCATION-MISSING/code"),
        ),
    ),
    *cells(
        "megatron",
        TEXT,
        ("no weights", Does.ACCEPTS, "megatron_unweighted", 1, "/data/web\n/data/code"),
        severity=Severity.WARNING,
    ),
    *cells(
        "megatron",
        TEXT,
        ("sum is not 1", Does.NORMALISES, "normalised", 1, ("0.7", "70", "0.3", "31")),
        severity=Severity.NOTE,
    ),
    *cells(
        "megatron",
        SPLITS,
        ("a split: negative", Does.STOPS_LATER, "negative", 2, ("0.3", "-0.3")),
        ("a split: odd count", Does.ACCEPTS, "megatron_odd_count", 1, ('"0.3", ', "")),
        ("a split: an empty list", Does.REFUSES, "megatron_empty_list", 4, ("null", "[]")),
        ("a split is missing", Does.REFUSES, "megatron_missing_split", 1, (',\n "test": null', "")),
        (
            "another name of a split",
            Does.REFUSES,
            "megatron_split_name",
            3,
            ("valid", "validation"),
        ),
        (
            "a number in a broken list",
            Does.REFUSES,
            "megatron_odd_count",
            1,
            ('"0.7", "/data/web",', "30,"),
        ),
        ("an unknown key", Does.ACCEPTS, "unknown_key", 5, ("null", 'null,\n "holdout": null')),
        ("a key twice", Does.ACCEPTS, "duplicate_key", 4, ('"test"', '"valid": null, "test"')),
    ),
    *cells(
        "gpt-neox",
        NEOX,
        ("negative", Does.ACCEPTS, "negative", 4, ("0.3", "-0.3")),
        ("NaN", Does.ACCEPTS, "not_finite", 4, ("0.3", ".nan")),
        ("all zero", Does.REFUSES, "all_zero", 3, ("0.7", "0", "0.3", "0")),
        ("no number", Does.REFUSES, "not_a_number", 4, ("0.3", "many")),
        ("lengths differ", Does.REFUSES, "lengths_differ", 2, ("  - 0.3\n", "")),
        (
            "not all splits",
            Does.REFUSES,
            "neox_not_all_splits",
            1,
            ("test-data-paths: [/data/val]\n", ""),
        ),
        (
            "a misspelt key",
            Does.REFUSES,
            "misspelt_key",
            2,
            ("train-data-weights", "train-data-weight"),
        ),
        (
            "a key in two spellings",
            Does.REFUSES,
            "duplicate_key",
            6,
            ("test-", "train_data_paths: [/data/a]\ntest-"),
        ),
        (
            "weight_by_num_documents",
            Does.ACCEPTS,
            "neox_overridden",
            6,
            ("test-", "weight_by_num_documents: true\ntest-"),
        ),
        ("train_epochs", Does.REFUSES, "neox_train_epochs", 6, ("test-", "train_epochs: 2\ntest-")),
        ("a prefix twice", Does.ACCEPTS, "duplicate_name", 4, ("/data/code", "/data/web")),
    ),
    *cells(
        "gpt-neox",
        NEOX,
        ("zero", Does.ACCEPTS, "zero", 4, ("0.3", "0")),
        severity=Severity.WARNING,
    ),
    *cells(
        "gpt-neox",
        NEOX,
        ("sum is not 1", Does.NORMALISES, "normalised", 3, ("0.7", "7", "0.3", "3")),
        severity=Severity.NOTE,
    ),
    *cells(
        "nemotron",
        NEMOTRON,
        ("negative", Does.ACCEPTS, "nemotron_dropped", 3, ("0.3", "-0.3")),
        ("zero", Does.ACCEPTS, "nemotron_dropped", 3, ("0.3", "0")),
        ("NaN", Does.ACCEPTS, "not_finite", 3, ("0.3", "NaN")),
        ("all zero", Does.ACCEPTS, "all_zero", 2, ("0.7", "0", "0.3", "0")),
        ("no number", Does.REFUSES, "not_a_number", 3, ("0.3", '"many"')),
        (
            "an unknown key",
            Does.ACCEPTS,
            "unknown_key",
            3,
            ('"weight": 0.3', '"epochs": 2, "weight": 0.3'),
        ),
        ("a misspelt weight", Does.ACCEPTS, "misspelt_key", 3, ('"weight": 0.3', '"wieght": 0.3')),
        ("both forms", Does.REFUSES, "nemotron_both_forms", 1, ("0.3}]", '0.3}], "train": []')),
        (
            "no split on the Hub",
            Does.STOPS_LATER,
            "nemotron_no_split",
            3,
            ("/data/code", "hf://org/code"),
        ),
        ("a name twice", Does.ACCEPTS, "duplicate_name", 3, ('"code"', '"web"')),
        (
            "a key twice",
            Does.ACCEPTS,
            "duplicate_key",
            3,
            ('"weight": 0.3', '"weight": 0.1, "weight": 0.3'),
        ),
    ),
    *cells(
        "nemotron",
        NEMOTRON,
        (
            "a blend for each split",
            Does.STOPS_LATER,
            "nemotron_per_split",
            1,
            ("datasets", "train"),
        ),
        severity=Severity.WARNING,
    ),
    *cells(
        "nemotron",
        NEMOTRON,
        ("sum is not 1", Does.NORMALISES, "normalised", 2, ("0.7", "7", "0.3", "3")),
        severity=Severity.NOTE,
    ),
]
