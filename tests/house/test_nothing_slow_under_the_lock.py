"""Nothing slow under the write lock: no hash, parse, file, socket, process, rendering or waiting in an action, however deep."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch

import pytest

from tests.support.house import PACKAGE, sources

OPENERS = {"action", "writing", "effect", "atomic"}
SLOW_CALLS = (
    "time.sleep", "socket.*", "ssl.*", "subprocess.*", "multiprocessing.*", "urllib.request.*", "http.client.*", "httpx.*",
    "django.contrib.auth.hashers.*", "csv.*", "lxml.*", "tomllib.*", "zipfile.*", "gzip.*", "shutil.*", "open",
    "numpy.load", "numpy.save*", "typst.*", "docx.*", "xlsxwriter.*", "django.shortcuts.render",
    "django.template.loader.render_to_string", "anlan.ui.typeset.*",
)  # fmt: skip
SLOW_METHODS = {
    "check_password", "set_password", "read_bytes", "read_text", "write_bytes", "write_text", "recv", "sendall", "result",
    "take", "submit", "compute",
}  # fmt: skip
DEPTH = 8
# What is slow by its name and yet right: where it stands, and why.
ALLOWED: Mapping[str, str] = {
    "anlan.foundation.writing.writing": "it waits before its transaction opens, and not at all inside another",
    "anlan.foundation.packs.load_all": "read once a process, and again when a file changed",
    "anlan.foundation.crypto._cipher": "the key's file is read once a process",
    "anlan.foundation.crypto._index_key": "the key's file is read once a process",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """One file: its functions by name (`Class.method` too), and what each imported name stands for."""

    name: str
    tree: ast.Module
    functions: dict[str, Function] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in self.tree.body:
            if isinstance(node, Function):
                self.functions[node.name] = node
            elif isinstance(node, ast.ClassDef):
                self.functions |= {f"{node.name}.{f.name}": f for f in node.body if isinstance(f, Function)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                self.imports |= {
                    (a.asname or a.name.split(".")[0]): (a.name if a.asname else a.name.split(".")[0])
                    for a in node.names
                }
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                self.imports |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}

    def told(self, call: ast.Call, owner: str) -> str:
        """The dotted name that is called, imports resolved: of an object of unknown kind only `.method`."""
        steps: list[str] = []
        node: ast.expr = call.func
        while isinstance(node, ast.Attribute):
            steps.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return f".{steps[-1]}" if steps else ""
        if node.id in ("self", "cls") and owner and len(steps) == 1:
            return f"{self.name}.{owner}.{steps[0]}"
        if node.id in self.imports:
            return ".".join([self.imports[node.id], *steps])
        if not steps:
            return f"{self.name}.{node.id}" if node.id in self.functions else node.id
        return f".{steps[-1]}"


class House:
    """All modules, and what a call in one of them reaches."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.modules = {name: Module(name, ast.parse(text)) for name, text in texts.items()}

    def faults(self) -> list[str]:
        found = set()
        for module in self.modules.values():
            for where, owner, body in _held(module):
                found |= set(self._slow(module, owner, body, (where,)))
        return sorted(found)

    def _slow(
        self,
        module: Module,
        owner: str,
        body: list[ast.stmt],
        way: tuple[str, ...],
        seen: set[str] | None = None,
    ) -> Iterator[str]:
        seen = set() if seen is None else seen
        for call in (n for each in body for n in ast.walk(each) if isinstance(n, ast.Call)):
            told = module.told(call, owner)
            target = self._find(told)
            if target is not None:
                name = f"{target[0].name}.{target[1]}"
                if name in seen or name in ALLOWED or len(way) > DEPTH:
                    continue
                seen.add(name)
                inner = target[0].functions[target[1]]
                yield from self._slow(target[0], target[1].rpartition(".")[0], inner.body, (*way, name), seen)
            elif _is_slow(told):
                yield f"{' → '.join(way)} → {told}()"

    def _find(self, told: str) -> tuple[Module, str] | None:
        """The function of ours that a dotted name means, also where a package only hands it on."""
        for _ in range(4):
            for cut in (told.rpartition("."), told.rpartition(".")[0].rpartition(".")):
                module = self.modules.get(cut[0])
                rest = told[len(cut[0]) + 1 :]
                if module is not None and rest in module.functions:
                    return module, rest
                if module is not None and rest in module.imports:
                    told = module.imports[rest]
                    break
            else:
                return None
        return None


def _is_slow(told: str) -> bool:
    return any(fnmatch(told, slow) for slow in SLOW_CALLS) or (
        "." in told and told.rpartition(".")[2] in SLOW_METHODS
    )


def _held(module: Module) -> Iterator[tuple[str, str, list[ast.stmt]]]:
    """Bodies that run under the lock: of `with action(…)`, of due work that is not slow, of handlers of the journal."""
    for name, function in module.functions.items():
        owner = name.rpartition(".")[0]
        if any(_runs_held(each) for each in function.decorator_list):
            yield f"{module.name}.{name}", owner, function.body
        for node in ast.walk(function):
            if isinstance(node, ast.With) and any(_opens(item.context_expr) for item in node.items):
                yield f"{module.name}.{name}", owner, node.body


def _opens(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _last(node.func) in OPENERS


def _runs_held(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call) or _last(node.func) not in ("task", "on"):
        return False
    return not any(k.arg == "slow" and ast.unparse(k.value) == "True" for k in node.keywords)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def ours() -> dict[str, str]:
    return {
        ".".join(("anlan", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
            ".__init__"
        ): path.read_text()
        for path in sources()
    }


def test_nothing_slow_happens_under_the_write_lock() -> None:
    faults = House(ours()).faults()
    assert not faults, "\n".join(["do this before the action opens:", *faults])


HASHES = (
    "from django.contrib.auth.hashers import make_password\ndef seal(word):\n    return make_password(word)\n"
)


@pytest.mark.parametrize(
    "planted",
    [
        "import time\ndef act(ctx):\n    with action(ctx, 'x'):\n        time.sleep(1)\n",
        "def act(ctx, account):\n    with writing():\n        account.check_password('x')\n",
        "from anlan.b import seal\ndef act(ctx):\n    with action(ctx, 'x'):\n        seal('x')\n",
        "from anlan import b\ndef act(ctx):\n    with tasks.effect():\n        b.seal('x')\n",
        "import csv\n@tasks.task('kind')\ndef act(ctx, payload):\n    deeper()\ndef deeper():\n    csv.reader([])\n",
        "@on('name')\ndef act(ctx, told):\n    return Act().go()\nclass Act:\n    def go(self):\n        return self.deeper()\n"
        "    def deeper(self):\n        with action(1, 'x'):\n            self.read()\n    def read(self):\n        open('x')\n",
    ],
)
def test_a_planted_fault_is_seen_however_deep(planted: str) -> None:
    assert House({"anlan.a": planted, "anlan.b": HASHES}).faults()


@pytest.mark.parametrize(
    "right",
    [
        "from anlan.b import seal\ndef act(ctx):\n    hashed = seal('x')\n    with action(ctx, 'x'):\n        keep(hashed)\n",
        "import csv\n@tasks.task('kind', slow=True)\ndef act(ctx, payload):\n    csv.reader([])\n",
    ],
)
def test_what_is_done_before_is_right(right: str) -> None:
    assert not House({"anlan.a": right, "anlan.b": HASHES}).faults()
