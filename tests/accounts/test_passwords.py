"""Which passwords are taken, and that checking one takes the same time for everybody."""

import argon2
import pytest

from app.accounts import passwords
from app.accounts.passwords import MAX_CHARACTERS, MIN_CHARACTERS, find_fault, guessable_words

NOBODY = guessable_words()
LI_NA = guessable_words("li.na@example.com", "Li Na", "本团队", "Northern Data", "northern")


@pytest.mark.parametrize(
    "password",
    [
        "seven quiet otters",
        "x" * MAX_CHARACTERS,
        "四只安静的水獭在河边睡觉",
        "no digits no signs no capitals",
        "otters Li Na met by the river",
    ],
)
def test_long_passwords_are_taken_whatever_they_consist_of(password: str):
    assert find_fault(password, LI_NA) is None


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("otters-9!", "at least 10"),
        ("x" * (MAX_CHARACTERS + 1), "at most 128"),
        ("qwertyuiop", "most common"),
        ("QwertyUiop", "most common"),
        ("1234567890", "most common"),
        ("woaini1314520", "most common"),
        ("PeibiPeibi", "little more than a name"),
        ("peibi-2026!", "little more than a name"),
        ("配比配比配比配比配比", "little more than a name"),
        ("Li.Na@example.com", "little more than a name"),
        ("northern data 1", "little more than a name"),
        ("本团队本团队本团队2026", "little more than a name"),
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password: str, says: str):
    assert says in (find_fault(password, LI_NA) or "")


def test_names_count_only_for_their_owner():
    assert find_fault("northern data 1", NOBODY) is None


def test_the_list_holds_at_least_the_3000_most_common_that_would_be_long_enough():
    common = passwords.common_passwords()
    assert len([one for one in common if MIN_CHARACTERS <= len(one) <= MAX_CHARACTERS]) >= 3_000
    assert {"qwertyuiop", "1q2w3e4r5t", "password123", "basketball"} <= common
    assert all(one == one.casefold() for one in common)


def test_a_password_is_checked_as_it_was_typed():
    stored = passwords.hash_password("Seven Quiet Otters ")
    assert passwords.is_right(stored, "Seven Quiet Otters ")
    assert not passwords.is_right(stored, "Seven Quiet Otters")
    assert not passwords.is_right(stored, "seven quiet otters ")


def test_the_hash_is_argon2id_and_no_two_are_equal():
    first, second = (
        passwords.hash_password("seven quiet otters"),
        passwords.hash_password("seven quiet otters"),
    )
    assert first.startswith("$argon2id$")
    assert first != second


def test_nobodys_hash_costs_what_everybodys_costs():
    assert not passwords.needs_rehash(passwords.NOBODYS_HASH)
    assert not passwords.is_right(None, "anything at all")


def test_a_hash_with_weaker_parameters_is_found_out():
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1)
    stored = weak.hash("seven quiet otters")
    assert passwords.is_right(stored, "seven quiet otters")
    assert passwords.needs_rehash(stored)


@pytest.mark.parametrize("stored", [None, "not a hash at all"])
def test_an_unreadable_or_missing_hash_fits_nothing(stored: str | None):
    assert not passwords.is_right(stored, "")
    assert not passwords.is_right(stored, "x" * 1_000)
