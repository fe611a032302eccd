"""A Hugging Face config.json, pasted: its sizes become the fields of the calculator."""

import json
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts.viewers import CurrentViewer
from app.errors import AppError
from app.training import form_values, inputs, service
from app.training.api_models import ModelIn
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(include_in_schema=False)

MOST_CHARACTERS = 100_000


@dataclass(frozen=True)
class ConfigPage:
    """The form that takes a configuration."""

    form: FormData | None


@router.get("/training/config", name="training.config")
def show_form(request: Request, viewer: CurrentViewer) -> Response:
    """Show the form for a configuration."""
    del viewer
    return render(request, "training/config.html", ConfigPage(None))


@router.post("/training/config", name="training.config.post")
def read_config(request: Request, viewer: CurrentViewer, form: Form) -> Response:
    """Read a configuration and go on with its sizes in the calculator."""
    del viewer
    text = form.raw("config")
    try:
        values = values_of_config(text)
    except AppError as error:
        form.refuse("config", sentence(error))
    except ValueError:
        form.refuse("config", _("This is not a JSON object. Paste the whole config.json."))
    else:
        run = {"accelerator": "h100-sxm", "gpus": "64", "tokens": "1T", "recompute": "selective"}
        return RedirectResponse(
            form_values.address("/training", {**values, **run}), status_code=303
        )
    return render(request, "training/config.html", ConfigPage(form), status_code=422)


def values_of_config(text: str) -> dict[str, str]:
    """
    Return the fields of the model that a configuration describes.

    Raises
    ------
    ValueError
        If it is no JSON object, or too long to be one of these.
    AppError
        If no rule reads it.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError  # noqa: TRY004  what was pasted is wrong, not the code
    with service.explained():
        return form_values.values_of_shape(inputs.make_model(ModelIn(config=found)))
