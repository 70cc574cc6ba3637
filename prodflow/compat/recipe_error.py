"""What a recipe raises to say why it cannot be used."""

from prodflow.core.errors import SettingError


class RecipeError(SettingError):
    """A recipe cannot be used as it was asked for.

    Args:
        title: what is wrong.
        text: more about it.

    >>> print(RecipeError("No labels", "use --label"))
    No labels: use --label
    """

    def __init__(self, title: object = "", text: object = None) -> None:
        """Make one line of both."""
        super().__init__(": ".join(str(part) for part in (title, text) if part))
        self.title = title
        self.text = text
