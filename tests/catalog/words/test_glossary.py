from pathlib import Path

from app.catalog.words import glossary

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "glossary.md"


def test_document_is_the_glossary():
    assert DOCUMENT.read_text(encoding="utf-8") == glossary.as_markdown(), (
        "run: python -m app.catalog.words.glossary > docs/glossary.md"
    )


def test_every_word_has_both_languages_and_its_own_code():
    entries = [entry for group in glossary.GROUPS for entry in group.entries]
    assert len({entry.code for entry in entries}) == len(entries)
    for entry in entries:
        assert entry.term.zh
        assert entry.term.en
        assert entry.meaning.zh.endswith("。")
        assert entry.meaning.en.endswith(".")
