"""A county's folder of register books and map files, read in the order in which they need each other."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError, NotFound

BOOKS = frozenset({".xlsx", ".xls", ".ods", ".csv"})
MAPS = frozenset({".geojson", ".json", ".zip", ".gpkg", ".kml", ".kmz"})
ERRORS = "-errors"
MAP_WORDS = {
    "边界": "boundary",
    "河流": "stream",
    "水系": "stream",
    "道路": "road",
    "建筑": "building",
    "房屋": "building",
}


@dataclass
class Read:
    """What became of a folder: rows by register, files that nobody knows, files with the rows that are wrong."""

    loaded: dict[str, dict[str, int]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors)


def read(ctx: Ctx, folder: Path) -> Read:
    """Load every book and map of the folder; a book with a wrong row is left out whole. Raises: NotFound."""
    if not folder.is_dir():
        raise NotFound("没有文件夹 {folder}。", folder=str(folder))
    done, books, maps = Read(), {}, []
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")) or path.stem.endswith(ERRORS) or path.is_dir():
            continue
        name = _register_of(ctx, path) if path.suffix.lower() in BOOKS else ""
        if name:
            books.setdefault(name, []).append(path)
        elif path.suffix.lower() in MAPS:
            maps.append(path)
        elif path.suffix.lower() not in {".md", ".txt", ".pdf", ".docx"}:
            done.unknown.append(path.name)
    from anlan.registers.all import registers

    for register in registers().values():
        for path in books.get(register.name, ()):
            _book(ctx, register, path, done)
    for path in maps:
        _map(ctx, path, done)
    return done


def _register_of(ctx: Ctx, path: Path) -> str:
    """By the name of the file, else by its heads."""
    from anlan.registers.all import registers
    from anlan.registers.books import reading
    from anlan.registers.columns import Look

    named = [each for each in registers().values() if path.stem in (each.name, each.word)]
    if named:
        return named[0].name
    try:
        data, heads = path.read_bytes(), {each.name: each.heads(Look(ctx)) for each in registers().values()}
        found = reading.whose(data, heads) or [
            each.name for each in registers().values() if each.unfold(ctx, data, path.name)
        ]
    except AnlanError:
        return ""
    return found[0] if found else ""


def _book(ctx: Ctx, register: Any, path: Path, done: Read) -> None:
    from anlan.registers import uploads

    counts = done.loaded.setdefault(register.name, {"new": 0, "changed": 0, "same": 0, "wrong": 0})
    try:
        looked = uploads.look(ctx, register, path.read_bytes(), path.name)
    except AnlanError as error:
        counts["wrong"] += 1
        done.errors.append(f"{path.name}: {error.said('zh')}")
        return
    for state, n in looked.counts.items():
        counts[state] += n
    if looked.counts["wrong"]:
        errors = path.with_name(f"{path.stem}{ERRORS}.xlsx")
        errors.write_bytes(uploads.errors(ctx, register, looked, "zh"))
        done.errors.append(str(errors))
    elif looked.counts["new"] or looked.counts["changed"]:
        uploads.save_file(ctx, register, looked, path.name)


def _map(ctx: Ctx, path: Path, done: Read) -> None:
    """A layer of the map; the same file again changes nothing."""
    from anlan.places import layer_actions, layers

    counts = done.loaded.setdefault(f"map:{path.name}", {"new": 0, "changed": 0, "same": 0, "wrong": 0})
    data = path.read_bytes()
    try:
        word = next((kind for name, kind in MAP_WORDS.items() if name in path.stem), "")
        kind = word or (path.stem if path.stem in MAP_WORDS.values() else layers.kind_of(data))
        found = layer_actions.look(ctx, kind=kind, name=path.name, data=data, read_as=layers.ReadAs())
        about = layers.about(found)
        if layers.is_shown(found.digest):
            counts["same"] += about["taken"]
            return
        ref = layer_actions.begin(ctx, found, data)
        layer_actions.confirm(ctx, ref=ref, source=path.name, licence="待核实", dated=None)
    except AnlanError as error:
        counts["wrong"] += 1
        done.errors.append(f"{path.name}: {error.said('zh')}")
        return
    counts["new"] += about["taken"]
    counts["wrong"] += about["wrong"]
