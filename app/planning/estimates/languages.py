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


def is_in_range(tag: str, language_range: str) -> bool:
    """
    Return whether a tag is of a language range: basic filtering of RFC 4647, section 3.3.1.

    Mandarin is Chinese, as in the catalogue's filter.

    Parameters
    ----------
    tag, language_range : str
        BCP-47, in any case.

    Returns
    -------
    bool

    Examples
    --------
    >>> [is_in_range(tag, "zh") for tag in ("zh", "ZH-Hans-CN", "cmn-Hant", "zha")]
    [True, True, True, False]
    >>> is_in_range("zh", "zh-Hans")
    False
    """
    wanted = language_range.lower() + "-"
    found = tag.lower() + "-"
    return found.startswith(wanted) or (
        found.startswith("cmn-") and found.replace("cmn", "zh", 1).startswith(wanted)
    )


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
