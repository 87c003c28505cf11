"""Number of runners and what each reserves, from the resource fields of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from ...errors import ConfigError

__all__ = ["Resources"]


@dataclass(frozen=True, slots=True)
class Resources:
    """Resources that are announced to Ray, and each runner's share of them.

    Attributes:
        num_runners: how many runners there are.
        cpus_per_runner: CPU cores reserved for a runner and its prover.
        gpus_per_runner: share of a GPU reserved for a runner.
        num_cpus: cores that a local Ray is told it has; a cluster knows its own.
        num_gpus: GPUs that a local Ray is told it has.
    """

    num_runners: int
    cpus_per_runner: float = 1.0
    gpus_per_runner: float = 0.0
    num_cpus: int = 1
    num_gpus: int = 0

    @classmethod
    def from_fields(
        cls,
        *,
        num_cpus: int,
        cpu_per_prover: float = 1.0,
        with_gpus: bool = False,
        num_gpus: int = 0,
        logical_gpus: int = 0,
        gpu_per_prover: float = 0.0,
        provers_per_gpu: int = 1,
    ) -> Self:
        """Map the fields of a run configuration.

        Without GPUs there are `num_cpus // cpu_per_prover` runners, and the GPU fields are ignored. With GPUs there
        are `logical_gpus * provers_per_gpu`, but no more than the cores allow; a logical GPU is a share of the real
        ones (`num_gpus / logical_gpus` each), and `gpu_per_prover` is what a runner reserves for its policy.

        Args:
            num_cpus: cores for the run.
            cpu_per_prover: cores for one runner and its prover; may be a fraction.
            with_gpus: whether policies run on GPUs.
            num_gpus: real GPUs for the run.
            logical_gpus: how many GPUs to act as if there were; 0 means `num_gpus`.
            gpu_per_prover: GPUs that each runner reserves; may be a fraction.
            provers_per_gpu: runners for each logical GPU.

        Raises:
            ConfigError: the fields leave no room for a single runner, or reserve more than there is.
        """
        if cpu_per_prover <= 0:
            raise ConfigError(f"cpu_per_prover must be above 0 (cores for each runner), got {cpu_per_prover}.")
        by_cpu = int(num_cpus / cpu_per_prover + 1e-9)
        if by_cpu < 1:
            raise ConfigError(
                f"num_cpus={num_cpus} leaves no room for a runner of cpu_per_prover={cpu_per_prover} cores: raise the "
                "first, lower the second, or set num_workers=0 to evaluate in this process."
            )
        if not with_gpus:
            return cls(by_cpu, cpu_per_prover, 0.0, num_cpus, 0)
        logical = logical_gpus or num_gpus
        if num_gpus < 1 or logical < 1 or provers_per_gpu < 1:
            raise ConfigError(
                "with_gpus=true needs num_gpus, logical_gpus and provers_per_gpu of at least 1, got "
                f"{num_gpus}, {logical_gpus} and {provers_per_gpu}; with_gpus=false runs on CPUs alone."
            )
        runners = min(logical * provers_per_gpu, by_cpu)
        if not 0 <= gpu_per_prover * runners <= num_gpus + 1e-9:
            raise ConfigError(
                f"{runners} runners of gpu_per_prover={gpu_per_prover} reserve {gpu_per_prover * runners:g} GPUs, but "
                f"num_gpus={num_gpus}: lower gpu_per_prover or provers_per_gpu."
            )
        return cls(runners, cpu_per_prover, gpu_per_prover, num_cpus, num_gpus)
