"""Archive, restore, history, an earlier state, a decision on the licence, the review queue."""

import re

import pytest
from sqlalchemy import select

from app.accounts.models import Role
from app.catalog.models.datasets import Dataset
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.quantities import Quantity
from tests.catalog.editing.forms import changed, keys, read, send, text_of
from tests.catalog.editing.stored import dataset, events, main_estimate, rows
from tests.factories import signed_in

SLUG = "jlw-chinese-books"
BOOKS = f"/edit/dataset/{SLUG}"
ARCHIVE = f"/edit/archive/{SLUG}"
LICENCE = f"/edit/licence/{SLUG}"
HISTORY = f"/catalogue/{SLUG}/history"


def listed(client, slug):
    items = client.get("/api/v1/datasets?limit=200&subsets=true").json()["items"]
    return slug in [item["slug"] for item in items]


def archive(client, slug, do="archive"):
    path = f"/edit/archive/{slug}"
    return send(client, path, read(client.get(path).text), do=do)


def test_archive_takes_it_out_and_restore_puts_it_back(planner, seeded_session):
    assert "22 subsets go with it" in planner.get("/edit/archive/the-pile").text
    assert archive(planner, "the-pile").status_code == 303
    assert not listed(planner, "the-pile")
    assert not listed(planner, "the-pile/books3")
    page = planner.get("/catalogue/the-pile?done=archived")
    assert page.status_code == 200
    assert "Restore" in page.text
    assert archive(planner, "the-pile").status_code == 409, "it is archived already"
    assert planner.get("/edit/dataset/the-pile").status_code == 409
    assert archive(planner, "the-pile", do="restore").status_code == 303
    assert listed(planner, "the-pile")
    actions = [event.action for event in events(seeded_session, "the-pile")]
    assert actions[-2:] == ["archived", "restored"]


def test_a_subset_comes_back_only_with_its_dataset(planner):
    archive(planner, "the-pile/books3")
    archive(planner, "the-pile")
    assert archive(planner, "the-pile/books3", do="restore").status_code == 409


def test_archive_with_a_stale_page_is_refused(planner, seeded_session):
    fields = read(planner.get(ARCHIVE).text)
    send(planner, BOOKS, changed(read(planner.get(BOOKS).text), name_en="Other"))
    assert send(planner, ARCHIVE, fields, do="archive").status_code == 412
    assert dataset(seeded_session, SLUG).archived_at is None


# --- history -----------------------------------------------------------------------------------


def test_history_pages_by_keyset(planner, seeded_session, monkeypatch):
    monkeypatch.setattr(
        "app.catalog.editing.queries.list_events.__kwdefaults__", {"below": None, "limit": 2}
    )
    for number in range(4):
        send(planner, BOOKS, changed(read(planner.get(BOOKS).text), name_en=f"Name {number}"))
    first = planner.get(HISTORY).text
    assert "Name 2 → Name 3" in text_of(first)
    address = re.search(r'href="([^"]*cursor=[^"]*)"', first)[1]
    second = text_of(planner.get(address).text)
    assert "Name 2 → Name 3" not in second
    assert "Name 0 → Name 1" in second
    assert planner.get(f"{HISTORY}?cursor=nonsense").status_code == 422
    assert planner.get(f"{HISTORY}?cursor=WyJhIl0").status_code == 422


def test_history_is_read_by_everybody_and_restores_for_planners(seeded_client, planner):
    send(planner, BOOKS, changed(read(planner.get(BOOKS).text), name_en="Other"))
    assert "/edit/restore/" in planner.get(HISTORY).text
    seeded_client.cookies.clear()
    page = seeded_client.get(HISTORY)
    assert page.status_code == 200
    assert "/edit/" not in page.text


def restore_href(client, number=-1):
    return re.findall(r'href="(/edit/restore/[^"]*)"', client.get(HISTORY).text)[number]


def test_an_earlier_state_comes_back_whole_as_a_change_of_its_own(planner, seeded_session):
    before = planner.get(f"/api/v1/datasets/{SLUG}").json()
    fields = read(planner.get(BOOKS).text)
    key = keys(fields, "quantities")[0]
    fields = changed(fields, name_en="Other", languages="", **{f"quantities-{key}-value": "9"})
    send(planner, BOOKS, fields)
    fields = read(planner.get(BOOKS).text)
    send(planner, BOOKS, read(send(planner, BOOKS, fields, do=f"remove:quantities:{key}").text))
    send(planner, LICENCE, decision(planner))
    assert rows(seeded_session, Quantity, SLUG) == []
    href = restore_href(planner)
    page = planner.get(href)
    assert "Other → Chinese books" in text_of(page.text)
    assert dataset(seeded_session, SLUG).name_en == "Other", "a preview changes nothing"
    response = send(planner, href.partition("?")[0], read(page.text))
    assert response.headers["Location"] == f"/catalogue/{SLUG}?done=state"
    after = planner.get(f"/api/v1/datasets/{SLUG}").json()
    for moved in ("revision", "updated_at"):
        before.pop(moved), after.pop(moved)
    assert after == before
    assert main_estimate(seeded_session, SLUG).mid == 383_350_000_000
    assert any(event.action == "state_restored" for event in events(seeded_session, SLUG))


def test_a_confirmed_unit_is_taken_back_too(planner, seeded_session):
    slug = "jlw-chinese-english-scripts"
    [quantity] = rows(seeded_session, Quantity, slug)
    planner.post(f"/quantities/{quantity.id}/unit", data={"unit": "script"})
    first = events(seeded_session, slug)[0].id
    page = planner.get(f"/edit/restore/{slug}?event={first}")
    send(planner, f"/edit/restore/{slug}", read(page.text))
    [quantity] = rows(seeded_session, Quantity, slug)
    assert (quantity.unit, quantity.unit_confirmed_by) == (None, None)
    assert quantity.assumed_unit is not None


def test_restoring_a_state_of_another_dataset_is_404(planner, seeded_session):
    event = events(seeded_session, "the-pile")[0].id
    assert planner.get(f"/edit/restore/{SLUG}?event={event}").status_code == 404
    revision = dataset(seeded_session, SLUG).revision
    fields = [("event", str(event)), ("revision", str(revision))]
    assert send(planner, f"/edit/restore/{SLUG}", fields).status_code == 404
    fields = [("event", "x"), ("revision", str(revision))]
    assert send(planner, f"/edit/restore/{SLUG}", fields).status_code == 422
    fields = [("event", str(events(seeded_session, SLUG)[0].id)), ("revision", "0")]
    assert send(planner, f"/edit/restore/{SLUG}", fields).status_code == 412


# --- decisions ---------------------------------------------------------------------------------


def decision(client, slug=SLUG, **changes):
    values = {
        "licence_class": "open",
        "reason": "The contract of 2026 grants it.",
        "evidence_url": "https://example.com/contract",
    }
    return changed(read(client.get(f"/edit/licence/{slug}").text), **(values | changes))


def test_a_decision_overrides_unknown_with_its_evidence(planner, seeded_session):
    response = send(planner, LICENCE, decision(planner))
    assert response.status_code == 303
    assert dataset(seeded_session, SLUG).licence_class == "open"
    [claim] = rows(seeded_session, LicenceClaim, SLUG)
    assert (claim.scope, claim.checked_by) == ("decision", "Li Na")
    page = text_of(planner.get(f"/catalogue/{SLUG}").text)
    assert "decision of a person" in page
    assert "The contract of 2026 grants it." in page
    # A claim that is typed later does not overrule the person.
    fields = read(send(planner, BOOKS, read(planner.get(BOOKS).text), do="add:licence_claims").text)
    send(planner, BOOKS, changed(fields, **{"licence_claims-n1-spdx": "CC-BY-NC-4.0"}))
    assert dataset(seeded_session, SLUG).licence_class == "open"


def test_the_newest_decision_counts(planner, seeded_session):
    send(planner, LICENCE, decision(planner, checked_on="2026-01-02"))
    send(planner, LICENCE, decision(planner, checked_on="2026-01-03", licence_class="contract"))
    assert dataset(seeded_session, SLUG).licence_class == "contract"
    send(planner, LICENCE, decision(planner, checked_on="2025-01-01", licence_class="custom"))
    assert dataset(seeded_session, SLUG).licence_class == "contract"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"licence_class": ""}, "licence_class"),
        ({"licence_class": "unknown"}, "licence_class"),
        ({"reason": " "}, "reason"),
        ({"evidence_url": ""}, "evidence_url"),
        ({"evidence_url": "javascript:x"}, "evidence_url"),
        ({"checked_by": ""}, "checked_by"),
        ({"checked_on": "soon"}, "checked_on"),
        ({"spdx": "Nonsense"}, "spdx"),
    ],
)
def test_a_decision_without_its_evidence_is_refused(planner, seeded_session, changes, field):
    response = send(planner, LICENCE, decision(planner, **changes))
    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    assert dataset(seeded_session, SLUG).licence_class == "unknown"


# --- review ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lack", ["licence", "estimate", "unit", "disputed"])
def test_review_leads_to_the_very_field(planner, lack):
    html = planner.get(f"/review?lack={lack}&subsets=true").text
    addresses = re.findall(r'href="(/edit/[^"]*#[^"]+)"', html)
    assert addresses
    for address in addresses[:8]:
        path, _, field = address.partition("#")
        assert f'id="{field}"' in planner.get(path).text, address


def test_review_counts_what_it_lists_and_shrinks(planner, seeded_session):
    count = r'aria-current="page">Without a licence <span class="n">(\d+)</span>'
    before = int(re.search(count, planner.get("/review").text)[1])
    datasets = seeded_session.scalars(
        select(Dataset).where(Dataset.licence_class == "unknown", Dataset.parent_id.is_(None))
    ).all()
    assert before == len(datasets)
    send(planner, LICENCE, decision(planner))
    assert int(re.search(count, planner.get("/review").text)[1]) == before - 1


def test_review_pages_through_all(planner):
    seen, address = [], "/review?lack=licence&subsets=true"
    while address:
        html = planner.get(address).text
        seen += re.findall(r'href="/edit/licence/([^"#]+)#', html)
        found = re.search(r'href="(/review[^"]*cursor=[^"]*)"\s+rel="next"', html)
        address = found[1].replace("&amp;", "&") if found else None
    assert len(seen) == len(set(seen)) > 50


# --- providers ---------------------------------------------------------------------------------


def test_a_provider_is_added_changed_archived_and_restored(planner, seeded_session):
    made = send(planner, "/edit/provider", [("name_zh", "某社"), ("name_en", "Some Press")])
    assert made.headers["Location"] == "/providers/some-press?done=created"
    path = "/edit/provider/some-press"
    fields = read(planner.get(path).text)
    assert send(planner, path, changed(fields, name_en="Some Press Ltd")).status_code == 303
    assert "Some Press Ltd" in planner.get("/providers/some-press").text
    stale = send(planner, path, changed(fields, name_en="Mine"))
    assert stale.status_code == 412
    assert "Some Press Ltd" in stale.text
    assert ("name_en", "Mine") in read(stale.text)
    assert send(planner, path, read(stale.text)).status_code == 303, "the second time it is meant"
    assert send(planner, path, read(planner.get(path).text), do="archive").status_code == 303
    assert "some-press" not in planner.get("/edit/dataset").text
    assert send(planner, path, [], do="restore").status_code == 303
    assert "some-press" in planner.get("/edit/dataset").text


def test_a_renamed_provider_renames_its_facet(planner):
    path = "/edit/provider/baai"
    fields = changed(read(planner.get(path).text), short_name_en="BAAI Beijing")
    assert send(planner, path, fields).status_code == 303
    facets = planner.get("/api/v1/datasets").json()["facets"]["provider"]
    assert "BAAI Beijing" in [facet["label"] for facet in facets]


def test_a_provider_with_datasets_is_not_archived(planner):
    path = "/edit/provider/baai"
    assert send(planner, path, read(planner.get(path).text), do="archive").status_code == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name_en": ""}, "name_en"),
        ({"homepage": "javascript:x"}, "homepage"),
        ({"slug": "baai"}, "slug"),
        ({"slug": "Not One"}, "slug"),
        ({"name_en": "只有中文"}, "slug"),
    ],
)
def test_a_wrong_provider_is_refused(planner, changes, field):
    fields = changed([("name_zh", "某社"), ("name_en", "Some Press")], **changes)
    response = send(planner, "/edit/provider", fields)
    assert response.status_code == 422
    assert f'href="#{field}"' in response.text


# --- visibility --------------------------------------------------------------------------------


def test_what_the_team_alone_may_see_is_nowhere_else(seeded_client, planner, seeded_session):
    name = "Zanzibar ledger"
    path = "/edit/dataset"
    fields = changed(
        read(planner.get(path).text),
        name_zh=name,
        name_en=name,
        provider="+new",
        new_provider_name_en="Quagga Partners",
        category="books",
        visibility="team",
    )
    fields = read(send(planner, path, fields, do="add:quantities").text)
    row = {"value": "5", "unit": "book", "source": "Offer of Quagga in May", "grade": "V"}
    fields = changed(fields, **{f"quantities-n1-{name}": value for name, value in row.items()})
    assert send(planner, path, fields).status_code == 303
    send(planner, BOOKS, changed(read(planner.get(BOOKS).text), visibility="team"))
    hidden = (name, "Quagga", "zanzibar", "jlw-chinese-books")
    assert name in planner.get("/catalogue?q=zanzibar").text
    seeded_client.cookies.clear()
    for role in (None, Role.VENDOR):
        client = signed_in(seeded_client, seeded_session, role) if role else seeded_client
        seen, waiting = (
            set(),
            [
                "/catalogue",
                "/catalogue?q=quagga",
                "/about-the-data",
                "/compare",
                "/glossary",
                "/catalogue?subsets=true&sort=-updated",
                "/robots.txt",
                "/providers/jinglianwen",
                "/api/v1/datasets?limit=200&subsets=true",
            ],
        )
        while waiting and len(seen) < 160:
            address = waiting.pop(0)
            if address in seen:
                continue
            seen.add(address)
            response = client.get(address)
            body = response.text.replace("q=quagga", "").replace('value="quagga"', "")
            for word in hidden:
                assert word not in body.replace("“quagga”", ""), (address, word)
            links = re.findall(r'href="(/(?:catalogue|providers|api/v1)[^"#]*)"', body)
            waiting += [link.replace("&amp;", "&") for link in links]
        for gone in (
            "/catalogue/zanzibar-ledger",
            "/catalogue/zanzibar-ledger/history",
            "/api/v1/datasets/zanzibar-ledger",
            "/api/v1/datasets/zanzibar-ledger/history",
            "/providers/quagga-partners",
            f"/catalogue/{SLUG}",
            HISTORY,
        ):
            assert client.get(gone).status_code == 404, gone
