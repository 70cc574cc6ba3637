"""Coefficients are those of the publications that define them."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow.core.errors import SettingError
from prodflow.quality.coefficients import COEFFICIENTS, measure
from prodflow.quality.cohen import cohen
from prodflow.quality.patterns import make_patterns
from prodflow.quality.weights import LEVELS

# Krippendorff (2011), example C: four coders, twelve units, some ratings missing.
KRIPPENDORFF_C = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""
# The example of the English Wikipedia's article: three coders, fifteen units.
WIKIPEDIA = """
. . . . . 3 4 1 2 1 1 3 3 . 3
1 . 2 1 3 3 4 3 . . . . . . .
. . 2 1 3 4 4 . 2 1 1 3 3 . 4
"""
BINARY = "0 1 0 0 0 0 0 0 1 0\n1 1 1 0 0 1 0 0 0 0"
LETTERS = "a a b b d c c c e d d a\nb a b b b c c c e d d d"
# Fleiss' kappa, the English Wikipedia's example: ten subjects, fourteen raters, five categories.
FLEISS = """
0 0 0 0 14|0 2 6 4 2|0 0 3 5 6|0 3 9 2 0|2 2 8 1 1|7 7 0 0 0|3 2 6 3 0|2 5 3 2 2|6 5 2 1 0|0 2 2 3 7
"""


def rated(table):
    """Patterns of a table with a row a rater and a column a unit; `.` is no rating."""
    units = zip(*(line.split() for line in table.strip().splitlines()), strict=True)
    return make_patterns((Counter(value for value in unit if value != "."), 1) for unit in units)


def counted(table):
    """Patterns of a table with the counts of each category, units parted by `|`."""
    rows = [[int(count) for count in row.split()] for row in table.strip().split("|")]
    return make_patterns(({str(place): count for place, count in enumerate(row) if count}, 1) for row in rows)


def confused(table):
    """Patterns of two raters' confusion table."""
    return make_patterns(
        (Counter([str(row), str(column)]), count)
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        if count
    )


@pytest.mark.parametrize(
    ("table", "level", "alpha"),
    [
        (KRIPPENDORFF_C, "nominal", 0.743421),
        (KRIPPENDORFF_C, "ordinal", 0.815388),
        (KRIPPENDORFF_C, "interval", 0.849107),
        (KRIPPENDORFF_C, "ratio", 0.797403),
        (WIKIPEDIA, "nominal", 0.691358),
        (WIKIPEDIA, "ordinal", 0.806721),
        (WIKIPEDIA, "interval", 0.810845),
        (WIKIPEDIA, "ratio", 0.808944),
        (BINARY, "nominal", 0.095238),
        (LETTERS, "nominal", 0.691964),
    ],
)
def test_alpha_of_krippendorffs_own_examples(table, level, alpha):
    assert measure(rated(table), "alpha", level=level).value == pytest.approx(alpha, abs=5e-7)


@pytest.mark.parametrize(
    ("coefficient", "level", "value"),
    [
        ("percent", "nominal", 0.81818),
        ("gwet", "nominal", 0.77544),
        ("fleiss", "nominal", 0.76117),
        ("gwet", "interval", 0.91400),
        ("gwet", "ordinal", 0.89894),
    ],
)
def test_gwets_coefficients_with_missing_ratings(coefficient, level, value):
    assert measure(rated(KRIPPENDORFF_C), coefficient, level=level).value == pytest.approx(value, abs=5e-6)


def test_the_kappa_of_fleiss():
    assert measure(counted(FLEISS), "fleiss").value == pytest.approx(0.209931, abs=5e-7)


@pytest.mark.parametrize(
    ("table", "kappa", "gwet", "alpha"),
    [
        ([[40, 9], [6, 45]], 0.69952, 0.70075, 0.70075),
        ([[80, 10], [5, 5]], 0.318182, 0.80800, 0.31771),
        ([[118, 5], [2, 0]], -0.023392, 0.94078, -0.02469),
        ([[40, 4, 4, 17], [6, 25, 2, 13], [4, 1, 21, 12], [15, 5, 9, 45]], 0.43150, 0.45616, 0.43162),
        ([[13, 0, 0], [0, 20, 7], [0, 4, 56]], 0.79641, 0.84933, 0.79726),
    ],
)
def test_two_raters_and_the_paradox_of_prevalence(table, kappa, gwet, alpha):
    assert cohen(table).value == pytest.approx(kappa, abs=5e-6)
    assert measure(confused(table), "gwet").value == pytest.approx(gwet, abs=5e-6)
    assert measure(confused(table), "alpha").value == pytest.approx(alpha, abs=5e-6)


@pytest.mark.parametrize(
    ("table", "kappa"), [([[20, 5], [10, 15]], 0.4), ([[45, 15], [25, 15]], 0.130435), ([[25, 35], [5, 35]], 0.259259)]
)
def test_cohens_kappa(table, kappa):
    assert cohen(table).value == pytest.approx(kappa, abs=5e-7)


# irrCAC's distrib_6raters: fifteen subjects, six raters, five categories.
SIX_RATERS = """
0 0 0 6 0|0 3 0 0 3|0 1 4 0 1|0 0 0 0 6|0 3 0 3 0|2 0 4 0 0|0 0 4 0 2|2 0 3 1 0|2 0 0 4 0|0 0 0 0 6|1 0 0 5 0|1 1 0 4 0
|0 3 3 0 0|1 0 0 5 0|0 2 0 3 1
"""
DIAGNOSES = [[40, 4, 4, 17], [6, 25, 2, 13], [4, 1, 21, 12], [15, 5, 9, 45]]
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]


def test_six_raters_of_fifteen_subjects():
    assert measure(counted(SIX_RATERS), "fleiss").value == pytest.approx(0.413926, abs=5e-7)
    assert measure(counted(SIX_RATERS), "alpha").value == pytest.approx(0.420438, abs=5e-7)


@pytest.mark.parametrize(("table", "kappa", "gwet"), [(DIAGNOSES, 0.38319, 0.29857), (ABSTRACTORS, 0.89216, 0.94024)])
def test_near_values_agree_in_part(table, kappa, gwet):
    assert cohen(table, level="interval").value == pytest.approx(kappa, abs=5e-6)
    assert measure(confused(table), "gwet", level="interval").value == pytest.approx(gwet, abs=5e-6)


def test_the_interval_of_a_pair_holds_its_kappa():
    found = cohen(DIAGNOSES, resamples=500)
    assert found.low < found.value < found.high
    assert found.high - found.low == pytest.approx(4 * 0.043, rel=0.25)  # about four standard errors
    assert found == cohen(DIAGNOSES, resamples=500)


def test_the_interval_of_the_bootstrap_holds_the_value_and_is_the_same_each_time():
    found = measure(rated(KRIPPENDORFF_C), "alpha", level="ordinal", resamples=2000, seed=1)
    assert found.low < found.value <= found.high
    assert (found.low, found.high) == pytest.approx((0.43, 1.0), abs=0.08)
    assert found == measure(rated(KRIPPENDORFF_C), "alpha", level="ordinal", resamples=2000, seed=1)


@pytest.mark.parametrize("coefficient", ["alpha", "fleiss", "gwet"])
def test_an_undefined_coefficient_says_why(coefficient):
    assert "same value" in measure(make_patterns([({"yes": 3}, 9)]), coefficient).reason
    assert "two ratings" in measure(make_patterns([({"yes": 1}, 9), ({"no": 1}, 2)]), coefficient).reason
    assert measure(make_patterns([]), coefficient).value is None
    assert cohen([[0, 0], [0, 0]]).value is None
    assert "one and the same value" in cohen([[7, 0], [0, 0]]).reason


def test_a_level_that_does_not_fit_the_values_is_refused():
    with pytest.raises(SettingError, match="numbers, got 'a'"):
        measure(rated(LETTERS), "alpha", level="interval")
    with pytest.raises(SettingError, match="0 and more"):
        measure(rated("-1 2\n-1 3"), "alpha", level="ratio")


ratings = st.lists(
    st.tuples(st.dictionaries(st.sampled_from("1234"), st.integers(1, 4), min_size=1), st.integers(1, 9)), min_size=1
)


@given(ratings, st.sampled_from(COEFFICIENTS), st.sampled_from(LEVELS))
def test_no_agreement_is_above_one_and_doubled_units_change_no_kappa(rows, coefficient, level):
    found = measure(make_patterns(rows), coefficient, level=level)
    if found.value is None:
        assert found.reason
        return
    assert found.value <= 1 + 1e-9
    if coefficient != "alpha":  # alpha corrects for the size of the sample
        doubled = measure(make_patterns([(pattern, 2 * units) for pattern, units in rows]), coefficient, level=level)
        assert doubled.value == pytest.approx(found.value)


@given(ratings)
def test_units_that_look_the_same_may_be_counted_together_or_apart(rows):
    apart = [(pattern, 1) for pattern, units in rows for _ in range(units)]
    assert measure(make_patterns(apart)).value == pytest.approx(measure(make_patterns(rows)).value)
