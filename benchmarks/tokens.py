"""
How fast files are measured against the bare tokenizer: `python -m benchmarks.tokens`.

The text is what the installed packages bring along (English, code) and our own Chinese. The bare
tokenizer encodes it from memory in one process for each core; measuring reads JSON lines from disk,
hashes the files and counts in as many processes. Both are given for a second of a core, all
processes added up, so that others on the machine do not count. Starting processes is left out:
files of two sizes are measured, and the difference is the rate.
"""

import json
import resource
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from app.catalog.measuring import sources, vocabularies
from app.catalog.measuring.counting import Plan
from app.catalog.measuring.engines import LocalCores, cores
from app.catalog.measuring.measurement import measure

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = 4_000
SMALL, LARGE = 24_000_000, 48_000_000


def main() -> None:
    """Measure and print the table."""
    print(f"{cores()} cores; MB of text for a second of a core")
    print(f"{'tokenizer':14} {'bare':>10} {'measure':>13} {'ratio':>6}")
    for name in ("qwen2-qwen3", "o200k"):
        bare, ours = rates(name)
        print(f"{name:14} {bare:10.1f} {ours:13.1f} {ours / bare:6.2f}")


def rates(name: str) -> tuple[float, float]:
    """Return the megabytes of text that a core counts in a second: bare, and measured."""
    texts = documents(SMALL)
    size = sum(len(text.encode()) for text in texts)
    count = cores()
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        shares = [texts[start::count] for start in range(count)]
        # The first round loads the tokenizer.
        list(pool.map(_encode, [name] * count, shares))
        seconds = sum(pool.map(_encode, [name] * count, shares))
    small, large = (_measured(name, texts, most) for most in (LARGE, LARGE * 2))
    return size / seconds / 1e6, (large[0] - small[0]) / (large[1] - small[1]) / 1e6


def documents(most: int) -> list[str]:
    """Return texts of packages and of our own guides, up to so many bytes, cut into documents."""
    found: list[str] = []
    size = 0
    for text in _files():
        for start in range(0, len(text), DOCUMENT):
            found.append(text[start : start + DOCUMENT])
            size += len(found[-1].encode())
            if size >= most:
                return found
    return found


def _files() -> Iterator[str]:
    chinese = [*ROOT.glob("app/locales/zh_CN/*.po"), *ROOT.glob("docs/guide/*.zh.md")]
    packages = Path(sysconfig.get_path("purelib"))
    others = (path for end in ("rst", "md", "txt", "py") for path in packages.rglob(f"*.{end}"))
    for path in [*chinese * 8, *others]:
        try:
            yield path.read_text()
        except (UnicodeDecodeError, OSError):
            continue


def _encode(name: str, texts: list[str]) -> float:
    encode = vocabularies.encoding(vocabularies.NAMED[name]).encode_ordinary
    started = time.process_time()
    for text in texts:
        len(encode(text))
    return time.process_time() - started


def _measured(name: str, texts: list[str], most: int) -> tuple[int, float]:
    with tempfile.TemporaryDirectory() as folder:
        written = number = 0
        while written < most:
            body = "".join(json.dumps({"text": t}, ensure_ascii=False) + "\n" for t in texts)
            Path(folder, f"{number}.jsonl").write_text(body)
            written += len(body.encode())
            number += 1
        plan = Plan(vocabularies.find(name), "text")
        before = _core_seconds()
        found = measure(sources.find([folder]), plan, LocalCores())
        return found.tally.bytes, _core_seconds() - before


def _core_seconds() -> float:
    """Return what this process and those that it ended took of the cores."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
