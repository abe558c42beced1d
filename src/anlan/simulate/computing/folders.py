"""A run's folder: its grids, how far it is, and the word to stop. What two processes share lies here, never in memory."""

from pathlib import Path

from anlan.foundation.home import home


def folder(world: str, ref: str) -> Path:
    """Where a run's files lie; made on first use."""
    path = home() / "runs" / world / ref
    path.mkdir(parents=True, exist_ok=True)
    return path


def stop(world: str, ref: str) -> None:
    """Tell a run to stop at its next step."""
    (folder(world, ref) / "stop").touch()


def is_stopped(at: Path) -> bool:
    return (at / "stop").exists()


def tell_progress(at: Path, percent: int) -> None:
    """Write how far the run is; a reader never sees half a number."""
    scratch = at / "progress.new"
    scratch.write_text(str(percent))
    scratch.rename(at / "progress")


def progress(at: Path) -> int:
    """Percent done, as the run last told."""
    try:
        return int((at / "progress").read_text())
    except FileNotFoundError:
        return 0
