"""The pages of the catalogue, on the seeded catalogue."""

import re
from decimal import Decimal
from html import unescape

import pytest
from sqlalchemy import func, select, update

from app.accounts.models import Role
from app.audit import AuditEvent, Program
from app.catalog.loading.load import load_records
from app.catalog.loading.records import DatasetRecord, QuantityRecord
from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.priors import ConversionPrior
from app.catalog.models.quantities import Quantity
from app.catalog.search.indexing import index_datasets
from tests.counting import counted_statements
from tests.factories import signed_in

IMPORT = Program("import")
PARTIAL = {"HX-Request": "true", "HX-Target": "form#browse", "HX-Request-Type": "partial"}
ZH = {"Accept-Language": "zh-CN"}


def page(client, path, **options):
    response = client.get(path, **options)
    assert response.status_code == 200, response.text[:2000]
    return response.text


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def make_datasets(session, count, **changes):
    load_records(
        session,
        [
            DatasetRecord(
                slug=f"made-{number}",
                name_zh=f"测试 {number}",
                name_en=f"Made {number}",
                provider="baai",
                category="books",
                modality="text",
                languages=("zh",),
                quantities=(
                    QuantityRecord(key="n", printed="5", value=Decimal(number + 1), unit="book"),
                ),
                **changes,
            )
            for number in range(count)
        ],
        actor=IMPORT,
    )


def make_team_only(session, slug):
    dataset = session.scalars(select(Dataset).where(Dataset.slug == slug)).one()
    session.execute(update(Dataset).where(Dataset.id == dataset.id).values(visibility="team"))
    index_datasets(session, [dataset.id])
    session.expire_all()
    return dataset


# --- the list --------------------------------------------------------------------------------


def test_home_leads_to_the_catalogue(seeded_client):
    response = seeded_client.get("/")
    assert (response.status_code, response.headers["Location"]) == (303, "/catalogue")


def test_home_leads_a_vendor_to_the_requests_it_got(seeded_client, seeded_session):
    signed_in(seeded_client, seeded_session, Role.VENDOR)
    assert seeded_client.get("/").headers["Location"] == "/quotes"


def test_index_says_to_a_newcomer_alone_what_the_portal_is_for(seeded_client, seeded_session):
    assert "Sign in to compose mixtures" in page(seeded_client, "/catalogue")
    signed_in(seeded_client, seeded_session, Role.VIEWER)
    assert "Sign in to compose mixtures" not in page(seeded_client, "/catalogue")


def test_index_shows_the_largest_first_with_facets_and_totals(seeded_client):
    html = page(seeded_client, "/catalogue")
    assert "91 datasets, 192 subsets" in html
    assert "91 results" in html
    assert html.count('<th scope="row"') == 20
    assert html.index("DCLM-Pool") < html.index("FineWeb")
    for title in ("Category", "Language", "Stated licence", "Token estimate", "Provider"):
        assert f"<legend>{title}</legend>" in html


def test_index_in_chinese_names_in_chinese_first(seeded_client):
    html = page(seeded_client, "/catalogue", headers=ZH)
    assert '<html lang="zh-CN">' in html
    assert "91 个数据集，192 个子集" in html
    assert "91 个结果" in html
    assert "去重词元" in html
    assert "万亿" in html


def test_index_says_of_what_has_no_estimate_and_never_shows_zero(seeded_client):
    html = page(seeded_client, "/catalogue?method=none")
    assert html.count("no estimate</span>") == 20
    assert '<data class="pb-num" value="0"' not in html
    assert "entries of this list have no token estimate" in html


def test_index_marks_an_assumed_unit(seeded_client):
    html = page(seeded_client, "/catalogue?q=剧本")
    assert "unit assumed: script" in html
    assert '<span class="pb-tag is-warn">unit assumed</span>' in html


def test_index_for_htmx_is_the_changed_part_alone(seeded_client):
    html = page(seeded_client, "/catalogue?language=zh", headers=PARTIAL)
    assert "<html" not in html
    assert '<div id="status" hx-swap-oob="innerHTML">' in html
    assert "Chinese books" in html
    response = seeded_client.get("/catalogue", headers=PARTIAL)
    assert "HX-Request" in response.headers["Vary"]


def test_index_restored_from_history_is_the_whole_page(seeded_client):
    headers = {"HX-Request": "true", "HX-Target": "body", "HX-Request-Type": "full"}
    assert "<html" in page(seeded_client, "/catalogue", headers=headers)


def test_index_pages_forth_and_back(seeded_client):
    first = page(seeded_client, "/catalogue")
    forth = re.search(r'id="next"[^>]*href="([^"]+)"', first).group(1).replace("&amp;", "&")
    second = page(seeded_client, forth)
    back = re.search(r'id="previous"[^>]*href="([^"]+)"', second).group(1).replace("&amp;", "&")
    names = re.compile(r'<th scope="row"[^>]*><a href="([^"]+)"')
    assert not set(names.findall(first)) & set(names.findall(second))
    assert names.findall(page(seeded_client, back)) == names.findall(first)


def test_index_links_to_the_same_list_as_json(seeded_client):
    html = page(seeded_client, "/catalogue?q=books&language=zh&subsets=true&compare=the-pile")
    href = re.search(r'type="application/json" href="([^"]+)"', html).group(1)
    href = href.replace("&amp;", "&")
    assert href == "/api/v1/datasets?q=books&language=zh&subsets=true"
    shown = int(re.search(r"(\d+) results?</h2>", html).group(1))
    assert seeded_client.get(href).json()["total"] == shown


def test_index_names_each_filter_and_the_way_back(seeded_client):
    html = page(seeded_client, "/catalogue?language=zh&language=fr&modality=text")
    assert "Language: Chinese" in html
    assert "Language: French" in html
    assert 'href="/catalogue?modality=text&amp;language=fr"' in html


def test_index_says_which_part_of_an_address_is_no_filter(seeded_client):
    text = text_of(page(seeded_client, "/catalogue?modalty=text&q=books"))
    assert "something that is no filter here: modalty." in text
    assert "The filters are called: category, modality, language" in text
    assert "no filter here" not in page(seeded_client, "/catalogue?utm_source=mail&modality=text")


def test_index_refuses_a_value_by_the_facets_heading(seeded_client):
    refused = seeded_client.get("/catalogue?size=huge", headers=ZH)
    assert refused.status_code == 422
    assert "筛选项“词元规模”没有取值“huge”" in refused.text


def test_index_with_nothing_found_offers_the_ways_on(seeded_client):
    html = page(seeded_client, "/catalogue?q=zzqxv&language=zh")
    assert "No dataset matches “zzqxv”" in html
    assert "Remove all filters" in html


@pytest.mark.parametrize(
    ("query", "name"),
    [("q=wikpedia", "RedPajama-1T · Wikipedia"), ("category=legal", "The Pile · FreeLaw")],
)
def test_index_shows_subsets_where_nothing_else_fits(seeded_client, query, name):
    html = page(seeded_client, f"/catalogue?{query}")
    assert "No dataset as a whole fits." in html
    assert name in html
    assert f'href="/api/v1/datasets?{query}&amp;subsets=true"' in html


@pytest.mark.parametrize("asked", ["%E5%9B%BE%E4%B9%A6", "book", "Books"])
def test_index_leads_from_a_category_s_name_to_the_category(seeded_client, asked):
    html = page(seeded_client, f"/catalogue?q={asked}")
    assert re.search(r'href="/catalogue\?category=books(&amp;subsets=true)?">Books</a>', html)


@pytest.mark.parametrize("asked", ["中文图书", "中文 书籍", "中文书", "chinese book data"])
def test_index_leads_from_a_category_in_a_language_to_both_filters(seeded_client, asked):
    html = page(seeded_client, f"/catalogue?q={asked}")
    found = re.search(r'href="(/catalogue\?category=books&amp;language=zh[^"]*)">Books in ', html)
    assert found is not None
    assert "Chinese books" in page(seeded_client, unescape(found[1]))


@pytest.mark.parametrize("asked", ["俄语图书", "阿拉伯语专利", "中文图书馆", "chinesebooks"])
def test_index_leads_to_no_category_where_nothing_is_or_more_is_asked(seeded_client, asked):
    assert "Browse the category:" not in page(seeded_client, f"/catalogue?q={asked}")


def test_index_keeps_up_to_six_in_the_tray(seeded_client):
    slugs = [
        "the-pile",
        "roots",
        "refinedweb",
        "c4",
        "fineweb",
        "fineweb-edu",
        "dolma-v1-7",
        "cci-1",
    ]
    html = page(seeded_client, "/catalogue?" + "&".join(f"compare={slug}" for slug in slugs))
    assert "At most six can be compared" in html
    assert html.count('id="compared-') <= 6


def test_index_forgets_what_does_not_exist(seeded_client):
    html = page(seeded_client, "/catalogue?compare=no-such-thing&compare=roots")
    assert html.count('id="compared-') == 1


def test_index_goes_on_to_the_comparison_without_javascript(seeded_client):
    response = seeded_client.get("/catalogue?go=compare&compare=roots&compare=the-pile&q=x")
    assert response.status_code == 303
    assert response.headers["Location"] == "/compare?d=roots&d=the-pile"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("language=klingon", "klingon"),
        ("sort=best", "There is no order"),
        ("cursor=abc", "cursor"),
        ("cursor=" + "A" * 2000, "cursor"),
        ("parent=no-such", "no-such"),
        ("q=" + "a" * 300, "300"),
    ],
)
def test_index_refuses_odd_input_with_a_sentence(seeded_client, query, said):
    response = seeded_client.get(f"/catalogue?{query}")
    assert response.status_code == 422
    assert said in response.text
    assert "<h1>That does not fit</h1>" in response.text
    alert = seeded_client.get(f"/catalogue?{query}", headers=PARTIAL)
    assert (alert.status_code, alert.headers["HX-Retarget"]) == (422, "#notices")
    assert 'role="alert"' in alert.text


def test_index_takes_as_many_statements_for_many_rows_as_for_few(seeded_client, seeded_session):
    make_datasets(seeded_session, 60)
    counts = []
    for query in ("q=Made 7", "q=Made"):
        with counted_statements(seeded_session.connection()) as statements:
            page(seeded_client, f"/catalogue?{query}")
        counts.append(len(statements))
    assert counts[0] == counts[1]


# --- a dataset -------------------------------------------------------------------------------


def test_show_has_the_sum_and_its_source(seeded_client):
    html = page(seeded_client, "/catalogue/jlw-chinese-books")
    text = text_of(html)
    assert "l 中文书籍 250万本" in html
    assert "2,500,000" in text
    assert "90,000–245,000" in text
    assert "0.902" in text
    assert '<data class="pb-num" value="383350000000"' in html
    assert "202,950,000,000–552,475,000,000" in text
    assert "cl100k" in text
    assert "PG-19" in text


def test_show_in_chinese_says_the_same_in_chinese(seeded_client):
    text = text_of(page(seeded_client, "/catalogue/jlw-chinese-books", headers=ZH))
    assert "3834 亿" in text
    assert "许可证未声明。" in text
    assert "从数量到词元" in text
    assert "no estimate" not in text


def test_show_of_the_pile_has_all_22_subsets_with_their_figures(seeded_client):
    html = page(seeded_client, "/catalogue/the-pile")
    text = text_of(html)
    assert len(re.findall(r'<th scope="row">\s*<a href="/catalogue/the-pile/', html)) == 22
    assert "Web 28.1 %" in text
    assert "1,254.20" in text
    assert "227.12" in text
    assert 'role="img"' in html
    assert "unit slip" in text


def test_show_of_refinedweb_has_every_claim_and_the_contradiction(seeded_client):
    text = text_of(page(seeded_client, "/catalogue/refinedweb"))
    for printed in ("600 billion", "500 billion", "five trillion"):
        assert printed in text
    assert "contradicted" in text


def test_show_of_a_card_that_contradicts_itself_shows_both(seeded_client):
    text = text_of(page(seeded_client, "/catalogue?q=Chinese FineWeb Edu v2.1"))
    assert "151 B or 1.51 T" in text


def test_show_of_a_line_that_is_printed_twice_has_both_lines(seeded_client):
    html = page(seeded_client, "/catalogue/jlw-patent-legal-status")
    assert html.count('<pre class="pb-src"') == 2


def test_show_of_a_garbled_name_notes_the_anomaly(seeded_client):
    html = page(seeded_client, "/catalogue/jlw-k12-question-bank")
    assert "K12" in text_of(html)
    assert "千12" in html
    assert "Anomaly." in html


def test_show_of_a_subset_leads_back_to_its_dataset(seeded_client):
    html = page(seeded_client, "/catalogue/the-pile/books3")
    crumbs = html[html.index("pb-crumb") : html.index("</ol>")]
    assert 'href="/catalogue/the-pile"' in crumbs


def test_show_links_to_its_json(seeded_client):
    html = page(seeded_client, "/catalogue/the-pile/books3")
    href = re.search(r'type="application/json" href="([^"]+)"', html).group(1)
    assert seeded_client.get(href).json()["slug"] == "the-pile/books3"


@pytest.mark.parametrize(
    "path",
    [
        "/catalogue/no-such-dataset",
        "/catalogue/the-pile/no-such-subset",
        "/catalogue/the-pile/",
        "/catalogue/%E5%9B%BE",
        "/providers/no-such-provider",
    ],
)
def test_unknown_is_404_and_offers_a_search(seeded_client, path):
    response = seeded_client.get(path)
    assert response.status_code == 404
    assert 'action="/catalogue"' in response.text


def test_team_only_is_404_to_others_everywhere(seeded_client, seeded_session):
    make_team_only(seeded_session, "the-pile")
    assert seeded_client.get("/catalogue/the-pile").status_code == 404
    assert seeded_client.get("/catalogue/the-pile/books3").status_code == 404
    assert "the-pile" not in page(seeded_client, "/compare?d=roots&d=refinedweb")
    assert "Not found:" in page(seeded_client, "/compare?d=roots&d=the-pile&d=c4")
    assert "The Pile" not in page(seeded_client, "/providers/eleutherai")
    assert "The Pile" not in page(seeded_client, "/catalogue?q=Pile")
    assert 'class="pb-chip"' not in page(seeded_client, "/catalogue?compare=the-pile")


def test_team_only_is_shown_and_marked_to_the_team(seeded_client, seeded_session):
    make_team_only(seeded_session, "the-pile")
    signed_in(seeded_client, seeded_session, Role.VIEWER)
    assert "Team only" in page(seeded_client, "/catalogue/the-pile")
    assert "Team only" in page(seeded_client, "/catalogue?q=The Pile")


def test_a_vendors_member_knows_no_team_only_dataset(seeded_client, seeded_session):
    make_team_only(seeded_session, "the-pile")
    signed_in(seeded_client, seeded_session, Role.VENDOR)
    assert seeded_client.get("/catalogue/the-pile").status_code == 404


def test_archived_keeps_its_page_and_says_so(seeded_client, seeded_session):
    seeded_session.execute(
        update(Dataset).where(Dataset.slug == "roots").values(archived_at=func.now())
    )
    assert "no longer in the list" in page(seeded_client, "/catalogue/roots")


def test_show_takes_as_many_statements_for_many_subsets_as_for_few(seeded_client, seeded_session):
    counts = []
    for slug in ("cci-4", "roots"):
        with counted_statements(seeded_session.connection()) as statements:
            page(seeded_client, f"/catalogue/{slug}")
        counts.append(len(statements))
    assert counts[0] == counts[1]


# --- units -----------------------------------------------------------------------------------


def scripts_quantity(session):
    return session.scalars(
        select(Quantity).join(Dataset).where(Dataset.slug == "jlw-chinese-english-scripts")
    ).one()


def test_a_planner_is_offered_the_unit_and_confirms_it(seeded_client, seeded_session):
    signed_in(seeded_client, seeded_session, Role.PLANNER)
    quantity = scripts_quantity(seeded_session)
    assert "Confirm: script" in page(seeded_client, "/catalogue/jlw-chinese-english-scripts")
    response = seeded_client.post(f"/quantities/{quantity.id}/unit", data={"unit": "script"})
    assert response.status_code == 303
    assert response.headers["Location"] == "/catalogue/jlw-chinese-english-scripts#history"
    seeded_session.expire_all()
    assert scripts_quantity(seeded_session).unit == "script"
    assert not seeded_session.scalars(
        select(TokenEstimate.is_assumed).where(
            TokenEstimate.dataset_id == quantity.dataset_id, TokenEstimate.is_main
        )
    ).one()
    html = page(seeded_client, "/catalogue/jlw-chinese-english-scripts")
    assert "Assumed unit confirmed." in html
    assert "Confirm: script" not in html
    assert "script, confirmed by Chen Wei" in html


def test_another_unit_derives_another_estimate(seeded_client, seeded_session):
    signed_in(seeded_client, seeded_session, Role.PLANNER)
    quantity = scripts_quantity(seeded_session)
    seeded_client.post(f"/quantities/{quantity.id}/unit", data={"unit": "book"})
    html = page(seeded_client, "/catalogue/jlw-chinese-english-scripts")
    assert "60,000 books" in html
    assert "Unit set." in html
    assert "Estimate derived again." in html


@pytest.mark.parametrize(("unit", "status"), [("parsec", 422), ("", 422)])
def test_a_unit_that_is_none_changes_nothing(seeded_client, seeded_session, unit, status):
    signed_in(seeded_client, seeded_session, Role.PLANNER)
    quantity = scripts_quantity(seeded_session)
    response = seeded_client.post(f"/quantities/{quantity.id}/unit", data={"unit": unit})
    assert response.status_code == status
    seeded_session.expire_all()
    assert scripts_quantity(seeded_session).unit is None


def test_a_unit_that_the_source_states_stays(seeded_client, seeded_session):
    signed_in(seeded_client, seeded_session, Role.PLANNER)
    stated = seeded_session.scalars(
        select(Quantity).join(Dataset).where(Dataset.slug == "jlw-chinese-books")
    ).one()
    response = seeded_client.post(f"/quantities/{stated.id}/unit", data={"unit": "page"})
    assert response.status_code == 409


def test_an_unknown_quantity_is_404(seeded_client, seeded_session):
    signed_in(seeded_client, seeded_session, Role.PLANNER)
    assert (
        seeded_client.post("/quantities/999999999/unit", data={"unit": "book"}).status_code == 404
    )


@pytest.mark.parametrize(("role", "status"), [(None, 401), (Role.VIEWER, 403), (Role.VENDOR, 403)])
def test_others_neither_see_the_form_nor_change_the_unit(
    seeded_client, seeded_session, role, status
):
    if role:
        signed_in(seeded_client, seeded_session, role)
    quantity = scripts_quantity(seeded_session)
    html = page(seeded_client, "/catalogue/jlw-chinese-english-scripts")
    assert "Confirm: script" not in html
    assert "The estimate rests on an assumed unit." in html
    response = seeded_client.post(f"/quantities/{quantity.id}/unit", data={"unit": "script"})
    assert response.status_code == status
    seeded_session.expire_all()
    assert scripts_quantity(seeded_session).unit is None


# --- priors ----------------------------------------------------------------------------------


def prior(session, code="book_en"):
    session.expire_all()
    return session.scalars(select(ConversionPrior).where(ConversionPrior.code == code)).one()


def prior_form(session, **changes):
    found = prior(session)
    return {
        "code": "book_en",
        "revision": str(found.revision),
        "low": "90000",
        "mid": "170000",
        "high": "245000",
        "source_text": found.source_text,
        "grade": found.grade,
        "note_en": "",
        "note_zh": "",
        "action": "save",
    } | changes


def books_tokens(session):
    session.expire_all()
    return session.scalar(
        select(TokenEstimate.mid)
        .join(Dataset, Dataset.id == TokenEstimate.dataset_id)
        .where(Dataset.slug == "jlw-chinese-books", TokenEstimate.is_main)
    )


def test_priors_shows_them_to_an_administrator(seeded_client, seeded_session):
    signed_in(seeded_client, seeded_session, Role.ADMINISTRATOR)
    html = page(seeded_client, "/settings/priors?edit=book_en")
    assert 'value="170,000"' in html
    assert "Change: Book" in html
    assert seeded_client.get("/settings/priors?edit=nothing").status_code == 404


@pytest.mark.parametrize(("role", "status"), [(None, 401), (Role.PLANNER, 403), (Role.VENDOR, 403)])
def test_priors_is_for_administrators_alone(seeded_client, seeded_session, role, status):
    if role:
        signed_in(seeded_client, seeded_session, role)
    assert seeded_client.get("/settings/priors").status_code == status
    before = books_tokens(seeded_session)
    response = seeded_client.post("/settings/priors", data=prior_form(seeded_session, mid="200000"))
    assert response.status_code == status
    assert books_tokens(seeded_session) == before


def test_preview_counts_what_would_change_and_changes_nothing(seeded_client, seeded_session):
    signed_in(seeded_client, seeded_session, Role.ADMINISTRATOR)
    before = books_tokens(seeded_session)
    events = seeded_session.scalar(select(func.count()).select_from(AuditEvent))
    form = prior_form(seeded_session, mid="200,000", action="preview")
    response = seeded_client.post("/settings/priors", data=form)
    assert response.status_code == 200
    assert re.search(r"\d+ estimates would change", response.text)
    assert "451<" in response.text
    assert 'value="200,000"' in response.text
    assert books_tokens(seeded_session) == before
    assert prior(seeded_session).mid == 170_000
    assert seeded_session.scalar(select(func.count()).select_from(AuditEvent)) == events


def test_a_change_derives_what_depends_on_it_and_is_recorded(seeded_client, seeded_session):
    signed_in(seeded_client, seeded_session, Role.ADMINISTRATOR)
    response = seeded_client.post("/settings/priors", data=prior_form(seeded_session, mid="200000"))
    assert response.status_code == 303
    assert books_tokens(seeded_session) == 451_000_000_000
    assert "derived again" in page(seeded_client, response.headers["Location"])
    event_ = seeded_session.scalars(
        select(AuditEvent).where(AuditEvent.object_type == "prior")
    ).one()
    assert (event_.before, event_.after) == ({"mid": "170000"}, {"mid": "200000"})


def test_a_stale_form_is_refused(seeded_client, seeded_session):
    signed_in(seeded_client, seeded_session, Role.ADMINISTRATOR)
    first = prior_form(seeded_session, mid="200000")
    second = prior_form(seeded_session, mid="150000")
    assert seeded_client.post("/settings/priors", data=first).status_code == 303
    response = seeded_client.post("/settings/priors", data=second)
    assert response.status_code == 412
    assert prior(seeded_session).mid == 200_000


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mid": ""}, "mid"),
        ({"mid": "many"}, "mid"),
        ({"mid": "-3"}, "mid"),
        ({"mid": "1e300"}, "mid"),
        ({"mid": "NaN"}, "mid"),
        ({"low": "180000"}, "low"),
        ({"high": "100"}, "high"),
        ({"low": ""}, "low"),
        ({"source_text": " "}, "source_text"),
        ({"grade": "excellent"}, "grade"),
    ],
)
def test_a_wrong_value_is_said_at_its_field_and_saves_nothing(
    seeded_client, seeded_session, changes, field
):
    signed_in(seeded_client, seeded_session, Role.ADMINISTRATOR)
    response = seeded_client.post("/settings/priors", data=prior_form(seeded_session, **changes))
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert 'id="errors"' in response.text
    found = prior(seeded_session)
    assert (found.low, found.mid, found.high) == (90_000, 170_000, 245_000)


# --- the other pages -------------------------------------------------------------------------


def test_provider_lists_its_datasets_by_category_and_its_services(seeded_client):
    html = page(seeded_client, "/providers/jinglianwen")
    assert html.count('href="/catalogue/jlw-') == 56
    assert "大模型训练数据的标注服务" in html
    assert "Patents</th>" in html


def test_provider_takes_as_many_statements_for_many_rows_as_for_few(seeded_client, seeded_session):
    with counted_statements(seeded_session.connection()) as few:
        page(seeded_client, "/providers/baai")
    few = len(few)
    make_datasets(seeded_session, 100)
    with counted_statements(seeded_session.connection()) as many:
        page(seeded_client, "/providers/baai")
    assert len(many) == few


def test_compare_marks_in_words_the_rows_that_are_the_same(seeded_client):
    html = page(seeded_client, "/compare?d=the-pile&d=roots&d=jlw-chinese-books")
    same = re.findall(r'<th scope="row">([^<]+) <span class="pb-same">same</span>', html)
    assert not {"Quantity, as published", "Category", "Languages", "Unique tokens, mid"} & set(same)
    twins = page(seeded_client, "/compare?d=fineweb&d=fineweb-edu")
    alike = re.findall(r'<th scope="row">([^<]+) <span class="pb-same">same</span>', twins)
    assert {"Modality", "Languages", "Stated licence"} <= set(alike)
    assert "Unique tokens, mid" not in alike
    text = text_of(html)
    assert "Per source" in text
    assert "Not stated" in text


def test_compare_of_one_asks_for_more_and_of_seven_says_six(seeded_client):
    assert "Nothing to compare yet" in page(seeded_client, "/compare?d=roots")
    slugs = ["the-pile", "roots", "refinedweb", "c4", "fineweb", "fineweb-edu", "dolma-v1-7"]
    html = page(seeded_client, "/compare?" + "&".join(f"d={slug}" for slug in slugs))
    assert "At most 6." in html
    assert "/catalogue/dolma-v1-7" not in html


def test_about_has_every_source_grade_prior_and_tokenizer(seeded_client):
    text = text_of(page(seeded_client, "/about-the-data"))
    for grade in ("Grade A", "Grade B", "Grade C", "Grade V"):
        assert grade in text
    assert "170,000" in text
    assert "Qwen2/3" in text
    assert "only where a person chooses it" in text
    assert "91 datasets, 192 subsets" in text


def test_glossary_has_both_languages(seeded_client):
    text = text_of(page(seeded_client, "/glossary"))
    assert "token estimate" in text
    assert "词元估计" in text
    chinese = text_of(page(seeded_client, "/glossary", headers=ZH))
    assert "去重词元数" in chinese


@pytest.mark.parametrize(
    "path", ["/catalogue", "/catalogue/the-pile", "/compare", "/about-the-data", "/glossary"]
)
def test_every_link_of_the_navigation_leads_somewhere(seeded_client, path):
    navigation = re.search(r"<nav.*?</nav>", page(seeded_client, path), re.DOTALL)[0]
    addresses = re.findall(r'href="([^"]+)"', navigation)
    assert "/training" in addresses
    for address in addresses:
        assert seeded_client.get(address).status_code == 200


def test_show_of_a_share_names_the_whole_and_the_share(seeded_client):
    """SlimPajama publishes shares of its total: the sum is shown as that, not as bytes."""
    html = page(seeded_client, "/catalogue/slimpajama-627b/commoncrawl")
    assert 'id="rule"' in html
    assert "52.2 %" in html
    assert "627,000,000,000" in html
    assert "published bytes" not in html


def test_a_chinese_page_says_an_english_size_in_its_own_words(seeded_client):
    page = seeded_client.get(
        "/catalogue/chinese-fineweb-edu-v2", headers={"Accept-Language": "zh-CN"}
    ).text
    assert "1.88亿" in page
    assert "188 million entries" in page


def test_a_long_count_of_bytes_is_read_as_a_size(seeded_client):
    page = seeded_client.get("/catalogue/refinedweb", headers={"Accept-Language": "en"}).text
    assert '<span class="v">2.77 TB</span>' in page
    assert "2,766,953,721,769 bytes" in page
