"""Every page of training plans."""

from fastapi import APIRouter

from app.training.web import (
    calculator,
    concepts,
    config,
    layouts,
    published,
    questions,
    tables,
)
from app.training.web.plans import comparing, files, listing, saving, settings, showing
from app.web.routing import share_routes

router = APIRouter()
PAGES = (
    calculator, config, layouts, questions, published, listing, comparing, saving, showing,
    files, settings, tables, concepts,
)  # fmt: skip
share_routes(router, [page.router for page in PAGES])
