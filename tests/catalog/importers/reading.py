"""What tests of the readers share: a context, and a file read to its end."""

import io
from dataclasses import dataclass

from app.catalog.exchange.items import Context, Entry, Finding, Item, ProviderRecord
from app.catalog.importers.reading import read_file

ACME = ProviderRecord(slug="acme", name_zh="甲公司", name_en="Acme")
CONTEXT = Context(
    providers={"景联文科技": "jinglianwen", "jinglianwen": "jinglianwen", "ai2": "ai2"},
    categories=frozenset({"books", "code", "academic", "education", "mixed"}),
    tokenizers=frozenset({"qwen2-qwen3"}),
    default_provider=ACME,
    visibility="team",
)


@dataclass(frozen=True)
class Result:
    """A whole reading."""

    format: str
    file_findings: list[Finding]
    entries: list[Entry]

    @property
    def items(self) -> list[Item]:
        return [entry.item for entry in self.entries if entry.item is not None]

    @property
    def findings(self) -> list[Finding]:
        return [*self.file_findings, *(f for entry in self.entries for f in entry.findings)]

    @property
    def codes(self) -> list[str]:
        return [found.code for found in self.findings]


def read(content: bytes | str, name: str = "list.csv", context: Context = CONTEXT) -> Result:
    raw = content.encode() if isinstance(content, str) else content
    reading = read_file(name, io.BytesIO(raw), context)
    return Result(reading.format, list(reading.findings), list(reading.entries))


def only(result: Result) -> Item:
    """Return the single item; shows the findings where there is none."""
    assert len(result.items) == 1, [(f.code, dict(f.params)) for f in result.findings]
    return result.items[0]


def sentence(found: Finding) -> str:
    """Return a finding as a person reads it."""
    return found.message % found.params if found.params else found.message
