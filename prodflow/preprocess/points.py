"""Boxes as other tools describe them."""


def convert_points(x: float, y: float, width: float, height: float) -> list[list[float]]:
    """Return the corners of a box given by its centre and its size, as `[x, y]` in pixels, counted from the top left.

    >>> convert_points(500, 300, 100, 150)
    [[450.0, 225.0], [450.0, 375.0], [550.0, 375.0], [550.0, 225.0]]
    """
    left, right, top, bottom = x - width / 2, x + width / 2, y - height / 2, y + height / 2
    return [[left, top], [left, bottom], [right, bottom], [right, top]]
