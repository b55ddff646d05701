"""Finding contacts in all campaigns from the command line."""

from tests.cli.conftest import DEV, MARIA, Shell


def test_a_contact_is_found_by_part_of_the_name_or_number_wherever_they_are(spring: Shell) -> None:
    spring.done("campaign", "create", "Fall", "--initial", "Hi")
    contacts = spring.database.parent / "contacts.csv"
    contacts.write_text(f"First Name,Last Name,Cell\nMaria,Lopez,{MARIA}\nDev,Patel,{DEV}\n")
    spring.done("import", "contacts", contacts, "--campaign", "Fall")
    spring.done("reassign", "Spring", "--conversation", 1, "--to", "lee")
    spring.done("receive", "--from", MARIA, "--body", "Where do I vote?", "--campaign", "Spring")
    found = spring.json("find", "LOPE")
    assert [(each["contact"], each["campaign"], each["sender"], each["phone"]) for each in found] == [
        ("Maria Lopez", "Spring", "lee", MARIA),
        ("Maria Lopez", "Fall", None, MARIA),
    ]
    assert found[0]["last_message"] == "Where do I vote?"
    assert [each["phone"] for each in spring.json("find", "555-0143")] == [DEV, DEV]
    assert [each["campaign"] for each in spring.json("find", "lope", "--limit", 1)] == ["Spring"]
    shown = spring.done("find", "lope").splitlines()
    assert all(part in shown[1] for part in ("Maria Lopez", MARIA, "Spring", "Lee Ng", "needs reply", "Where do I"))


def test_a_sender_finds_only_their_own(spring: Shell) -> None:
    spring.done("reassign", "Spring", "--conversation", 1, "--to", "lee")
    spring.log_in("lee")
    assert [each["id"] for each in spring.json("find", "a")] == [1]
    assert spring.json("find", DEV) == []
    assert "Nobody of yours matches." in spring.done("find", "dev")


def test_a_number_that_is_in_no_campaign_is_looked_up(spring: Shell) -> None:
    stranger = "+14155559876"
    spring.done("receive", "--from", stranger, "--body", "Who are you?")
    assert spring.json("find", "9876") == []
    assert "lookup NUMBER` tells of a number that is in no campaign." in spring.done("find", "9876")
    assert "Who are you?" in spring.done("lookup", stranger)
    assert "lookup" not in spring.done("find", "nobody")


def test_hidden_numbers_are_not_searched(spring: Shell) -> None:
    spring.done("settings", "redact_phones", "on")
    assert spring.json("find", "0142") == []
    assert "Numbers are hidden" in spring.done("find", "0142")
    assert MARIA not in spring.done("find", "maria")


def test_nothing_to_search_for_is_refused(spring: Shell) -> None:
    assert "part of a name" in spring.refused("find", " ")
