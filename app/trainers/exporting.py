"""Write a version for a trainer, as files or as one archive, and say why where that is refused."""

import io
import zipfile

from app.errors import Conflict, InvalidInput, NotFound
from app.trainers import proof, words
from app.trainers.kit.findings import CannotWrite, Finding
from app.trainers.kit.outputs import File, Format, Written
from app.trainers.kit.plan import Plan, Settings
from app.trainers.proof import Proof

MEDIA_TYPES = {
    "text": "text/plain",
    "json": "application/json",
    "yaml": "application/yaml",
    "python": "text/x-python",
    "bash": "text/x-shellscript",
    "jsonl": "application/x-ndjson",
}
MAX_LENGTH = 2**27
MAX_BATCH = 2**27
MAX_SEED = 2**31 - 1
# Every file of an archive has this date, so that the same plan is the same archive.
_DATE = (2026, 1, 1, 0, 0, 0)


class Refused(Conflict):
    """A plan that a trainer would take for something else, or that lacks a number."""

    code = "cannot_write"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        said = [f"{words.message(one)} {words.remedy(one)}".strip() for one in findings[:5]]
        super().__init__("%(reasons)s", reasons=" ".join(said))


def write(trainer: Format, plan: Plan) -> Written:
    """
    Return a plan as a trainer's files.

    Raises
    ------
    Refused
        With the remedies.
    """
    try:
        return trainer.write(plan)
    except CannotWrite as error:
        raise Refused(error.findings) from None


def prove(trainer: Format, plan: Plan) -> Proof:
    """
    Return the proof of a plan's files.

    Raises
    ------
    Refused
        If they cannot be written.
    """
    try:
        return proof.prove(trainer, plan)
    except CannotWrite as error:
        raise Refused(error.findings) from None


def get_file(written: Written, name: str) -> File:
    """
    Return one of the files.

    Raises
    ------
    NotFound
        If there is none of that name.
    """
    for file in written.files:
        if file.name == name:
            return file
    raise NotFound(
        "There is no file %(name)s here. There are: %(known)s.",
        name=name[:100],
        known=", ".join(file.name for file in written.files),
    )


def archive(written: Written) -> bytes:
    """Return all files as a zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in written.files:
            packed.writestr(zipfile.ZipInfo(file.name, _DATE), file.text)
    return target.getvalue()


def read_settings(
    sequence_length: str = "", global_batch_size: str = "", seed: str = "", *, exact: bool = False
) -> Settings:
    """
    Return the settings that somebody typed; blank ones are the defaults.

    Raises
    ------
    InvalidInput
        With the field that is wrong.
    """
    default = Settings()
    return Settings(
        sequence_length=_whole(
            sequence_length, default.sequence_length, "sequence_length", 1, MAX_LENGTH
        ),
        global_batch_size=_whole(
            global_batch_size, default.global_batch_size, "global_batch_size", 1, MAX_BATCH
        ),
        seed=_whole(seed, default.seed, "seed", 0, MAX_SEED),
        exact_epochs=exact,
    )


def _whole(text: str, default: int, field: str, least: int, most: int) -> int:
    if not text.strip():
        return default
    if text.strip().isdecimal() and len(text.strip()) < 12 and least <= int(text) <= most:  # noqa: PLR2004  digits of the largest bound
        return int(text)
    raise InvalidInput(
        "%(name)s is a whole number from %(least)s to %(most)s.",
        field=field,
        name=field,
        least=least,
        most=most,
    )
