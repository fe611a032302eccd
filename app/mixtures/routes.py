"""Every page of mixtures. What has a fixed address comes before what names a mixture."""

from fastapi import APIRouter

from app.mixtures.web import (
    adding,
    listing,
    policies,
    recipes,
    repeats,
    seen,
    settings,
    texts,
    uses,
    versions,
)
from app.mixtures.web.composer import routes as composer
from app.web.routing import share_routes

PAGES = (
    adding,
    listing,
    recipes,
    policies,
    uses,
    settings,
    versions,
    seen,
    texts,
    repeats,
    composer,
)

router = APIRouter()
share_routes(router, [module.router for module in PAGES])
