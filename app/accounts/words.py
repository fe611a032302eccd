"""Roles, scopes, actions and browsers, as pages call them."""

from app.accounts.models import Role
from app.accounts.permissions import Scope
from app.mail.models import MailState
from app.web.i18n import gettext as _
from app.web.i18n import later

ROLES = {
    Role.VIEWER: later("Viewer"),
    Role.PLANNER: later("Planner"),
    Role.BUYER: later("Buyer"),
    Role.APPROVER: later("Approver"),
    Role.ADMINISTRATOR: later("Administrator"),
    Role.VENDOR: later("Vendor’s member"),
}

ROLE_NOTES = {
    Role.VIEWER: later("reads the catalogue, mixtures and what is not sealed of quotes"),
    Role.PLANNER: later("edits the catalogue and mixtures, confirms units"),
    Role.BUYER: later("writes requests for quotation and opens small ones"),
    Role.APPROVER: later("opens large requests and awards quotes"),
    Role.ADMINISTRATOR: later(
        "manages people, settings and the catalogue; neither edits requests nor awards quotes"
    ),
    Role.VENDOR: later("answers the requests addressed to their own organisation"),
}

SCOPES = {
    Scope.CATALOGUE_READ: later("read the team’s catalogue"),
    Scope.CATALOGUE_WRITE: later("change the catalogue and conversion priors"),
    Scope.MIXTURES_READ: later("read mixtures"),
    Scope.MIXTURES_WRITE: later("change mixtures"),
    Scope.QUOTES_READ: later("read requests and quotes"),
    Scope.QUOTES_WRITE: later("write, open and award requests; answer them"),
}

ACTIONS = {
    "account.created": later("account created"),
    "account.joined": later("first sign-in"),
    "account.profile_changed": later("name or language changed"),
    "account.email_changed": later("e-mail address changed"),
    "account.password_changed": later("password changed"),
    "account.role_changed": later("role changed"),
    "account.disabled": later("account disabled"),
    "account.enabled": later("account enabled"),
    "invitation.revoked": later("invitation revoked"),
    "link.created": later("one-time link created"),
    "organisation.created": later("organisation created"),
    "session.ended": later("session ended"),
    "session.others_ended": later("other sessions ended"),
    "session.all_ended": later("all sessions ended"),
    "token.created": later("API token created"),
    "token.revoked": later("API token revoked"),
    "mail.sent_again": later("mail sent once more"),
    # Of the domains above: only their words are known here.
    "created": later("created"),
    "imported": later("changed by an import"),
    "archived": later("archived"),
    "restored": later("brought back"),
    "import_applied": later("import applied"),
    "import_undone": later("import taken back"),
    "changed": later("changed"),
    "estimate": later("token estimate derived anew"),
    "unit_confirmed": later("unit confirmed"),
    "unit_corrected": later("unit corrected"),
    "prior_changed": later("conversion prior changed"),
    "dataset.locations_changed": later("training locations of a dataset changed"),
    "mixture.created": later("mixture made"),
    "mixture.renamed": later("mixture renamed"),
    "mixture.visibility_changed": later("who sees a mixture changed"),
    "mixture.archived": later("mixture archived"),
    "mixture.restored": later("mixture brought back"),
    "mixture.version_saved": later("version of a mixture saved"),
    "mixture.link_created": later("link to a mixture made"),
    "mixture.link_revoked": later("link to a mixture revoked"),
    "training.created": later("training plan made"),
    "training.version_saved": later("version of a training plan saved"),
    "training.visibility_changed": later("who sees a training plan changed"),
    "training.archived": later("training plan archived"),
    "training.restored": later("training plan brought back"),
    "training.link_created": later("link to a training plan made"),
    "training.link_revoked": later("link to a training plan revoked"),
    "training.figure_changed": later("number of an accelerator, price or grid changed"),
    "training.figure_reset": later("number of an accelerator, price or grid set back"),
    "mixture_policy.added": later("policy for mixtures put in force"),
    "mixture_policy.removed": later("policy for mixtures taken back"),
    "rfq.created": later("request for quotation made"),
    "rfq.edited": later("request for quotation edited"),
    "rfq.approval_requested": later("approval of a request asked for"),
    "rfq.opened": later("request for quotation opened"),
    "rfq.amended": later("request for quotation amended"),
    "rfq.extended": later("deadline of a request extended"),
    "rfq.closed": later("request for quotation closed"),
    "rfq.cancelled": later("request for quotation cancelled"),
    "rfq.awarded": later("request for quotation decided"),
    "rfq.unawarded": later("request for quotation decided without an award"),
    "rfq.rate_added": later("missing exchange rate added"),
    "vendor.invited": later("vendor invited"),
    "invitation.link_copied": later("link of an invitation copied"),
    "question.answered": later("question of a vendor answered"),
    "rate_card.added": later("rate card added"),
    "lot.awarded": later("lot awarded"),
    "lot.unawarded": later("lot declared unawarded"),
    "exchange_rate.entered": later("exchange rate entered"),
    "quote_settings.changed": later("rules for requests changed"),
}

MAIL_STATES = {
    MailState.QUEUED: later("waiting"),
    MailState.SENDING: later("being sent"),
    MailState.SENT: later("sent"),
    MailState.KEPT: later("kept as a file"),
    MailState.FAILED: later("not sent"),
    MailState.UNCERTAIN: later("may not have left"),
}

# What a mail is about; each domain that writes mails has its rows here.
MAIL_KINDS = {
    "rfq.invitation": later("invitation to quote"),
    "rfq.amended": later("a request changed"),
    "rfq.extended": later("a deadline was extended"),
    "rfq.cancelled": later("a request was cancelled"),
    "rfq.asked": later("a question was asked"),
    "rfq.answered": later("a question was answered"),
    "rfq.closed": later("a request closed"),
    "rfq.awarded": later("an award"),
    "rfq.decided": later("the end of a request"),
    "rfq.approval": later("a request waits for approval"),
}

OBJECT_TYPES = {
    "account": later("account"),
    "organisation": later("organisation"),
    "mail": later("mail"),
    "dataset": later("dataset"),
    "provider": later("provider"),
    "training_data": later("training locations"),
    "prior": later("conversion prior"),
    "import": later("import"),
    "mixture": later("mixture"),
    "training": later("training plan"),
    "training_figure": later("accelerator, price or grid"),
    "mixture_policy": later("policy for mixtures"),
    "rfq": later("request for quotation"),
    "rate_card": later("rate card"),
    "exchange_rate": later("exchange rate"),
    "quote_settings": later("rules for requests"),
}

# Fields whose name in the record is not yet a word for people.
FIELDS = {
    "address": later("network address"),
    "days": later("days"),
    "email": later("e-mail address"),
    "hours": later("hours"),
    "kind": later("kind"),
    "locale": later("language"),
    "name": later("name"),
    "name_en": later("name in English"),
    "name_zh": later("name in Chinese"),
    "organisation": later("organisation"),
    "purpose": later("purpose"),
    "role": later("role"),
    "scopes": later("scopes"),
    "session": later("session"),
    "sessions": later("sessions"),
    "token": later("API token"),
    "tokens": later("API tokens"),
}

# In this order: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("MicroMessenger/", "WeChat"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python", "Python"),
)
# iPhones also call themselves Mac, and Android calls itself Linux.
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("HarmonyOS", "HarmonyOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def role_name(role: str) -> str:
    """Return what a role is called."""
    return _(ROLES[Role(role)])


def role_note(role: str) -> str:
    """Return what a role is for."""
    return _(ROLE_NOTES[Role(role)])


def scope_note(scope: str) -> str:
    """Return what a scope allows."""
    return _(SCOPES[Scope(scope)])


def action_name(action: str) -> str:
    """Return what an action of the audit trail is called; an unknown one keeps its code."""
    return _(ACTIONS[action]) if action in ACTIONS else action


def object_type_name(object_type: str) -> str:
    """Return what a kind of object is called; an unknown one keeps its code."""
    return _(OBJECT_TYPES.get(object_type, object_type))


def field_name(object_type: str, field: str) -> str:
    """Return what a recorded field is called; those of other domains keep their code."""
    if object_type not in {"account", "organisation"}:
        return field
    return _(FIELDS.get(field, field))


def describe_browser(user_agent: str) -> str:
    """Return a browser and its system in words; what it says of itself is not to be trusted."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), None)
    system = next((name for sign, name in SYSTEMS if sign in user_agent), None)
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("unknown program")
