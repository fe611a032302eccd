"""What changes accounts."""

from app.accounts.first_run import ensure_first_link

__all__ = ["ensure_first_link"]
