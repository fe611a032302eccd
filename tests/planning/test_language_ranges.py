"""Basic filtering of RFC 4647, against its definition by subtags."""

from hypothesis import given
from hypothesis import strategies as st

from app.planning.estimates.languages import is_in_range

TAGS = st.lists(st.sampled_from(["zh", "ZH", "Hans", "hant", "CN", "en", "x"]), min_size=1).map(
    "-".join
)


@given(tag=TAGS, language_range=TAGS)
def test_a_range_takes_in_what_begins_with_all_its_subtags(tag: str, language_range: str):
    subtags, wanted = tag.lower().split("-"), language_range.lower().split("-")
    assert is_in_range(tag, language_range) == (subtags[: len(wanted)] == wanted)


@given(tag=TAGS)
def test_a_tag_is_in_its_own_range_and_in_that_of_its_language(tag: str):
    assert is_in_range(tag, tag)
    assert is_in_range(tag, tag.split("-", maxsplit=1)[0])
