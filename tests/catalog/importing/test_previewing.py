"""What a file would do: created, changed, the same, left out, refused, and nothing done yet."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.importing.models import Outcome
from app.catalog.importing.options import Options
from app.catalog.models.datasets import Dataset
from app.catalog.models.providers import Provider
from app.files.storage import FileStorage
from tests.catalog.importing.sending import LIST, apply, rows_of, send, storage_in


@pytest.fixture
def storage(tmp_path: Path) -> FileStorage:
    return storage_in(tmp_path)


def test_a_preview_writes_nothing_of_the_catalogue(
    seeded_session: Session, storage: FileStorage
) -> None:
    before = seeded_session.scalar(select(func.count()).select_from(Dataset))
    found = send(seeded_session, storage, LIST)
    rows = rows_of(seeded_session, found)
    assert [row.outcome for row in rows] == [Outcome.CREATE] * 3
    assert found.counts == {"create": 3}
    assert found.providers[0]["name"]["zh"] == "甲数据公司"
    assert seeded_session.scalar(select(func.count()).select_from(Dataset)) == before
    assert not seeded_session.scalars(
        select(Provider).where(Provider.name_zh == "甲数据公司")
    ).all()


def test_applied_again_changes_nothing(seeded_session: Session, storage: FileStorage) -> None:
    apply(seeded_session, send(seeded_session, storage, LIST))
    dataset = seeded_session.scalars(select(Dataset).where(Dataset.name_zh == "医学文献库")).one()
    assert (dataset.visibility, dataset.licence_spdx) == ("team", "CC-BY-4.0")
    again = send(seeded_session, storage, LIST)
    assert again.counts == {"same": 3}


def test_a_changed_list_changes_what_it_says(seeded_session: Session, storage: FileStorage) -> None:
    apply(seeded_session, send(seeded_session, storage, LIST))
    changed = LIST.replace("2500万篇", "2600万篇").replace("裁判文书\n", "更多裁判文书\n")
    found = send(seeded_session, storage, changed)
    assert found.counts == {"same": 1, "change": 2}
    medical, legal, _ = rows_of(seeded_session, found)
    assert legal.before == {"description_zh": "裁判文书"}
    assert legal.after == {"description_zh": "更多裁判文书"}
    (key,) = medical.after["quantities"]
    assert medical.before["quantities"][key]["value"] == "25000000"
    assert medical.after["quantities"][key]["value"] == "26000000"
    apply(seeded_session, found)
    assert send(seeded_session, storage, changed).counts == {"same": 3}


def test_what_is_there_stays_where_somebody_wants_that(
    seeded_session: Session, storage: FileStorage
) -> None:
    apply(seeded_session, send(seeded_session, storage, LIST))
    changed = LIST.replace("2500万篇", "2600万篇") + "\n新库,甲数据公司,法律,1份,中文,,"
    found = send(seeded_session, storage, changed, chosen=Options(existing="keep"))
    assert found.counts == {"skip": 3, "create": 1, "info": 3}


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("a.csv", "名称,供应商,数量\n坏数字,甲公司,很多\n"),
        ("a.csv", "名称,供应商,数量\n合计,,5万\n"),
        (
            "a.json",
            '{"format": "peibi.catalogue", "version": 1, "datasets": [{"name": {"zh": "缺"}}]}',
        ),
        ("README.md", "---\npretty_name: Card\nlicense: mit\n---\n\nText.\n"),
        ("a.json", '{"@context": "https://schema.org/", "@type": "Dataset", "name": "Page"}'),
    ],
)
def test_a_row_that_is_kept_out_is_shown_by_its_name(
    seeded_session: Session, storage: FileStorage, file: str, content: str
) -> None:
    [row] = rows_of(seeded_session, send(seeded_session, storage, content, file))
    assert row.outcome in {Outcome.REFUSE, Outcome.SKIP}
    assert row.name_zh in {"坏数字", "合计", "缺", "Card", "Page"}


def test_a_row_that_the_catalogue_refuses_keeps_its_name(
    seeded_session: Session, storage: FileStorage
) -> None:
    apply(seeded_session, send(seeded_session, storage, LIST))
    dataset = seeded_session.scalars(select(Dataset).where(Dataset.name_zh == "医学文献库")).one()
    dataset.archived_at = func.now()
    seeded_session.flush()
    rows = rows_of(seeded_session, send(seeded_session, storage, LIST))
    assert [row.name_zh for row in rows if row.outcome == Outcome.REFUSE] == ["医学文献库"]


def test_what_many_rows_have_is_counted_once(seeded_session: Session, storage: FileStorage) -> None:
    rows = [
        f"语料{n},甲数据公司,{n}万条,{'自拟条款' if n > 3 else '另一条款'}" for n in range(1, 11)
    ]
    found = send(seeded_session, storage, "\n".join(["名称,供应商,数量,许可", *rows]))
    [one] = [one for one in found.repeats if "自拟条款" in str(one["params"])]
    assert (one["column"], one["row"], one["rows"]) == ("许可", 5, 7)
    # Three rows are read one by one.
    assert "另一条款" not in str(found.repeats)
