import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.terms.dag import NodeKind, goal_dag, statement_dag

NUM = "(num)"
PLUS = "(c (fun (num) (fun (num) (num))) +)"


def apply(function: str, *arguments: str) -> str:
    for argument in arguments:
        function = f"(a {function} {argument})"
    return function


def variable(name: str, type_: str = NUM) -> str:
    return f"(v {type_} {name})"


def content(dag):
    """All that a DAG holds, as plain data."""
    arrays = (dag.kinds, dag.parents, dag.children, dag.positions, dag.roots, dag.conclusions)
    return dag.labels, dag.types, *(array.tolist() for array in arrays)


def children(dag, node):
    return dag.children[dag.parents == node].tolist()


# Terms as nested tuples: ("v", name, type), ("c", name), ("a", f, x), ("l", name, type, body).
leaves = st.one_of(
    st.tuples(st.just("v"), st.sampled_from("xyz"), st.sampled_from(["(num)", "A"])),
    st.tuples(st.just("c"), st.sampled_from("ST")),
)
terms = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(st.just("a"), inner, inner),
        st.tuples(st.just("l"), st.sampled_from("xyz"), st.sampled_from(["(num)", "A"]), inner),
    ),
    max_leaves=12,
)


def written(term, names=(), prefix=None) -> str:
    """The S-expression; with a prefix, each bound variable gets a name of its own."""
    match term:
        case ("v", name, type_):
            own = next((new for old, old_type, new in reversed(names) if (old, old_type) == (name, type_)), name)
            return f"(v {type_} {own})"
        case ("c", name):
            return f"(c (bool) {name})"
        case ("a", function, argument):
            return f"(a {written(function, names, prefix)} {written(argument, names, prefix)})"
    _, name, type_, body = term
    new = name if prefix is None else f"{prefix}{len(names)}"
    return f"(l (v {type_} {new}) {written(body, (*names, (name, type_, new)), prefix)})"


def nameless(term, binders=()):
    """The term with de Bruijn indices: equal if and only if the terms are alpha-equivalent."""
    match term:
        case ("v", name, type_):
            return binders[::-1].index((name, type_)) if (name, type_) in binders else term
        case ("c", _):
            return term
        case ("a", function, argument):
            return "a", nameless(function, binders), nameless(argument, binders)
    _, name, type_, body = term
    return "l", type_, nameless(body, (*binders, (name, type_)))


@given(terms, st.booleans())
def test_names_of_bound_variables_do_not_matter(term, spine):
    plain = statement_dag(written(term), spine=spine)
    assert content(plain) == content(statement_dag(written(term, prefix="fresh"), spine=spine))


@given(terms, terms, st.booleans())
def test_two_terms_have_one_dag_only_if_they_are_alpha_equivalent(one, other, spine):
    same = content(statement_dag(written(one), spine=spine)) == content(statement_dag(written(other), spine=spine))
    assert same == (nameless(one) == nameless(other))


@given(terms, st.booleans())
def test_no_two_nodes_are_the_same_and_children_come_first(term, spine):
    dag = statement_dag(written(term), spine=spine)
    nodes = [(dag.kinds[i], dag.labels[i], dag.types[i], tuple(children(dag, i))) for i in range(len(dag))]
    assert len(set(nodes)) == len(dag) == len(dag.kinds) == len(dag.types)
    assert (dag.children < dag.parents).all()
    assert (np.diff(dag.parents) >= 0).all()
    # All is reached from the root, which comes last.
    assert dag.roots.tolist() == [len(dag) - 1]
    assert set(range(len(dag) - 1)) == set(dag.children.tolist())


def test_an_application_is_one_node_in_spine_form_and_one_for_each_argument_otherwise():
    text = apply(PLUS, variable("m"), variable("n"))
    spine, binary = statement_dag(text), statement_dag(text, spine=False)
    assert spine.labels == ("m", "n", "+")
    assert (children(spine, 2), spine.positions.tolist()) == ([0, 1], [0, 1])
    assert sorted(binary.labels) == ["+", "@", "@", "m", "n"]
    assert binary.kinds[binary.roots[0]] == NodeKind.APPLICATION


def test_equal_closed_subterms_are_shared_wherever_they_stand():
    identity = f"(l {variable('x')} {variable('x')})"
    text = apply("(c A pair)", identity, f"(l {variable('y')} {identity.replace(' x)', ' z)')})")
    dag = statement_dag(text)
    assert [dag.labels[i] for i in range(len(dag))] == ["0", "λ", "λ", "pair"]
    assert children(dag, 3) == [1, 2]
    assert children(dag, 2) == [1]


def test_types_tell_terms_apart():
    assert len(statement_dag(apply("(c A pair)", variable("x"), variable("x", "A")))) == 3
    assert content(statement_dag(f"(l {variable('x')} (c A T))")) != content(
        statement_dag(f"(l {variable('x', 'A')} (c A T))")
    )


def test_free_variables_are_shared_between_hypotheses_and_conclusion_and_bound_ones_are_not_free():
    bound = f"(l {variable('x')} {variable('x')})"
    dag = goal_dag(f"{variable('x')}\n{bound}\n⊢ {apply('(c A P)', variable('x'))}")
    assert dag.conclusions.tolist() == [False, False, True]
    first, second, third = dag.roots.tolist()
    assert (dag.kinds[first], dag.labels[first]) == (NodeKind.FREE, "x")
    assert dag.kinds[children(dag, second)[0]] == NodeKind.BOUND
    assert children(dag, third) == [first]


def test_the_parts_of_a_goal_end_in_their_conclusions():
    dag = goal_dag("p\n⊢ q\n\nr\n⊢ q")
    assert dag.conclusions.tolist() == [False, True, False, True]
    assert dag.roots[1] == dag.roots[3]


def test_deep_terms_need_no_recursion():
    text = "(a (c (fun (num) (num)) SUC) " * 20_000 + "(c (num) _0)" + ")" * 20_000
    assert len(statement_dag(text)) == 20_001
    assert len(statement_dag("(" * 20_000 + "p :" + ")" * 20_000)) == 20_002


def test_a_formula_is_read_by_its_grammar():
    dag = statement_dag("p /\\ q -> ~p | False")
    root = dag.roots[0]
    assert dag.labels[root] == "→"
    left, right = children(dag, root)
    assert [dag.labels[i] for i in children(dag, left)] == ["p", "q"]
    assert [dag.labels[i] for i in children(dag, right)] == ["¬", "⊥"]
    assert dag.labels.count("p") == 1
    assert content(dag) == content(statement_dag("(p ∧ q) → (¬p ∨ ⊥)"))


def test_other_text_is_a_tree_of_tokens_and_brackets_with_equal_groups_shared():
    dag = statement_dag("∀ (n : Nat), f (n + 1) = g (n + 1) [n]")
    root = dag.roots[0]
    members = children(dag, root)
    assert [dag.labels[i] for i in members] == ["∀", "(", ",", "f", "(", "=", "g", "(", "["]
    assert members[4] == members[7] != members[1]
    assert [dag.labels[i] for i in children(dag, members[4])] == ["n", "+", "1"]


@pytest.mark.parametrize("text", ["", ")", "(]", "((", "a)b"])
def test_any_text_has_a_dag(text):
    dag = statement_dag(text)
    assert len(dag.roots) == 1
    assert (dag.children < dag.parents).all()


def test_an_empty_goal_has_no_roots():
    dag = goal_dag("")
    assert (len(dag), len(dag.roots), dag.parents.shape) == (0, 0, (0,))
