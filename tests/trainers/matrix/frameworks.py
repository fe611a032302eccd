"""
Run a framework's own code on a file: it reads the file, then builds or draws from it.

Each function raises where its framework would. Where one names a mirror, it is ours of one commit.
"""

import ast
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import datasets
import yaml

from tests.trainers.real import (
    axolotl,
    data_juicer,
    energon,
    levanter,
    llama_factory,
    megatron,
    mirrors,
    mosaic,
    olmo_core,
    torchtitan,
    trl,
)

Files = Mapping[str, str]


def stops(trainer: str, files: Files) -> bool:
    """Whether a framework stops on files, at once or when it draws."""
    try:
        (FRAMEWORKS.get(trainer) or MIRRORS[trainer])(files)
    except Exception:  # noqa: BLE001  whatever a framework raises
        return True
    return False


def _megatron(files: Files) -> None:
    text = files[""]
    if not text.startswith("{"):
        blends = [megatron.blend(text.split())]
    else:
        by_split = json.loads(text)
        blends = [megatron.blend(by_split[one]) for one in ("train", "valid", "test")]
    for blend in blends:
        if blend is not None and blend[1] is not None:
            megatron.blended(*blend)


def _olmo_core(files: Files) -> None:
    sources = olmo_core.sources(yaml.safe_load(files[""]))
    sources.validate()
    olmo_core.build(
        sources,
        {"/web.npy": 10**6, "/code.npy": 10**6},
        requested_tokens=20_000,
        global_batch_size=4096,
        sequence_length=1024,
    )


def _levanter(files: Files) -> None:
    given = yaml.safe_load(files[""])
    data, batch = given["data"], given["trainer"]["train_batch_size"]
    weights = [(start * batch, stage) for start, stage in data["train_weights"]]
    levanter.counts_per_block(weights, data["mixture_block_size"])


def _llm_foundry(files: Files) -> None:
    given = yaml.safe_load(files[""])
    loaders = [given["train_loader"]["dataset"]]
    loaders += [one["dataset"] for one in given["callbacks"]["curriculum_learning"]["schedule"]]
    for loader in loaders:
        streams = [
            {kind: one[kind] for kind in ("proportion", "repeat", "choose") if kind in one}
            for one in loader["streams"].values()
        ]
        mosaic.samples(streams, [1000] * len(streams), loader.get("epoch_size"))


def _huggingface(files: Files) -> None:
    (call,) = _calls(files[""], "interleave_datasets")
    given = {one.arg: _value(one.value) for one in call.keywords}
    datasets.interleave_datasets(_rows(len(call.args[0].elts)), seed=1, **given)


def _llama_factory(files: Files) -> None:
    given = yaml.safe_load(files[""])
    fields = ("dataset", "mix_strategy", "interleave_probs")
    arguments = llama_factory.arguments(**{one: given[one] for one in fields if one in given})
    llama_factory.datasets_of(list(arguments.dataset), json.loads(files["dataset_info.json"]))
    llama_factory.merge(_rows(len(arguments.dataset)), arguments)


def _trl(files: Files) -> None:
    config = trl.mixture(yaml.safe_load(files[""]))
    load = datasets.load_dataset
    datasets.load_dataset = lambda **_: _rows(1)[0]
    try:
        trl.utils().get_dataset(config)
    finally:
        datasets.load_dataset = load


def _axolotl(files: Files) -> None:
    for one in yaml.safe_load(files[""]).get("datasets") or []:
        axolotl.dataset(one)


def _energon(files: Files) -> None:
    energon.metadataset(yaml.safe_load(files[""]))


def _torchtitan(files: Files) -> None:
    weights = []
    for call in _calls(files[""], "HFDataSource"):
        given = {one.arg: _value(one.value) for one in call.keywords}
        with torchtitan.importable() as module:
            weights.append(module.HFDataSource(**given).weight)
    (config,) = _calls(files[""], "Config")
    strategy = {one.arg: one.value for one in config.keywords}["stopping_strategy"]
    mixed = torchtitan.interleaved().InterleavedDataset(
        [_Source() for _ in weights], weights, stopping_strategy=_value(strategy)
    )
    next(iter(mixed))


class _Source:
    """An endless source of torchtitan's."""

    def __iter__(self) -> Iterator[int]:
        while True:
            yield 1

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        pass

    def reloop(self) -> None:
        pass


def _data_juicer(files: Files) -> None:
    given = yaml.safe_load(files[""])
    builder = data_juicer.builder()
    if "dataset_path" in given:
        builder.parse_cli_datapath(given["dataset_path"])
        return
    limit = given["dataset"].get("max_sample_num")
    if limit is not None:
        entries = given["dataset"]["configs"]
        builder.get_sample_numbers([one.get("weight", 1.0) for one in entries], limit)


def _nanotron(files: Files) -> None:
    mirrors.nanotron(yaml.safe_load(files[""])["data_stages"])


def _gpt_neox(files: Files) -> None:
    mirrors.gpt_neox(yaml.safe_load(files[""]))


def _nemotron(files: Files) -> None:
    mirrors.nemotron(json.loads(files[""]))


def _rows(count: int) -> list[datasets.Dataset]:
    return [datasets.Dataset.from_dict({"text": ["a"] * 100}) for _ in range(count)]


def _calls(text: str, name: str) -> list[Any]:
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    found = [one for one in nodes if name in (_id(one.func), getattr(one.func, "attr", ""))]
    return sorted(found, key=lambda node: node.lineno)


def _id(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _value(node: ast.expr) -> Any:
    is_float = isinstance(node, ast.Call) and _id(node.func) == "float"
    return float(node.args[0].value) if is_float else ast.literal_eval(node)


FRAMEWORKS: dict[str, Callable[[Files], None]] = {
    "megatron": _megatron,
    "olmo-core": _olmo_core,
    "levanter": _levanter,
    "llm-foundry": _llm_foundry,
    "energon": _energon,
    "huggingface": _huggingface,
    "llama-factory": _llama_factory,
    "trl": _trl,
    "axolotl": _axolotl,
    "torchtitan": _torchtitan,
    "data-juicer": _data_juicer,
}
MIRRORS: dict[str, Callable[[Files], None]] = {
    "nanotron": _nanotron,
    "gpt-neox": _gpt_neox,
    "nemotron": _nemotron,
}
