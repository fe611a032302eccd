"""Every page of mixtures. What has a fixed address comes before what names a mixture."""

from fastapi import APIRouter

from app.mixtures.web import draft, listing, policies, recipes, settings, uses, versions

router = APIRouter()
for module in (listing, recipes, policies, uses, settings, versions, draft):
    router.include_router(module.router)
