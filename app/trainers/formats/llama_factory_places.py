"""
Where LLaMA-Factory finds data: the entries of its `dataset_info.json`, and what streaming wants.

It reads a local file or folder whole; streaming, it cuts that into as many parts as there are
loader workers, and into none with the default of 0. A file in the cloud cannot be streamed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.trainers.kit import placing
from app.trainers.kit.findings import Finding, FindingKind, Severity
from app.trainers.kit.notes import Note, NoteKind
from app.trainers.kit.placing import Placed
from app.trainers.kit.plan import Layout, Location
from app.trainers.kit.reach import Reach, has_wildcard
from app.trainers.kit.texts import Document
from app.web.i18n import later

KEYS = ("hf_hub_url", "ms_hub_url", "om_hub_url", "script_url", "cloud_file_name", "file_name")
INFO_KEYS = (
    *KEYS,
    *("formatting", "ranking", "subset", "split", "folder", "num_samples", "columns", "tags"),
)
_CLOUD = ("s3://", "gs://", "gcs://")
# LLaMA-Factory's FILEEXT2TYPE, and what it takes of a file in the cloud.
_LOCAL_ENDINGS = frozenset({"arrow", "csv", "json", "jsonl", "parquet", "txt"})
_CLOUD_ENDINGS = frozenset({"json", "jsonl"})
_ENDING = re.compile(r"\.([A-Za-z0-9]+)$")

CLOUD_WHOLE = NoteKind(
    "llama_factory_cloud",
    later(
        "LLaMA-Factory cannot stream files in the cloud and reads them whole into memory "
        "(%(names)s), so streaming is off for the datasets of that phase."
    ),
)
UNREADABLE = FindingKind(
    "llama_factory_unreadable",
    Severity.ERROR,
    later(
        "LLaMA-Factory cannot read %(uri)s of %(name)s. It reads local files and folders without "
        "wildcards (arrow, csv, json, jsonl, parquet, txt; nothing compressed), and json or jsonl "
        "on s3 or gs."
    ),
    later("Enter such a location for the dataset, or its name on Hugging Face."),
)
NO_WORKERS = FindingKind(
    "llama_factory_no_workers",
    Severity.ERROR,
    later(
        "With streaming, the local file of %(name)s is cut into as many parts as "
        "dataloader_num_workers says, and 0, the default, leaves no rows."
    ),
    later("Write dataloader_num_workers: 1 or more."),
)
CLOUD_STREAMED = FindingKind(
    "llama_factory_cloud_streamed",
    Severity.ERROR,
    later("%(name)s is a file in the cloud, with which LLaMA-Factory stops when it streams."),
    later("Write streaming: false."),
)
SAMPLES_IGNORED = FindingKind(
    "llama_factory_samples_ignored",
    Severity.ERROR,
    later("num_samples of %(name)s has no effect with streaming, silently."),
    later("Write streaming: false, or take num_samples out."),
)


def is_readable(location: Location) -> bool:
    """
    Whether LLaMA-Factory finds rows there.

    >>> [is_readable(Location(one, Layout.JSONL)) for one in ("/d/a.jsonl", "/d/*.jsonl", "/d")]
    [True, False, True]
    """
    return _reads(_place_key(location), location.uri, location.layout)


REACH = Reach(UNREADABLE, is_readable)


def _reads(key: str, uri: str, layout: Layout) -> bool:
    if key not in ("cloud_file_name", "file_name"):
        return True
    is_cloud = key == "cloud_file_name"
    if has_wildcard(uri) or (not is_cloud and "://" in uri):
        return False
    ending = _ENDING.search(uri.rstrip("/").rpartition("/")[2])
    if ending is None:
        return not is_cloud or layout is Layout.JSONL
    return ending[1] in (_CLOUD_ENDINGS if is_cloud else _LOCAL_ENDINGS)


def _place_key(location: Location) -> str:
    """Return the key of `dataset_info.json` under which a location stands."""
    if location.layout is Layout.HUGGINGFACE:
        return "hf_hub_url"
    return "cloud_file_name" if location.uri.startswith(_CLOUD) else "file_name"


def cloud_note(placed: Sequence[Placed]) -> Iterator[Note]:
    """Yield the note on datasets that are read whole, if there are any."""
    names = tuple(one.name for one in placed if _place_key(one.location) == "cloud_file_name")
    if names:
        yield CLOUD_WHOLE.note(names=names)


def entry(placed: Placed) -> dict[str, Any]:
    """Return what `dataset_info.json` says of a dataset."""
    location = placed.location
    found: dict[str, Any] = {_place_key(location): location.uri}
    if location.layout is Layout.HUGGINGFACE:
        found["split"] = "train"
        found |= {"subset": location.subset} if location.subset else {}
    # Without columns the text would be looked for in `instruction`.
    return {**found, "columns": {"prompt": location.text_field or "text"}}


def streaming(placed: Sequence[Placed]) -> str:
    """Return the lines of a training file that say whether data are streamed."""
    keys = {_place_key(one.location) for one in placed}
    if "cloud_file_name" in keys:
        return "streaming: false\n"
    return "streaming: true\n" + ("dataloader_num_workers: 1\n" if "file_name" in keys else "")


def judge_place(info: Document, name: str, entry: Mapping[str, Any]) -> Iterator[Finding]:
    """Judge where an entry of `dataset_info.json` says that a dataset lies."""
    key = next((one for one in KEYS if entry.get(one)), "")
    uri = str(entry.get(key, ""))
    if placing.name_of(uri) is None and not _reads(key, uri, Layout.JSONL):
        yield UNREADABLE.at(info.line(name, key), name=name, uri=uri)


def judge_streamed(document: Document, name: str, entry: Mapping[str, Any]) -> Iterator[Finding]:
    """Judge what an entry of `dataset_info.json` may not be, or have, with streaming."""
    line = document.line("streaming")
    if entry.get("num_samples") is not None:
        yield SAMPLES_IGNORED.at(line, name=name)
    key = next((one for one in KEYS if one in entry), None)
    if key == "cloud_file_name":
        yield CLOUD_STREAMED.at(line, name=name)
    elif key == "file_name" and not document.get("dataloader_num_workers"):
        yield NO_WORKERS.at(line, name=name)
