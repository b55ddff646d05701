"""Who may use the database: listing and changing users, and who has not started (docs/rules.md 8.1)."""

from tests.cli.conftest import Shell


def test_what_is_given_is_changed_and_the_rest_stays(spring: Shell) -> None:
    changed = spring.json("user", "edit", "kim", "--last-name", "Álvarez", "--email", "kim@example.org")
    assert [changed[key] for key in ("login", "name", "email", "role")] == [
        *("kim", "Kim Álvarez", "kim@example.org", "sender")
    ]
    assert spring.json("user", "edit", "kim", "--email", "")["last_name"] == "Álvarez"
    assert "Nothing was different" in spring.done("user", "edit", "kim", "--first-name", "Kim")
    assert "first name" in spring.refused("user", "edit", "kim", "--first-name", "")
    assert "no user 'eve'" in spring.refused("user", "edit", "eve", "--email", "x")


def test_a_role_that_somebody_has_already_is_no_change(spring: Shell) -> None:
    """docs/rules.md 8.3: the journal has what was changed."""
    assert "Kim Alvarez (kim) is moderator now." in spring.done("user", "role", "kim", "moderator")
    history = spring.json("history")
    assert "Kim Alvarez (kim) is moderator already." in spring.done("user", "role", "kim", "moderator")
    assert spring.json("user", "role", "kim", "moderator")["role"] == "moderator"
    assert spring.json("history") == history


def test_users_are_listed_with_how_many_campaigns_they_are_on(spring: Shell) -> None:
    assert {each["login"]: each["campaigns"] for each in spring.json("user", "list")} == {"root": 0, "kim": 1, "lee": 1}
    spring.done("campaign", "archive", "Spring", "--yes")
    assert {each["campaigns"] for each in spring.json("user", "list")} == {0}


def test_whoever_holds_conversations_and_has_sent_none_is_idle(spring: Shell) -> None:
    assert spring.json("campaign", "idle", "Spring") == []
    assert "has started" in spring.done("campaign", "idle", "Spring")
    spring.done("user", "edit", "lee", "--email", "lee@example.org")
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim", "--to", "lee")
    spring.done("send", 1)
    (lee,) = spring.json("campaign", "idle", "Spring")
    assert [lee[key] for key in ("login", "not_started", "email", "online")] == ["lee", 1, "lee@example.org", False]
    assert "lee@example.org" in spring.done("campaign", "idle", "Spring")
    assert "no campaign 'Winter'" in spring.refused("campaign", "idle", "Winter")


def test_names_are_cleaned_as_those_of_an_import_are(spring: Shell) -> None:
    """They go into messages, as %sender_first_name%: docs/rules.md 9.1."""
    nothing = ("user", "add", "una", "--last-name", "", "--first-name")
    assert "needs a first name" in spring.refused(*nothing, "\u200b\u2800")
    una = spring.json(*nothing, "\x1b[1mUna\nMaría\u200b ")
    assert una["first_name"] == "[1mUna María"
    assert "needs a first name" in spring.refused("user", "edit", "una", "--first-name", "\u200b")
    changed = spring.json("user", "edit", "una", "--first-name", "Una\u200b", "--last-name", "O\tB\x07")
    assert (changed["first_name"], changed["last_name"]) == ("Una", "O B")


def test_the_login_that_stands_for_nobody_is_nobodys(spring: Shell) -> None:
    """The JSON of a move says `unassigned` for Unassigned: docs/json.md."""
    people = spring.database.parent / "people.csv"
    people.write_text("login,first name\nUNASSIGNED,Una\nmo,Mo\n")
    named = ("--first-name", "Una", "--last-name", "")
    assert "'Unassigned' cannot be a login" in spring.refused("user", "add", "Unassigned", *named)
    imported = spring.json("import", "users", people)
    assert (imported["imported"], [each["line"] for each in imported["rejected"]]) == (1, [2])
    assert "'UNASSIGNED' cannot be a login" in imported["rejected"][0]["reason"]


def test_whoever_had_that_login_before_it_was_refused_goes_on(spring: Shell) -> None:
    spring.change("UPDATE users SET login = 'unassigned' WHERE login = 'kim'")
    people = spring.database.parent / "people.csv"
    people.write_text("login,last name\nunassigned,Alvarado\n")
    assert spring.json("import", "users", people)["updated"] == 1
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "unassigned")
    spring.log_in("unassigned")
    assert spring.ids("Spring") == [1, 2, 3]
    assert spring.json("send", 1)["state"] == "queued"
