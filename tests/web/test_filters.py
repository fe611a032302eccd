from types import SimpleNamespace

import pytest

from app.web import filters, i18n
from app.web.templating import make_environment


@pytest.fixture
def environment():
    yield make_environment()
    i18n.use_locale("en")


def test_a_filter_of_a_constant_speaks_the_language_of_each_page(environment):
    # Jinja would run it once, when it compiles the template.
    template = environment.from_string("{{ none|tokens }} {{ 60000|short }}")
    i18n.use_locale("en")
    assert template.render() == '<span class="pb-tag is-dash">no estimate</span> 60K'
    i18n.use_locale("zh_CN")
    assert template.render() == '<span class="pb-tag is-dash">无估计</span> 6万'


def test_asset_names_the_content_of_a_file(environment):
    environment.globals["asset_digests"] = {"peibi.js": "abc"}
    template = environment.from_string("{{ asset('peibi.js') }} {{ asset('none.js') }}")
    assert template.render() == "/static/peibi.js?v=abc /static/none.js"


@pytest.mark.parametrize(
    ("path", "query", "shown"),
    [("/catalogue", "", "/catalogue"), ("/catalogue", "q=a%26b", "/catalogue?q=a%26b")],
)
def test_here_is_the_address_without_its_host(environment, path, query, shown):
    request = SimpleNamespace(url=SimpleNamespace(path=path, query=query))
    assert environment.from_string("{{ here()|safe }}").render(request=request) == shown


def test_a_text_of_the_other_language_is_marked():
    i18n.use_locale("en")
    assert filters.lang_of("中文书籍") == "zh-CN"
    assert filters.lang_of("Chinese books") is None
    assert filters.lang_of("") is None
    i18n.use_locale("zh_CN")
    assert filters.lang_of("中文书籍") is None
    assert filters.lang_of("Chinese books") == "en"


def test_templates_escape_what_they_are_given(environment):
    template = environment.from_string(
        '{% from "components/text.html" import foreign, tag %}{{ foreign(x) }}{{ tag(x) }}'
    )
    assert "<script>" not in template.render(x="<script>alert(1)</script>")
