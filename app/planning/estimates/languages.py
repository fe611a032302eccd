"""BCP-47 tags: which measured language stands for a tag."""

from collections.abc import Iterable

# A tag as people write it, and the tag under which a text of that language was measured.
MEASURED_AS = {
    "cmn": "zh-Hans",
    "cmn-Hant": "zh-Hant",
    "mn": "mn-Cyrl",
    "pt": "pt-BR",
    "zh": "zh-Hans",
    "zh-HK": "zh-Hant",
    "zh-MO": "zh-Hant",
    "zh-TW": "zh-Hant",
}

# "Several languages" and "undetermined": a tag that names no language.
UNNAMED_LANGUAGES = frozenset({"mul", "und"})


def main_language(tag: str) -> str:
    """
    Return the language of a tag without script and region, Mandarin being Chinese.

    Parameters
    ----------
    tag : str
        A BCP-47 tag.

    Returns
    -------
    str
        Its first part, or "zh" for "cmn".

    Examples
    --------
    >>> [main_language(tag) for tag in ("zh-Hant", "cmn", "pt-BR", "en")]
    ['zh', 'zh', 'pt', 'en']
    """
    language = tag.split("-", 1)[0]
    return "zh" if language == "cmn" else language


def measured_tag(tag: str, measured: Iterable[str]) -> str | None:
    """
    Return the tag among `measured` that stands for `tag`, the most specific first, or None.

    Plain Chinese and Mandarin count as Simplified Chinese.

    Parameters
    ----------
    tag : str
        A BCP-47 tag, as the data state it.
    measured : iterable of str
        The BCP-47 tags that there are measurements of.

    Returns
    -------
    str or None
        One of `measured`; None where none stands for the language.

    Examples
    --------
    >>> measured_tag("zh", {"en", "zh-Hans", "zh-Hant"})
    'zh-Hans'
    >>> measured_tag("en-GB", {"en", "zh-Hans"})
    'en'
    >>> measured_tag("ca", {"en", "es"}) is None
    True
    """
    known = frozenset(measured)
    parts = tag.split("-")
    for length in range(len(parts), 0, -1):
        candidate = "-".join(parts[:length])
        if candidate in known:
            return candidate
        if MEASURED_AS.get(candidate) in known:
            return MEASURED_AS[candidate]
    return None
