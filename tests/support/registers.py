"""What every register must hold: inherit it, name the register, a row that is right and a change to it; all of this is tested."""

import io
import uuid
from typing import Any, ClassVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from anlan.foundation import journal, tasks, worlds
from anlan.foundation.errors import Conflict, Forbidden, NotFound
from anlan.foundation.models import Task
from anlan.foundation.paging import Cut
from anlan.registers import queries, saving, steps, undoing, uploads
from anlan.registers.books import writing as books
from anlan.registers.columns import CLEARED, Look
from anlan.registers.events import ADDED, CHANGED, STEPPED
from anlan.registers.judging import judge
from anlan.registers.models import Sent
from anlan.registers.register import Register
from tests.support.city import Mini, make_city


@pytest.mark.django_db
class RegisterTests:
    """A house test finds a register that has none."""

    register: ClassVar[Register]
    good: ClassVar[dict[str, str]]  # lies in Liulin, as it would be typed
    change: ClassVar[dict[str, str]]  # one or more columns, another value
    wrong: ClassVar[dict[str, str]]  # columns that cannot be right
    step: ClassVar[
        tuple[str, dict[str, str]]
    ]  # with a life: the first step by the keeper, and the columns that it wants
    keeper: ClassVar[str] = "administrator"
    opener: ClassVar[str] = "duty_officer"  # may see what is sealed
    stranger: ClassVar[str] = "grid_worker"  # may not keep it

    @pytest.fixture
    def mini(self) -> Mini:
        mini = make_city()
        return mini if self.register.is_reference else mini.exercise()

    def ctx(self, mini: Mini, role: str = "") -> Any:
        return mini.ctx(role or self.keeper)

    def add(self, mini: Mini, **more: str) -> str:
        return saving.add(self.ctx(mini), self.register, {**self.good, **more})

    def base(self, mini: Mini) -> str:
        return f"/w/{mini.world.key}/registers/{self.register.name}"

    def total(self, mini: Mini) -> int:
        return queries.part(self.ctx(mini), self.register, {}, Cut()).total

    def sealed(self) -> list[str]:
        return [self.good[c.name] for c in self.register.columns if c.is_sealed and self.good.get(c.name)]

    def book(self, ctx: Any, *rows: dict[str, str]) -> bytes:
        out = io.BytesIO()
        books.write_xlsx(out, self.register.word, self.register.heads(Look(ctx)), rows)
        return out.getvalue()

    # ---------- one entry ----------
    def test_what_is_added_stands_there_and_is_journaled_without_a_name(self, mini: Mini) -> None:
        ref = self.add(mini)
        row = queries.entry(self.ctx(mini), self.register, ref)
        told = [e for e in journal.story(mini.ctx(), ref) if e["name"] == ADDED]
        assert len(told) == 1 or not self.register.tells
        for name in self.sealed():
            assert name not in str(told)
            assert name not in str(row.__dict__)
            assert name not in str(queries.wired(self.register, row))

    def test_a_change_is_journaled_before_and_after(self, mini: Mini) -> None:
        ref, ctx = self.add(mini), self.ctx(mini)
        row = queries.entry(ctx, self.register, ref)
        assert saving.change(ctx, self.register, row, self.change, why="核对过")
        last = journal.story(mini.ctx(), ref)[-1]
        if self.register.tells:
            assert last["name"] == CHANGED
            assert set(last["body"]["columns"]) >= set(self.change)
            assert last["body"]["why"] == "核对过"
            assert queries.history(ctx, self.register, ref)[0].why == "核对过"
        again = queries.entry(ctx, self.register, ref)
        assert not saving.change(ctx, self.register, again, self.change), "the same again changes nothing"

    def test_several_are_changed_at_once_or_none(self, mini: Mini) -> None:
        ref, client = self.add(mini), mini.client(self.keeper)
        free = [
            n
            for n in self.change
            if not self.register.column(n).fixed and not self.register.column(n).is_sealed
        ]
        if free:
            told = {"ref": [ref], "column": free[0], "value": self.change[free[0]], "why": "一起改"}
            assert client.post(f"{self.base(mini)}/bulk", told).status_code == 302
            assert (
                queries.history(self.ctx(mini), self.register, ref)[0].why == "一起改"
                or not self.register.tells
            )
        assert client.post(f"{self.base(mini)}/bulk", {"column": "ref"}).status_code == 302

    def test_an_older_form_overwrites_nothing(self, mini: Mini) -> None:
        ref, ctx = self.add(mini), self.ctx(mini)
        read = queries.entry(ctx, self.register, ref)
        version = self.register.version_of(read)
        saving.change(ctx, self.register, queries.entry(ctx, self.register, ref), self.change)
        with pytest.raises(saving.Stale):
            saving.change(ctx, self.register, read, self.change, version="of another day")
        with pytest.raises(saving.Stale):
            saving.change(
                ctx, self.register, queries.entry(ctx, self.register, ref), self.change, version=version
            )

    def test_the_same_form_twice_makes_one(self, mini: Mini) -> None:
        key, before = str(uuid.uuid4()), self.total(mini)
        first = saving.add(self.ctx(mini), self.register, self.good, key=key)
        assert saving.add(self.ctx(mini), self.register, self.good, key=key) == first
        assert self.total(mini) == before + 1
        assert Sent.objects.count() == 1

    def test_what_cannot_be_right_is_said_at_its_column(self, mini: Mini) -> None:
        before = self.total(mini)
        with pytest.raises(saving.NotRead) as refused:
            self.add(mini, **self.wrong)
        assert set(refused.value.wrong) & set(self.wrong)
        assert self.total(mini) == before

    def test_a_change_is_taken_back_while_it_stands(self, mini: Mini) -> None:
        ref, ctx = self.add(mini), self.ctx(mini)
        told = queries.wired(self.register, queries.entry(ctx, self.register, ref))
        saving.change(ctx, self.register, queries.entry(ctx, self.register, ref), self.change)
        undoing.take_back(ctx, self.register, ref, why="改错了")
        assert queries.wired(self.register, queries.entry(ctx, self.register, ref)) == told
        assert queries.history(ctx, self.register, ref)[0].name == "撤回" or not self.register.tells
        if not (self.register.save and not self.register.remove):
            undoing.take_back(ctx, self.register, ref, why="登记错了")
            with pytest.raises(NotFound):
                queries.entry(ctx, self.register, ref)

    def test_a_whole_file_is_taken_back(self, mini: Mini) -> None:
        ctx, before = self.ctx(mini), self.total(mini)
        upload = uploads.keep(ctx, self.register, self.book(ctx, self.good), "台账.xlsx")
        uploads.confirm(ctx, self.register, upload)
        if not (self.register.save and not self.register.remove):
            client = mini.client(self.keeper)
            path = f"{self.base(mini)}/file/{upload}/undo"
            assert client.get(path).status_code == 200
            assert client.post(path, {"why": "传错了文件"}).status_code == 302
            assert self.total(mini) == before

    # ---------- steps ----------
    def test_a_step_is_taken_by_page_journaled_and_taken_back(self, mini: Mini) -> None:
        if self.register.life:
            event, cells = self.step
            ref, client, ctx = self.add(mini), mini.client(self.keeper), self.ctx(mini)
            before = self.register.column("state").of(queries.entry(ctx, self.register, ref))
            path = f"{self.base(mini)}/step/{event}"
            assert path + f"?ref={ref}" in client.get(f"{self.base(mini)}/{ref}").content.decode()
            chosen = client.post(f"{self.base(mini)}/bulk", {"step": event, "ref": [ref]})
            assert chosen.headers["Location"] == f"{path}?ref={ref}"
            assert client.get(f"{path}?ref={ref}").status_code == 200
            assert client.post(path, {**cells, "why": "现场看过", "ref": [ref]}).status_code == 302
            told = journal.story(mini.ctx(), ref)[-1]
            assert (told["name"], told["body"]["step"], told["body"]["why"]) == (STEPPED, event, "现场看过")
            assert self.register.column("state").of(queries.entry(ctx, self.register, ref)) != before
            assert client.post(path, {**cells, "ref": [ref]}).status_code == 422, "it stands elsewhere by now"
            undoing.take_back(ctx, self.register, ref, why="看错了")
            assert self.register.column("state").of(queries.entry(ctx, self.register, ref)) == before
            assert client.get(path).status_code == 302, "nothing chosen"

    def test_a_step_is_taken_by_the_api(self, mini: Mini) -> None:
        if self.register.life:
            event, cells = self.step
            ref, client = self.add(mini), mini.client(self.keeper)
            base = f"/api/v1/w/{mini.world.key}/registers/{self.register.name}/{ref}"
            told = {
                "content_type": "application/json",
                "headers": {"If-Match": client.get(base).json()["version"]},
            }
            given = {**cells, "why": "现场看过"}
            assert client.post(f"{base}/{event}", given, **told).status_code == 200
            assert client.post(f"{base}/{event}", given, **told).status_code in (409, 412)

    def test_a_stranger_takes_no_step(self, mini: Mini) -> None:
        if self.register.life:
            event, cells = self.step
            ref, stranger = self.add(mini), mini.client(self.stranger)
            assert (
                stranger.post(f"{self.base(mini)}/step/{event}", {**cells, "ref": [ref]}).status_code == 403
            )
            row = queries.entry(self.ctx(mini), self.register, ref)
            elsewhere = mini.ctx("foreign").scope.paths[0]
            foreign = mini.may(self.register.keep, self.register.view, path=elsewhere)
            with pytest.raises((Forbidden, saving.NotRead)):
                steps.take(foreign, self.register, [row], event, cells, why="现场看过")

    # ---------- who ----------
    def test_what_is_sealed_is_seen_with_a_reason_that_is_journaled(self, mini: Mini) -> None:
        if self.sealed():
            ref, client = self.add(mini), mini.client(self.opener)
            path = f"{self.base(mini)}/{ref}/open"
            assert client.post(path, {"why": ""}).status_code == 422
            page = client.post(path, {"why": "核对本人"}).content.decode()
            assert all(name in page for name in self.sealed())
            assert journal.story(mini.ctx(), ref)[-1]["body"]["why"] == "核对本人"

    def test_what_ends_stays_and_is_no_longer_listed(self, mini: Mini) -> None:
        if self.register.ends:
            ref, ctx = self.add(mini), self.ctx(mini)
            day = {"on": f"{ctx.now:%Y-%m-%d}", "why": "不再用"}
            assert mini.client(self.keeper).post(f"{self.base(mini)}/{ref}/end", day).status_code == 302
            listed = queries.part(ctx, self.register, {"q": ref}, Cut())
            assert (
                listed.total,
                queries.part(ctx, self.register, {"q": ref, "ended": "1"}, Cut()).total,
            ) == (0, 1)

    def test_a_foreign_officer_changes_none_of_it(self, mini: Mini) -> None:
        ref = self.add(mini)
        foreign = mini.ctx("foreign")
        path = self.register.path_of(queries.entry(self.ctx(mini), self.register, ref))
        may = mini.may(self.register.keep, self.register.view, path=foreign.scope.paths[0])
        try:
            row = queries.entry(may, self.register, ref)
        except NotFound:
            row = queries.entry(self.ctx(mini), self.register, ref)
        if path and self.register.within:
            with pytest.raises((saving.NotRead, Forbidden)):
                saving.change(may, self.register, row, self.change)

    def test_who_may_not_keep_it_may_not(self, mini: Mini) -> None:
        with pytest.raises(Forbidden):
            saving.add(mini.ctx(self.stranger), self.register, self.good)
        client = mini.client(self.stranger)
        assert client.get(f"{self.base(mini)}/new").status_code == 403
        assert client.post(f"{self.base(mini)}/new", self.good).status_code == 403

    def test_a_reference_is_not_changed_by_an_exercise(self, mini: Mini) -> None:
        if self.register.is_reference:
            with pytest.raises(Conflict):
                saving.add(mini.exercise().ctx(self.keeper), self.register, self.good)

    # ---------- files ----------
    def test_the_template_has_the_heads(self, mini: Mini) -> None:
        book = CalamineWorkbook.from_filelike(io.BytesIO(uploads.template(self.ctx(mini), self.register)))
        heads = [str(x).rstrip("*＊ ") for x in book.get_sheet_by_index(0).to_python()[0]]
        assert [h.rstrip(" *※") for h in heads] == [c.word for c in self.register.typed]

    def test_an_export_comes_back_and_changes_nothing(self, mini: Mini) -> None:
        self.add(mini)
        ctx = self.ctx(mini)
        looked = uploads.look(
            ctx, self.register, self.book(ctx, *queries.cells(ctx, self.register, {})), "x.xlsx"
        )
        assert looked.counts == {"new": 0, "changed": 0, "same": self.total(mini), "wrong": 0}, [
            (line.cells, {k: w.zh for k, w in line.wrong.items()})
            for line in looked.judged.lines
            if line.state != "same"
        ]

    def test_a_file_is_looked_at_confirmed_once_and_saved_whole(self, mini: Mini) -> None:
        ctx, before = self.ctx(mini), self.total(mini)
        ref = uploads.keep(ctx, self.register, self.book(ctx, self.good), "台账.xlsx")
        assert self.total(mini) == before, "nothing is saved before it is confirmed"
        saved = uploads.confirm(ctx, self.register, ref)
        assert (saved.state, saved.counts) == ("saved", {"new": 1, "changed": 0, "same": 0, "wrong": 0})
        assert uploads.confirm(ctx, self.register, ref).counts == saved.counts
        assert self.total(mini) == before + 1

    def test_a_long_file_is_due_work_that_can_be_stopped(
        self, mini: Mini, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploads, "AT_ONCE", 0)
        ctx, before = self.ctx(mini), self.total(mini)
        stopped, taken = (
            uploads.keep(ctx, self.register, self.book(ctx, self.good), "台账.xlsx") for _ in range(2)
        )
        assert uploads.confirm(ctx, self.register, stopped).state == "waiting"
        uploads.cancel(ctx, self.register, stopped)
        uploads.confirm(ctx, self.register, taken)
        assert self.total(mini) == before
        for work in Task.objects.filter(kind=uploads.IMPORT):
            assert tasks.run(work, mini.world)
        assert [uploads.upload(ctx, self.register, ref).state for ref in (stopped, taken)] == [
            "cancelled",
            "saved",
        ]
        assert self.total(mini) == before + 1
        assert mini.client(self.keeper).get(f"{self.base(mini)}/file/{taken}").status_code == 200

    def test_two_who_saw_the_same_file_make_its_entries_once(self, mini: Mini) -> None:
        ctx, before = self.ctx(mini), self.total(mini)
        data = self.book(ctx, self.good)
        first, second = (uploads.look(ctx, self.register, data, "台账.xlsx") for _ in range(2))
        uploads.save_file(ctx, self.register, first, "F-1")
        with pytest.raises(Conflict):
            uploads.save_file(ctx, self.register, second, "F-2")
        assert self.total(mini) == before + 1

    def test_a_wrong_row_keeps_the_file_out_and_comes_back_with_its_reason(self, mini: Mini) -> None:
        ctx, before = self.ctx(mini), self.total(mini)
        bad = {**self.good, **self.wrong}
        ref = uploads.keep(ctx, self.register, self.book(ctx, bad), "台账.xlsx")
        with pytest.raises(saving.NotRead):
            uploads.confirm(ctx, self.register, ref)
        assert self.total(mini) == before
        looked = uploads.again(ctx, self.register, ref)
        back = uploads.errors(ctx, self.register, looked, "zh")
        again = uploads.look(ctx, self.register, back, "errors.xlsx")
        assert again.counts["wrong"] == 1

    def test_an_empty_cell_changes_nothing(self, mini: Mini) -> None:
        ref, ctx = self.add(mini), self.ctx(mini)
        row = queries.entry(ctx, self.register, ref)
        cells = {n: self.good[n] for way in self.register.keys[-1:] for n in way}
        assert not saving.change(
            ctx, self.register, row, {**cells, **dict.fromkeys(set(self.good) - set(cells), "")}
        )
        required = next((c for c in self.register.columns if c.required and not c.fixed), None)
        if required:
            assert (
                required.name
                in judge(ctx, self.register, [(1, {required.name: CLEARED})], about=[row]).lines[0].wrong
            )

    # ---------- pages and API ----------
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_every_page_opens_without_script(self, mini: Mini, lang: str) -> None:
        ref, base, client = self.add(mini), self.base(mini), mini.client(self.keeper)
        for path in ("", f"/{ref}", "/new", f"/{ref}/change", "/file", "/template", "/export.xlsx", "/export.csv",
                     "?q=x&sort=-name&page=9", "?" + "&".join(f"{c.name}=x" for c in self.register.columns)):  # fmt: skip
            reply = client.get(base + path, headers={"Accept-Language": lang})
            assert reply.status_code == 200, path
            is_page = reply.headers["Content-Type"].startswith("text/html")
            assert not is_page or "{%" not in reply.content.decode(), path
        assert client.get(f"/w/{mini.world.key}/registers").status_code == 200

    def test_a_form_remembers_what_was_typed_and_is_taken_once(self, mini: Mini) -> None:
        base, client, before = self.base(mini), mini.client(self.keeper), self.total(mini)
        refused = client.post(f"{base}/new", {**self.good, **self.wrong, "key": "k"})
        assert refused.status_code == 422
        assert all(text in refused.content.decode() for text in self.wrong.values())
        given = {**self.good, "key": str(uuid.uuid4())}
        for _ in range(2):
            assert client.post(f"{base}/new", given).status_code == 302
        assert self.total(mini) == before + 1

    def test_a_file_walks_by_pages(self, mini: Mini) -> None:
        base, client, before = self.base(mini), mini.client(self.keeper), self.total(mini)
        file = SimpleUploadedFile("台账.xlsx", self.book(self.ctx(mini), self.good))
        looked = client.post(f"{base}/file", {"file": file})
        assert looked.status_code == 302
        shown = client.get(looked.headers["Location"], headers={"Accept-Language": "zh"}).content.decode()
        assert "新增 1 条，改 0 条，0 条没有变，0 行有错。" in shown
        assert client.post(looked.headers["Location"]).status_code == 302
        assert self.total(mini) == before + 1
        assert (
            client.post(f"{base}/file", {"file": SimpleUploadedFile("x.xlsx", b"no book")}).status_code == 422
        )

    def test_the_api_lists_adds_and_changes(self, mini: Mini) -> None:
        client, base = mini.client(self.keeper), f"/api/v1/w/{mini.world.key}/registers/{self.register.name}"
        for _ in range(2):
            made = client.post(
                base, self.good, content_type="application/json", headers={"Idempotency-Key": "k-1"}
            )
            assert made.status_code == 200, made.content
        ref = made.json()["ref"]
        one = client.get(f"{base}/{ref}").json()
        assert client.get(base).json()["total"] == self.total(mini)
        told = {"content_type": "application/json", "headers": {"If-Match": one["version"]}}
        assert client.patch(f"{base}/{ref}", self.change, **told).status_code == 200
        assert client.patch(f"{base}/{ref}", self.change, **told).status_code == 412
        assert (
            client.post(base, {**self.good, "nonsense": "x"}, content_type="application/json").status_code
            == 422
        )
        assert (
            client.post(base, {**self.good, **self.wrong}, content_type="application/json").status_code == 422
        )

    def test_the_chain_holds_after_it_all(self, mini: Mini) -> None:
        self.add(mini)
        assert journal.verify(worlds.info(mini.world), mini.world.scenario).bad_seq is None
