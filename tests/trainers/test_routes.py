"""The trainer pages of a version, and the page that reads a file."""

import io
import zipfile

import pytest

from app.accounts.models import Role
from app.mixtures import content as contents
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.trainers.registry import FORMATS
from tests.factories import signed_in

BASE = "/mixtures/zh-en-7b/versions/1/trainers"
BUDGET = {"token_budget": "2B"}
BLEND = "0.7 /data/books3\n0.3 /data/unheard_text_document\n"


def test_index_lists_every_trainer(planner, placed):
    text = planner.get(BASE).text
    for one in FORMATS.values():
        assert f'href="{BASE}/{one.id}"' in text


@pytest.mark.parametrize("trainer", FORMATS)
def test_every_trainer_shows_its_files_or_the_remedy(planner, placed, trainer):
    answer = planner.get(f"{BASE}/{trainer}")
    assert answer.status_code == 200
    assert "PEIBI-LOCATION-MISSING" in answer.text or "are not known" in answer.text
    assert planner.get(f"{BASE}/{trainer}/proof").status_code == 200


def test_show_has_the_files_what_they_lose_and_what_is_missing(planner, placed):
    text = planner.get(f"{BASE}/megatron").text
    assert "0.6 /data/books3" in text
    assert "0.4 PEIBI-LOCATION-MISSING/the-pile/wikipedia-en" in text
    assert "The format has no limit of passes" in text
    assert 'href="/catalogue/the-pile/wikipedia-en/locations"' in text
    assert "trainers/megatron?file=blend-phase-1.txt" in text


def test_show_in_chinese(planner, placed):
    planner.cookies.set("peibi_locale", "zh_CN")
    text = planner.get(f"{BASE}/megatron").text
    assert "该格式没有遍数上限" in text
    # The files are the same for everyone.
    assert "0.6 /data/books3" in text


def test_settings_change_the_files(planner, placed):
    text = planner.get(f"{BASE}/megatron?sequence_length=8192&seed=7").text
    assert "--seq-length 8192" in text
    assert "--seed 7" in text


def test_settings_that_are_none_are_named_and_kept(planner, placed):
    answer = planner.get(f"{BASE}/megatron?sequence_length=many")
    assert answer.status_code == 422
    assert 'value="many"' in answer.text
    assert 'id="sequence_length-error"' in answer.text


def test_proof_names_the_largest_difference_and_the_version_checked_against(planner, placed):
    text = planner.get(f"{BASE}/megatron/proof").text
    assert "Means the same" in text
    assert "megatron-core 0.19.2" in text


def test_files_are_downloaded_alone_or_together(planner, placed):
    one = planner.get(f"{BASE}/megatron/files/blend-phase-1.txt")
    assert one.text.startswith("0.6 /data/books3\n")
    assert "attachment" in one.headers["Content-Disposition"]
    packed = zipfile.ZipFile(io.BytesIO(planner.get(f"{BASE}/megatron/zip").content))
    assert packed.read("blend-phase-1.txt").decode() == one.text
    assert planner.get(f"{BASE}/megatron/files/none").status_code == 404


@pytest.mark.parametrize("path", ["nothing", "nothing/proof", "nothing/zip"])
def test_an_unknown_trainer_is_404(planner, placed, path):
    assert planner.get(f"{BASE}/{path}").status_code == 404


def test_the_version_page_leads_there(planner, placed):
    assert f'href="{BASE}"' in planner.get("/mixtures/zh-en-7b/versions/1").text


def test_people_outside_the_team_see_no_locations(seeded_client, seeded_session, placed):
    vendor = signed_in(seeded_client, seeded_session, Role.VENDOR)
    assert vendor.get(f"{BASE}/megatron").status_code == 404
    placed.visibility = "public"
    seeded_session.flush()
    text = vendor.get(f"{BASE}/megatron").text
    assert "/data/books3" not in text
    assert "PEIBI-LOCATION-MISSING/the-pile/books3" in text


def read(client, **fields):
    return client.post("/trainers/read", data={"do": "read"} | fields, follow_redirects=False)


def test_read_matches_by_location_and_names_what_is_new(planner, placed):
    text = read(planner, text=BLEND).text
    assert "by its location" in text
    assert 'href="/catalogue/the-pile/books3"' in text
    assert "unheard" in text
    assert "Megatron-LM" in text


def test_read_makes_a_draft(planner, seeded_session, placed, viewer):
    answer = read(planner, text=BLEND, do="make", name="Read back", **BUDGET)
    assert answer.status_code == 303, answer.text
    mixture = mixture_queries.get_mixture(seeded_session, "read-back", viewer)
    draft = contents.read(draft_queries.get_draft(seeded_session, mixture.id).content)
    assert draft.phases[0].token_budget == 2 * 10**9
    assert [(one.dataset, one.weight) for one in draft.phases[0].components] == [
        ("the-pile/books3", 70),
        ("unheard", 30),
    ]


def test_an_export_is_read_back_as_the_same_shares(planner, placed):
    script = planner.get(f"{BASE}/nanotron/files/data_stages.yaml").text
    text = read(planner, text=script).text
    assert "nanotron" in text
    assert ">the-pile/books3</a>" in text
    assert ">the-pile/wikipedia-en</a>" in text


def test_files_are_read_as_uploads(planner, placed):
    answer = planner.post(
        "/trainers/read", data={"do": "read"}, files={"file": ("blend.txt", BLEND.encode())}
    )
    assert "by its location" in answer.text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\x01\xff\xfe", "is not text"),
        (b"no: mixture", "No trainer reads this"),
        (b"", "Paste a file"),
    ],
)
def test_what_cannot_be_read_is_said(planner, content, said):
    answer = planner.post("/trainers/read", data={"do": "read"}, files={"file": ("x.txt", content)})
    assert answer.status_code == 422
    assert said in answer.text


def test_a_very_large_upload_is_refused_at_the_gate(planner):
    answer = planner.post("/trainers/read", files={"file": ("x.txt", b"1 /a\n" * 10**6)})
    assert answer.status_code == 413


def test_silent_failures_are_named_by_line(planner):
    text = read(planner, text="0.7 /a\n/b 0.3\n").text
    assert "Line 2." in text
    assert "megatron_reversed" in text


def test_viewers_see_and_make_nothing(seeded_client, seeded_session, placed):
    person = signed_in(seeded_client, seeded_session, Role.VIEWER)
    answer = read(person, text=BLEND, do="make", name="Mine")
    assert answer.status_code == 200
    assert "Make the draft" not in answer.text
