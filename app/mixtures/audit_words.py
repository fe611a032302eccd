"""What the audit trail calls mixtures."""

from app.accounts.audit_trail import Words
from app.mixtures.queries.mixtures import name_by_id

WORDS = {"mixture": Words(names=name_by_id)}
