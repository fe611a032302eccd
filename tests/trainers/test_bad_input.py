"""What anybody may paste or upload: refused or judged by every format, at once, never executed."""

import time

import pytest

from app.trainers.kit.findings import Severity
from app.trainers.registry import FORMATS

MOST_SECONDS = 2.0
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BAD = {
    "binary": "\x7fELF\x02\x01\x01\x00\x00\x00" * 20,
    "not UTF-8": "\ufffd\ufffd weights",
    "50 MB": "0.5 /data/a\n" * (50_000_000 // 12),
    "YAML bomb": BOMB,
    "YAML object": "data: !!python/object/apply:os.system ['touch {witness}']\n",
    "YAML module": "!!python/module:os\n",
    "deep list": "[" * 100_000,
    "deep map": "".join(" " * depth + "a:\n" for depth in range(200)),
    "deep JSON": '{"train": ' * 5_000,
    "long number": '{"datasets": [{"weight": ' + "9" * 50_000 + "}]}",
    "half a file": '{"train": ["0.7", "/web"',
    "nothing": "   \n\n",
    "control letters": "datasets:\n  - {path: a\x1b[31m, weight: 1}\n",
}
# Python where data are expected, and where Python is: read, never run.
CODE = """import os
open({witness!r}, "w").write("ran")
os.system("touch " + {witness!r})
train = interleave_datasets([load_dataset("a"), load_dataset("b")],
                            probabilities=[0.5, open({witness!r}, "w") and 0.5])
dataloader = InterleavedHuggingFaceTextDataLoader.Config(
    sources=[HFDataSource(dataset="a", weight=__import__("os").system("touch " + {witness!r}))])
"""


def lint(trainer, text):
    """Return the findings, after checking that they came soon."""
    start = time.thread_time()
    found = trainer.lint({"file": text})
    assert time.thread_time() - start < MOST_SECONDS
    return found


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("trainer", FORMATS.values(), ids=FORMATS)
def test_what_is_no_file_of_a_trainer_is_refused_in_words(trainer, name, tmp_path):
    witness = tmp_path / "ran"
    found = lint(trainer, BAD[name].replace("{witness}", str(witness)))
    assert not witness.exists()
    # Megatron's blend is any words at all: they are at least said to have no weights.
    assert any(one.severity is Severity.ERROR or one.code.startswith("megatron_") for one in found)
    assert all(one.english() for one in found)
    assert all(len(one.english()) < 3_000 for one in found)


@pytest.mark.parametrize("trainer", FORMATS.values(), ids=FORMATS)
def test_code_is_never_executed(trainer, tmp_path):
    witness = tmp_path / "ran"
    found = lint(trainer, CODE.format(witness=str(witness)))
    assert not witness.exists()
    assert any(one.severity is Severity.ERROR for one in found)


@pytest.mark.parametrize("trainer", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize(
    "text",
    ["[]", "{}", "null", "1", '"text"', "- - - 1", "a: 1\na: 2", "? [1, 2]\n: 3", "--- 1\n--- 2"],
)
def test_any_other_value_is_judged_and_never_raises(trainer, text):
    lint(trainer, text)
