"""A mail's words once more as HTML: the same words, addresses that can be followed, no more."""

from app.mail.markup import to_html


def test_words_above_an_address_become_a_button_that_shows_where_it_leads():
    html = to_html("Hello,\n\nOpen it:\nhttps://peibi.example/quotes/1\nWorks once.\n", ["en"])

    assert '<a href="https://peibi.example/quotes/1"' in html
    assert ">Open it</a>" in html
    assert ">https://peibi.example/quotes/1</a><br>Works once.</span>" in html


def test_what_people_typed_is_text():
    html = to_html("“<img src=x onerror=a()>” & “javascript:a()”\n", ["en"])

    assert "&lt;img src=x onerror=a()&gt;” &amp; “javascript:a()”" in html
    assert "<img" not in html
    assert "<a " not in html


def test_each_part_names_its_language():
    html = to_html("您好：\n\n----\n\nHello,\n", ["zh_CN", "en"])

    assert '<html lang="zh-CN">' in html
    assert '<div lang="zh-CN"><p style' in html
    assert html.index("您好：") < html.index('<div lang="en">') < html.index("Hello,")


def test_nothing_is_loaded_from_anywhere():
    html = to_html("See https://peibi.example/a.\n", ["en"])

    for loads in (" src=", "url(", "<link", "<script", "<img"):
        assert loads not in html
