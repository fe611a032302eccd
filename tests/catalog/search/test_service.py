from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from app.catalog.models.datasets import Dataset
from app.catalog.search import documents, matching, pages, query
from app.catalog.search.query import Facet, SearchRequest, Sort
from app.catalog.search.service import search
from app.errors import InvalidInput
from tests.catalog.search.catalogue import BruteForce, Entry, build

ORDERS = [
    (Sort.RELEVANCE, "en"),
    (Sort.TOKENS, "en"),
    (Sort.UPDATED, "en"),
    (Sort.NAME, "en"),
    (Sort.NAME, "zh_CN"),
]


def make_large(monkeypatch):
    """Let a few datasets be too many to be read whole, so that the samples decide."""
    monkeypatch.setattr(matching, "FEW", 0)
    monkeypatch.setattr(matching, "SMALL", matching.SMALL._replace(few=0, most=2))
    monkeypatch.setattr(matching, "MEDIUM", matching.MEDIUM._replace(few=0, most=2))
    monkeypatch.setattr(matching, "MAX_ROWS", 3)
    monkeypatch.setattr(pages.Reader, "_is_in_order_shorter", lambda *_: False)
    # Not one in sixteen, which of a few are none.
    monkeypatch.setattr(documents, "SAMPLES", ((2, 2**29), (1, 2**30)))


def make_ordered(monkeypatch):
    """Read pages in the order of an index, looking at a few rows only."""
    make_large(monkeypatch)
    monkeypatch.setattr(pages.Reader, "_is_in_order_shorter", lambda *_: True)
    monkeypatch.setattr(pages, "LEAST_LOOKED_AT", 5)
    monkeypatch.setattr(pages, "PATIENCE", 0)


WAYS = {"large": make_large, "ordered": make_ordered}


@pytest.fixture(params=["small", *WAYS])
def way(request, monkeypatch):
    if request.param in WAYS:
        WAYS[request.param](monkeypatch)
    return request.param


def brute_force(session, catalogue):
    rows = session.execute(select(Dataset.id, Dataset.slug).where(Dataset.id.in_(catalogue.ids)))
    return BruteForce(catalogue, {row.id: row.slug for row in rows})


def shown_counts(page):
    return {
        facet: {one.value: one.count for one in counts.values if one.count}
        for facet, counts in page.facets.items()
    }


def walk(session, request, *, limit):
    """Return the pages from the first to the last."""
    found, cursor = [], None
    while True:
        page = search(session, replace(request, limit=limit, cursor=cursor))
        found.append(page)
        cursor = page.next_cursor
        if cursor is None:
            return found


def are_known(expected, request):
    """Return whether the viewer can know every language asked for; other lists are closed."""
    everything = replace(request, text="", filters={}, include_subsets=True)
    known = expected.counts(everything)[Facet.LANGUAGE].keys() | {"none"}
    return request.filters.get(Facet.LANGUAGE, frozenset()) <= known


# --- what is found ---------------------------------------------------------------------------

NAMES_ZH = ["中文图书", "图书", "数据集 中文", "文图书", "书", "代码数据", "高质量中文图书语料"]
NAMES_EN = ["FineWeb", "FineWeb-Edu", "RedPajama v2", "SlimPajama-627B", "The Pile", "C4", "web"]
TEXTS_ZH = [None, "收录中文图书的数据集", "图书，书目", "代码。数据", "文图", "书 中"]
TEXTS_EN = [None, "cleaned web pages", "a pile of code", "fine print", "webs and c4en"]
QUERIES = [
    "",
    "。、",
    "书",
    "图书",
    "中文图",
    "中文图书",
    "文图书",
    "数据集中文",
    "fine",
    "fineweb",
    "pajama",
    "we",
    "web",
    "c4",
    "C4 图书",
    "pile code",
    "图书 web",
    "the pile",
    "公司",
    "acme",
]

entries = st.builds(
    Entry,
    name_zh=st.sampled_from(NAMES_ZH),
    name_en=st.sampled_from(NAMES_EN),
    aliases=st.sampled_from([(), ("别名图书",), ("webby",)]),
    description_zh=st.sampled_from(TEXTS_ZH),
    description_en=st.sampled_from(TEXTS_EN),
    source_line=st.sampled_from([None, "l 中文书籍 250万本"]),
    provider=st.sampled_from(["acme", "zhongke"]),
    category=st.sampled_from(["web", "books", "science/biology", "science"]),
    modality=st.sampled_from(["text", "code"]),
    languages=st.sampled_from([(), ("zh",), ("en",), ("zh-Hant", "en"), ("cmn",)]),
    licence=st.sampled_from(["open", "unknown"]),
    units=st.sampled_from([(), ("book",), ("book", "byte")]),
    method=st.sampled_from(["published", "converted"]),
    tokens=st.sampled_from([None, 0, 5, 10**8, 10**12, 10**12]),
    minutes=st.integers(0, 3),
    is_team_only=st.sampled_from([False, False, True]),
    is_archived=st.sampled_from([False, False, False, True]),
)


@st.composite
def catalogues(draw):
    found = draw(st.lists(entries, min_size=1, max_size=14))
    for place in range(1, len(found)):
        if draw(st.integers(0, 3)) == 0 and found[place - 1].parent is None:
            found[place] = replace(found[place], parent=place - 1)
    return found


filters = st.fixed_dictionaries(
    {},
    optional={
        Facet.CATEGORY: st.sampled_from([{"web"}, {"science"}, {"biology", "science"}]),
        Facet.LANGUAGE: st.sampled_from([{"zh"}, {"en"}, {"zh", "en"}, {"none"}, {"zh-Hant"}]),
        Facet.UNIT: st.sampled_from([{"book"}, {"none", "byte"}]),
        Facet.LICENCE: st.sampled_from([{"open"}, {"open", "unknown"}]),
        Facet.SIZE: st.sampled_from([{"none"}, {"1t-or-more"}, {"under-100m", "none"}]),
    },
).map(lambda chosen: {facet: frozenset(values) for facet, values in chosen.items()})


@st.composite
def requests(draw):
    """Return requests for one catalogue that differ in their text alone."""
    sort, locale = draw(st.sampled_from(ORDERS))
    request = SearchRequest(
        filters=draw(filters),
        sees_team=draw(st.booleans()),
        include_subsets=draw(st.booleans()),
        sort=sort,
        locale=locale,
    )
    texts = draw(st.lists(st.sampled_from(QUERIES), min_size=1, max_size=4))
    return [replace(request, text=text) for text in texts]


@given(found=catalogues(), asked=requests())
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_results_and_counts_equal_brute_force(session, way, found, asked):
    with session.begin_nested() as savepoint:
        catalogue = build(session, found)
        expected = brute_force(session, catalogue)
        for request in asked:
            if not are_known(expected, request):
                with pytest.raises(InvalidInput):
                    search(session, request)
                continue
            page = search(session, request)
            if page.corrections:
                assert expected.ids(request) == []
                continue
            ids = expected.ids(request)
            assert catalogue.slugs(page.ids) == catalogue.slugs(ids)
            if page.total_is_capped:
                assert way != "small"
                assert page.total <= len(ids)
            else:
                assert page.total == len(ids)
            counts = expected.counts(request)
            for facet, shown in shown_counts(page).items():
                if page.facets[facet].is_capped:
                    assert way != "small"
                    assert all(counts[facet][value] >= count for value, count in shown.items())
                else:
                    assert shown == counts[facet]
        savepoint.rollback()


def test_phrases_of_three_characters_are_exact(session):
    catalogue = build(session, [Entry(name_zh="文图 中文"), Entry(name_zh="中文图")])
    assert catalogue.slugs(search(session, SearchRequest(text="中文图")).ids) == [1]


@pytest.mark.parametrize("text", ["", "   ", "。，！", "--- ∞"])
def test_a_text_without_words_filters_nothing(session, text):
    build(session, [Entry(), Entry()])
    assert search(session, SearchRequest(text=text)).total == 2


def test_relevance_puts_the_very_name_first_then_names_then_texts(session):
    catalogue = build(
        session,
        [
            Entry(name_en="Corpus", description_en="made of FineWeb", tokens=10**12),
            Entry(name_en="FineWeb Edu", tokens=10**9),
            Entry(name_en="FineWeb", tokens=10),
            Entry(name_en="Chinese FineWeb", tokens=10**10),
        ],
    )
    page = search(session, SearchRequest(text="fineweb", sort=Sort.RELEVANCE))
    assert catalogue.slugs(page.ids) == [2, 3, 1, 0]


def test_datasets_without_an_estimate_come_last_by_tokens(session):
    catalogue = build(session, [Entry(), Entry(tokens=0), Entry(tokens=5)])
    page = search(session, SearchRequest(sort=Sort.TOKENS))
    assert catalogue.slugs(page.ids) == [2, 1, 0]


# --- facets ----------------------------------------------------------------------------------


def counts_of(page, facet):
    return [(one.value, one.count, one.is_selected) for one in page.facets[facet].values]


def test_values_of_a_facet_are_alternatives_and_facets_narrow(session):
    build(
        session,
        [
            Entry(languages=("zh",), licence="open"),
            Entry(languages=("en",), licence="open"),
            Entry(languages=("fr",), licence="open"),
            Entry(languages=("zh",), licence="unknown"),
        ],
    )
    chosen = {Facet.LANGUAGE: frozenset({"zh", "en"}), Facet.LICENCE: frozenset({"open"})}
    assert search(session, SearchRequest(filters=chosen)).total == 2


def test_a_facet_is_counted_without_its_own_selection(session):
    build(session, [Entry(languages=("zh",)), Entry(languages=("en",)), Entry(licence="open")])
    page = search(session, SearchRequest(filters={Facet.LANGUAGE: frozenset({"zh"})}))
    assert counts_of(page, Facet.LANGUAGE) == [
        ("en", 1, False),
        ("none", 1, False),
        ("zh", 1, True),
    ]
    assert counts_of(page, Facet.LICENCE) == [("unknown", 1, False)]


def test_a_selected_value_is_shown_where_nothing_is_left_of_it(session):
    build(session, [Entry(name_en="Alpha"), Entry(name_en="Beta", languages=("zh",))])
    page = search(session, SearchRequest(text="alpha", filters={Facet.LANGUAGE: frozenset({"zh"})}))
    assert page.total == 0
    assert counts_of(page, Facet.LANGUAGE) == [("none", 1, False), ("zh", 0, True)]


def test_a_category_counts_what_is_below_it(session):
    build(session, [Entry(category="science/biology"), Entry(category="science/chemistry")])
    page = search(session, SearchRequest(filters={Facet.CATEGORY: frozenset({"science"})}))
    assert page.total == 2
    assert ("science", 2, True) in counts_of(page, Facet.CATEGORY)


def test_a_kind_of_a_language_counts_as_the_language(session):
    build(session, [Entry(languages=("zh-Hant",)), Entry(languages=("cmn",))])
    assert search(session, SearchRequest(filters={Facet.LANGUAGE: frozenset({"zh"})})).total == 2


@pytest.mark.parametrize(
    ("facet", "value"),
    [
        (Facet.LANGUAGE, "xx"),
        (Facet.PROVIDER, "nobody"),
        (Facet.CATEGORY, "nonsense"),
        (Facet.SIZE, "huge"),
        (Facet.METHOD, "guessed\0"),
        (Facet.LICENCE, "\ud800"),
        (Facet.UNIT, "x" * 100_000),
    ],
)
def test_an_unknown_value_is_refused_and_the_known_are_named(session, facet, value):
    build(session, [Entry(languages=("zh",))])
    with pytest.raises(InvalidInput) as refused:
        search(session, SearchRequest(filters={facet: frozenset({value})}))
    assert refused.value.field == facet
    assert len(str(refused.value)) < 1_000
    if facet is Facet.LANGUAGE:
        assert "zh" in str(refused.value)


@pytest.mark.parametrize(
    ("facet", "value"),
    [
        (Facet.UNIT, "hour"),
        (Facet.SIZE, "1b-10b"),
        (Facet.METHOD, "measured"),
        (Facet.LICENCE, "open"),
    ],
)
def test_a_known_value_that_nothing_has_finds_nothing(session, way, facet, value):
    build(session, [Entry()])
    page = search(session, SearchRequest(filters={facet: frozenset({value})}))
    assert (page.ids, page.total) == ((), 0)
    assert counts_of(page, facet)[-1] == (value, 0, True)


# --- paging ----------------------------------------------------------------------------------


def tied_entries():
    """Return entries with many ties in every order."""
    return [
        Entry(
            name_zh=("图书", "图书语料", "数据")[number % 3],
            name_en=("Books", "Book", "Data")[number % 3],
            description_zh="图书" if number % 2 else "收录图书的语料",
            tokens=(None, 7, 7, 10**12)[number % 4],
            minutes=number % 2,
            languages=("zh",),
        )
        for number in range(23)
    ]


@pytest.mark.parametrize("limit", [1, 4, 23])
@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("text", ["", "图书", "book"])
def test_pages_visit_every_row_once_in_both_directions(session, way, order, text, limit):
    catalogue = build(session, tied_entries())
    request = SearchRequest(text=text, sort=order[0], locale=order[1])
    expected = brute_force(session, catalogue).ids(request)
    assert expected
    forwards = walk(session, request, limit=limit)
    assert [one for page in forwards for one in page.ids] == expected
    assert forwards[0].previous_cursor is None

    backwards, cursor = [], forwards[-1].previous_cursor
    while cursor is not None:
        page = search(session, replace(request, limit=limit, cursor=cursor))
        backwards.append(page)
        cursor = page.previous_cursor
    assert [page.ids for page in reversed(backwards)] == [page.ids for page in forwards[:-1]]
    assert all(page.next_cursor for page in backwards)


def test_a_cursor_goes_on_where_its_row_was_taken_away(session):
    catalogue = build(session, tied_entries())
    first = search(session, SearchRequest(sort=Sort.TOKENS, limit=5))
    rest = [
        one
        for page in walk(session, SearchRequest(sort=Sort.TOKENS), limit=5)[1:]
        for one in page.ids
    ]
    last = session.get(Dataset, first.ids[-1])
    session.delete(last)
    session.flush()
    second = search(session, SearchRequest(sort=Sort.TOKENS, limit=200, cursor=first.next_cursor))
    assert list(second.ids) == rest
    assert len(catalogue.ids) == 23


# --- who sees what ---------------------------------------------------------------------------


def secret_entries():
    return [
        Entry(name_en="Openbook", tokens=1),
        Entry(name_en="Hiddenbook", is_team_only=True, provider="shadow", languages=("ja",)),
        Entry(name_en="Part of hidden", parent=1, languages=("ja",)),
    ]


def test_the_team_finds_what_is_its_own(session, way):
    catalogue = build(session, secret_entries())
    page = search(session, SearchRequest(text="hiddenbook", sees_team=True))
    assert catalogue.slugs(page.ids) == [1]


@pytest.mark.parametrize("text", ["", "hiddenbook", "hidden", "ja", "shadow", "part"])
def test_others_learn_nothing_of_it(session, way, text):
    catalogue = build(session, secret_entries())
    page = search(session, SearchRequest(text=text, include_subsets=True))
    assert set(catalogue.slugs(page.ids)) <= {0}
    values = {one.value for counts in page.facets.values() for one in counts.values if one.count}
    assert not values & {"shadow", "ja"}


def test_a_correction_never_names_a_hidden_word(session):
    build(session, secret_entries())
    assert search(session, SearchRequest(text="hidenbook", sees_team=True)).corrections
    assert not search(session, SearchRequest(text="hidenbook")).corrections


def test_a_hidden_value_is_as_unknown_as_one_that_does_not_exist(session):
    build(session, secret_entries())
    messages = set()
    for value in ("shadow", "nobody"):
        with pytest.raises(InvalidInput) as refused:
            search(session, SearchRequest(filters={Facet.PROVIDER: frozenset({value})}))
        messages.add(str(refused.value).replace(value, "?"))
    assert len(messages) == 1
    assert "shadow" not in messages.pop()


def test_a_hidden_parent_is_as_unknown_as_one_that_does_not_exist(session):
    catalogue = build(session, secret_entries())
    hidden = session.get(Dataset, catalogue.ids[1]).slug
    assert search(session, SearchRequest(parent=hidden, sees_team=True)).total == 1
    messages = set()
    for slug in (hidden, "nothing", "x" * 300, "\0", "\ud800"):
        with pytest.raises(InvalidInput) as refused:
            search(session, SearchRequest(parent=slug))
        assert refused.value.field == "parent"
        messages.add(str(refused.value).replace(query.shown(slug), "?"))
    assert len(messages) == 1


# --- how many statements ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        SearchRequest(),
        SearchRequest(text="图书"),
        SearchRequest(text="book 图书", filters={Facet.LANGUAGE: frozenset({"zh"})}),
        SearchRequest(filters={Facet.LANGUAGE: frozenset({"zh"}), Facet.SIZE: frozenset({"none"})}),
    ],
    ids=["all", "text", "text and filter", "two filters"],
)
def test_statements_do_not_grow_with_rows(session, request_):
    statements = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
    counted = []
    for entries_ in (tied_entries()[:5], tied_entries() * 9):
        build(session, entries_)
        statements.clear()
        page = search(session, replace(request_, limit=200))
        assert page.ids
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 6
