from aitp_gym.provers.hollight.holist.proto import proof_assistant_pb2 as _proof_assistant_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BFSOptions(_message.Message):
    __slots__ = ("max_top_suggestions", "max_successful_branches", "max_explored_nodes", "min_successful_branches")
    MAX_TOP_SUGGESTIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_SUCCESSFUL_BRANCHES_FIELD_NUMBER: _ClassVar[int]
    MAX_EXPLORED_NODES_FIELD_NUMBER: _ClassVar[int]
    MIN_SUCCESSFUL_BRANCHES_FIELD_NUMBER: _ClassVar[int]
    max_top_suggestions: int
    max_successful_branches: int
    max_explored_nodes: int
    min_successful_branches: int
    def __init__(self, max_top_suggestions: _Optional[int] = ..., max_successful_branches: _Optional[int] = ..., max_explored_nodes: _Optional[int] = ..., min_successful_branches: _Optional[int] = ...) -> None: ...

class ProverOptions(_message.Message):
    __slots__ = ("path_theorem_database", "path_tactics", "path_tactics_replace", "prover", "bfs_options", "splits_to_prove", "timeout_seconds", "prune_theorem_parameters", "library_tags", "tactic_timeout_ms")
    PATH_THEOREM_DATABASE_FIELD_NUMBER: _ClassVar[int]
    PATH_TACTICS_FIELD_NUMBER: _ClassVar[int]
    PATH_TACTICS_REPLACE_FIELD_NUMBER: _ClassVar[int]
    PROVER_FIELD_NUMBER: _ClassVar[int]
    BFS_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    SPLITS_TO_PROVE_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    PRUNE_THEOREM_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    LIBRARY_TAGS_FIELD_NUMBER: _ClassVar[int]
    TACTIC_TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    path_theorem_database: str
    path_tactics: str
    path_tactics_replace: str
    prover: str
    bfs_options: BFSOptions
    splits_to_prove: _containers.RepeatedScalarFieldContainer[_proof_assistant_pb2.Theorem.Split]
    timeout_seconds: float
    prune_theorem_parameters: bool
    library_tags: _containers.RepeatedScalarFieldContainer[str]
    tactic_timeout_ms: int
    def __init__(self, path_theorem_database: _Optional[str] = ..., path_tactics: _Optional[str] = ..., path_tactics_replace: _Optional[str] = ..., prover: _Optional[str] = ..., bfs_options: _Optional[_Union[BFSOptions, _Mapping]] = ..., splits_to_prove: _Optional[_Iterable[_Union[_proof_assistant_pb2.Theorem.Split, str]]] = ..., timeout_seconds: _Optional[float] = ..., prune_theorem_parameters: bool = ..., library_tags: _Optional[_Iterable[str]] = ..., tactic_timeout_ms: _Optional[int] = ...) -> None: ...

class ProofLog(_message.Message):
    __slots__ = ("nodes", "error_message", "num_proofs", "prover_options", "time_spent", "rejected", "build_data", "prover_task", "theorem_in_database")
    NODES_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    NUM_PROOFS_FIELD_NUMBER: _ClassVar[int]
    PROVER_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    TIME_SPENT_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    BUILD_DATA_FIELD_NUMBER: _ClassVar[int]
    PROVER_TASK_FIELD_NUMBER: _ClassVar[int]
    THEOREM_IN_DATABASE_FIELD_NUMBER: _ClassVar[int]
    nodes: _containers.RepeatedCompositeFieldContainer[ProofNode]
    error_message: str
    num_proofs: int
    prover_options: ProverOptions
    time_spent: int
    rejected: bool
    build_data: str
    prover_task: _proof_assistant_pb2.ProverTask
    theorem_in_database: _proof_assistant_pb2.Theorem
    def __init__(self, nodes: _Optional[_Iterable[_Union[ProofNode, _Mapping]]] = ..., error_message: _Optional[str] = ..., num_proofs: _Optional[int] = ..., prover_options: _Optional[_Union[ProverOptions, _Mapping]] = ..., time_spent: _Optional[int] = ..., rejected: bool = ..., build_data: _Optional[str] = ..., prover_task: _Optional[_Union[_proof_assistant_pb2.ProverTask, _Mapping]] = ..., theorem_in_database: _Optional[_Union[_proof_assistant_pb2.Theorem, _Mapping]] = ...) -> None: ...

class ProofNode(_message.Message):
    __slots__ = ("goal", "proofs", "status", "action_generation_time_millisec")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[ProofNode.Status]
        PROVED: _ClassVar[ProofNode.Status]
        REFUTED: _ClassVar[ProofNode.Status]
    UNKNOWN: ProofNode.Status
    PROVED: ProofNode.Status
    REFUTED: ProofNode.Status
    GOAL_FIELD_NUMBER: _ClassVar[int]
    PROOFS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ACTION_GENERATION_TIME_MILLISEC_FIELD_NUMBER: _ClassVar[int]
    goal: _proof_assistant_pb2.Theorem
    proofs: _containers.RepeatedCompositeFieldContainer[TacticApplication]
    status: ProofNode.Status
    action_generation_time_millisec: int
    def __init__(self, goal: _Optional[_Union[_proof_assistant_pb2.Theorem, _Mapping]] = ..., proofs: _Optional[_Iterable[_Union[TacticApplication, _Mapping]]] = ..., status: _Optional[_Union[ProofNode.Status, str]] = ..., action_generation_time_millisec: _Optional[int] = ...) -> None: ...

class Tactic(_message.Message):
    __slots__ = ("id", "name", "parameter_types")
    class ParameterType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[Tactic.ParameterType]
        VARIABLE: _ClassVar[Tactic.ParameterType]
        TERM: _ClassVar[Tactic.ParameterType]
        THEOREM: _ClassVar[Tactic.ParameterType]
        THEOREM_LIST: _ClassVar[Tactic.ParameterType]
        CONV: _ClassVar[Tactic.ParameterType]
    UNKNOWN: Tactic.ParameterType
    VARIABLE: Tactic.ParameterType
    TERM: Tactic.ParameterType
    THEOREM: Tactic.ParameterType
    THEOREM_LIST: Tactic.ParameterType
    CONV: Tactic.ParameterType
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PARAMETER_TYPES_FIELD_NUMBER: _ClassVar[int]
    id: int
    name: str
    parameter_types: _containers.RepeatedScalarFieldContainer[Tactic.ParameterType]
    def __init__(self, id: _Optional[int] = ..., name: _Optional[str] = ..., parameter_types: _Optional[_Iterable[_Union[Tactic.ParameterType, str]]] = ...) -> None: ...

class TacticsInfo(_message.Message):
    __slots__ = ("tactics",)
    TACTICS_FIELD_NUMBER: _ClassVar[int]
    tactics: _containers.RepeatedCompositeFieldContainer[Tactic]
    def __init__(self, tactics: _Optional[_Iterable[_Union[Tactic, _Mapping]]] = ...) -> None: ...

class TacticApplication(_message.Message):
    __slots__ = ("tactic", "parameters", "subgoals", "result", "error_message", "time_spent", "closed", "score", "rank")
    class Result(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[TacticApplication.Result]
        ERROR: _ClassVar[TacticApplication.Result]
        TIMEOUT: _ClassVar[TacticApplication.Result]
        UNCHANGED: _ClassVar[TacticApplication.Result]
        SUCCESS: _ClassVar[TacticApplication.Result]
    UNKNOWN: TacticApplication.Result
    ERROR: TacticApplication.Result
    TIMEOUT: TacticApplication.Result
    UNCHANGED: TacticApplication.Result
    SUCCESS: TacticApplication.Result
    TACTIC_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    SUBGOALS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TIME_SPENT_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    tactic: str
    parameters: _containers.RepeatedCompositeFieldContainer[TacticParameter]
    subgoals: _containers.RepeatedCompositeFieldContainer[_proof_assistant_pb2.Theorem]
    result: TacticApplication.Result
    error_message: str
    time_spent: int
    closed: bool
    score: float
    rank: int
    def __init__(self, tactic: _Optional[str] = ..., parameters: _Optional[_Iterable[_Union[TacticParameter, _Mapping]]] = ..., subgoals: _Optional[_Iterable[_Union[_proof_assistant_pb2.Theorem, _Mapping]]] = ..., result: _Optional[_Union[TacticApplication.Result, str]] = ..., error_message: _Optional[str] = ..., time_spent: _Optional[int] = ..., closed: bool = ..., score: _Optional[float] = ..., rank: _Optional[int] = ...) -> None: ...

class TacticParameter(_message.Message):
    __slots__ = ("parameter_type", "theorems", "term", "conv", "unknown", "hard_negative_theorems")
    PARAMETER_TYPE_FIELD_NUMBER: _ClassVar[int]
    THEOREMS_FIELD_NUMBER: _ClassVar[int]
    TERM_FIELD_NUMBER: _ClassVar[int]
    CONV_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_FIELD_NUMBER: _ClassVar[int]
    HARD_NEGATIVE_THEOREMS_FIELD_NUMBER: _ClassVar[int]
    parameter_type: Tactic.ParameterType
    theorems: _containers.RepeatedCompositeFieldContainer[_proof_assistant_pb2.Theorem]
    term: str
    conv: str
    unknown: str
    hard_negative_theorems: _containers.RepeatedCompositeFieldContainer[_proof_assistant_pb2.Theorem]
    def __init__(self, parameter_type: _Optional[_Union[Tactic.ParameterType, str]] = ..., theorems: _Optional[_Iterable[_Union[_proof_assistant_pb2.Theorem, _Mapping]]] = ..., term: _Optional[str] = ..., conv: _Optional[str] = ..., unknown: _Optional[str] = ..., hard_negative_theorems: _Optional[_Iterable[_Union[_proof_assistant_pb2.Theorem, _Mapping]]] = ...) -> None: ...
