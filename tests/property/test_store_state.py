"""A store is a dict with history: a model in plain Python and a store in memory agree on everything that happens."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from storage import Artifact, Store
from storage.collect import collect
from storage.errors import NotInStoreError, VersionConflictError
from storage.log import Log
from storage.store_file import StoreFile

NAMES = st.sampled_from(["pets", "dogs", "a.b-c_d"])
ALIASES = st.sampled_from(["best", "prod", "latest", "old"])
FILES = st.dictionaries(
    st.sampled_from(["a", "b/c", "b/d", "ü x", "z.json"]), st.sampled_from([b"", b"1", b"22", b"x" * 300]), max_size=4
)


def second_reader(store: Store) -> Store:
    """Another process on the same store: shares the objects, nothing else."""
    other = Store.in_memory()
    other._objects = store._objects
    other._file = StoreFile(store._objects, None)
    return other


class StoreMachine(RuleBasedStateMachine):
    """`model`: name → list of versions (files, or None once deleted); `aliases`: (name, alias) → number."""

    versions = Bundle("versions")

    def __init__(self) -> None:
        super().__init__()
        self.store = Store.in_memory()
        self.other = second_reader(self.store)
        self.model: dict[str, list[dict[str, bytes] | None]] = {}
        self.aliases: dict[tuple[str, str], int] = {}

    @rule(target=versions, name=NAMES, files=FILES, aliases=st.lists(ALIASES, max_size=2), second=st.booleans())
    def log(self, name, files, aliases, second):
        artifact = Artifact(name, "dataset")
        for path, data in files.items():
            artifact.add_file(data, path)
        saved = (self.other if second else self.store).log_artifact(artifact, aliases)
        numbers = self.model.setdefault(name, [])
        same = [number for number, present in enumerate(numbers) if present == files]
        if same:
            expected = same[-1]
        else:
            expected = len(numbers)
            numbers.append(dict(files))
        assert saved.version == f"v{expected}"
        for alias in aliases:
            if alias != "latest":
                self.aliases[name, alias] = expected
        return name, expected

    @rule(version=versions, alias=ALIASES)
    def move(self, version, alias):
        name, number = version
        alive = self.model[name][number] is not None
        if alias == "latest":
            with pytest.raises(VersionConflictError):
                self.store.set_alias(name, alias, f"v{number}")
        elif not alive:
            with pytest.raises(NotInStoreError):
                self.store.set_alias(name, alias, f"v{number}")
        else:
            self.store.set_alias(name, alias, f"v{number}")
            self.aliases[name, alias] = number

    @rule(name=NAMES, alias=st.sampled_from(["best", "prod", "old"]))
    def unalias(self, name, alias):
        if (name, alias) in self.aliases:
            self.other.delete_alias(name, alias)
            del self.aliases[name, alias]
        elif self.model:
            with pytest.raises(NotInStoreError):
                self.other.delete_alias(name, alias)

    @rule(version=versions, force=st.booleans())
    def delete(self, version, force):
        name, number = version
        pointing = [key for key, target in self.aliases.items() if key[0] == name and target == number]
        if self.model[name][number] is None:
            with pytest.raises(NotInStoreError):
                self.store.delete(f"{name}:v{number}", delete_aliases=force)
        elif pointing and not force:
            with pytest.raises(VersionConflictError):
                self.store.delete(f"{name}:v{number}")
        else:
            self.store.delete(f"{name}:v{number}", delete_aliases=force)
            self.model[name][number] = None
            for key in pointing:
                del self.aliases[key]

    @rule(second=st.booleans())
    def gc(self, second):
        if self.store.exists:
            report = (self.other if second else self.store).gc(dry_run=False, older_than_secs=0)
            assert collect(self.store._objects, Log(self.store._objects), dry_run=True, grace=0).keys == []
            assert all(self.store._objects.size(key) is None for key in report.keys)

    @invariant()
    def both_readers_agree_with_the_model(self):
        if not self.store.exists:
            return
        for reader in (self.store, self.other, second_reader(self.store)):
            alive = {name: numbers for name, numbers in self.model.items() if any(n is not None for n in numbers)}
            assert [item.name for item in reader.artifacts()] == sorted(alive)
            for name, numbers in alive.items():
                live = [number for number, files in enumerate(numbers) if files is not None]
                rows = reader.versions(name)
                assert [row.version for row in rows] == [f"v{number}" for number in live]
                assert reader.artifact(name).version == f"v{live[-1]}"
                for row, number in zip(rows, live, strict=True):
                    own = [alias for (n, alias), target in self.aliases.items() if (n, target) == (name, number)]
                    assert row.aliases == tuple(sorted([*own, *(["latest"] if number == live[-1] else [])]))

    @invariant()
    def all_bytes_are_there(self):
        if not self.store.exists:
            return
        assert self.store.verify() == []
        for name, numbers in self.model.items():
            for number, files in enumerate(numbers):
                if files is not None:
                    artifact = self.other.artifact(f"{name}:v{number}")
                    assert artifact.names() == sorted(files)
                    assert {path: artifact.open(path).read() for path in files} == files
                    assert {entry.path: entry.digest for entry in artifact.files()} == {
                        path: hashlib.sha256(data).hexdigest() for path, data in files.items()
                    }


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
