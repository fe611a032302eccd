"""Every page of training plans."""

from fastapi import APIRouter

from app.training.web import calculator, config, layouts, plans, published, questions, tables

router = APIRouter()
for module in (calculator, config, layouts, questions, published, plans, tables):
    router.include_router(module.router)
