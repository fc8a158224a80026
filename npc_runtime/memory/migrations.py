"""The tables of a world's file, as named steps in order. Steps are only ever added at the end."""

from __future__ import annotations

MIGRATIONS: tuple[tuple[str, str], ...] = (
    (
        "history",
        """
        -- A branch forks from a row of its parent; the first has no parent.
        CREATE TABLE branch (id INTEGER PRIMARY KEY, parent INTEGER, fork INTEGER);
        CREATE INDEX branch_fork ON branch (parent, fork);
        CREATE TABLE save (
            name TEXT PRIMARY KEY, number INTEGER NOT NULL, branch INTEGER NOT NULL, seq INTEGER NOT NULL,
            at INTEGER NOT NULL
        );
        CREATE INDEX save_point ON save (branch, seq);
        CREATE INDEX save_number ON save (number);
        -- What only these points needed is taken out little by little: records up to row `thinned` are done.
        CREATE TABLE given_up (
            branch INTEGER NOT NULL, seq INTEGER NOT NULL, thinned INTEGER,
            PRIMARY KEY (branch, seq)
        ) WITHOUT ROWID;
        -- Small state, versioned: a later row of a key hides the earlier ones; NULL takes the key out.
        CREATE TABLE record (
            key TEXT NOT NULL, seq INTEGER NOT NULL, branch INTEGER NOT NULL, value TEXT,
            PRIMARY KEY (key, seq)
        ) WITHOUT ROWID;
        CREATE INDEX record_branch ON record (branch, seq);
        CREATE TABLE memory (
            id INTEGER PRIMARY KEY,  -- the sequence number
            branch INTEGER NOT NULL,
            owner TEXT NOT NULL,
            how TEXT NOT NULL,
            who TEXT NOT NULL,
            toward TEXT NOT NULL,
            origin TEXT NOT NULL,
            kind TEXT NOT NULL,
            claim TEXT NOT NULL,  -- people are ids in it; of a line, what was said
            at INTEGER NOT NULL,
            importance REAL NOT NULL,
            confidence REAL NOT NULL,
            depth INTEGER NOT NULL,
            sources TEXT NOT NULL,  -- ids, parted by spaces
            place TEXT NOT NULL,
            reply TEXT NOT NULL,
            news TEXT NOT NULL,  -- what is passed on, where it is not simply the claim, as JSON; or nothing
            corrects INTEGER NOT NULL,  -- whether it sets other news right
            digest INTEGER NOT NULL  -- of owner, how, who and claim: the same again is found by it
        );
        CREATE INDEX memory_owner ON memory (owner, id, branch);
        CREATE INDEX memory_digest ON memory (digest);
        CREATE INDEX memory_branch ON memory (branch);
        CREATE INDEX memory_corrects ON memory (owner, id) WHERE corrects;
        -- The same again: counts with the memory, and makes it fresh. One row between two saves.
        CREATE TABLE repeat (
            memory INTEGER NOT NULL, seq INTEGER NOT NULL, branch INTEGER NOT NULL, at INTEGER NOT NULL,
            times INTEGER NOT NULL,
            PRIMARY KEY (memory, seq)
        ) WITHOUT ROWID;
        CREATE INDEX repeat_branch ON repeat (branch, seq);
        -- What a reflection stands for from now on: found by its sources only.
        CREATE TABLE faded (
            owner TEXT NOT NULL, memory INTEGER NOT NULL, seq INTEGER NOT NULL, branch INTEGER NOT NULL,
            PRIMARY KEY (owner, memory, seq)
        ) WITHOUT ROWID;
        CREATE INDEX faded_branch ON faded (branch, seq);
        -- The vectors of a character, some together: int64 ids and branches, int8 directions, each end to end.
        CREATE TABLE vectors (
            owner TEXT NOT NULL, block INTEGER NOT NULL,
            memories BLOB NOT NULL, branches BLOB NOT NULL, directions BLOB NOT NULL,
            PRIMARY KEY (owner, block)
        );
        CREATE TABLE unembedded (memory INTEGER PRIMARY KEY);  -- they wait until their meaning is known
        CREATE TABLE embedder (name TEXT NOT NULL);  -- one row: the model that made the vectors
        -- Terms and ids, each in one word with its owner: a search touches what one character knows and no more.
        CREATE VIRTUAL TABLE terms USING fts5(words, columnsize=0, detail=none, tokenize='ascii');
        """,
    ),
)
