"""No file makes a server error, and what was refused left nothing behind."""

import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.catalog.exporters.own_json import write_json
from app.catalog.importing.models import Import
from app.catalog.models.datasets import Dataset
from tests.catalog.exporters.items import ITEMS
from tests.catalog.importers.workbooks import table

NAMES = st.sampled_from(["a.csv", "a.xlsx", "a.json", "README.md", "a.yaml", "a.jsonld"])
HEADS = "名称,供应商,类别,数量,语言,许可,说明,标识,上级,词元数,主页,可见范围"
CELLS = st.text(max_size=12) | st.sampled_from(["2500万本", "1.2B tokens", "=1+1", "'", '"', "x/y"])
LISTS = st.lists(st.lists(CELLS, min_size=1, max_size=12), max_size=5).map(
    lambda rows: "\n".join([HEADS, *(",".join(row) for row in rows)]).encode(errors="replace")
)
OURS = ITEMS.map(lambda items: b"".join(write_json(items)))
DOCUMENTS = st.dictionaries(
    st.sampled_from(["@context", "@type", "name", "creator", "license", "recordSet", "x"]),
    st.recursive(st.none() | st.integers() | st.text(max_size=8), st.lists, max_leaves=4),
).map(lambda found: json.dumps(found | {"@type": "Dataset"}).encode())
CONTENTS = st.binary(max_size=200) | LISTS | OURS | DOCUMENTS


def test_no_file_makes_a_server_error_or_half_an_import(planner, seeded_session) -> None:
    @settings(
        max_examples=60,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(content=CONTENTS, name=NAMES)
    def send(content: bytes, name: str) -> None:
        datasets = select(func.count()).select_from(Dataset)
        before = seeded_session.scalar(datasets)
        imports = seeded_session.scalar(select(func.count()).select_from(Import))
        response = planner.post(
            "/api/v1/imports", content=content, params={"name": name, "provider": "Acme"}
        )
        assert response.status_code in {201, 413, 422}, response.text
        if response.status_code != 201:
            assert seeded_session.scalar(select(func.count()).select_from(Import)) == imports
            return
        body = response.json()
        wanted = body["counts"]["create"]
        applied = planner.post(f"/api/v1/imports/{body['id']}/apply")
        assert applied.status_code == (200 if wanted + body["counts"]["change"] else 409)
        assert seeded_session.scalar(datasets) == before + wanted
        if wanted:
            shown = planner.get(f"/imports/{body['id']}?show=create")
            assert shown.status_code == 200
            slug = body["rows"][0]["slug"]
            if slug and body["rows"][0]["outcome"] == "create":
                assert planner.get(f"/catalogue/{slug}").status_code == 200

    send()


# What a spreadsheet may hold: no control characters.
SHOWN = st.text(st.characters(exclude_categories=("C",)), max_size=12) | st.sampled_from(
    ["2500万本", "合计", "名称", "数量", "35%", "45231"]
)
BOOKS = st.lists(st.lists(SHOWN | st.integers(0, 10**12), max_size=12), max_size=5).map(
    lambda rows: table(HEADS.split(","), *rows)
)
VALUES = st.none() | st.booleans() | st.integers() | SHOWN | st.lists(SHOWN, max_size=2)
CARDS = st.dictionaries(
    st.sampled_from(["pretty_name", "language", "license", "configs", "dataset_info", "tags"])
    | SHOWN,
    VALUES | st.lists(st.dictionaries(st.just("config_name") | SHOWN, VALUES), max_size=3),
).map(lambda found: f"---\n{yaml.safe_dump(found, allow_unicode=True)}---\n\n# Card\n".encode())


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("a.csv", LISTS),
        ("a.xlsx", BOOKS),
        ("README.md", CARDS),
        ("a.jsonld", DOCUMENTS),
        ("a.json", OURS),
    ],
)
def test_no_file_of_any_format_breaks_the_page(planner, seeded_session, name, contents) -> None:
    @settings(
        max_examples=20,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(content=contents)
    def send(content: bytes) -> None:
        datasets = select(func.count()).select_from(Dataset)
        before = seeded_session.scalar(datasets)
        sent = planner.post(
            "/imports",
            data={"provider": "Acme"},
            files={"file": (name, content)},
            follow_redirects=False,
        )
        assert sent.status_code in {303, 422}, sent.text
        if sent.status_code != 303:
            return
        preview = planner.get(sent.headers["location"])
        assert preview.status_code == 200
        assert seeded_session.scalar(datasets) == before
        found = seeded_session.scalars(select(Import).order_by(Import.id.desc())).first()
        applied = planner.post(f"{sent.headers['location']}/apply", follow_redirects=False)
        changes = found.counts.get("create", 0) + found.counts.get("change", 0)
        assert applied.status_code == (303 if changes else 409)
        assert seeded_session.scalar(datasets) == before + found.counts.get("create", 0)

    send()
