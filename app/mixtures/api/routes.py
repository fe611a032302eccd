"""Everything of mixtures under /api/v1."""

from fastapi import APIRouter

from app.mixtures.api import mixtures, plans, policies, recipes, scaling, texts

router = APIRouter()
# What has a fixed address comes before what names a mixture.
for module in (plans, scaling, recipes, policies, texts, mixtures):
    router.include_router(module.router)
