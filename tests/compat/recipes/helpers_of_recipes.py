"""No recipes: what another file of the folder imports."""

LABELS = ["ONE", "TWO"]


def clean(text):
    return text.strip().lower()
