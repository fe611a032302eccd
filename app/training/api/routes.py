"""Everything of training under /api/v1."""

from fastapi import APIRouter

from app.training.api import plans, runs

router = APIRouter()
for module in (runs, plans):
    router.include_router(module.router)
