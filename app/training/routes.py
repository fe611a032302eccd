"""Every page of training plans."""

from fastapi import APIRouter

from app.training.web import calculator, config

router = APIRouter()
for module in (calculator, config):
    router.include_router(module.router)
