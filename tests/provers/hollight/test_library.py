from __future__ import annotations

import dataclasses

import pyarrow.parquet as pq

from aitp_gym.provers.hollight.build import locate
from aitp_gym.provers.hollight.library import load_library, theorem_rows

# From the theorem database that DeepHOL publishes (theorem_database_v1.1).
FINGERPRINTS = {
    "ADD_SYM": 1300629121302339976,
    "FORALL_NOT_THM": 3814569363214785436,
    "UNION_COMM": 4212998204935114152,
    "FINITE_INDUCT": 647717148551987768,
    "IN_ELIM_THM": 710546735042198085,
    "SUM_ADD": 2921524444054364629,
    "LE_REFL": 2012746649633913608,
}


def test_rows_are_in_the_order_of_the_sources(hollight):
    rows = theorem_rows()
    assert [(row.position, row.name) for row in rows] == sorted((row.position, row.name) for row in rows)
    files = list(dict.fromkeys(row.file for row in rows))
    assert len(files) == len({*files})
    assert files.index("bool.ml") < files.index("arith.ml") < files.index("real.ml") < files.index("iterate.ml")
    assert len({row.name for row in rows}) == len(rows)


def test_what_is_true_by_definition_is_marked(hollight):
    kinds = {row.name: row.kind for row in theorem_rows()}
    definitions = {"T_DEF", "ADD", "SUC_DEF", "ETA_AX", "INFINITY_AX", "SUBSET", "list_INDUCT"}
    assert {kinds[name] for name in definitions} == {"definition"}
    assert {kinds[name] for name in ("ADD_SYM", "TRUTH", "SUM_ADD", "NOT_CLAUSES")} == {"theorem"}


def test_fingerprints_are_those_of_holist(hollight):
    ours = {row.name: row.fingerprint for row in theorem_rows()}
    assert {name: ours[name] for name in FINGERPRINTS} == FINGERPRINTS


def test_statements_read_back_as_they_are(hollight):
    for row in theorem_rows()[::200]:
        theorem = hollight.parse(row.statement)
        assert theorem.statement == row.statement, row.name
        assert theorem.pretty == row.pretty, row.name
        assert theorem.name == f"statement-{row.fingerprint}", row.name


def test_the_library_is_stored_beside_the_build(hollight):
    rows = theorem_rows()
    table = pq.read_table(locate().directory / "library.parquet")
    assert table.column_names == [field.name for field in dataclasses.fields(rows[0])]
    assert table.num_rows == len(rows)
    library = load_library()
    assert library is load_library()
    assert [entry.name for entry in library.entries] == [row.name for row in rows]
