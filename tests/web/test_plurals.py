"""A plural of a page names its number as `%(n)s`, alone or beside other parameters."""

import pytest

from app.web.templating import make_environment


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{{ ngettext("%(n)s day left", "%(n)s days left", 1) }}', "1 day left"),
        ('{{ ngettext("%(n)s day left", "%(n)s days left", 3) }}', "3 days left"),
        (
            '{{ ngettext("%(n)s row of %(of)s", "%(n)s rows of %(of)s", 2, of="<b>") }}',
            "2 rows of &lt;b&gt;",
        ),
        ('{{ ngettext("%(n)s row", "%(n)s rows", 2000, n="2,000") }}', "2,000 rows"),
    ],
)
def test_a_plural_has_its_number(template: str, text: str) -> None:
    assert make_environment().from_string(template).render() == text
