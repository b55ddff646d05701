"""The keys of the JSON that scripts rely on, one by one."""

from pathlib import Path

from tests.cli.conftest import DEV, MARIA, Shell


def test_overview(spring: Shell) -> None:
    spring.done("reassign", "Spring", "--conversation", 1, "--to", "kim")
    spring.done("send", 1)
    shown = spring.json("overview", "Spring")
    numbers = {key: shown[key] for key in ("total", "not_started", "sent", "needs_reply", "answered", "opted_out")}
    assert numbers == {"total": 3, "not_started": 2, "sent": 1, "needs_reply": 0, "answered": 0, "opted_out": 0}
    assert (shown["campaign"], shown["state"]) == ("Spring", "active")
    unassigned, kim, lee = shown["senders"]
    assert (unassigned["login"], unassigned["name"], unassigned["assigned"]) == (None, "Unassigned", 2)
    keys = ("login", "name", "online", "assigned", "sent", "needs_reply")
    assert {key: kim[key] for key in keys} == {
        "login": "kim",
        "name": "Kim Alvarez",
        "online": False,
        "assigned": 1,
        "sent": 1,
        "needs_reply": 0,
    }
    assert lee["assigned"] == 0


def test_the_counters_partition_the_conversations(spring: Shell) -> None:
    spring.done("send", 1)
    spring.done("send", 2)
    spring.done("receive", "--from", MARIA, "--body", "Yes")
    spring.done("opt-out", DEV)
    shown = spring.json("overview", "Spring")
    parts = ("not_started", "sent", "needs_reply", "answered", "opted_out")
    assert [shown[part] for part in parts] == [1, 0, 1, 0, 1]
    assert sum(shown[part] for part in parts) == shown["total"]
    assert sum(each["assigned"] for each in shown["senders"]) == shown["total"]


def test_conversations(spring: Shell) -> None:
    spring.done("reassign", "Spring", "--conversation", 1, "--to", "kim")
    (maria,) = spring.json("conversations", "Spring", "--sender", "kim")
    keys = ("id", "contact", "phone", "sender", "status", "opted_out", "follow_up", "last_message_at")
    assert [maria[key] for key in keys] == [1, "Maria Lopez", MARIA, "kim", "not_started", False, False, None]
    spring.done("receive", "--from", MARIA, "--body", "Hello?", "--at", "2026-03-03T10:00:00-05:00")
    assert spring.json("conversations", "Spring", "--sender", "kim")[0]["last_message_at"] == "2026-03-03T15:00:00Z"
    assert spring.json("conversations", "Spring", "--unassigned")[0]["sender"] is None


def test_thread(spring: Shell) -> None:
    spring.done("reassign", "Spring", "--conversation", 1, "--to", "kim")
    spring.done("send", 1)
    spring.done("receive", "--from", MARIA, "--body", "Yes!")
    spring.done("answer", 1, "Will you vote?", "Yes")
    shown = spring.json("thread", 1)
    head = [shown[key] for key in ("id", "contact", "phone", "sender", "status", "opted_out", "answers")]
    assert head == [1, "Maria Lopez", MARIA, "kim", "needs_reply", False, {"Will you vote?": "Yes"}]
    initial, answer = shown["messages"]
    assert initial["body"] == "Hi Maria, it's Kim"
    assert [initial[key] for key in ("direction", "kind", "author", "author_login", "state", "segments")] == [
        *("outgoing", "initial", "root", "root", "queued", 1)
    ]
    assert [answer[key] for key in ("direction", "kind", "author", "state")] == ["incoming", None, None, "received"]
    assert {"id", "at"} <= initial.keys()
    assert [each["action"] for each in shown["events"]] == ["reassign", "answer"]
    assert shown["events"][0]["sentence"] == "reassigned from Unassigned to Kim Alvarez by root"


def test_campaign_show(spring: Shell, tmp_path: Path) -> None:
    replies = tmp_path / "replies.csv"
    replies.write_text("title,body\nWhere,At the school\n")
    spring.done("import", "replies", replies, "--campaign", "Spring")
    spring.done("send", 1)
    spring.done("follow-up", "create", "Spring", "--title", "Reminder", "--text", "Vote today")
    shown = spring.json("campaign", "show", "Spring")
    (question,) = shown["questions"]
    assert (question["question"], question["choices"]) == ("Will you vote?", ["Yes", "No"])
    assert isinstance(question["id"], int)
    assert [each["title"] for each in shown["replies"]] == ["Where"]
    assert [each["title"] for each in shown["follow_ups"]] == ["Reminder"]
    assert [(each["login"], each["name"]) for each in shown["senders"]] == [("kim", "Kim Alvarez"), ("lee", "Lee Ng")]
    assert (shown["open"], shown["close"], shown["timezone"]) == ("00:00", "24:00", "UTC")


def test_reassign_preview_and_undo(spring: Shell) -> None:
    move = ["reassign", "Spring", "--from-unassigned", "--to", "kim", "--to", "lee"]
    expected = {"moved": 3, "skipped": 0, "by_sender": {"kim": 2, "lee": 1, "unassigned": -3}}
    expected["skipped_conversations"] = []
    preview = spring.json(*move, "--preview")
    assert preview == {"event": None, **expected}
    done = spring.json(*move)
    assert {key: done[key] for key in expected} == expected
    undone = spring.json("undo", done["event"])
    assert undone["by_sender"] == {"kim": -2, "lee": -1, "unassigned": 3}
    assert undone["moved"] == 3
    assert undone["event"] > done["event"]


def test_import(spring: Shell, tmp_path: Path) -> None:
    contacts = tmp_path / "more.csv"
    contacts.write_text(f"first,cell\nMaría,{MARIA}\nDev,{DEV}\nNew,4155550150\nNew,415-555-0150\nBad,12\n")
    done = spring.json("import", "contacts", contacts, "--campaign", "Spring")
    assert [done[key] for key in ("imported", "updated", "unchanged", "duplicates")] == [1, 1, 1, 1]
    (rejected,) = done["rejected"]
    assert rejected["line"] == 6
    assert rejected["reason"]


def test_receive(spring: Shell) -> None:
    expected = {"conversation": 1, "status": "needs_reply", "opted_out": False, "flagged": False, "duplicate": False}
    expected |= {"unmatched": None, "rerouted": False}
    words = ["receive", "--from", "(415) 555-0142", "--body", "Hi", "--provider-id", "a1"]
    assert spring.json(*words) == expected
    assert spring.json(*words) == expected | {"duplicate": True}
    assert spring.json("receive", "--from", MARIA, "--body", "please stop")["flagged"] is True
    assert spring.json("receive", "--from", MARIA, "--body", "STOP")["opted_out"] is True
    unknown = spring.json("receive", "--from", "4155550199", "--body", "Hi")
    assert (unknown["conversation"], unknown["status"]) == (None, None)


def test_send(spring: Shell) -> None:
    sent = spring.json("send", 1)
    assert [sent[key] for key in ("conversation", "kind", "state", "segments", "leaves_at")] == [
        *(1, "initial", "queued", 1, None)
    ]


def test_send_all(spring: Shell) -> None:
    assert spring.json("send-all", "Spring", "--unassigned") == {
        "sent": 3,
        "scheduled_in_all": 0,
        "refused": [],
        "stopped": False,
    }


def test_history(spring: Shell) -> None:
    newest = spring.json("history", "--limit", 1)[0]
    assert {"id", "at", "by", "acting_for", "action", "campaign", "summary", "undoable", "undone_by"} <= newest.keys()
    assert newest["at"].endswith("Z")
