"""A lock stands between processes, and between the threads of one process as well."""

import os
import threading

from prodflow.store.lock import ProcessLock


def test_one_of_many_threads_has_the_lock(tmp_path):
    lock, gate, granted = ProcessLock(tmp_path / "lock"), threading.Barrier(8), []

    def take():
        gate.wait()
        granted.append(lock.acquire())

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(granted) == [False] * 7 + [True]

    lock.release()
    lock.release()
    assert lock.acquire()
    lock.release()


def test_a_lock_that_another_has_is_free_once_that_one_lets_go(tmp_path):
    first, second = ProcessLock(tmp_path / "lock"), ProcessLock(tmp_path / "lock")
    assert first.acquire(b"first")
    assert not second.acquire(b"second")
    assert second.owner == b"first"
    first.release()
    assert second.acquire(b"second")
    second.release()


def test_a_file_that_cannot_be_made_leaves_the_lock_free(tmp_path):
    lock = ProcessLock(tmp_path / "none" / "lock")
    for _ in range(2):
        try:
            lock.acquire()
        except FileNotFoundError:
            continue
        raise AssertionError("a file in no folder was made")
    (tmp_path / "none").mkdir()
    assert lock.acquire()
    lock.release()


def test_a_child_takes_the_lock_for_itself_and_not_its_parents(tmp_path):
    lock = ProcessLock(tmp_path / "lock")
    assert lock.acquire()
    child = os.fork()
    if child == 0:
        os._exit(int(lock.acquire()))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    lock.release()
    child = os.fork()
    if child == 0:
        os._exit(int(lock.acquire()))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
