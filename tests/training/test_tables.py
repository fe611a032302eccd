"""Accelerators, prices and grids: shown to all, changed by administrators, used at once."""

import pytest
from sqlalchemy import select

from app.accounts.models import Role
from app.audit import AuditEvent
from tests import factories
from tests.factories import make_account
from tests.training.test_calculator import page, text_of

H20 = "/training/tables/accelerator/h20"
FORM = {
    "revision": "0", "peak_tflops": "148", "memory_gb": "141", "memory_tb_s": "4.0",
    "link_gb_s": "450", "watts": "400", "source": "our own measurement", "as_of": "2026-10-01",
}  # fmt: skip


@pytest.fixture
def administrator(client, session):
    factories.sign_in(client, session, make_account(session, role=Role.ADMINISTRATOR))


def post(client, path, status=303, **fields):
    answer = client.post(path, data={**FORM, **fields}, follow_redirects=False)
    assert answer.status_code == status, answer.text[-2000:]
    return answer.text


def test_everybody_reads_the_tables(client):
    shown = text_of(page(client, "/training/tables"))
    for name in ("H20", "H800", "A800", "Ascend 910B", "China (national mean)", "536.6"):
        assert name in shown
    assert "Change" not in shown


def test_a_change_counts_at_once_everywhere(client, session, administrator):
    post(client, H20)
    assert "changed here" in page(client, "/training/tables")
    run = "model=llama3-8b&accelerator=h20&gpus=64&tokens=1T&optimizer=fsdp"
    assert "“141 GB”" in page(client, f"/training?{run}")
    presets = client.get("/api/v1/training/presets").json()
    h20 = next(one for one in presets["accelerators"] if one["id"] == "h20")
    assert h20["device"]["memory_gb"] == 141
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event.action == "training.figure_changed"


def test_a_change_can_be_taken_back(client, administrator):
    post(client, H20)
    post(client, H20, do="reset")
    assert "changed here" not in page(client, "/training/tables")
    post(client, H20, status=404, do="reset")


def test_two_changes_at_once_do_not_overwrite_each_other(client, administrator):
    post(client, H20)
    post(client, H20, status=412)
    post(client, H20, revision="1", memory_gb="96")


def test_a_price_and_a_grid_can_be_added(client, administrator):
    post(
        client, "/training/tables/price/new", accelerator="h20", usd_per_hour="1.20",
        terms="our contract",
    )  # fmt: skip
    run = "model=llama3-8b&accelerator=h20&gpus=64&tokens=1T&optimizer=fsdp"
    assert "at 1.2 a GPU-hour" in text_of(page(client, f"/training?{run}"))
    post(client, "/training/tables/grid/new", en="Our park", zh="自建园区", g_per_kwh="120")
    assert "Our park" in page(client, "/training/tables")


@pytest.mark.parametrize(
    ("path", "fields", "field"),
    [
        (H20, {"peak_tflops": "-1"}, "peak_tflops"),
        (H20, {"memory_gb": ""}, "memory_gb"),
        (H20, {"source": ""}, "source"),
        (H20, {"as_of": "soon"}, "as_of"),
        ("/training/tables/price/new", {"accelerator": "abacus"}, "accelerator"),
        ("/training/tables/grid/new", {"en": "x", "zh": "x", "g_per_kwh": "NaN"}, "g_per_kwh"),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_field(client, administrator, path, fields, field):
    assert f'id="{field}-error"' in post(client, path, status=422, **fields)
    assert "changed here" not in page(client, "/training/tables")


@pytest.mark.parametrize("path", [H20, "/training/tables/price/new"])
def test_only_administrators_change_the_tables(client, session, path):
    factories.sign_in(client, session, make_account(session, role=Role.PLANNER))
    page(client, path, status=403)
    post(client, path, status=403)


@pytest.mark.parametrize("path", ["accelerator/abacus", "accelerator/new", "vendor/x", "grid/x"])
def test_an_unknown_row_is_not_found(client, administrator, path):
    page(client, f"/training/tables/{path}", status=404)
