"""Values that programs written for Prodigy ask for."""

VERSION = "1.15.0"
"""The version of Prodigy whose names are mapped."""

BINARY_ATTR = "_is_binary"
