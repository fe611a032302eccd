"""A sample says of all what a count of all would, and how sure that is."""

import math
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from app.catalog.measuring import sampling
from app.catalog.measuring.errors import CannotMeasure
from app.catalog.measuring.measurement import Progress
from app.catalog.measuring.sampling import Piece, Total
from benchmarks.tokens import documents
from tests.catalog.measuring.texts import run, tokens_of, write

SEEDS = 20


def pieces(*sizes: int, kind: str = "jsonl") -> list[Piece]:
    return [Piece(number, kind, size) for number, size in enumerate(sizes)]


def test_a_ratio_estimate_by_hand() -> None:
    # Sizes 10, 20, 30, 40; the second and fourth counted as 10 and 22: R = 32/60, X = 100.
    # Residuals: 10 - 20 R = -2/3 and 22 - 40 R = 2/3, so s^2 = (4/9 + 4/9) / 1 = 8/9.
    # Var = 16 (1 - 1/2) / 2 * 8/9 = 32/9, one degree of freedom.
    found = sampling.estimate([pieces(10, 20, 30, 40)], {1: 10, 3: 22})
    reach = t.ppf(0.975, 1) * math.sqrt(32 / 9)
    assert found == Total(53, max(32, round(100 * 32 / 60 - reach)), round(100 * 32 / 60 + reach))


def test_strata_are_estimated_each_with_its_own_ratio() -> None:
    left, right = pieces(10, 10, 10), [Piece(n, "parquet", 10) for n in (3, 4, 5)]
    found = sampling.estimate([left, right], {0: 1, 1: 1, 3: 5, 4: 5})
    assert found == Total(18, 18, 18)


def test_a_stratum_with_one_counted_piece_joins_another() -> None:
    groups = [pieces(10, 10), [Piece(n, "jsonl", 10) for n in (2, 3)]]
    found = sampling.estimate(groups, {0: 4, 2: 6, 3: 6})
    assert found.mid == 21
    assert found.low is not None


def test_one_piece_alone_gives_no_interval() -> None:
    assert sampling.estimate([pieces(10, 30)], {0: 5}) == Total(20, None, None)


def test_nothing_counted_is_no_estimate() -> None:
    with pytest.raises(CannotMeasure):
        sampling.estimate([pieces(10)], {})


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=60), st.floats(0.01, 1))
def test_strata_hold_every_piece_once_and_a_sample_takes_two_of_each(
    sizes: list[int], share: float
) -> None:
    groups = sampling.strata(pieces(*sizes), share)
    assert [p.number for group in groups for p in group] == list(range(len(sizes)))
    chosen = sampling.order(groups, share, seed=3)
    assert len(chosen) == len(set(chosen)) >= len(sizes) * share - 1
    for group in groups:
        assert sum(p.number in chosen for p in group) >= min(2, len(group))
    if share == 1:
        assert len(chosen) == len(sizes)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    chance = random.Random(5)  # noqa: S311  not a secret
    made = pieces(*(chance.randint(800, 1200) for _ in range(400)))
    truth = {p.number: round(p.size * chance.gauss(0.25, 0.05)) for p in made}
    total, hits = sum(truth.values()), 0
    for seed in range(300):
        groups = sampling.strata(made, 0.1)
        chosen = sampling.order(groups, 0.1, seed)
        found = sampling.estimate(groups, {n: truth[n] for n in chosen})
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= total <= found.high
    assert 0.9 <= hits / 300 <= 0.99


def corpus(folder: Path) -> Path:
    chance = random.Random(2)  # noqa: S311  likewise
    for number in range(12):
        words = ["alpha", "beta", "gamma delta", "语料", "词元。"]
        texts = [" ".join(chance.choices(words, k=chance.randint(5, 60))) for _ in range(80)]
        write(folder / f"{number:02}.jsonl", texts)
    return folder


def test_a_sample_of_files_estimates_the_whole(tmp_path: Path) -> None:
    whole = run(corpus(tmp_path), range_bytes=2_000)
    found = run(tmp_path, range_bytes=2_000, share=0.3, seed=1)
    assert found.units_counted < found.units_total
    assert not found.is_full
    assert found.tokens.low is not None
    assert found.tokens.high is not None
    assert found.tokens.low <= whole.tokens.mid <= found.tokens.high
    assert found.tokens.high - found.tokens.low < whole.tokens.mid / 5
    assert abs(found.documents.mid - 960) < 60
    assert run(tmp_path, range_bytes=2_000, share=0.3, seed=1).tokens == found.tokens


def test_stopping_keeps_what_was_counted_as_a_sample(tmp_path: Path) -> None:
    whole = run(corpus(tmp_path), range_bytes=2_000)

    def stop(progress: Progress) -> None:
        if progress.done_bytes > progress.total_bytes * 0.4:
            raise KeyboardInterrupt

    found = run(tmp_path, range_bytes=2_000, on_progress=stop)
    assert found.is_stopped
    assert 0 < found.units_counted < found.units_total
    assert found.tokens.low is not None
    assert found.tokens.high is not None
    assert found.tokens.low <= whole.tokens.mid <= found.tokens.high


def test_stopping_at_once_keeps_nothing(tmp_path: Path) -> None:
    class Stopped:
        workers = 1

        def run(self, _plan, _tasks):
            raise KeyboardInterrupt
            yield

    with pytest.raises(CannotMeasure, match="before anything was counted"):
        run(write(tmp_path / "a.jsonl", ["x"]), engine=Stopped())


@pytest.mark.parametrize("share", [0, -1, 1.5])
def test_a_sample_is_a_part(tmp_path: Path, share: float) -> None:
    with pytest.raises(CannotMeasure, match="above 0 and at most 1"):
        run(write(tmp_path / "a.jsonl", ["x"]), share=share)


def test_real_texts_of_packages_are_estimated_within_the_interval(tmp_path: Path) -> None:
    # English and code of whatever is installed, and our own Chinese: nothing is fetched.
    texts = documents(3_000_000)
    assert sum("\u4e00" <= character <= "\u9fff" for character in "".join(texts)) > 10_000
    for number in range(10):
        write(tmp_path / f"{number}.jsonl", texts[number::10])
    truth = tokens_of(texts, "qwen2-qwen3")
    whole = run(tmp_path, tokenizer="qwen2-qwen3", range_bytes=50_000)
    assert whole.tokens.mid == truth
    hits = 0
    # Each interval is a 95 % one, and the texts change with every package and with our own.
    for seed in range(SEEDS):
        found = run(tmp_path, tokenizer="qwen2-qwen3", range_bytes=50_000, share=0.4, seed=seed)
        assert found.tokens.low is not None
        assert found.tokens.high is not None
        assert found.tokens.high - found.tokens.low < truth / 5
        hits += found.tokens.low <= truth <= found.tokens.high
    assert hits >= SEEDS * 0.8
