"""Every page of training plans."""

from fastapi import APIRouter

from app.training.web import (
    calculator,
    concepts,
    config,
    layouts,
    plans,
    published,
    questions,
    tables,
)

router = APIRouter()
for module in (calculator, config, layouts, questions, published, plans, tables, concepts):
    router.include_router(module.router)
