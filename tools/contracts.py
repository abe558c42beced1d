"""The contract of the house that import-linter does not bring: a room's tables are its own."""

from importlinter import Contract, ContractCheck, fields, output


class PrivateTables(Contract):
    """`<package>.<room>.models` is imported inside its room only; others use queries, actions and events.

    `bases` names the one module of abstract tables that the tables of every room, and they alone, inherit from.
    """

    type_name = "private_tables"
    package = fields.StringField()
    bases = fields.StringField()

    def check(self, graph, verbose):  # type: ignore[no-untyped-def]
        found = []
        for tables in graph.find_matching_modules(f"{self.package}.*.models"):
            for module in {tables, *graph.find_descendants(tables)}:
                importers = graph.find_modules_that_directly_import(module)
                found += [(who, module) for who in importers if not self._may(who, tables)]
        return ContractCheck(kept=not found, metadata={"found": sorted(found)})

    def _may(self, importer: str, tables: str) -> bool:
        room = tables.removesuffix(".models")
        inside = importer == room or importer.startswith(f"{room}.")
        return inside or (tables == self.bases and importer.split(".")[2:3] == ["models"])

    def render_broken_contract(self, check):  # type: ignore[no-untyped-def]
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} imports {imported}: ask its queries or actions.", bold=False)
