"""The calculator's page: every start, both languages, what is wrong said at its field."""

import json
import re

import pytest

from app.training import presets

HTMX = {"HX-Request": "true", "HX-Target": "div#calculator"}
RUNS = [run.id for run in presets.runs().values() if run.layout]


def page(client, address="/training", status=200, **headers):
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, answer.text[-2000:]
    return answer.text


def text_of(html):
    inline = re.sub(r"</?(?:span|b|data)\b[^>]*>", "", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", inline))


def test_it_opens_with_bloom_and_tells_mfu_from_hfu(client):
    shown = text_of(page(client))
    assert "BLOOM-176B on 384 × A100 SXM 80 GB" in shown
    assert "176,247,271,424" in shown
    assert re.search(r"HFU how.*? hardware FLOPs: recomputation counts 48.0%", shown)
    assert re.search(r"MFU how.*? 6 N \+ attention, full \(PaLM\) 36.2%", shown)
    assert "974,533" in shown
    assert "1,082,815" in shown
    assert "104.70" in shown


@pytest.mark.parametrize("run", RUNS)
def test_every_published_run_opens(client, run):
    assert "pb-figs" in page(client, f"/training?run={run}")


@pytest.mark.parametrize("model", list(presets.models()))
def test_every_model_opens_as_preset_and_by_hand(client, model):
    query = "accelerator=h100-sxm&gpus=8&tokens=1T"
    assert "pb-figs" in page(client, f"/training?model={model}&{query}")
    by_hand = page(client, f"/training?model=hand&was={model}&{query}")
    layers = presets.models()[model].shape.layers
    assert re.search(rf'id="layers"\s+name="layers"\s+type="text"\s+value="{layers}"', by_hand)


def test_a_published_run_stands_beside_what_was_printed(client):
    shown = text_of(page(client, "/training?run=bloom-176b"))
    assert "Published, ours, difference" in shown
    assert "1,082,990" in shown
    changed = page(client, "/training?model=bloom-176b&accelerator=a100-sxm-80gb&gpus=96&tokens=1B")
    assert "1,082,990" not in changed


def test_it_speaks_chinese(client):
    shown = text_of(page(client, **{"Accept-Language": "zh"}))
    assert "各阶段显存" in shown
    assert "有效训练率" in shown
    assert "3660亿" in shown


def test_htmx_gets_the_calculator_alone(client):
    fragment = page(client, "/training?run=bloom-176b", **HTMX)
    assert "<html" not in fragment
    assert 'id="run"' in fragment


def test_every_broken_rule_is_said_at_its_field_with_the_nearest_values(client):
    query = "model=bloom-176b&accelerator=a100-sxm-80gb&gpus=384&tokens=366B&tp=3&pp=12"
    shown = page(client, f"/training?{query}", status=422)
    assert "112 heads do not divide by tensor-parallel size 3. Nearest valid: 2 or 4." in shown
    assert 'id="tp-error"' in shown
    assert 'value="3"' in shown  # what was typed stays


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("gpus=0", "gpus"),
        ("gpus=many", "gpus"),
        ("gpus=8.5", "gpus"),
        ("tokens=", "tokens"),
        ("tokens=1.5", "tokens"),
        ("accelerator=abacus", "accelerator"),
        ("model=nothing", "model"),
        ("pp=96", "pp"),
        ("global_batch=2001", "global_batch"),
        ("stages=5,x", "stages"),
        ("speed=mfu&speed_value=fast", "speed_value"),
        ("speed=mfu&speed_value=", "speed_value"),
        ("goodput=0", "goodput"),
        ("pue=0.2", "pue"),
        ("optimizer=magic", "optimizer"),
        ("precision=int4", "precision"),
        ("price=-1", "price"),
        ("model=hand&family=llama", "layers"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(client, query, field):
    base = "model=bloom-176b&accelerator=a100-sxm-80gb&gpus=384&tokens=366B&tp=4&pp=12"
    pairs = dict(pair.split("=") for pair in base.split("&"))
    pairs |= dict(pair.split("=") for pair in query.split("&"))
    address = "/training?" + "&".join(f"{name}={value}" for name, value in pairs.items())
    assert f'id="{field}-error"' in page(client, address, status=422)


def test_a_percentage_and_a_share_mean_the_same(client):
    base = "/training?model=llama3-8b&accelerator=h100-sxm&gpus=64&tokens=1T&speed=mfu&speed_value="
    as_percent, as_share = (text_of(page(client, base + value)) for value in ("40%25", "0.4"))
    days = r"Time ([\d.,]+) days"
    assert re.search(days, as_percent)[1] == re.search(days, as_share)[1]


def test_the_price_of_the_table_counts_until_another_is_given(client):
    base = "/training?model=llama3-8b&accelerator=h100-sxm&gpus=64&tokens=1T"
    assert "at 2.5 a GPU-hour" in text_of(page(client, base))
    assert "at 3.1 a GPU-hour" in text_of(page(client, f"{base}&price=3.1"))
    assert "no price given" in text_of(page(client, base.replace("h100-sxm", "h20")))
    # The table is in dollars: another currency needs a price of its own.
    assert "no price given" in text_of(page(client, f"{base}&currency=CNY"))


def test_a_configuration_becomes_the_fields(client):
    config = {
        "model_type": "llama", "num_hidden_layers": 32, "hidden_size": 4096,
        "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
        "vocab_size": 128256, "max_position_embeddings": 8192,
    }  # fmt: skip
    answer = client.post(
        "/training/config", data={"config": json.dumps(config)}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert "8,030,261,248" in page(client, answer.headers["location"])


@pytest.mark.parametrize("text", ["", "[]", "{", '{"model_type": "tree"}', '{"n_layer": "x"}'])
def test_what_is_no_configuration_is_refused_and_stays(client, text):
    answer = client.post("/training/config", data={"config": text})
    assert answer.status_code == 422
    assert 'id="config-error"' in answer.text


def test_a_nearest_value_is_one_click_away(client):
    query = "model=bloom-176b&accelerator=a100-sxm-80gb&gpus=384&tokens=366B&tp=3&pp=12"
    refused = page(client, f"/training?{query}", status=422)
    found = re.search(r'href="(/training\?[^"]*tp=4[^"]*)">Set to 4', refused)
    assert "pb-figs" in page(client, found[1].replace("&amp;", "&"))
