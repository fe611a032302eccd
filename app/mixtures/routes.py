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
    uses,
    versions,
)
from app.mixtures.web.composer import routes as composer

PAGES = (
    adding,
    listing,
    recipes,
    policies,
    uses,
    settings,
    versions,
    seen,
    repeats,
    composer,
)

router = APIRouter()
for module in PAGES:
    router.include_router(module.router)
