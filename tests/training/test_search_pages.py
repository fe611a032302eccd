"""The pages around the calculator: the search of layouts, the questions the other way round."""

import html
import re
import time

import pytest

from tests.training.test_calculator import page, text_of

BLOOM = "run=bloom-176b&only=deepspeed_bf16&max_interleave=1"


def test_layouts_are_ranked_and_lead_to_the_calculator(client):
    shown = page(client, f"/training/layouts?{BLOOM}")
    ranks = re.findall(r'<td class="r">(\d+)</td>\s*<th scope="row">TP', shown)
    assert ranks == [str(rank) for rank in range(1, len(ranks) + 1)]
    assert "this plan" in shown
    seconds = [float(one) for one in re.findall(r'#f-step">(\d+\.\d\d)</a>', shown)]
    assert seconds == sorted(seconds)
    href = re.search(r'href="(/training\?[^"]+)">Use it', shown)[1].replace("&amp;", "&")
    assert f"{seconds[0]:.2f} s per step" in text_of(page(client, href))


def test_every_refusal_has_its_reason(client):
    shown = text_of(page(client, f"/training/layouts?{BLOOM}"))
    assert "GiB on its fullest stage" in shown
    assert "heads do not divide by tensor-parallel size" in shown or "does not divide" in shown


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("gpus=0", "gpus"),
        ("gpus=200000", "gpus"),
        ("global_batch=", "global_batch"),
        ("micro_batches=many", "micro_batches"),
        ("only=magic", "optimizer"),
        ("max_tp=0", "max_tp"),
    ],
)
def test_a_search_refuses_what_it_cannot_take(client, query, field):
    base = "model=llama3-8b&accelerator=h100-sxm&gpus=64&tokens=1T&global_batch=256"
    name, _, value = query.partition("=")
    pairs = dict(pair.split("=") for pair in base.split("&")) | {name: value}
    address = "/training/layouts?" + "&".join(f"{key}={value}" for key, value in pairs.items())
    assert f'href="#{field}"' in page(client, address, status=422)


def test_searching_1024_gpus_is_quick(client):
    address = (
        "/training/layouts?model=llama3-70b&accelerator=h100-sxm&gpus=1024&tokens=15T"
        "&global_batch=2048"
    )
    page(client, address)
    start = time.perf_counter()
    page(client, address)
    assert time.perf_counter() - start < 1


def test_gpus_for_bloom_in_118_days(client):
    shown = text_of(page(client, "/training/questions?run=bloom-176b&days=118"))
    assert "384 GPUs train 366B tokens in 118 days: 8 × the layout." in shown


def test_what_a_budget_buys(client):
    shown = text_of(page(client, "/training/questions?run=bloom-176b&budget=1894926"))
    assert "366 B" in shown.replace("366B", "366 B")
    assert "100% of the plan" in shown
    assert "parameters on" in shown


def test_the_gpus_that_a_budget_pays_for_over_the_days(client):
    asked = "/training/questions?run=bloom-176b&days=118&budget=1894926&price=2"
    shown = text_of(page(client, asked))
    # 947,463 GPU-hours are 334 GPUs for 118 days: six replicas of 48.
    assert "the budget pays for 288 GPUs in whole replicas" in shown
    assert "⌊947,463 / (24 × 118) / 48⌋ × 48" in shown


def test_few_unique_tokens_make_the_best_model_larger_in_passes(client):
    shown = text_of(
        page(
            client,
            "/training/questions?run=bloom-176b&budget=1894926&law=muennighoff&unique=50B",
        )
    )
    assert re.search(r"That is \d+\.\d\d passes over the unique tokens", shown)


@pytest.mark.parametrize("query", ["days=-3", "budget=lots", "budget=5&unique=x", "gpus=0"])
def test_a_question_refuses_what_it_cannot_take(client, query):
    page(client, f"/training/questions?run=bloom-176b&{query}", status=422)


def test_questions_open_with_an_answer(client):
    """Half of the plan's days need twice its GPUs, in whole replicas; its cost buys its tokens."""
    shown = page(client, "/training/questions?run=bloom-176b")
    assert "As an example" in shown
    assert "816 GPUs train 366B tokens in 58.7" in text_of(shown)
    assert "100% of the plan’s" in text_of(shown)
    assert "/ 48⌉ × 48" in shown
    assert "As an example" not in page(client, "/training/questions?run=bloom-176b&days=30")


def test_numbers_of_a_found_layout_lead_to_their_formulas(client):
    shown = page(client, "/training/layouts?run=bloom-176b")
    where = html.unescape(re.search(r'href="(/training\?[^"#]*)#f-step"', shown).group(1))
    opened = page(client, where)
    for place in ("f-step", "f-mfu", "all-bubble", "f-memory", "f-paid_days"):
        assert f'id="{place}"' in opened
        assert f"#{place}" in shown


@pytest.mark.parametrize("path", ["layouts", "questions", "config"])
def test_the_pages_speak_chinese(client, path):
    shown = page(client, f"/training/{path}", **{"Accept-Language": "zh"})
    assert 'lang="zh-CN"' in shown


def test_what_a_budget_buys_comes_with_its_formulas(client):
    shown = text_of(page(client, "/training/questions?run=bloom-176b&budget=2000000&price=2"))
    assert "budget / price" in shown
    assert "2,000,000 / 2" in shown
    assert "C = 3,600 H X U G" in shown
    assert "/ (6 × 366,000,000,000)" in shown
