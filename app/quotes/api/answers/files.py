"""What the API says of files."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from app.quotes.models.papers import Attachment
from app.quotes.vocabulary import FileRole


class FileOut(BaseModel):
    """A file with its hash; a newer version of it has the same `series`."""

    id: str
    name: str
    series: str
    version: int
    size_bytes: int
    sha256: str
    url: str
    added_at: datetime


class AttachmentOut(FileOut):
    """A file of a request or of a quote."""

    role: FileRole


class AttachmentList(BaseModel):
    """The files of a request or of a quote."""

    items: list[AttachmentOut]
    total: int


class QuestionFileOut(FileOut):
    """
    A file `of` a question or of its answer.

    A vendor's file has a name that names nobody; to the vendor itself `name` is what it sent.
    """

    of: Literal["question", "answer"]


def attachment_out(one: Attachment) -> AttachmentOut:
    """Return a file of a request or of a quote."""
    return AttachmentOut(**_facts(one, is_sender=False), role=FileRole(one.role))


def question_file_out(one: Attachment, *, is_own: bool) -> QuestionFileOut:
    """Return a file of a question; `is_own` is for who asked it."""
    of: Literal["question", "answer"] = "answer" if one.is_of_answer else "question"
    return QuestionFileOut(**_facts(one, is_sender=is_own), of=of)


def _facts(one: Attachment, *, is_sender: bool) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "name": one.name_for(is_sender=is_sender),
        "series": one.series,
        "version": one.version,
        "size_bytes": one.file.size_bytes,
        "sha256": one.file.sha256,
        "url": f"/api/v1/files/{one.file.key}",
        "added_at": one.added_at,
    }
