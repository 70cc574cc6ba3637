"""`import prodigy` for programs written for Prodigy: its names, mapped onto prodflow's."""

from prodflow.compat.finder import install

__all__ = ["install"]
