"""Everything of mixtures under /api/v1."""

from fastapi import APIRouter

from app.mixtures.api import changes, mixtures, plans, policies, recipes, scaling, texts
from app.web.routing import share_routes

router = APIRouter()
# What has a fixed address comes before what names a mixture.
MODULES = (plans, scaling, recipes, policies, texts, changes, mixtures)
share_routes(router, [module.router for module in MODULES])
