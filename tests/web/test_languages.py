import pytest
from markupsafe import Markup

from app.web import i18n
from app.web.languages import language_name


@pytest.mark.parametrize(
    ("tag", "english", "chinese"),
    [
        ("zh", "Chinese", "中文"),
        ("zh-Hans", "Simplified Chinese", "简体中文"),
        ("zh-Hant", "Traditional Chinese", "繁体中文"),
        ("cmn", "Mandarin Chinese", "普通话"),
        ("pt-BR", "Brazilian Portuguese", "巴西葡萄牙语"),
        ("fr", "French", "法语"),
        ("tum", "Tumbuka", "通布卡语"),
        ("und", "not named", "未注明"),
        ("nonsense-tag-xx", "nonsense-tag-xx", "nonsense-tag-xx"),
    ],
)
def test_language_name(tag, english, chinese):
    i18n.use_locale("en")
    assert language_name(tag) == english
    i18n.use_locale("zh_CN")
    assert language_name(tag) == chinese
    i18n.use_locale("en")


def test_brackets_are_those_of_the_language_and_keep_markup():
    i18n.use_locale("zh_CN")
    assert "条款" + i18n.bracketed("A & B") == "条款（A & B）"
    assert str("条款" + i18n.bracketed(Markup("A &amp; B"))) == "条款（A &amp; B）"
    i18n.use_locale("en")
    assert "terms" + i18n.bracketed("A") == "terms (A)"
