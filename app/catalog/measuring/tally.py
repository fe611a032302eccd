"""What was counted: documents, bytes, characters, tokens, and what could not be read."""

from collections import Counter
from dataclasses import dataclass, field

# How many bad places are kept with their reason.
MAX_EXAMPLES = 20


@dataclass(slots=True)
class Tally:
    """
    Counts that add up. `bytes` are UTF-8 bytes of the text alone.

    `skipped` counts by reason what was left out; `examples` say where the first ones are.
    """

    documents: int = 0
    bytes: int = 0
    characters: int = 0
    tokens: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[str, int, str]] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Add what was counted elsewhere."""
        self.documents += other.documents
        self.bytes += other.bytes
        self.characters += other.characters
        self.tokens += other.tokens
        self.skipped.update(other.skipped)
        self.examples += other.examples[: MAX_EXAMPLES - len(self.examples)]

    def skip(self, reason: str, url: str, place: int) -> None:
        """Note what cannot be read, and where: a byte, a line of a block or a row."""
        self.skipped[reason] += 1
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append((url, place, reason))
