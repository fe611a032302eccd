"""Every page of training plans."""

from fastapi import APIRouter

from app.training.web import calculator, config, layouts, plans, questions

router = APIRouter()
for module in (calculator, config, layouts, questions, plans):
    router.include_router(module.router)
