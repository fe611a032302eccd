"""By what a dataset of a trainer's file is found in the catalogue."""

from enum import StrEnum


class How(StrEnum):
    """By what a dataset was found."""

    LOCATION = "location"
    SLUG = "slug"
    NAME = "name"
    NEW = "new"
