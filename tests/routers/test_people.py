"""Tasks go to those who are able to answer them."""

import pytest

from prodflow.core.errors import SettingError
from prodflow.routers import route_by_skill
from prodflow.session.controller import Controller

SKILLS = {"alex": ["de", "en"], "jo": "en", "kim": "fr"}


class Here:
    session_ids = ("alex", "jo")


def test_who_asks_comes_first_then_others_who_are_able():
    router = route_by_skill(SKILLS, n=2)
    assert router(Here(), "jo", {"text": "a", "language": "en"}) == ["jo", "alex"]
    assert router(Here(), "jo", {"text": "a", "meta": {"language": "de"}}) == ["alex"]
    assert router(Here(), "jo", {"text": "a", "language": "fr"}) == ["kim"]
    assert router(Here(), "jo", {"text": "a", "language": "xx"}) == []
    assert set(router(Here(), "jo", {"text": "a"})) == {"alex", "jo"}


@pytest.mark.parametrize(("skills", "n"), [({}, 1), (SKILLS, 0)])
def test_settings_that_cannot_be_meant_are_refused(skills, n):
    with pytest.raises(SettingError, match="route_by_skill"):
        route_by_skill(skills, n=n)


def test_a_server_gives_each_annotator_what_he_or_she_reads(home):
    languages = ["de", "en", "fr", "de", "en"]
    stream = [{"text": f"{language} {number}", "language": language} for number, language in enumerate(languages)]
    controller = Controller("news", "text", stream, task_router=route_by_skill(SKILLS))
    jo = [task["text"] for task in controller.get_questions("news-jo")]
    alex = [task["text"] for task in controller.get_questions("news-alex")]
    kim = [task["text"] for task in controller.get_questions("news-kim")]
    assert (jo, alex, kim) == (["en 1", "en 4"], ["de 0", "de 3"], ["fr 2"])
    controller.save()
