"""Formats of other tools: datasets are written in them, and tasks are read from them."""
