"""Everything of training under /api/v1."""

from fastapi import APIRouter

from app.training.api import plans, runs
from app.web.routing import share_routes

router = APIRouter()
share_routes(router, [runs.router, plans.router])
