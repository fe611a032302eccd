"""Every table of the portal in one metadata, for migrations and their check."""

from app import audit, db
from app.accounts import models as accounts
from app.catalog.importing import models as importing
from app.catalog.locations import models as locations
from app.catalog.models import datasets, priors
from app.catalog.models import state as catalogue_state
from app.catalog.search import models as search
from app.files import models as files
from app.jobs import models as jobs
from app.mail import models as mail
from app.mixtures import models as mixtures
from app.quotes.models import money as quote_money
from app.quotes.models import papers as quote_papers
from app.quotes.models import quote, rfq
from app.quotes.models import record as quote_record
from app.training import models as training

TABLES = (
    audit,
    accounts,
    datasets,
    priors,
    catalogue_state,
    locations,
    search,
    importing,
    jobs,
    files,
    mail,
    mixtures,
    rfq,
    quote,
    quote_papers,
    quote_record,
    quote_money,
    training,
)
METADATA = db.Base.metadata
