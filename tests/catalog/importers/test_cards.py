"""Hugging Face dataset cards."""

from dataclasses import replace

import pytest

from app.catalog.exchange.items import ImportRefused
from tests.catalog.importers.reading import CONTEXT, only, read

CARD = """---
pretty_name: Demo Corpus
language:
- no
- zh
- code
license: apache-2.0
size_categories:
- 1M<n<10M
tags:
- modality:text
configs:
- config_name: en
  data_files:
  - split: train
    path: en/*.parquet
- config_name: 20231101.zh
dataset_info:
- config_name: en
  features:
  - name: text
    dtype: string
  splits:
  - name: train
    num_bytes: 4000
    num_examples: 100
  - name: test
    num_bytes: 400
    num_examples: 10
  download_size: 1500
  dataset_size: 4400
- config_name: 20231101.zh
  splits:
  - name: train
    num_examples: 50
train-eval-index: [{config: en, nested: {deep: [1, 2.5, true, null, 2024-01-02]}}]
viewer: false
---
# Dataset Card for Demo

<img src="x.png">

A **demo** of [cards](https://example.com).

More text.
"""


def card(front: str, body: str = "# Title\n") -> str:
    return f"---\npretty_name: A\n{front}\n---\n{body}"


def test_a_whole_card() -> None:
    result = read(CARD, "README.md")
    whole, english, chinese = result.items
    record = whole.record
    assert (record.slug, record.name_en) == ("acme-demo-corpus", "Demo Corpus")
    # Norwegian, which YAML 1.1 reads as false.
    assert record.languages == ("no", "zh")
    assert record.modality == "text_and_code"
    assert (record.licence_spdx, record.licence_class) == ("Apache-2.0", "open")
    assert record.description_en == "A demo of cards."
    assert [(q.key, q.value, q.unit) for q in record.quantities] == [
        ("examples", 160, "row"),
        ("dataset_size", 4400, "byte"),
        ("download_size", 1500, "byte"),
    ]
    assert record.quantities[2].content == "compressed"
    assert (english.record.slug, english.record.parent) == (
        "acme-demo-corpus/en",
        "acme-demo-corpus",
    )
    assert english.record.quantities[0].value == 110
    assert (chinese.record.slug, chinese.record.languages) == (
        "acme-demo-corpus/20231101-zh",
        ("zh",),
    )
    assert result.codes == []
    assert result.format == "hf"


def test_what_has_no_field_is_kept_with_its_types() -> None:
    extra = read(CARD, "README.md").items[0].extra["hf"]
    assert extra["card"]["viewer"] is False
    assert extra["card"]["train-eval-index"][0]["nested"]["deep"] == [
        1,
        2.5,
        True,
        None,
        "2024-01-02",
    ]
    assert extra["card"]["dataset_info"][0]["features"] == [{"name": "text", "dtype": "string"}]
    assert "license" not in extra["card"]
    assert extra["body"].startswith("# Dataset Card for Demo")


@pytest.mark.parametrize(
    ("front", "spdx", "licence_class", "codes"),
    [
        ("license: mit", "MIT", "open", []),
        ("license: [mit, cc-by-nc-4.0]", None, "non_commercial", []),
        ("license: other\nlicense_name: my-terms", None, "unknown", ["licence_unread"]),
        ("license: llama3", None, "unknown", ["licence_unread"]),
        ("license: odc-by", None, "unknown", ["licence_unread"]),
        ("license: unknown", None, "unknown", ["licence_missing"]),
        ("", None, "unknown", ["licence_missing"]),
        ("license: {a: b}", None, "unknown", ["licence_missing"]),
    ],
)
def test_licences_are_claims_of_the_uploader(
    front: str, spdx: str | None, licence_class: str, codes: list[str]
) -> None:
    result = read(card(front), "README.md")
    record = only(result).record
    assert (record.licence_spdx, record.licence_class) == (spdx, licence_class)
    assert result.codes == codes


def test_the_link_of_a_licence_is_its_evidence() -> None:
    front = "license: other\nlicense_name: terms\nlicense_link: https://example.com/terms"
    [claim] = only(read(card(front), "README.md")).record.licence_claims
    assert (claim.stated_en, claim.evidence_url) == ("terms", "https://example.com/terms")
    bad = front.replace("https://example.com/terms", "javascript:alert(1)")
    assert only(read(card(bad), "README.md")).record.licence_claims[0].evidence_url is None


def test_gated_datasets_say_so() -> None:
    record = only(read(card("extra_gated_prompt: Agree first"), "README.md")).record
    assert record.access_zh == "需在平台上填写表单后获取"


def test_the_size_class_counts_examples_and_is_no_number() -> None:
    [quantity] = only(read(card("size_categories: [10K<n<100K]"), "README.md")).record.quantities
    assert (quantity.value, quantity.unit, quantity.printed) == (None, "row", "10K<n<100K")


def test_a_card_without_metadata_has_its_heading() -> None:
    result = read("# Dataset Card for My Corpus\n\nSome text.\n", "README.md")
    assert only(result).record.name_en == "My Corpus"
    assert "no_card" in result.codes


def test_metadata_alone() -> None:
    assert (
        only(read("---\npretty_name: 只有元数据\n---\n", "a.yaml")).record.name_zh == "只有元数据"
    )


def test_an_unknown_language_is_named() -> None:
    result = read(card("language: [zh, Simplified Klingon]\nlicense: mit"), "README.md")
    assert only(result).record.languages == ("zh",)
    assert result.codes == ["language_unknown"]


def test_a_card_needs_a_provider_and_a_name() -> None:
    context = replace(CONTEXT, default_provider=None)
    assert "provider_missing" in read(CARD, "README.md", context).codes
    assert "name_missing" in read("---\nlicense: mit\n---\n", "README.md").codes


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    "front",
    [
        "a: [",
        "a: b: c",
        "\tx: 1",
        "- a\n- b",
        "just text",
        LAUGHS,
        "a: " + "[" * 100 + "]" * 100,
        "a: " + "{b: " * 100 + "}" * 100,
        "a: !!python/object/apply:os.system [id]",
        "a: !!binary aGk=",
        "a: !!set {x}",
        "? [a, b]\n: c",
        "a: &x [*x]",
        "a: &x {b: [1, {c: *x}]}",
        "a: *missing",
        "a: \x07",
        "x" * 2_100_000 + ": 1",
    ],
)
def test_metadata_that_a_card_may_not_have_is_refused(front: str) -> None:
    with pytest.raises(ImportRefused):
        read(f"---\n{front}\n---\n# Title\n", "README.md")


def test_a_key_twice_or_of_another_type_is_no_crash() -> None:
    result = read(
        card(
            "1: a\ntrue: b\nlanguage: {a: b}\ntags: 5\nconfigs: x\ndataset_info: [1, {splits: 3}]"
        ),
        "README.md",
    )
    assert only(result).record.name_en == "A"


def test_huge_numbers_stay_texts() -> None:
    extra = only(read(card(f"n: {'9' * 5000}\nm: 0x10"), "README.md")).extra["hf"]["card"]
    assert extra == {"n": "9" * 5000, "m": "0x10"}
