"""The settings of the conversion priors: the table, and the form of the one that is edited."""

from dataclasses import dataclass, field

from app.catalog.models.priors import ConversionPrior
from app.catalog.pages import about, parts, quantities
from app.catalog.service import PriorPreview
from app.catalog.words import labels
from app.web import i18n
from app.web.forms import FormData
from app.web.i18n import gettext as _


@dataclass(frozen=True)
class PriorForm:
    """The form of one prior, with the values as they are or as they were typed."""

    code: str
    name: str
    unit: str
    revision: int
    values: dict[str, str]
    form: FormData | None
    grades: list[tuple[str, str]]
    labels: dict[str, str]


@dataclass(frozen=True)
class PreviewRow:
    """How one dataset's estimate would change."""

    slug: str
    name: str
    before: int | None
    after: int | None


@dataclass(frozen=True)
class PreviewView:
    """What a change would do."""

    changed: int
    rows: list[PreviewRow]


@dataclass(frozen=True)
class PriorsPage:
    """Everything that templates/catalog/priors.html shows."""

    priors: list[about.PriorRow]
    edited: PriorForm | None = None
    preview: PreviewView | None = None
    done: str | None = None
    crumbs: list[tuple[str, str | None]] = field(default_factory=list)


def prior_form(prior: ConversionPrior, form: FormData | None = None) -> PriorForm:
    """Return the form of a prior; what was typed wins."""
    values = {
        "low": about.plain(prior.low) if prior.low is not None else "",
        "mid": about.plain(prior.mid),
        "high": about.plain(prior.high) if prior.high is not None else "",
        "source_text": prior.source_text,
        "note_en": prior.note_en or "",
        "note_zh": prior.note_zh or "",
        "grade": prior.grade,
    }
    return PriorForm(
        code=prior.code,
        name=parts.text(prior.name_zh, prior.name_en) or prior.code,
        unit=quantities.unit_name(prior.unit),
        revision=prior.revision,
        values=values,
        form=form,
        grades=[
            (grade, label.text(i18n.current_locale()))
            for grade, label in labels.PRIOR_GRADES.items()
        ],
        labels={
            "low": _("Low"),
            "mid": _("Mid"),
            "high": _("High"),
            "source_text": _("Source"),
            "grade": _("Grade"),
        },
    )


def preview_view(preview: PriorPreview) -> PreviewView:
    """Return what a change would do, in the page's language."""
    return PreviewView(
        changed=preview.changed,
        rows=[
            PreviewRow(
                slug=change.slug,
                name=parts.text(change.name_zh, change.name_en) or change.slug,
                before=change.before,
                after=change.after,
            )
            for change in preview.largest
        ],
    )
