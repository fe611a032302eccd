"""What recipes call the kinds and the further figures of their components."""

from app.web.i18n import gettext as _
from app.web.i18n import later

KINDS = {
    "academic": later("Academic"),
    "books": later("Books"),
    "code": later("Code"),
    "code (synthetic)": later("Code, synthetic"),
    "dialogue": later("Dialogue"),
    "email": later("Mail"),
    "encyclopedia": later("Encyclopedia"),
    "instruction": later("Instruction"),
    "legal": later("Legal"),
    "math": later("Maths"),
    "math (synthetic)": later("Maths, synthetic"),
    "mixed": later("Mixed"),
    "multilingual": later("Multilingual"),
    "natural language": later("Natural language"),
    "news": later("News"),
    "parliament": later("Parliament"),
    "patents": later("Patents"),
    "pdf": later("PDF documents"),
    "qa (synthetic)": later("Q&A, synthetic"),
    "qa_forum": later("Q&A, forum"),
    "social": later("Social media"),
    "synthetic": later("Synthetic"),
    "synthetic textbooks": later("Synthetic textbooks"),
    "thinking (synthetic)": later("Reasoning, synthetic"),
    "web": later("Web"),
    "web topic": later("Web, by topic"),
}


def kind_word(kind: str) -> str:
    """Return the word of a kind; one that is not listed stays as it is printed."""
    return _(KINDS[kind]) if kind in KINDS else kind


# Not in the table: a list of its own, and the size that is printed with its unit beside it.
UNTABLED = frozenset({"breakdown", "disk_bytes"})
# Numbers that stand in a source beside the weight, or follow from it.
FIGURES = {
    "breakdown": later("Breakdown"),
    "byte_dedup_rate_pct": later("Removed as duplicates, per cent of bytes"),
    "disk_bytes": later("Bytes on disk"),
    "disk_printed": later("Size on disk, as printed"),
    "effective_gib": later("Effective size, GiB"),
    "epochs_derived_from_weight": later("Epochs that the weight gives"),
    "mean_upsample_vs_pool": later("Mean upsampling against the pool"),
    "natural_pct": later("Natural share, %"),
    "raw_gib": later("Raw size, GiB"),
    "sample_pct": later("Share of the pool sampled, %"),
    "source_pct": later("Share of the source used, %"),
    "tokens_derived": later("Tokens that follow"),
    "tokens_derived_from_epochs": later("Tokens that the epochs give"),
    "unique_tokens_derived": later("Unique tokens that follow"),
    "weight_pct_derived": later("Weight that follows, %"),
    "weight_pct_derived_from_epochs": later("Weight that the epochs give, %"),
}


def figure_word(name: str) -> str:
    """Return the words of a further figure; one that is not listed stays a code."""
    return _(FIGURES[name]) if name in FIGURES else name
