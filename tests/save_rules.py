"""What random lives of a history do with its saves, besides making and restoring them."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from npc_runtime.errors import Conflict, NotFound
from npc_runtime.memory.history import History

SAVE = st.sampled_from(("one", "two", "three"))


class SaveRules(RuleBasedStateMachine):
    """Saves get a second name and are deleted, in the history and in the model of it."""

    history: History
    saves: dict[str, Any]  # what each save holds

    @rule(name=SAVE, twin=SAVE)
    def branch(self, name: str, twin: str) -> None:
        if name not in self.saves or twin in self.saves:
            with pytest.raises((NotFound, Conflict)):
                self.history.branch(name, twin).result()
            return
        self.history.branch(name, twin).result()
        self.saves[twin] = copy.deepcopy(self.saves[name])

    @precondition(lambda self: self.saves)
    @rule(data=st.data())
    def delete_save(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.saves)))
        self.history.delete_save(name).result()
        del self.saves[name]
