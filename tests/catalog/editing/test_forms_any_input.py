"""No input of a form makes a server error, and nothing half-saved."""

import string
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.catalog.editing import amounts, draft, forms, queries, service, three_way, validation
from app.catalog.editing.content import EMPTY_ROWS, KINDS, content_of, empty_content, undo
from app.catalog.editing.content import difference as difference_of
from app.web.forms import FormData
from tests.catalog.editing.forms import read, send

BOOKS = "/edit/dataset/jlw-chinese-books"
ANY = settings(
    max_examples=60,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
DOES = (
    "save",
    "preview",
    "resolve",
    "add:quantities",
    "add:overlaps",
    "find:n1",
    "choose:n1:roots",
    "add:",
    "remove:x:y",
    "?",
)
DRAFT_KEYS = (*empty_content(), "content", "sources", "provider")
# What Postgres takes as text; the form refuses the rest as a whole before.
TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40
) | st.sampled_from(
    [
        "+new",
        "9" * 400,
        "1e999",
        "-1",
        "1.500",
        "2024-13-40",
        "n1",
        "-",
        "books",
        "baai",
        "٣",
        "https://[",
        "http://a b",
        "decision",
        "named",
        "CC-BY-4.0",
        "byte",
        "published",
        "²",
        "½",
    ]
)
ROW_FIELDS = sorted(
    {name for row in EMPTY_ROWS.values() for name in row} | {"terms", "grade", "is_part", "source"}
)


def test_any_text_is_a_number_or_a_sentence():
    @given(TEXT | st.text("0123456789.,万亿kMBT ib字节本", max_size=30))
    @settings(max_examples=500)
    def check(text):
        for reader in (amounts.read_amount, amounts.read_tokens):
            with suppress(amounts.Unreadable):
                reader(text)

    check()


def test_any_form_is_saved_or_refused(planner, seeded_session):
    fields = dict(read(planner.get(BOOKS).text))
    key = fields["quantities"]
    names = [*fields, "slug", "aliases", "is_software"]
    names += [
        f"{kind}-{one}-{name}" for kind in KINDS for one in (key, "n1") for name in ROW_FIELDS
    ]

    @given(
        st.dictionaries(st.sampled_from(names), TEXT, max_size=8),
        st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from([key, "n1", "n2", "x", "²"]))),
        st.sampled_from(
            ["save", "preview", "resolve", "add:quantities", "add:", "remove:x:y", "?"]
        ),
        st.sampled_from([BOOKS, "/edit/dataset"]),
    )
    @ANY
    def check(changes, rows, do, path):
        sent = [pair for pair in (fields | changes).items() if pair[0] != "parent"] + rows
        savepoint = seeded_session.begin_nested()
        response = send(planner, path, sent, do=do)
        assert response.status_code in {200, 303, 409, 412, 422}, response.text[:2000]
        savepoint.rollback() if savepoint.is_active else None
        seeded_session.expire_all()

    check()


def test_any_json_is_a_draft_or_none():
    json = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*empty_content(), "content", "sources", "provider"]), inner
            )
        ),
        max_leaves=20,
    )

    @given(json.map(draft.dump_content) | st.text(string.printable, max_size=50))
    @settings(max_examples=300)
    def check(text):
        draft.load(text)
        draft.load_content(text)

    check()
    assert draft.load_content(draft.dump_content(empty_content())) == empty_content()


def test_any_readable_form_is_valid_or_has_problems(seeded_session):
    known = queries.load_known(seeded_session)
    start = content_of(queries.get_dataset(seeded_session, "refinedweb"))
    names = [*forms.fields_of(start, known)]

    @given(st.dictionaries(st.sampled_from(names), st.lists(TEXT, min_size=1, max_size=2)))
    @ANY
    def check(changes):
        form = FormData(forms.fields_of(start, known) | changes)
        made = forms.read_draft(form, known, now=start, base=start)
        validation.problems(made, known, before=start)

    check()


SMALL = st.fixed_dictionaries(
    {
        "name_en": st.sampled_from("abc"),
        "paper": st.sampled_from([None, "x"]),
        "quantities": st.dictionaries(
            st.sampled_from(["1", "2", "n1"]),
            st.fixed_dictionaries({"value": st.sampled_from("12"), "unit": st.sampled_from("bp")}),
        ),
    }
).map(lambda some: empty_content() | some)


@given(SMALL, SMALL, SMALL)
@settings(max_examples=300)
def test_a_merge_loses_nothing(base, theirs, mine):
    found = three_way.merge(base, theirs, mine)
    for one in found.differences:
        if not one.is_collision:
            assert one.base in (one.theirs, one.mine) or one.is_same
    # Choosing one side everywhere gives that side wherever the other did not change.
    assert not found.decide({one.place.path: "mine" for one in found.collisions})
    if base == theirs:
        assert found.content == mine
    if base == mine:
        assert found.content == theirs


@given(SMALL, SMALL)
@settings(max_examples=200)
def test_undo_takes_back_any_change(before, after):
    old, new = difference_of(before, after)
    back, is_complete = undo(after, old, new)
    assert is_complete
    assert back == before


def test_an_unknown_base_makes_every_difference_a_question():
    mine, theirs = empty_content() | {"name_en": "m"}, empty_content() | {"name_en": "t"}
    found = three_way.merge(service.unknown_base(theirs, mine), theirs, mine)
    assert [one.place.path for one in found.collisions] == ["name_en"]
