"""The words of Croissant that both the reader and the writer know."""

FORMAT = "croissant"
VERSIONS = ("http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/1.1")
REQUIRED = (
    "@context",
    "@type",
    "conformsTo",
    "name",
    "description",
    "license",
    "url",
    "creator",
    "datePublished",
    "distribution",
)
ORIGINS = "isBasedOn"
