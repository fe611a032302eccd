"""The guide: every text in both languages, with its pictures, and nothing that leads nowhere."""

import re

import pytest

from app.guide import texts
from app.web.i18n import CHINESE, ENGLISH

LANGUAGES = {"en": ENGLISH, "zh-CN": CHINESE}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_is_a_page_that_leads_somewhere(client, language):
    client.headers["Accept-Language"] = language
    index = client.get("/help").text
    for topic in texts.TOPICS:
        guide = texts.guides(LANGUAGES[language])[topic]
        assert f'href="/help/{topic}"' in index
        assert guide.title in index
        page = client.get(f"/help/{topic}")
        assert page.status_code == 200
        assert page.text.count("<h1>") == 1
        links = re.findall(r'(?:href|src)="([^"]+)"', guide.html)
        for link in links:
            if link.startswith("/help/"):
                assert client.get(link).status_code == 200, link
            else:
                assert link.startswith(("/", "http")), link


def test_an_unknown_topic_and_picture_are_not_found(client):
    assert client.get("/help/nothing").status_code == 404
    assert client.get("/help/pictures/..%2F..%2Fsecurity.md").status_code == 404
    assert client.get("/help/pictures/nothing.webp").status_code == 404


def test_html_in_a_text_stays_text_and_what_is_no_page_stays_words():
    guide = texts.read(
        "x", "# Title\n\n[中文](x.zh.md)\n\nFirst. <b>Second</b> [settings](../settings.md).\n"
    )
    assert guide.title == "Title"
    assert guide.summary == "First."
    assert guide.html == "<p>First. &lt;b&gt;Second&lt;/b&gt; settings.</p>\n"


def test_a_page_leads_to_the_text_about_it(seeded_client):
    assert 'href="/help/catalogue"' in seeded_client.get("/catalogue").text
    assert 'href="/help/training"' in seeded_client.get("/training").text
