"""Every page of mixtures. What has a fixed address comes before what names a mixture."""

from fastapi import APIRouter

from app.mixtures.web import adding, listing, policies, recipes, repeats, settings, uses, versions
from app.mixtures.web.composer import routes as composer

router = APIRouter()
for module in (adding, listing, recipes, policies, uses, settings, versions, repeats, composer):
    router.include_router(module.router)
