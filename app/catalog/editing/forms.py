"""The form of a dataset: from a content to its fields, and from what was typed to a draft."""

from collections.abc import Mapping

from app.catalog.editing import row_forms
from app.catalog.editing.content import KINDS, OVERLAPS, Content, copy_of, next_key
from app.catalog.editing.draft import Draft, NewProvider, is_key
from app.catalog.editing.known import Known
from app.catalog.editing.languages import read_languages
from app.catalog.editing.slugs import propose
from app.catalog.editing.validation import MAX_ROWS
from app.web.forms import FormData
from app.web.i18n import gettext as _

NEW_PROVIDER = "+new"
LINES = (
    "name_zh",
    "name_en",
    "languages_note_zh",
    "languages_note_en",
    "access_zh",
    "access_en",
    "homepage",
    "paper",
    "released",
)
TEXTS = ("description_zh", "description_en")
CHOICES = ("category", "modality", "visibility")

Fields = dict[str, list[str]]


def fields_of(content: Content, known: Known) -> Fields:
    """Return the fields of a form that says what a content says."""
    fields: Fields = {
        name: [content[name] or ""] for name in (*LINES, *TEXTS, *CHOICES, "provider")
    }
    fields["aliases"] = ["\n".join(content["aliases"])]
    fields["languages"] = [", ".join(content["languages"])]
    if not content["has_tokens"]:
        fields["is_software"] = ["1"]
    for kind in KINDS:
        fields[kind] = list(content[kind])
        for key, row in content[kind].items():
            for name, value in row_forms.fields_of(kind, row, known).items():
                fields[f"{kind}-{key}-{name}"] = [value]
    return fields


def read_draft(form: FormData, known: Known, *, now: Content, base: Content | None) -> Draft:
    """
    Return what a form asks for; what cannot be read is refused at its field.

    `base` is what the form was opened with, `now` what is stored: a row's fields that the form
    does not show come from there.
    """
    content = copy_of(now)
    draft = Draft(content)
    for name in LINES:
        content[name] = line(form, name) or None
    for name in TEXTS:
        content[name] = text(form, name) or None
    for name in CHOICES:
        content[name] = form.text(name)
    content["name_zh"], content["name_en"] = content["name_zh"] or "", content["name_en"] or ""
    content["has_tokens"] = not form.is_checked("is_software")
    aliases = (" ".join(alias.split()) for alias in form.raw("aliases").splitlines())
    content["aliases"] = list(dict.fromkeys(alias for alias in aliases if alias))
    _read_languages(form, content)
    content["provider"] = _read_provider(form, draft)
    for kind in KINDS:
        content[kind] = {}
        for key in row_keys(form, kind):
            start = (base or now)[kind].get(key) or now[kind].get(key)
            content[kind][key] = row_forms.read_row(form, (kind, key), start, draft, known)
    return draft


def row_keys(form: FormData, kind: str) -> list[str]:
    """Return the keys of the rows that a form has, in their order."""
    keys = [key for key in dict.fromkeys(form.all(kind)) if is_key(key)]
    if len(keys) > MAX_ROWS:
        form.refuse(kind, _("At most %(most)s rows fit here.", most=MAX_ROWS))
    return keys[:MAX_ROWS]


def typed_datasets(form: FormData) -> list[str]:
    """Return what somebody typed for other datasets: names or identifiers."""
    return [line(form, f"{OVERLAPS}-{key}-other") for key in row_keys(form, OVERLAPS)]


def choose_dataset(form: FormData, key: str, slug: str) -> None:
    """Put the dataset that somebody chose into a row."""
    _set(form, f"{OVERLAPS}-{key}-other", [slug])


def add_row(form: FormData, kind: str) -> str:
    """Give a form one more row of a kind; return the row's key."""
    keys = form.values.get(kind, [])
    key = next_key(dict.fromkeys(keys))
    _set(form, kind, [*keys, key])
    return key


def remove_row(form: FormData, kind: str, key: str) -> None:
    """Take a row out of a form."""
    _set(form, kind, [one for one in form.values.get(kind, []) if one != key])


def line(form: FormData, name: str) -> str:
    """Return a field of one line, with single blanks."""
    return " ".join(form.text(name).split())


def text(form: FormData, name: str) -> str:
    """Return a field of several lines."""
    return form.text(name).replace("\r\n", "\n").replace("\r", "\n")


def _set(form: FormData, name: str, values: list[str]) -> None:
    changed: Mapping[str, list[str]] = {**form.values, name: values}
    form.values = changed


def _read_languages(form: FormData, content: Content) -> None:
    tags, unknown = read_languages(form.text("languages"))
    content["languages"] = tags
    if unknown:
        form.refuse(
            "languages",
            _("“%(word)s” is no language. Write names or tags: zh, English.", word=unknown[0][:40]),
        )


def _read_provider(form: FormData, draft: Draft) -> str:
    chosen = form.text("provider")
    if chosen != NEW_PROVIDER:
        return chosen
    name_zh, name_en = (line(form, f"new_provider_name_{tongue}") for tongue in ("zh", "en"))
    slug = propose(name_en)
    if not slug:
        form.refuse(
            "new_provider_name_en",
            _("Write the new provider’s name in English: its address is made of it."),
        )
    draft.provider = NewProvider(
        slug=slug,
        name_zh=name_zh or name_en,
        name_en=name_en,
        homepage=line(form, "new_provider_homepage") or None,
    )
    return slug
