"""Refused proofs, checks that nobody can make, and provers that die."""

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.proof import Budget, Status, Verdict


def act(tactic, goal=0):
    return {"goal": goal, "tactic": tactic}


def test_a_refused_proof_costs_its_last_edge_and_the_search_goes_on(scripted):
    verdicts = iter([Verdict.refuse("hypothesis left"), Verdict.accept()])
    env = scripted(judge=lambda proof: next(verdicts))
    env.reset(options={"theorem": "word_a"})
    env.step(act("to b c"))
    env.step(act("close"))
    _, reward, terminated, truncated, info = env.step(act("close"))
    assert (reward, terminated, truncated) == (0.0, False, False)
    assert (info["outcome"], info["message"], info["nodes"]) == ("rejected", "hypothesis left", (2, 0))
    assert env.graph.nodes[1].status is Status.PROVED
    _, reward, terminated, *_ = env.step(act("close"))
    assert (reward, terminated) == (1.0, True)
    attempt = env.attempt()
    assert (attempt.found, attempt.refused, attempt.proved_at) == (2, 1, 4)
    assert [(s.outcome, s.on_proof, s.refused) for s in attempt.steps] == [
        ("subgoals", True, False),
        ("subgoals", True, False),
        ("subgoals", False, True),
        ("subgoals", True, False),
    ]


def test_the_step_the_checker_names_is_the_one_that_is_taken_back(scripted):
    env = scripted(judge=lambda proof: Verdict.refuse("the first step is not sound", step=0))
    env.reset(options={"theorem": "word_a"})
    env.step(act("to b"))
    env.step(act("close"))
    assert [edge.refused for edge in env.graph.edges] == [True, False]
    assert env.graph.nodes[1].status is Status.PROVED
    assert not env.done


def test_when_one_proof_is_refused_the_next_is_checked_at_once(scripted):
    env = scripted(judge=lambda proof: Verdict.accept() if "to b" in proof.script() else Verdict.refuse("no"))
    env.reset(options={"theorem": "word_a"})
    env.expand(0, ["to b", "to c d"])
    env.expand(1, ["to e"])
    env.expand(2, ["close"])
    env.expand(3, ["close"])  # proves the root by the second edge of the root: refused
    assert not env.done
    env.expand(4, ["close"])
    assert env.done
    attempt = env.attempt()
    assert (attempt.status, attempt.found, attempt.refused) == ("proved", 2, 1)


def test_a_refused_proof_does_not_end_the_batch_it_came_in(scripted):
    verdicts = iter([Verdict.refuse("no"), Verdict.refuse("no"), Verdict.accept()])
    env = scripted(judge=lambda proof: next(verdicts))
    env.reset(options={"theorem": "word_a"})
    tactics = ["nonsense", "close", "to b", "cost 0.1 close", "to c", "cost 0.2 close", "to d"]
    edges = env.expand(0, tactics, [-1.0, -2.0, -3.0, -4.0, -5.0, -6.0, -7.0])
    # The third one that closes is accepted and ends it.
    assert [edge.tactic for edge in edges] == tactics[:6]
    assert [edge.refused for edge in edges] == [False, True, False, True, False, False]
    assert [edge.logprob for edge in edges] == [-1.0, -2.0, -3.0, -4.0, -5.0, -6.0]
    assert env.spent.tactics == 6
    assert env.attempt().status == "proved"


def test_a_batch_ends_within_the_budget_after_a_refused_proof_too(scripted):
    env = scripted(judge=lambda proof: Verdict.refuse("no"), budget=Budget(max_tactics=3))
    env.reset(options={"theorem": "word_a"})
    assert len(env.expand(0, ["close", "cost 0.1 close", "to b", "to c"])) == 3
    assert env.attempt().status == "budget"


@pytest.mark.parametrize("answer", ["verdict", "error"])
def test_an_unavailable_check_is_asked_twice_and_then_ends_the_attempt(scripted, answer):
    def judge(proof):
        if answer == "error":
            raise ProverUnavailable("no more processes")
        return Verdict.unavailable("no more processes")

    env = scripted(judge=judge)
    env.reset(options={"theorem": "word_a"})
    _, reward, terminated, truncated, info = env.step(act("close"))
    assert (reward, terminated, truncated) == (0.0, False, True)
    assert len(env.prover.checked) == 2
    assert "no more processes" in info["fault"]
    attempt = env.attempt()
    assert (attempt.status, attempt.found, attempt.refused, attempt.proof) == ("error", 1, 0, None)
    assert attempt.verdict.status == "unavailable"


def test_one_unavailable_check_does_not_matter(scripted):
    verdicts = iter([Verdict.unavailable("busy"), Verdict.accept()])
    env = scripted(judge=lambda proof: next(verdicts))
    env.reset(options={"theorem": "word_a"})
    assert env.step(act("close"))[1] == 1.0
    assert env.attempt().found == 1


def test_a_lost_prover_truncates_and_keeps_what_was_known(scripted):
    env = scripted()
    env.reset(seed=11, options={"theorem": "word_a"})
    env.step(act("to b"))
    _, reward, terminated, truncated, info = env.step(act("lost"))
    assert (reward, terminated, truncated) == (0.0, False, True)
    assert info["fault"] == "the prover is gone"
    assert env.done
    attempt = env.attempt()
    assert (attempt.status, attempt.reason, len(attempt.steps), attempt.seed) == ("error", "the prover is gone", 1, 11)
    env.reset()
    assert not env.done


def test_a_session_that_answers_nothing_is_lost(scripted, monkeypatch):
    env = scripted()
    env.reset()
    monkeypatch.setattr(env.prover.sessions[-1], "apply", lambda *args, **kwargs: [])
    assert env.expand(0, ["close"]) == []
    assert env.attempt().status == "error"


def test_text_that_utf8_cannot_carry_is_written_as_escapes(scripted):
    env = scripted()
    env.reset()
    edge = env.expand(0, ["to \ud800"])[0]
    assert edge.tactic == r"to \ud800"
    env.attempt().steps[0].tactic.encode()


def test_a_check_that_was_interrupted_is_begun_anew_by_the_next_step(scripted):
    def judge(proof):
        if len(env.prover.checked) == 1:
            raise KeyboardInterrupt
        return Verdict.accept()

    env = scripted(judge=judge)
    env.reset(options={"theorem": "word_a"})
    with pytest.raises(KeyboardInterrupt):
        env.step(act("close"))
    assert not env.done
    _, reward, terminated, _, info = env.step(act("to b"))
    assert (reward, terminated, info["status"]) == (1.0, True, "proved")
    attempt = env.attempt()
    assert ([step.tactic for step in attempt.steps], attempt.found, attempt.spent.tactics) == (["close"], 1, 1)
    assert env.prover.checked[0] == env.prover.checked[1] == attempt.proof


def test_an_exception_while_outcomes_are_recorded_ends_the_attempt(scripted, monkeypatch):
    env = scripted()
    env.reset(options={"theorem": "word_a"})

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(env.graph, "add", interrupt)
        with pytest.raises(KeyboardInterrupt):
            env.step(act("close"))
    assert (env.done, env.attempt().status) == (True, "error")
    assert "KeyboardInterrupt came while outcomes were recorded" in env.attempt().reason
    env.reset(options={"theorem": "word_a"})
    assert env.step(act("close"))[1] == 1.0


def test_after_an_interrupt_in_the_prover_nothing_of_the_step_is_recorded(scripted, monkeypatch):
    env = scripted()
    env.reset(options={"theorem": "word_a"})
    session = env.prover.sessions[0]
    answer = session._one

    def interrupt(tactic):
        if tactic == "interrupt":
            raise KeyboardInterrupt
        return answer(tactic)

    monkeypatch.setattr(session, "_one", interrupt)
    with pytest.raises(KeyboardInterrupt):
        env.expand(0, ["to b c", "interrupt"])
    assert (env.spent.tactics, env.spent.nodes, len(env.graph.edges), env.attempt().steps) == (0, 0, 0, ())
    assert [edge.children for edge in env.expand(0, ["to b c"])] == [(1, 2)]
