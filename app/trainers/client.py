"""Trainers' files of another installation, by its API."""

import io
import urllib.parse
import zipfile

from app.mixtures import client
from app.trainers.kit.plan import Settings


def export(url: str, slug: str, version: int, trainer: str, settings: Settings) -> dict[str, str]:
    """Return the files of a version, the last one where `version` is 0."""
    quoted = urllib.parse.quote(slug, safe="")
    if not version:
        version = int(client.get_json(url, f"/mixtures/{quoted}")["last_version"])
    asked = urllib.parse.urlencode(
        {
            "sequence_length": settings.sequence_length,
            "global_batch_size": settings.global_batch_size,
            "seed": settings.seed,
            "exact_epochs": str(settings.exact_epochs).lower(),
        }
    )
    path = f"/mixtures/{quoted}/versions/{version}/trainers/{urllib.parse.quote(trainer, safe='')}"
    proof = client.get_json(url, f"{path}/proof?{asked}")
    names = [str(name) for name in proof["files"]]
    content = client.get(url, f"{path}?{asked}")
    if len(names) == 1:
        return {names[0]: content.decode()}
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name).decode() for name in names}
