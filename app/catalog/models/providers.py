"""Who publishes or sells data, and what else they offer."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, HasTimestamps


class Provider(HasTimestamps, Base):
    """The organisation that publishes or sells a dataset."""

    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    short_name_zh: Mapped[str]
    short_name_en: Mapped[str]
    description_zh: Mapped[str | None]
    description_en: Mapped[str | None]
    homepage: Mapped[str | None]
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(server_default=sql("1"))
    seeded: Mapped[dict[str, Any] | None]

    services: Mapped[list["ProviderService"]] = relationship(
        lazy="raise", order_by="ProviderService.id"
    )


class ProviderService(HasTimestamps, Base):
    """Something a provider offers that is not a dataset, such as annotation on request."""

    __tablename__ = "provider_service"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    description_zh: Mapped[str]
    description_en: Mapped[str]
    source_line: Mapped[str]
    source_line_no: Mapped[int | None]
    anomalies: Mapped[list[dict[str, Any]]] = mapped_column(server_default=sql("'[]'"))
    seeded: Mapped[dict[str, Any] | None]
