"""Files of known counts, in every kind that is read."""

import gzip
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from app.catalog.measuring import sources, vocabularies
from app.catalog.measuring.counting import Plan
from app.catalog.measuring.engines import Engine, Inline
from app.catalog.measuring.measurement import Measurement, measure

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

KINDS = ("a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.parquet")
TEXTS = [
    "Hello world. The quick brown fox jumps over the lazy dog.",
    "语料库中的文本需要分词，才能知道有多少词元。",
    "mixed 中英文 text\nwith lines\r\nand\ttabs, 2026年",
    "",
    "emoji 🙂 and accents: café, naïve",
]


def write(path: Path, texts: Sequence[str], *, group: int = 2) -> Path:
    """Write texts into a file of the kind that its name says."""
    if path.suffix == ".parquet":
        table = pa.table({"id": list(range(len(texts))), "text": list(texts)})
        pq.write_table(table, path, row_group_size=group)
        return path
    body = "".join(json.dumps({"text": t}, ensure_ascii=False) + "\n" for t in texts).encode()
    packed = {".gz": gzip.compress, ".zst": zstd.compress}.get(path.suffix, bytes)(body)
    path.write_bytes(packed)
    return path


def run(
    *paths: Path, tokenizer: str = "o200k", engine: Engine | None = None, **options: Any
) -> Measurement:
    """Measure files."""
    plan = Plan(vocabularies.find(tokenizer), options.pop("field", "text"))
    found = sources.find([str(path) for path in paths], kind=options.pop("kind", None))
    return measure(found, plan, engine or Inline(), **options)


def tokens_of(texts: Sequence[str], tokenizer: str = "o200k") -> int:
    """Count the tokens of whole texts, one by one."""
    count = vocabularies.counter(vocabularies.find(tokenizer))
    return sum(count([text])[0] for text in texts)
