"""Names of files as people give them: cleaned for the database, encoded for a download."""

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

MAX_NAME_BYTES = 200
UNNAMED = "unnamed"

# What RFC 5987 lets stand as it is.
_ATTRIBUTE_CHARACTERS = "!#$&+-.^_`|~"
# Reserved by one file system or another, or able to end a header's quoted string.
_RESERVED = re.compile(r'[<>:"/\\|?*%]')
# Categories of control characters, surrogates, bidi overrides and other format characters,
# and line and paragraph separators.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def clean_name(given: str | None) -> str:
    r"""
    Return the last part of a file's name without what could mislead a person or a program.

    >>> clean_name("C:\\fakepath\\语料 清单.xlsx"), clean_name("../../etc/passwd")
    ('语料 清单.xlsx', 'passwd')
    >>> clean_name("cod\u202excod.exe"), clean_name("..")
    ('codxcod.exe', 'unnamed')
    """
    name = unicodedata.normalize("NFC", given or "").replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c) not in _INVISIBLE)
    name = " ".join(_RESERVED.sub("_", name).split()).strip(" .")
    return _shortened(name) if name else UNNAMED


def extension(name: str) -> str:
    """
    Return the lower-case extension with its dot; of a compressed file both: `.jsonl.gz`.

    >>> extension("Corpus.JSONL.gz"), extension("README")
    ('.jsonl.gz', '')
    """
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes]
    if len(suffixes) > 1 and suffixes[-1] in {".gz", ".zst"}:
        return "".join(suffixes[-2:])
    return suffixes[-1] if suffixes else ""


def content_disposition(name: str) -> str:
    """
    Return the header that saves a download under its name, whatever script it is in.

    RFC 6266: a plain ASCII name for old programs, and the true one in RFC 5987 encoding.

    >>> print(content_disposition("语料.csv"))
    attachment; filename="__.csv"; filename*=UTF-8''%E8%AF%AD%E6%96%99.csv
    """
    name = clean_name(name)
    ascii_name = "".join(c if " " <= c <= "~" and c not in '"\\%;' else "_" for c in name)
    return (
        f'attachment; filename="{ascii_name}"; '
        f"filename*=UTF-8''{quote(name, safe=_ATTRIBUTE_CHARACTERS)}"
    )


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    ending = extension(name)[:20]
    room = MAX_NAME_BYTES - len(ending.encode())
    stem = name.removesuffix(name[len(name) - len(ending) :]) if ending else name
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + ending
