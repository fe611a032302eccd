"""What the audit trail calls training plans."""

from app.accounts.audit_trail import Words
from app.training.plans.queries import name_by_id

WORDS = {"training": Words(names=name_by_id)}
