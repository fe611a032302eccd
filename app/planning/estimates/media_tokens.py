"""Tokens of images, audio and speech under published rules; each names its product."""

import math

from app.planning import checks
from app.planning.checks import Number

TOKENS_PER_ENGLISH_WORD = 1.33

_LARGEST_SIDE = 10**6


def openai_image(width: int, height: int) -> int:
    """
    Return the tokens of an image under OpenAI's tile rule.

    Scale down to fit 2048 x 2048, then the short side down to 768, never up; 85 tokens and 170
    per tile of 512 x 512.

    Parameters
    ----------
    width, height : int
        Pixels, 1 to 10^6.

    Returns
    -------
    int

    Raises
    ------
    NotFinite, Negative, OutOfRange

    References
    ----------
    OpenAI vision guide, with the examples 765 and 1105.

    Examples
    --------
    >>> openai_image(1024, 1024), openai_image(2048, 4096), openai_image(512, 512)
    (765, 1105, 255)
    """
    sides = _sides(width, height)
    factor = min(1.0, 2048 / max(sides))
    factor = min(factor, 768 / min(sides))
    # The half of a thousandth keeps a side that rounding made 512.0000001 in one tile.
    tiles = math.prod(math.ceil(side * factor / 512 - 5e-4) for side in sides)
    return 85 + 170 * tiles


def gemini_image(width: int, height: int) -> int:
    """
    Return the most tokens of an image under Gemini's rule.

    258 if both sides are at most 384, else 258 per tile of 768 x 768. How the image is cropped
    varies, so this is an upper bound.

    Parameters
    ----------
    width, height : int
        Pixels, 1 to 10^6.

    Returns
    -------
    int

    Raises
    ------
    NotFinite, Negative, OutOfRange

    References
    ----------
    Gemini API documentation, token counting.

    Examples
    --------
    >>> gemini_image(384, 384), gemini_image(1536, 768)
    (258, 516)
    """
    sides = _sides(width, height)
    if max(sides) <= 384:  # noqa: PLR2004  the rule's own number
        return 258
    return 258 * math.prod(math.ceil(side / 768) for side in sides)


def qwen2_vl_image(width: int, height: int) -> int:
    """
    Return the tokens of an image under Qwen2-VL: one per 28 x 28 pixels, 4 to 16,384.

    Parameters
    ----------
    width, height : int
        Pixels, 1 to 10^6.

    Returns
    -------
    int

    Raises
    ------
    NotFinite, Negative, OutOfRange

    References
    ----------
    Wang et al., "Qwen2-VL", arXiv 2409.12191.

    Examples
    --------
    >>> qwen2_vl_image(224, 224), qwen2_vl_image(1120, 1680)
    (64, 2400)
    """
    sides = _sides(width, height)
    return min(max(math.prod(round(side / 28) for side in sides), 4), 16_384)


def patch_image(side: int, patch: int) -> int:
    """
    Return the tokens of a square image cut into square patches, as ViT and VQ tokenizers do.

    Parameters
    ----------
    side, patch : int
        Pixels; the patch is at most the side.

    Returns
    -------
    int

    Raises
    ------
    NotFinite, Negative, OutOfRange

    References
    ----------
    LLaVA-1.5: 336 and 14. Chameleon: 512 and 16.

    Examples
    --------
    >>> patch_image(336, 14), patch_image(512, 16), patch_image(224, 14)
    (576, 1024, 256)
    """
    length = checks.tokens("side", side, low=1)
    cut = int(checks.number("patch", patch, low=1, high=length))
    return (length // cut) ** 2


def codec_audio(seconds: Number, *, frames_per_second: Number, codebooks: Number) -> float:
    """
    Return the tokens of audio under a codec: frame rate times codebooks per second.

    Parameters
    ----------
    seconds : number
        Zero or more.
    frames_per_second, codebooks : number
        Mimi 12.5 and 8; EnCodec at 6 kbps 75 and 8, at 1.5 kbps 75 and 2.

    Returns
    -------
    float

    Raises
    ------
    NotFinite, Negative, OutOfRange

    Examples
    --------
    >>> codec_audio(1, frames_per_second=12.5, codebooks=8)
    100.0
    """
    rate = float(checks.number("frames_per_second", frames_per_second))
    return (
        float(checks.number("seconds", seconds))
        * rate
        * float(checks.number("codebooks", codebooks))
    )


def speech_text(hours: Number, *, words_per_minute: Number) -> float:
    """
    Return the tokens of the text of English speech.

    Parameters
    ----------
    hours : number
        Zero or more.
    words_per_minute : number
        110 slow, 150 usual, 180 fast.

    Returns
    -------
    float
        At 1.33 tokens per word.

    Raises
    ------
    NotFinite, Negative, OutOfRange

    References
    ----------
    150 words per minute: National Center for Voice and Speech.

    Examples
    --------
    >>> speech_text(1, words_per_minute=150)
    11970.0
    """
    words = (
        float(checks.number("hours", hours))
        * 60
        * float(checks.number("words_per_minute", words_per_minute))
    )
    return words * TOKENS_PER_ENGLISH_WORD


def deepseek_text(*, english_characters: Number = 0, chinese_characters: Number = 0) -> float:
    """
    Return tokens by DeepSeek's documented rule of thumb.

    0.3 tokens per English and 0.6 per Chinese character.

    Parameters
    ----------
    english_characters, chinese_characters : number
        Zero or more.

    Returns
    -------
    float

    Raises
    ------
    NotFinite, Negative, OutOfRange

    References
    ----------
    DeepSeek API documentation, "Token and token usage".

    Examples
    --------
    >>> deepseek_text(english_characters=1000), deepseek_text(chinese_characters=1000)
    (300.0, 600.0)
    """
    english = float(checks.number("english_characters", english_characters))
    chinese = float(checks.number("chinese_characters", chinese_characters))
    return (english * 3 + chinese * 6) / 10


def _sides(width: int, height: int) -> tuple[int, int]:
    wide = checks.tokens("width", width, low=1)
    high = checks.tokens("height", height, low=1)
    checks.number("width", wide, high=_LARGEST_SIDE)
    checks.number("height", high, high=_LARGEST_SIDE)
    return wide, high
