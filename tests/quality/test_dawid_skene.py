"""The model of Dawid and Skene, on the patients of their paper and on made-up annotators."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow.core.errors import SettingError
from prodflow.quality.dawid_skene import estimate_truth

# Table 1 of the paper: for each of 45 patients what the first observer said three times, then the four others.
PATIENTS = [
    "1111111",
    "3334334",
    "1122122",
    "2223121",
    "2223222",
    "2223322",
    "1222111",
    "3333433",
    "2222223",
    "2322223",
    "4444444",
    "2223343",
    "1111111",
    "2223212",
    "1211111",
    "1112111",
    "1111111",
    "1111111",
    "2222221",
    "2221322",
    "2222222",
    "2222221",
    "2223222",
    "2212222",
    "1111111",
    "1111111",
    "2322222",
    "1111111",
    "1111111",
    "1121121",
    "1111111",
    "3333233",
    "1111111",
    "2222222",
    "2223232",
    "4334343",
    "2212232",
    "2323233",
    "3333432",
    "1111111",
    "1111111",
    "1212111",
    "2322222",
    "1211111",
    "2222222",
]
TRUTH = "142222132243121111222222112111131224233111212"


def paper():
    observers = "1112345"
    return estimate_truth(
        [(number, observer, said) for number, row in enumerate(PATIENTS, 1) for observer, said in zip(observers, row)],
        tolerance=1e-13,
    )


def test_the_patients_of_the_paper():
    found = paper()
    assert found.log_likelihood == pytest.approx(-192.890881, abs=1e-6)
    assert found.shares == pytest.approx([0.3996, 0.4220, 0.1118, 0.0667], abs=5e-5)
    assert "".join(value for value, _ in found.best().values()) == TRUTH


def test_the_uncertain_patients_of_the_paper():
    unsure = {patient: chance for patient, (_, chance) in paper().best().items() if chance < 0.999}
    assert unsure == pytest.approx({7: 0.981, 35: 0.948, 38: 0.9788}, abs=5e-4)


def test_the_error_rates_of_the_paper():
    first, _, _, fourth, _ = paper().confusion
    assert first == pytest.approx(
        np.array([[0.8895, 0.1105, 0, 0], [0.0706, 0.8764, 0.0530, 0], [0, 0.3388, 0.6612, 0], [0, 0, 0.5556, 0.4444]]),
        abs=5e-5,
    )
    assert fourth[1] == pytest.approx([0.0537, 0.8426, 0.1037, 0], abs=5e-5)


def test_two_careful_people_outweigh_three_who_guess():
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 400)
    answers = []
    for name, error in (("ada", 0.03), ("bob", 0.05), ("coin", 0.5), ("dice", 0.5), ("eve", 0.5)):
        said = np.where(rng.random(400) < error, 1 - truth, truth)
        answers += [(task, name, str(value)) for task, value in enumerate(said)]
    found = estimate_truth(answers)
    right = np.mean([int(value) == truth[task] for task, (value, _) in found.best().items()])
    assert right > 0.94
    accuracy = found.accuracy()
    assert min(accuracy["ada"], accuracy["bob"]) > 0.9 > 0.65 > max(accuracy["coin"], accuracy["dice"], accuracy["eve"])
    one = estimate_truth(answers, one_coin=True)
    assert np.mean([int(value) == truth[task] for task, (value, _) in one.best().items()]) > 0.94


def test_no_answers_are_refused():
    with pytest.raises(SettingError, match="no answers"):
        estimate_truth([])


answers = st.lists(st.tuples(st.integers(0, 5), st.sampled_from("ab"), st.sampled_from("xyz")), min_size=1, max_size=30)


@given(answers, st.booleans())
def test_posteriors_are_probabilities(rows, one_coin):
    found = estimate_truth(rows, one_coin=one_coin)
    assert found.posterior.sum(axis=1) == pytest.approx(np.ones(len(found.tasks)))
    assert found.confusion.sum(axis=2) == pytest.approx(np.ones((len(found.annotators), len(found.values))))
