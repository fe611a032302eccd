"""Files of questions and answers: versioned, hashed, for all invited, and nobody learns whose."""

import hashlib

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.quotes.models.rfq import Rfq
from app.quotes.queries import rfqs as rfq_queries
from app.settings import Settings
from tests.quotes import making
from tests.quotes.scene import Scene, build

NAME = "Xinghe Annotation - picture 7.pdf"
CONTENT = b"%PDF-1.7 a picture of the edge case"


@pytest.fixture
def scene(client: TestClient, shared_app: FastAPI, session: Session, settings: Settings) -> Scene:
    assert client.app is shared_app
    assert shared_app.state.settings is settings
    return build(shared_app, session)


def ask(scene: Scene) -> str:
    """Let `own` ask with a file, on the page; return the question's id."""
    rfq_id = scene.at["open"]["rfq_id"]
    sent = scene["own"].post(
        f"/quotes/files/{rfq_id}/questions",
        data={"question": "Is this picture one item or two?"},
        files={"file": (NAME, CONTENT, "application/pdf")},
    )
    assert sent.status_code == 303, sent.text
    return str(questions(scene, "own")[-1]["id"])


def questions(scene: Scene, person: str) -> list[dict]:
    found = scene[person].get(f"/api/v1/rfqs/{scene.at['open']['rfq_id']}/questions")
    return list(found.json()["items"])


def page(scene: Scene, person: str) -> str:
    rfq_id = scene.at["open"]["rfq_id"]
    return scene[person].get(f"/{'rfqs' if person == 'buyer' else 'quotes'}/{rfq_id}").text


def test_a_question_and_its_answer_carry_files_both_ways(scene: Scene) -> None:
    asked = ask(scene)
    rfq_id = scene.at["open"]["rfq_id"]
    # Before the answer: the asker and the team.
    own = questions(scene, "own")[-1]["files"][0]
    assert (own["name"], own["of"], own["version"]) == (NAME, "question", 1)
    assert own["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert questions(scene, "buyer")[-1]["files"][0]["sha256"] == own["sha256"]
    assert asked not in [one["id"] for one in questions(scene, "rival")]
    assert scene["rival"].get(own["url"]).status_code == 404
    assert scene["outsider"].get(own["url"]).status_code == 404

    answered = scene["buyer"].post(
        f"/rfqs/files/{rfq_id}/questions/{asked}",
        data={"question": asked, "answer": "Two items, as the drawing shows."},
        files={"file": ("drawing.pdf", b"%PDF-1.7 two", "application/pdf")},
    )
    assert answered.status_code == 303, answered.text
    for person in ("own", "rival", "viewer"):
        files = {file["of"]: file for file in questions(scene, person)[-1]["files"]}
        assert files["answer"]["name"] == "drawing.pdf"
        assert scene[person].get(files["answer"]["url"]).content == b"%PDF-1.7 two"
        assert scene[person].get(files["question"]["url"]).content == CONTENT
    assert scene["outsider"].get(own["url"]).status_code == 404
    assert "drawing.pdf" in page(scene, "rival")


def test_nobody_but_the_asker_reads_what_its_file_was_called(
    scene: Scene, session: Session
) -> None:
    asked = ask(scene)
    url = questions(scene, "own")[-1]["files"][0]["url"]
    rfq_id = scene.at["open"]["rfq_id"]
    scene["buyer"].post(f"/api/v1/rfqs/{rfq_id}/questions/{asked}/answer", json={"answer": "Two."})
    assert NAME in page(scene, "own")
    slug = scene.viewers["own"].organisation_slug or ""
    traces = ("Xinghe", "picture 7", scene.viewers["own"].email, slug, "Own Person")
    for person in ("rival", "buyer", "admin"):
        given = scene[person].get(url)
        assert given.status_code == 200
        texts = [str(given.headers), str(questions(scene, person))]
        if person == "rival":
            texts += [page(scene, person), scene[person].get(f"/api/v1/rfqs/{rfq_id}/events").text]
        for found in texts:
            assert not [trace for trace in traces if trace in found], person
        assert 'filename="question-attachment-1.pdf"' in given.headers["content-disposition"]
    # The team's own list of what happened says that somebody asked, not who.
    events = scene["buyer"].get(f"/api/v1/rfqs/{rfq_id}/events").json()["items"]
    told = [one for one in events if one["action"] in {"question.asked", "question.file_added"}]
    assert told
    assert {one["actor"] for one in told} == {None}
    assert "picture 7" not in str(events)
    own_events = scene["own"].get(f"/api/v1/rfqs/{rfq_id}/events").json()["items"]
    assert "Own Person" in {one["actor"] for one in own_events}
    timeline = scene["buyer"].get(f"/rfqs/{rfq_id}/timeline").text
    assert "Somebody invited" in timeline
    for row in session.execute(text("SELECT to_jsonb(a)::text FROM audit_event a")).scalars():
        assert "picture 7" not in row


def test_the_same_name_again_is_the_next_version(scene: Scene) -> None:
    asked = ask(scene)
    rfq_id = scene.at["open"]["rfq_id"]
    address = f"/api/v1/rfq-files/{rfq_id}/questions/{asked}"
    second = scene["own"].post(address, files={"file": (NAME, CONTENT + b" 2", "x/y")}).json()
    first = questions(scene, "own")[-1]["files"][0]
    assert (second["version"], second["series"]) == (2, first["series"])
    given = [
        scene["buyer"].post(address, files={"file": ("drawing.pdf", text, "x/y")}).json()
        for text in (b"%PDF-1", b"%PDF-2")
    ]
    assert [one["version"] for one in given] == [1, 2]
    assert given[0]["series"] == given[1]["series"]
    # What the team attached before its answer waits for the answer.
    assert {one["of"] for one in questions(scene, "own")[-1]["files"]} == {"question"}
    quote = f"/api/v1/quote-files/{scene.at['answering']['quote_id']}"
    again = scene["own"].post(quote, files={"file": ("gold.csv", b"a\n2\n", "x/y")}).json()
    assert again["version"] == 2


def test_an_answered_question_takes_files_of_the_team_alone(scene: Scene, session: Session) -> None:
    asked = ask(scene)
    rfq_id = scene.at["open"]["rfq_id"]
    address = f"/api/v1/rfq-files/{rfq_id}/questions/{asked}"
    scene["buyer"].post(f"/api/v1/rfqs/{rfq_id}/questions/{asked}/answer", json={"answer": "Two."})
    file = {"file": ("more.csv", b"a\n1\n", "text/csv")}
    refused = scene["own"].post(address, files=file)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
    assert scene["rival"].post(address, files=file).status_code == 409
    count = text("SELECT count(*) FROM mail WHERE kind = 'rfq.answered'")
    told = session.scalar(count)
    added = scene["buyer"].post(
        f"/rfqs/files/{rfq_id}/questions/{asked}", data={"question": asked}, files=file
    )
    assert added.headers["location"].endswith("?done=supplemented#questions")
    assert session.scalar(count) > told
    assert "question.supplemented" in [
        one["action"] for one in scene["rival"].get(f"/api/v1/rfqs/{rfq_id}/events").json()["items"]
    ]
    making.let_deadline_pass(session, _rfq(scene, session))
    for person in ("own", "buyer"):
        assert scene[person].post(address, files=file).status_code == 409


def test_a_refused_file_leaves_the_question_and_the_answer_to_be_sent_again(scene: Scene) -> None:
    rfq_id = scene.at["open"]["rfq_id"]
    program = {"file": ("a.pdf", b"MZ\x90\x00", "application/pdf")}
    before = questions(scene, "own")
    refused = scene["own"].post(
        f"/quotes/files/{rfq_id}/questions", data={"question": "Kept as typed?"}, files=program
    )
    assert refused.status_code == 422
    assert "Kept as typed?" in refused.text
    assert "not a file that is taken here" in refused.text
    assert questions(scene, "own") == before
    asked = before[0]["id"]
    refused = scene["buyer"].post(
        f"/rfqs/files/{rfq_id}/questions/{asked}",
        data={"question": asked, "answer": "This answer stays."},
        files=program,
    )
    assert refused.status_code == 422
    assert "This answer stays." in refused.text
    assert questions(scene, "own") == before


def _rfq(scene: Scene, session: Session) -> Rfq:
    return rfq_queries.get_rfq(session, scene.at["open"]["rfq_id"], scene.viewers["buyer"])
