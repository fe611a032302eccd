"""The composer's pictures: what is known has a colour, and not that of what is not."""

from app.mixtures.web.composer import pictures
from tests.mixtures.making import Bench, component, content, facts, phase


def test_category_without_a_colour_of_its_own_takes_one_that_is_left_over():
    known = {
        "a": facts("a", category="web", category_hue=1),
        "b": facts("b", category="education", category_hue=0),
        "c": facts("c", category="news", category_hue=0),
    }
    assert pictures.category_hues(known) == {"web": 1, "education": 2, "news": 3}


def test_more_categories_than_colours_share_the_last():
    known = {
        f"c{n}": facts(f"c{n}", category=f"c{n}", category_hue=n if n < 11 else 0)
        for n in range(1, 13)
    }
    hues = pictures.category_hues(known)
    assert (hues["c11"], hues["c12"]) == (pictures.MOST_VALUES, pictures.MOST_VALUES)


def test_a_category_has_the_same_colour_in_the_shares_and_in_the_phases():
    made = content(
        phase([component("a", 3), component("b", 1)]),
        phase([component("b", 1)], name="Anneal"),
    )
    bench = Bench(made, {"a": 10**9, "b": 10**9})
    bench.known["b"] = facts("b", 10**9, category="news", category_hue=0, category_en="News")
    view = bench.view()
    shares = {one.tag: one for one in pictures.shares_of(view.phase, view.facts)}
    drawn = {part.word: part.hue for part in shares["category"].parts}
    picture = pictures.phases_of(view)
    assert picture
    lines = {word: hue for word, hue, _ratios in picture.lines}
    assert drawn == lines
    assert pictures.UNKNOWN not in drawn.values()
    # Widths are shares of the longest phase, and those of one phase fill it.
    assert [part.width for part in picture.bars[0].parts] == ["75.000", "25.000"]
