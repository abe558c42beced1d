"""A runner of models without processes."""

from typing import Any

from anlan.simulate.computing.ensemble import Ensemble
from anlan.simulate.computing.shapes import Found, Job, Making
from anlan.simulate.running import runner


class Inline:
    """Computes where it is asked."""

    def __init__(self) -> None:
        self._jobs: dict[str, Any] = {}

    def submit(self, job: Job | Ensemble) -> None:
        self._jobs[job.folder] = job

    def given(self) -> frozenset[str]:
        return frozenset(self._jobs)

    def is_done(self, folder: str) -> bool:
        return True

    def take(self, folder: str) -> Found:
        return runner.compute(self._jobs.pop(folder))

    def drop(self, folder: str) -> None:
        self._jobs.pop(folder, None)

    def prepare(self, asked: Making) -> None: ...

    def make(self, asked: Making) -> None:
        runner.make(asked)
