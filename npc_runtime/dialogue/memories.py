"""What the characters of one world remember, as dialogue uses it: kept in a history, found by words and by meaning."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from npc_runtime.dialogue.conversation import LINES_KEPT, Said
from npc_runtime.dialogue.generation.reflection import Reflecting
from npc_runtime.emotions import EMOTIONS
from npc_runtime.errors import Cancelled, StorageError
from npc_runtime.language.language import Language
from npc_runtime.language.wording import Wording
from npc_runtime.memory.authored import Embedder, Meanings
from npc_runtime.memory.batch import Batch
from npc_runtime.memory.consolidate import LIMIT, excess, groups, reflection
from npc_runtime.memory.entry import HOWS, LINES, Entry, Stored
from npc_runtime.memory.history import Forgotten, History
from npc_runtime.memory.meaning import vectors
from npc_runtime.memory.naming import Naming
from npc_runtime.memory.recall import Memory
from npc_runtime.memory.recollect import Found, Known, Question, Recollection, Written

Result = TypeVar("Result")

CANDIDATES = 24  # memories that may be meant, for one line
LATEST = 24  # of what a character learned last
MEANT = 0.45  # cosine from which on a memory is meant, though it shares no word with the question
RELATED = 0.35  # cosine from which on it has to do with it
LINE_BEFORE = 0.3  # what the line before counts, beside the one that is answered
LEARNED = ("told", "witnessed", "reflection", "taught")
TELLABLE = ("told", "witnessed", "taught")
NEWS = 100  # of what a character has to tell, the latest that it thinks of
EMBEDDED_AT_ONCE = 16
COUNTED_EVERY = 256  # new memories of a character, after which all of its are counted
FOLDABLE = tuple(how for how in HOWS if how not in LINES)

_log = logging.getLogger(__name__)


class Remembering:
    """The memory of one world. Belongs to the daemon's event loop; the history works on threads that worlds share."""

    def __init__(
        self,
        history: History,
        embedder: Callable[[], Embedder | None] = lambda: None,
        lost: str = "",
        reflecting: Reflecting | None = None,
    ) -> None:
        """`embedder` gives the model in force, once there is one; `lost` says why the history is not on disk."""
        self.history = history
        self.wording: Callable[[], Wording] = lambda: Wording(history.language, {})
        self.roles: dict[str, str] = {}  # what people are, by name: an embedding model knows no names
        self.meanings = Meanings()  # of what authors wrote
        self._recollection = Recollection(history)
        self._embedder = embedder
        self._embedding: asyncio.Task[None] | None = None
        self._compared_by = ""
        self._lost = lost
        self._failed = ""  # why the last write failed
        self._reflecting = reflecting or Reflecting()
        self._grown: Counter[str] = Counter()  # memories by character since they were last counted
        self._consolidating: asyncio.Task[None] | None = None
        self._tidying: asyncio.Task[None] | None = None
        self._untidy = False
        self._unfinished: set[asyncio.Task[Any]] = set()
        self._forgotten = 0  # players
        self._epoch = history.epoch  # of what is in RAM; the history's own is ahead while a save is being restored

    @property
    def trouble(self) -> str:
        """Why memories are not kept, or nothing."""
        return self._lost or self._failed

    @property
    def on_disk(self) -> bool:
        """Whether what is written goes to a file, or only to RAM until the daemon stops."""
        return not self._lost

    @property
    def busy(self) -> bool:
        """Whether something is being written that no request waits for, or waits to be."""
        working = (self._embedding, self._consolidating, self._tidying, *self._unfinished)
        return bool(self.history.backlog) or any(task is not None and not task.done() for task in working)

    def check_room(self) -> None:
        """Raises StorageError when no more can be kept in RAM until the disk takes it."""
        if self.history.full:
            raise StorageError(
                f"nothing more can be kept until the disk takes it: {self._failed or self._lost}",
                hint="nothing was changed; `memory` of `health` says when it is over",
            )

    async def catch_up(self) -> None:
        """Writes what the disk could not take before, where there is any. Raises StorageError."""
        if self.history.backlog:
            await asyncio.wrap_future(self.history.retry())
            self._failed = ""

    def keep(self, entries: Iterable[Entry] = (), records: Mapping[str, Any] | None = None) -> asyncio.Task[list[int]]:
        """Writes what belongs together, in the order of the calls; it is on disk when the task is done.

        The task gives the ids of the memories, and raises StorageError.
        """
        batch = Batch(list(entries), dict(records or {}))
        # A journal is read from its beginning: nothing of it is folded away.
        self._grown.update(entry.owner for entry in batch.entries if entry.owner.startswith("npc:"))
        writing = self.history.write(batch, self._epoch) if batch else None
        task = asyncio.get_running_loop().create_task(self._kept(writing))
        task.add_done_callback(self._noted)
        return task

    async def _kept(self, writing: Future[list[int] | None] | None) -> list[int]:
        if writing is None:
            return []
        # Whoever waits for it may give up; the writing goes on.
        ids = await asyncio.shield(asyncio.wrap_future(writing)) or []
        embedder = self._embedder()
        if embedder and ids and (self._embedding is None or self._embedding.done()):
            self._embedding = asyncio.create_task(self._embed_new(embedder))
        full = [owner for owner, count in self._grown.items() if count >= COUNTED_EVERY]
        if full and (self._consolidating is None or self._consolidating.done()):
            self._consolidating = asyncio.create_task(self._consolidate(full))
        return ids

    def _noted(self, task: asyncio.Task[list[int]]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            _log.error("memories are not on disk: %s", error)
        self._failed = str(error) if error else ""

    def begin_anew(self) -> None:
        """What is in RAM is now what the history holds: what is written from here on belongs to it."""
        self._epoch = self.history.epoch

    def lose(self, why: str) -> None:
        """Gives the file up: what happens is remembered until the daemon stops."""
        self.history.close()
        self.history = History(None, self.history.language)
        self._epoch = self.history.epoch
        self._recollection = Recollection(self.history)
        self._lost = why

    @property
    def embedder(self) -> Embedder | None:
        """The model that compares meanings, where there is one by now."""
        return self._embedder()

    async def about(self, npc: str, query: str, now: int, limit: int = CANDIDATES) -> list[Found]:
        """What a character may be asked for by `query`, best first."""
        (asked,) = await self._questions([query])
        names = self.wording().names
        found = self._recollection.find(npc, query, now=now, limit=limit, names=names, vector=asked.vector)
        return await asyncio.wrap_future(found)

    async def search(
        self,
        npc: str,
        line: str,
        before: str,
        written: Sequence[str],
        *,
        unasked: Collection[str],
        now: int,
        limit: int,
    ) -> list[Found | Known]:
        """What comes to mind for a line, best first: memories, and texts that were written for the character.

        The line `before` it counts less; `unasked` are terms that ask for nothing.
        """
        meant = self.meanings.of(written, self._embedder(), self.roles)
        language = self.history.language
        texts = [Written(_terms(text, language), vector) for text, vector in zip(written, meant, strict=True)]
        line_asked, *more = await self._questions([line, *([before] if before.strip() else [])])
        questions = [line_asked, *(replace(one, weight=LINE_BEFORE) for one in more)]
        questions = [replace(one, unasked=frozenset(unasked)) for one in questions]
        names = self.wording().names
        found = self._recollection.search(npc, questions, texts, now=now, limit=limit, names=names)
        return await asyncio.wrap_future(found)

    async def _questions(self, texts: Sequence[str]) -> list[Question]:
        """Texts and their meaning, where there is a model that knows it."""
        embedder = self._embedder()
        meant = [text for text in texts if text.strip()]
        rows = {}
        if embedder and meant:
            self._compare_by(embedder)
            rows = dict(zip(meant, await asyncio.to_thread(embedder.embed, meant), strict=True))
        return [Question(text, rows.get(text)) for text in texts]

    async def latest(self, npc: str) -> list[Stored]:
        """What a character learned last, latest first."""
        found = await asyncio.wrap_future(self.history.memories(npc, hows=LEARNED, limit=LATEST))
        return sorted(found, key=lambda stored: (-stored.last, -stored.id))

    async def news(self, npc: str) -> list[Stored]:
        """What a character learned last and may have to tell, oldest first."""
        return await asyncio.wrap_future(self.history.memories(npc, hows=TELLABLE, limit=NEWS))

    async def lines(self, npc: str) -> list[Said]:
        """The last lines within a character's hearing, oldest first."""
        found = await asyncio.wrap_future(self.history.memories(npc, hows=LINES, limit=LINES_KEPT))
        return [said(stored.entry) for stored in found]

    async def page(self, npc: str, after: int, limit: int) -> list[Stored]:
        """Memories in order of id, of one character or of all."""
        return await asyncio.wrap_future(self.history.page(npc, after, limit))

    async def erase(self, naming: Naming) -> Forgotten:
        """Deletes all that came from or is about somebody, or nothing of it. Raises StorageError."""
        self._forgotten += 1
        return await asyncio.wrap_future(self.history.forget(naming))

    async def forget(self, naming: Naming, erased: Forgotten, records: Mapping[str, Any]) -> Forgotten:
        """Deletes what was still being written when it was `erased`, keeps records, and writes the file anew.

        Gives all that was taken out; where the disk fails it is out of sight, and not yet `whole`.
        """
        late, keeping = self.history.forget(naming), self.keep(records=records)
        try:
            more = await asyncio.wrap_future(late)
            await keeping
            await asyncio.wrap_future(self._recollection.drop())
            await asyncio.wrap_future(self.history.store.squeeze())
        except StorageError as error:
            _log.error("%s is forgotten, and bytes of it may be left in the file: %s", naming.entity, error)
            return erased._replace(whole=False)
        return Forgotten(erased.memories + more.memories, (*erased.renamed, *more.renamed))

    def uninterrupted(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Begins work that goes on when whoever asked for it is gone; `close` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._unfinished.add(task)
        task.add_done_callback(self._unfinished.discard)
        return task

    def tidy_soon(self) -> asyncio.Task[None]:
        """Begins to delete what no save and no branch can see any more, between whatever else is asked.

        Where that is under way already, it goes on until what was given up by now is out too. Where it is cut short, by
        a disk that fails or the world's closing, the next time does what is left. The task raises StorageError.
        """
        self._untidy = True
        if self._tidying is None or self._tidying.done():
            self._tidying = asyncio.create_task(self._tidy())
            self._tidying.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._tidying

    async def tidy(self) -> None:
        """The same, waiting for its end. Raises StorageError."""
        await asyncio.shield(self.tidy_soon())  # whoever waits for it may give up; the work goes on

    async def _tidy(self) -> None:
        while self._untidy:
            self._untidy = False
            while await asyncio.wrap_future(self.history.tidy()):
                pass

    async def close(self) -> None:
        """Finishes the writing, and what must not be interrupted."""
        await asyncio.gather(*self._unfinished, return_exceptions=True)
        self.meanings.close()
        for task in (self._embedding, self._consolidating, self._tidying):
            if task is not None:
                task.cancel()
        await asyncio.to_thread(self.history.close)

    async def _consolidate(self, owners: Sequence[str]) -> None:
        """Folds the small memories of characters that have too many into reflections."""
        try:
            for owner in owners:
                del self._grown[owner]
                await asyncio.wrap_future(self.history.prune_lines(owner, LINES_KEPT))
                await self.consolidate(owner)
        except Cancelled:
            pass  # the world was closed
        except Exception:
            _log.exception("memories were not consolidated")

    async def consolidate(self, owner: str) -> int:
        """Brings a character's memories below the limit; gives the number of reflections. Raises StorageError."""
        wanted = excess(await asyncio.wrap_future(self.history.count(owner)))
        if not wanted:
            return 0
        epoch, forgotten = self.history.epoch, self._forgotten
        found = await asyncio.wrap_future(self.history.memories(owner, hows=FOLDABLE, limit=LIMIT * 2))
        chosen = groups(found, wanted, self.history.language)
        # All at once: a model writes for many in the time that it takes for one.
        claims = await asyncio.gather(*(self._reflecting.reflect(group, self.wording()) for group in chosen))
        for group, claim in zip(chosen, claims, strict=True):
            if forgotten != self._forgotten:
                return 0  # some of these memories may be gone
            await asyncio.wrap_future(self.history.write(Batch([reflection(group, claim)]), epoch))
        return len(chosen)

    def _compare_by(self, embedder: Embedder) -> None:
        if embedder.name != self._compared_by:
            self._compared_by = embedder.name
            self._recollection.compare_by(embedder.name)

    async def _embed_new(self, embedder: Embedder) -> None:
        """Adds the meaning of memories that have none yet; recall by words works before."""
        try:
            self._compare_by(embedder)
            while True:
                rows = await asyncio.wrap_future(self._recollection.without_vector(EMBEDDED_AT_ONCE))
                if not rows:
                    return
                wording = self.wording()
                # With whom it came from: of "I am tired." the meaning is the same whoever said it.
                texts = [entry.text(wording, nearest=True) for _, entry in rows]
                found = await asyncio.to_thread(vectors, texts, self.roles, embedder.embed)
                for owner in dict.fromkeys(entry.owner for _, entry in rows):
                    meant = {
                        number: vector
                        for (number, entry), vector in zip(rows, found, strict=True)
                        if entry.owner == owner
                    }
                    await asyncio.wrap_future(self._recollection.add_vectors(owner, meant))
        except Cancelled:
            pass  # the world was closed
        except Exception:
            _log.exception("the meaning of new memories was not kept; recall goes by words")


@lru_cache(maxsize=8192)
def _terms(text: str, language: Language) -> frozenset[str]:
    """The terms of a text, and those that stand in them where a language writes no gaps."""
    found = language.terms(text)
    return frozenset(found).union(*map(language.parts, found))


def memory(entry: Entry, wording: Wording) -> Memory:
    """A memory as the choice of a fact sees it."""
    sources = {"told": f"said:{entry.who}", "taught": "self", "lore": "lore:taught"}
    kind = "told" if entry.how == "told" else entry.kind
    return Memory(entry.text(wording), sources.get(entry.how, entry.how), kind, entry)


def worded(fact: Memory, npc: str, wording: Wording) -> Memory:
    """A fact that a character stated once, as it would say it now: only its claim was kept."""
    if fact.entry is not None:
        return fact
    who = fact.source.removeprefix("said:")
    told = who != fact.source
    text = wording.text(fact.claim, npc)
    if told:
        text = wording.told(fact.claim, who=who, to=npc, origin=who, reader=npc)
    return replace(fact, text=text)


def said(entry: Entry) -> Said:
    """A line as it was heard; a character's own lines keep their emotion in `kind`."""
    emotion = next((emotion for emotion in EMOTIONS if emotion == entry.kind), None)
    return Said(entry.who, entry.toward, entry.claim, emotion)
