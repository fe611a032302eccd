import pytest

from app.catalog.search import terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RedPajama-1T 数据集", ["redpajama", "1t", "数据集"]),
        ("ＦＩＮＥＷＥＢ　２", ["fineweb", "2"]),  # full-width letters, digits and space
        ("K12教育题库（含解析）", ["k12", "教育题库", "含解析"]),
        ("。，！ --- ∞", []),
        ("", []),
        ("café", ["caf"]),  # only what the catalogue's names are made of
        ("㐀龯", ["㐀龯"]),
        ("𠀀中", ["中"]),  # characters beyond the plane are separators
        ("图\0书\ud800", ["图", "书"]),
    ],
)
def test_runs(text, expected):
    assert terms.runs(text) == expected


def test_a_word_of_letters_is_cut_to_a_word():
    assert terms.runs("a" * 100) == ["a" * terms.MAX_WORD]


def test_neighbours_make_terms():
    assert len(terms.pairs("中文图书")) == 3
    assert terms.pairs("中文图书")[:2] == terms.pairs("中文图")


def test_terms_of_different_kinds_never_meet():
    kinds = [
        terms.pairs("㐀㐀") + terms.pairs("鿿鿿"),
        [terms.alone("㐀"), terms.alone("鿿")],
        [terms.in_name("㐀"), terms.in_name("鿿")],
        [terms.facet(1), terms.facet(89_999_999)],
        [terms.band(0), terms.band(9)],
        [terms.word(0), terms.word(1_100_000_000)],
    ]
    borders = [number for low_high in kinds for number in low_high]
    assert borders == sorted(borders)
    assert max(borders) < 2**31


def test_a_character_finds_names_and_what_stands_alone_only():
    found = terms.document_terms("中文", "中文 书 图书", {})
    assert terms.in_name("中") in found
    assert terms.alone("书") in found
    assert terms.in_name("图") not in found
    assert terms.alone("图") not in found


def test_terms_of_names_are_marked():
    found = terms.document_terms("中文 web", "中文 web 图书 page", {"web": 1, "page": 2})
    (in_name,) = terms.pairs("中文")
    (in_text,) = terms.pairs("图书")
    assert {in_name, ~in_name, in_text, terms.word(1), ~terms.word(1), terms.word(2)} <= found
    assert ~in_text not in found
    assert ~terms.word(2) not in found
