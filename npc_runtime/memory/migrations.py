"""The tables of a world's file, as named steps in order. Steps are only ever added at the end."""

from __future__ import annotations

MIGRATIONS: tuple[tuple[str, str], ...] = (
    (
        "history",
        """
        -- A branch forks from a row of its parent; the first has no parent.
        CREATE TABLE branch (id INTEGER PRIMARY KEY, parent INTEGER, fork INTEGER);
        CREATE TABLE save (
            name TEXT PRIMARY KEY, number INTEGER NOT NULL, branch INTEGER NOT NULL, seq INTEGER NOT NULL,
            at INTEGER NOT NULL
        );
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
            text TEXT NOT NULL,
            at INTEGER NOT NULL,
            importance REAL NOT NULL,
            confidence REAL NOT NULL,
            depth INTEGER NOT NULL,
            sources TEXT NOT NULL,  -- ids, parted by spaces
            digest INTEGER NOT NULL  -- of owner, how, who and text: the same again is found by it
        );
        CREATE INDEX memory_owner ON memory (owner, id, branch);
        CREATE INDEX memory_digest ON memory (digest);
        CREATE INDEX memory_branch ON memory (branch);
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
        -- Meaning, as bytes. Memories wait in `unembedded` until theirs is known.
        CREATE TABLE vector (
            owner TEXT NOT NULL, memory INTEGER NOT NULL, branch INTEGER NOT NULL, value BLOB NOT NULL,
            PRIMARY KEY (owner, memory)
        ) WITHOUT ROWID;
        CREATE TABLE unembedded (memory INTEGER PRIMARY KEY);
        CREATE TABLE embedder (name TEXT NOT NULL);  -- one row: the model that made the vectors
        -- Stems, each with its owner in one word, so that a search touches what one character knows and no more.
        -- Whoever deletes a memory deletes its stems with the same values.
        CREATE VIRTUAL TABLE stems USING fts5(words, content='', columnsize=0, detail=none, tokenize='ascii');
        """,
    ),
    (
        "vectors in blocks",
        """
        DROP TABLE vector;  -- they are made anew
        INSERT OR IGNORE INTO unembedded SELECT id FROM memory WHERE how NOT IN ('said', 'heard');
        -- The vectors of a character, some together: int64 ids and branches, int8 directions, each end to end.
        CREATE TABLE vectors (
            owner TEXT NOT NULL, block INTEGER NOT NULL,
            memories BLOB NOT NULL, branches BLOB NOT NULL, directions BLOB NOT NULL,
            PRIMARY KEY (owner, block)
        );
        """,
    ),
    (
        "where, and in which reply",
        """
        ALTER TABLE memory ADD COLUMN place TEXT NOT NULL DEFAULT '';
        ALTER TABLE memory ADD COLUMN reply TEXT NOT NULL DEFAULT '';
        """,
    ),
    (
        "news",
        """
        ALTER TABLE memory ADD COLUMN news TEXT NOT NULL DEFAULT '';  -- what can be passed on, as JSON; or nothing
        ALTER TABLE memory ADD COLUMN corrects INTEGER NOT NULL DEFAULT 0;  -- whether that sets other news right
        CREATE INDEX memory_corrects ON memory (owner, id) WHERE corrects;
        """,
    ),
    (
        "points given up",
        """
        CREATE INDEX save_point ON save (branch, seq);
        CREATE INDEX save_number ON save (number);
        CREATE INDEX branch_fork ON branch (parent, fork);
        -- What only these points needed is taken out little by little: records up to row `thinned` are done.
        CREATE TABLE given_up (
            branch INTEGER NOT NULL, seq INTEGER NOT NULL, thinned INTEGER,
            PRIMARY KEY (branch, seq)
        ) WITHOUT ROWID;
        INSERT INTO given_up SELECT id, 1 << 62, NULL FROM branch;
        -- Where points were given up between two versions of a record was not written down.
        DELETE FROM record WHERE EXISTS (
            SELECT 1 FROM record AS later WHERE later.key = record.key AND +later.branch = record.branch
            AND later.seq = (SELECT min(seq) FROM record AS next WHERE next.key = record.key AND next.seq > record.seq)
            AND NOT EXISTS (
                SELECT 1 FROM save WHERE save.branch = record.branch AND save.seq >= record.seq AND save.seq < later.seq
            )
            AND NOT EXISTS (
                SELECT 1 FROM branch WHERE parent = record.branch AND fork >= record.seq AND fork < later.seq
            )
        );
        """,
    ),
)
