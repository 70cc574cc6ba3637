"""The flat set does what Python's own does, in a quarter of the memory."""

from hypothesis import given
from hypothesis import strategies as st

from prodflow.core.hashing import get_hash
from prodflow.core.hashset import HashSet

keys = st.integers(-(2**70), 2**70) | st.integers(-20, 20) | st.sampled_from([-(2**63), 2**63, 2**63 - 1]) | st.text()


@given(st.lists(keys), st.lists(keys))
def test_holds_what_a_set_holds(added: list[int | str], asked: list[int | str]) -> None:
    flat, plain = HashSet(), set[int | str]()
    for key in added:
        assert flat.add(key) is (key not in plain)
        plain.add(key)

    assert set(flat) == plain
    assert len(flat) == len(plain)
    assert [key in flat for key in asked + added] == [key in plain for key in asked + added]


def test_grows_and_keeps_all() -> None:
    hashes = [get_hash(number) for number in range(20_000)]

    seen = HashSet(hashes)

    assert len(seen) == 20_000
    assert all(key in seen for key in hashes)
    assert not any(get_hash(number) in seen for number in range(20_000, 40_000))


def test_a_key_takes_12_bytes_or_less() -> None:
    seen = HashSet()
    most = 0.0
    for number in range(100_000):
        seen.add(get_hash(number))
        if number > 2_000 and number % 100 == 0:
            most = max(most, seen.nbytes / len(seen))

    assert most <= 12


def test_numbers_in_a_row_are_as_fast_as_hashes() -> None:
    """Ids of users are 1, 2, 3, … or in even steps: the set must not depend on their spread."""
    for step in (1, 64, 4096, 2**40):
        seen = HashSet(range(0, 20_000 * step, step))

        assert len(seen) == 20_000
        assert 19_999 * step in seen and 20_000 * step not in seen
        assert max(map(len, seen._buckets)) <= 8 * 100


def test_a_key_is_not_found_across_two_others() -> None:
    """Keys stand side by side as bytes: what lies over a border is none of them."""
    first, second = 0x1111111122222222, 0x3333333344444444
    across = 0x4444444411111111
    seen = HashSet()
    seen._buckets = [b""] * seen._size
    slot = across % seen._size
    seen._buckets[slot] = first.to_bytes(8, "little") + second.to_bytes(8, "little")

    assert across.to_bytes(8, "little") in seen._buckets[slot]
    assert across not in seen
    assert seen.add(across) is True
    assert across in seen
