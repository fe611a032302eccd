"""The version of Peibi, as the package states it."""

from importlib.metadata import version

VERSION = version("peibi")
