"""GLOSSARY.md and the code speak the same words."""

from inspect import getdoc
from typing import get_args

from doorstep.ledger import CLASS_OF
from doorstep.ledger.accounts import AccountClass
from doorstep.model.facts import FACTS
from doorstep.model.transfer import Account
from tests.architecture.sources import SUFFIXES, document, names, table, trees, words

TEXT = document("GLOSSARY.md")
ELSEWHERE = {"ETA", "FIFO", "batch", "promise", "shop", "store", "wave"}
"""Words that are turned down for one thing and right for another."""


def test_the_facts_are_those_of_the_code() -> None:
    """Every fact is listed with the first line of its docstring, and none is listed that does not exist."""
    code = {name: str(getdoc(kind)).split("\n", 1)[0].replace("`", "") for name, kind in FACTS.items()}
    listed = table(TEXT, "fact")
    assert code == {row[0]: row[1] for row in listed}
    assert len(code) == len(listed)


def test_the_accounts_are_those_of_the_code() -> None:
    """Every account is listed with its class, and none is listed that does not exist."""
    listed = table(TEXT, "account")
    assert dict(CLASS_OF) == {row[0]: row[1] for row in listed}
    assert len(CLASS_OF) == len(listed)
    assert set(get_args(Account)) == set(CLASS_OF)


def test_the_classes_are_those_of_the_code() -> None:
    """The three classes of accounts are explained."""
    assert list(get_args(AccountClass)) == [row[0] for row in table(TEXT, "class")]


def test_the_suffixes_are_those_that_are_checked() -> None:
    """Every unit that a name may end in is explained, and no other."""
    assert list(SUFFIXES) == [row[0] for row in table(TEXT, "suffix")]


def test_each_word_is_explained_once() -> None:
    """One word, one meaning."""
    used = [x.strip() for row in table(TEXT, "use") for x in row[0].replace("⊃", ",").split(",")]
    assert sorted(set(used)) == sorted(used)


def test_no_name_in_the_code_is_a_word_that_the_glossary_turns_down() -> None:
    """Who brings an order is a courier, and nothing else; so with every word of the last column."""
    turned_down = {
        x.strip().lower()
        for row in table(TEXT, "use")
        for x in row[-1].split(",")
        if x.strip() not in {"–", *ELSEWHERE}
    }
    either = {x for word in turned_down for x in (word, f"{word}s")}
    assert [] == sorted(
        f"{path}: {name}" for path, tree in trees().items() for name in names(tree) if either & set(words(name))
    )
