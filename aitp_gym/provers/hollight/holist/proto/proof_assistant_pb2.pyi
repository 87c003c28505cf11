from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Theorem(_message.Message):
    __slots__ = ("hypotheses", "conclusion", "tag", "name", "training_split", "fingerprint", "definition", "type_definition", "library_tag", "pretty_printed", "proof_function", "goal_fingerprint")
    class Tag(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        GOAL: _ClassVar[Theorem.Tag]
        THEOREM: _ClassVar[Theorem.Tag]
        DEFINITION: _ClassVar[Theorem.Tag]
        TYPE_DEFINITION: _ClassVar[Theorem.Tag]
    GOAL: Theorem.Tag
    THEOREM: Theorem.Tag
    DEFINITION: Theorem.Tag
    TYPE_DEFINITION: Theorem.Tag
    class Split(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[Theorem.Split]
        TRAINING: _ClassVar[Theorem.Split]
        VALIDATION: _ClassVar[Theorem.Split]
        TESTING: _ClassVar[Theorem.Split]
    UNKNOWN: Theorem.Split
    TRAINING: Theorem.Split
    VALIDATION: Theorem.Split
    TESTING: Theorem.Split
    HYPOTHESES_FIELD_NUMBER: _ClassVar[int]
    CONCLUSION_FIELD_NUMBER: _ClassVar[int]
    TAG_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TRAINING_SPLIT_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    TYPE_DEFINITION_FIELD_NUMBER: _ClassVar[int]
    LIBRARY_TAG_FIELD_NUMBER: _ClassVar[int]
    PRETTY_PRINTED_FIELD_NUMBER: _ClassVar[int]
    PROOF_FUNCTION_FIELD_NUMBER: _ClassVar[int]
    GOAL_FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    hypotheses: _containers.RepeatedScalarFieldContainer[str]
    conclusion: str
    tag: Theorem.Tag
    name: str
    training_split: Theorem.Split
    fingerprint: int
    definition: Definition
    type_definition: TypeDefinition
    library_tag: _containers.RepeatedScalarFieldContainer[str]
    pretty_printed: str
    proof_function: str
    goal_fingerprint: int
    def __init__(self, hypotheses: _Optional[_Iterable[str]] = ..., conclusion: _Optional[str] = ..., tag: _Optional[_Union[Theorem.Tag, str]] = ..., name: _Optional[str] = ..., training_split: _Optional[_Union[Theorem.Split, str]] = ..., fingerprint: _Optional[int] = ..., definition: _Optional[_Union[Definition, _Mapping]] = ..., type_definition: _Optional[_Union[TypeDefinition, _Mapping]] = ..., library_tag: _Optional[_Iterable[str]] = ..., pretty_printed: _Optional[str] = ..., proof_function: _Optional[str] = ..., goal_fingerprint: _Optional[int] = ...) -> None: ...

class Definition(_message.Message):
    __slots__ = ("definition_type", "definition_term", "constants", "theorem_arg")
    DEFINITION_TYPE_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_TERM_FIELD_NUMBER: _ClassVar[int]
    CONSTANTS_FIELD_NUMBER: _ClassVar[int]
    THEOREM_ARG_FIELD_NUMBER: _ClassVar[int]
    definition_type: str
    definition_term: str
    constants: _containers.RepeatedScalarFieldContainer[str]
    theorem_arg: int
    def __init__(self, definition_type: _Optional[str] = ..., definition_term: _Optional[str] = ..., constants: _Optional[_Iterable[str]] = ..., theorem_arg: _Optional[int] = ...) -> None: ...

class TypeDefinition(_message.Message):
    __slots__ = ("type_name", "abs_name", "rep_name", "theorem_arg")
    TYPE_NAME_FIELD_NUMBER: _ClassVar[int]
    ABS_NAME_FIELD_NUMBER: _ClassVar[int]
    REP_NAME_FIELD_NUMBER: _ClassVar[int]
    THEOREM_ARG_FIELD_NUMBER: _ClassVar[int]
    type_name: str
    abs_name: str
    rep_name: str
    theorem_arg: int
    def __init__(self, type_name: _Optional[str] = ..., abs_name: _Optional[str] = ..., rep_name: _Optional[str] = ..., theorem_arg: _Optional[int] = ...) -> None: ...

class TheoremDatabase(_message.Message):
    __slots__ = ("theorems", "name")
    THEOREMS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    theorems: _containers.RepeatedCompositeFieldContainer[Theorem]
    name: str
    def __init__(self, theorems: _Optional[_Iterable[_Union[Theorem, _Mapping]]] = ..., name: _Optional[str] = ...) -> None: ...

class GoalList(_message.Message):
    __slots__ = ("goals",)
    GOALS_FIELD_NUMBER: _ClassVar[int]
    goals: _containers.RepeatedCompositeFieldContainer[Theorem]
    def __init__(self, goals: _Optional[_Iterable[_Union[Theorem, _Mapping]]] = ...) -> None: ...

class ApplyTacticRequest(_message.Message):
    __slots__ = ("goal", "tactic", "timeout_ms")
    GOAL_FIELD_NUMBER: _ClassVar[int]
    TACTIC_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    goal: Theorem
    tactic: str
    timeout_ms: int
    def __init__(self, goal: _Optional[_Union[Theorem, _Mapping]] = ..., tactic: _Optional[str] = ..., timeout_ms: _Optional[int] = ...) -> None: ...

class ApplyTacticResponse(_message.Message):
    __slots__ = ("goals", "error")
    GOALS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    goals: GoalList
    error: str
    def __init__(self, goals: _Optional[_Union[GoalList, _Mapping]] = ..., error: _Optional[str] = ...) -> None: ...

class VerifyProofRequest(_message.Message):
    __slots__ = ("goal", "tactics", "theorem")
    GOAL_FIELD_NUMBER: _ClassVar[int]
    TACTICS_FIELD_NUMBER: _ClassVar[int]
    THEOREM_FIELD_NUMBER: _ClassVar[int]
    goal: Theorem
    tactics: _containers.RepeatedScalarFieldContainer[str]
    theorem: Theorem
    def __init__(self, goal: _Optional[_Union[Theorem, _Mapping]] = ..., tactics: _Optional[_Iterable[str]] = ..., theorem: _Optional[_Union[Theorem, _Mapping]] = ...) -> None: ...

class VerifyProofResponse(_message.Message):
    __slots__ = ("sound", "error_msg")
    SOUND_FIELD_NUMBER: _ClassVar[int]
    ERROR_MSG_FIELD_NUMBER: _ClassVar[int]
    sound: bool
    error_msg: str
    def __init__(self, sound: bool = ..., error_msg: _Optional[str] = ...) -> None: ...

class RegisterTheoremRequest(_message.Message):
    __slots__ = ("theorem",)
    THEOREM_FIELD_NUMBER: _ClassVar[int]
    theorem: Theorem
    def __init__(self, theorem: _Optional[_Union[Theorem, _Mapping]] = ...) -> None: ...

class RegisterTheoremResponse(_message.Message):
    __slots__ = ("fingerprint", "error_msg")
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    ERROR_MSG_FIELD_NUMBER: _ClassVar[int]
    fingerprint: int
    error_msg: str
    def __init__(self, fingerprint: _Optional[int] = ..., error_msg: _Optional[str] = ...) -> None: ...

class DatabaseSection(_message.Message):
    __slots__ = ("database_name", "before_premise")
    DATABASE_NAME_FIELD_NUMBER: _ClassVar[int]
    BEFORE_PREMISE_FIELD_NUMBER: _ClassVar[int]
    database_name: str
    before_premise: int
    def __init__(self, database_name: _Optional[str] = ..., before_premise: _Optional[int] = ...) -> None: ...

class PremiseReferenceSet(_message.Message):
    __slots__ = ("database_name", "premise_fingerprints")
    DATABASE_NAME_FIELD_NUMBER: _ClassVar[int]
    PREMISE_FINGERPRINTS_FIELD_NUMBER: _ClassVar[int]
    database_name: str
    premise_fingerprints: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, database_name: _Optional[str] = ..., premise_fingerprints: _Optional[_Iterable[int]] = ...) -> None: ...

class PremiseSet(_message.Message):
    __slots__ = ("sections", "reference_sets")
    SECTIONS_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_SETS_FIELD_NUMBER: _ClassVar[int]
    sections: _containers.RepeatedCompositeFieldContainer[DatabaseSection]
    reference_sets: _containers.RepeatedCompositeFieldContainer[PremiseReferenceSet]
    def __init__(self, sections: _Optional[_Iterable[_Union[DatabaseSection, _Mapping]]] = ..., reference_sets: _Optional[_Iterable[_Union[PremiseReferenceSet, _Mapping]]] = ...) -> None: ...

class ProverTask(_message.Message):
    __slots__ = ("premise_set", "goals")
    PREMISE_SET_FIELD_NUMBER: _ClassVar[int]
    GOALS_FIELD_NUMBER: _ClassVar[int]
    premise_set: PremiseSet
    goals: _containers.RepeatedCompositeFieldContainer[Theorem]
    def __init__(self, premise_set: _Optional[_Union[PremiseSet, _Mapping]] = ..., goals: _Optional[_Iterable[_Union[Theorem, _Mapping]]] = ...) -> None: ...

class ProverTaskList(_message.Message):
    __slots__ = ("tasks",)
    TASKS_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[ProverTask]
    def __init__(self, tasks: _Optional[_Iterable[_Union[ProverTask, _Mapping]]] = ...) -> None: ...
