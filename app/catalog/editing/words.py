"""The words of editing: what each field is called, and what its values mean."""

from collections.abc import Mapping

from app.catalog.editing.content import ESTIMATES, LICENCE_CLAIMS, OVERLAPS, QUANTITIES
from app.catalog.editing.licence_terms import CODE, DATA, DECISION
from app.catalog.licences import Terms
from app.catalog.models.datasets import Visibility
from app.catalog.models.estimates import EstimateMethod
from app.catalog.models.licences import LicenceClass
from app.catalog.pages import parts
from app.catalog.words import labels
from app.web.i18n import gettext as _


def field_words() -> Mapping[str, str]:
    """Return what each field of a dataset or provider is called."""
    return {
        "name_zh": _("Name in Chinese"),
        "name_en": _("Name in English"),
        "slug": _("Identifier"),
        "provider": _("Provider"),
        "new_provider_name_zh": _("Name of the new provider in Chinese"),
        "new_provider_name_en": _("Name of the new provider in English"),
        "new_provider_homepage": _("Homepage of the new provider"),
        "short_name_zh": _("Short name in Chinese"),
        "short_name_en": _("Short name in English"),
        "category": _("Category"),
        "modality": _("Modality"),
        "modality_basis": _("How the modality is known"),
        "languages": _("Languages"),
        "languages_note_zh": _("Note on the languages in Chinese"),
        "languages_note_en": _("Note on the languages in English"),
        "aliases": _("Other names"),
        "description_zh": _("Description in Chinese"),
        "description_en": _("Description in English"),
        "has_tokens": _("Data that have tokens"),
        "access_zh": _("Access in Chinese"),
        "access_en": _("Access in English"),
        "homepage": _("Homepage"),
        "paper": _("Paper"),
        "released": _("Released"),
        "visibility": _("Who may see it"),
        "licence_class": _("Class of the stated licence"),
        "licence_spdx": _("Licence identifier"),
        "licence_stated_zh": _("Licence as stated, in Chinese"),
        "licence_stated_en": _("Licence as stated, in English"),
        "is_archived": _("Archived"),
        "tokens": _("Unique tokens, mid"),
        "origin": _("From"),
        "line_no": _("Line"),
        "file": _("File"),
        "row": _("Row"),
        "extra": _("Kept from files, for their formats"),
        "source": _("Source"),
        "source_line": _("Line of the source"),
        "source_line_no": _("Number of the line of the source"),
        "source_heading": _("Heading of the source"),
        "source_heading_no": _("Number of the heading of the source"),
        "other_source_lines": _("Other lines of the source"),
        "anomalies": _("Anomalies"),
        "notes": _("Notes"),
        "checks": _("Checks"),
        "figures": _("Figures of the source"),
        "figure_fields": _("Columns of figures"),
        "position": _("Place in the order"),
        "statements": _("Statements"),
        OVERLAPS: _("Shares text with"),
        QUANTITIES: _("Quantities"),
        ESTIMATES: _("Published counts"),
        LICENCE_CLAIMS: _("Licence claims"),
    }


def column_words() -> Mapping[str, str]:
    """Return what each field of a row is called."""
    return {
        "other": _("The other dataset"),
        "relation": _("This dataset …"),
        "value": _("Number"),
        "unit": _("Unit"),
        "printed": _("As published"),
        "assumed_unit": _("Assumed unit"),
        "unit_printed": _("Unit as published"),
        "qualifier_zh": _("Of what, in Chinese"),
        "qualifier_en": _("Of what, in English"),
        "scope_zh": _("Of what, in Chinese"),
        "scope_en": _("Of what, in English"),
        "is_whole": _("Counts the whole dataset"),
        "content": _("What the bytes are"),
        "source": _("Source"),
        "grade": _("Grade of the source"),
        "method": _("Method"),
        "mid": _("Tokens"),
        "low": _("Low"),
        "high": _("High"),
        "bound": _("Exactness"),
        "tokenizer": _("Tokenizer"),
        "tokenizer_printed": _("Tokenizer as the source names it"),
        "is_disputed": _("The source contradicts itself"),
        "has_repeats": _("Counts repeats"),
        "scope": _("Covers"),
        "terms": _("Kind of terms"),
        "licence_class": _("Class"),
        "spdx": _("Identifier of the licence"),
        "stated_zh": _("As stated, in Chinese"),
        "stated_en": _("As stated, in English"),
        "note_zh": _("Note in Chinese"),
        "note_en": _("Note in English"),
        "evidence_url": _("Link to the evidence"),
        "checked_by": _("Checked by"),
        "checked_on": _("Checked on"),
    }


def kind_words() -> Mapping[str, str]:
    """Return what each kind of row is called, one of them."""
    return {
        QUANTITIES: _("Quantity"),
        ESTIMATES: _("Token count"),
        LICENCE_CLAIMS: _("Licence claim"),
        OVERLAPS: _("Related dataset"),
    }


def relation_words() -> Mapping[str, str]:
    """Return the words for how one dataset relates to another."""
    return {code: parts.word(label, code) for code, label in labels.OVERLAPS.items()}


def bound_words() -> Mapping[str, str]:
    """Return the words for how exact a printed count is."""
    return {"at_least": _("at least"), "at_most": _("at most")}


def scope_words() -> Mapping[str, str]:
    """Return the words for what a licence claim covers."""
    return {DATA: _("data"), CODE: _("code"), DECISION: _("decision of a person")}


def visibility_words() -> Mapping[str, str]:
    """Return the words for who may see a dataset."""
    return {
        Visibility.PUBLIC.value: _("everybody"),
        Visibility.TEAM.value: _("the team alone"),
    }


def terms_words() -> Mapping[str, str]:
    """Return the words for the kinds of terms."""
    return {
        Terms.NOT_STATED.value: _("not stated"),
        Terms.NAMED.value: _("a known licence, named by its identifier"),
        Terms.CUSTOM.value: _("terms of its own"),
        Terms.PER_SOURCE.value: _("each part keeps its own terms"),
        Terms.CONTRACT.value: _("a contract"),
        Terms.UNVERIFIED.value: _("something is stated, but nobody read what"),
    }


def class_word(code: object) -> str:
    """Return the word for a licence class."""
    known = {one.value: label for one, label in labels.LICENCE_CLASSES.items()}
    return parts.word(known.get(LicenceClass(code)) if code in known else None, str(code))


def method_word(code: object) -> str:
    """Return the word for how a count came about."""
    return parts.method_word(str(code)) if code in set(EstimateMethod) else str(code)
