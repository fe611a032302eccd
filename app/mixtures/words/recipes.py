"""What recipes call the kinds of their components."""

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
