"""Processes are lent one to each, kept while they are of use, and may be started ahead of need."""

from __future__ import annotations

import threading

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.pool import Pool


class Lent:
    def __init__(self) -> None:
        self.worn_out = self.closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def started():
    return []


@pytest.fixture
def pool(started):
    def fresh():
        started.append(Lent())
        return started[-1]

    return Pool(fresh)


def test_what_was_given_back_is_lent_again(pool, started):
    first, second = pool.take(), pool.take()
    pool.give_back(first)
    assert pool.take() is first
    pool.give_back(second)
    second.worn_out = True
    assert pool.take() not in (first, second)
    assert second.closed
    assert len(started) == 3


def test_one_that_was_prepared_is_taken_and_no_other_is_started(pool, started):
    pool.prepare()
    pool.prepare()
    taken = pool.take()
    assert started == [taken]


def test_a_worn_out_one_is_replaced_ahead_of_need_once_that_was_asked_for(pool, started):
    pool.prepare()
    taken = pool.take()
    taken.worn_out = True
    pool.give_back(taken)
    assert taken.closed
    assert pool.take() is started[1]
    assert len(started) == 2


def test_whoever_takes_what_could_not_be_started_is_told_why():
    def fresh():
        raise ProverUnavailable("no Lean here")

    pool = Pool(fresh)
    pool.prepare()
    with pytest.raises(ProverUnavailable, match="no Lean here"):
        pool.take()


def test_closing_ends_what_is_still_being_started():
    may_start, lent = threading.Event(), Lent()
    closed = threading.Event()
    lent.close = closed.set

    def fresh():
        may_start.wait(10)
        return lent

    pool = Pool(fresh)
    pool.prepare()
    pool.close()
    may_start.set()
    assert closed.wait(10)
