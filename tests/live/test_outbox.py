"""At least once, in order, come what may; time passes as the test says."""

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.live.sending import letters
from kineograph.live.sending.message import Refused
from kineograph.live.sending.outbox import LEAST_TRIES, Outbox, Patience
from tests.live.letters import Hourglass, Listed, event
from tests.live.servers import until

DAY = 24 * 3600


def status(outbox, name):
    return next(each for each in outbox.status() if each.name == name)


def failing(*errors):
    """Raises these, one a try, then nothing any more."""
    left = list(errors)

    def answer(message):
        if left:
            raise left.pop(0)

    return answer


def test_messages_come_in_order_with_their_event_and_files(tmp_path):
    one, two, clip = Listed(), Listed(), tmp_path / "clip.mp4"
    with Outbox(tmp_path / "outbox.db", {"one": one, "two": two}) as outbox:
        assert outbox.put(event("a"))
        assert outbox.put(event("b"))
        assert outbox.put(event("a", ended=True), [clip])
        assert outbox.drain(20)
        assert [(s.waiting, s.sent, s.dead) for s in outbox.status()] == [(0, 3, 0)] * 2
    assert one.keys == two.keys == ["a/begun", "b/begun", "a/ended"]
    assert one.got[2].event == event("a", ended=True) and one.got[2].files == (clip,)
    assert (one.closed, two.closed) == (1, 1)


def test_an_event_is_handed_over_when_nobody_is_still_to_be_told_of_it(tmp_path):
    """Of its begin, its clip while it lasts, or its end: each has a key of its own."""
    for name, files, ended in (("a", [], False), ("b", ["clip"], False), ("c", [], True)):
        sink = Listed(failing(*[OSError("nobody there")] * 99))
        with Outbox(tmp_path / f"{name}.db", {"sink": sink}) as outbox:
            outbox.put(event(name, ended=ended), [tmp_path / file for file in files])
            assert not outbox.handed_over(name) and outbox.handed_over("another")
        taken = Listed()
        with Outbox(tmp_path / f"{name}.db", {"sink": taken}) as outbox:
            assert outbox.drain(20) and outbox.handed_over(name)
        assert taken.keys == [f"{name}/{'ended' if ended else 'lasting' if files else 'begun'}"]


def test_the_same_put_again_changes_nothing_also_after_a_restart(tmp_path):
    sink = Listed()
    for _ in range(2):
        with Outbox(tmp_path / "outbox.db", {"sink": sink}) as outbox:
            outbox.put(event("a", peak=0.5))
            assert not outbox.put(event("a", peak=0.9))
            assert outbox.drain(20)
    assert [message.event["peak"] for message in sink.got] == [0.5]
    assert sink.got[0].files == ()


def test_what_waits_is_sent_after_the_next_start(tmp_path):
    held = threading.Event()
    slow = Listed(lambda message: held.wait(20))
    outbox = Outbox(tmp_path / "outbox.db", {"sink": slow})
    outbox.put(event("a"))
    outbox.put(event("b"))
    assert not outbox.drain(0.01)
    outbox.close(seconds=0.01)  # the sink is in the middle of the first
    held.set()
    sink = Listed()
    with Outbox(tmp_path / "outbox.db", {"sink": sink}) as outbox:
        assert outbox.drain(20)
    assert sink.keys == ["a/begun", "b/begun"]


def test_waits_double_up_to_the_longest_and_begin_anew_with_the_next_message(tmp_path):
    glass = Hourglass()
    sink = Listed(failing(*[OSError("away")] * 8))
    patience = Patience(first_wait_seconds=1, longest_wait_seconds=60)
    with Outbox(tmp_path / "o.db", {"s": sink}, patience=patience, clock=glass.clock) as outbox:
        outbox.put(event("a"))
        assert outbox.drain(20)
        assert glass.waits == [1, 2, 4, 8, 16, 32, 60, 60]
        found = status(outbox, "s")
        assert (found.last_error, found.sent, found.waiting) == ("away", 1, 0)
        assert found.last_sent_time == datetime.fromtimestamp(1_000_000 + sum(glass.waits), UTC)
        assert found.last_error_time == datetime.fromtimestamp(
            1_000_000 + sum(glass.waits[:-1]), UTC
        )
        sink._answer = failing(OSError("away again"))
        outbox.put(event("b"))
        assert outbox.drain(20) and glass.waits[8:] == [1]


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_chance_shortens_a_wait_by_up_to_a_half(failures, chance):
    patience = Patience(first_wait_seconds=2, longest_wait_seconds=300)
    whole = patience.wait_seconds(failures, 0.0)
    assert whole == min(300, 2 ** min(failures, 20))
    assert whole / 2 <= patience.wait_seconds(failures, chance) <= whole


def test_a_refused_message_is_dead_at_once_and_those_behind_it_go_on(tmp_path):
    def answer(message):
        if message.key == "a/begun":
            raise Refused("410 Gone\nand more that nobody needs")

    glass, sink = Hourglass(), Listed(answer)
    with Outbox(tmp_path / "o.db", {"s": sink, "t": Listed()}, clock=glass.clock) as outbox:
        for name in "abc":
            outbox.put(event(name))
        assert outbox.drain(20)
        assert sink.keys == ["b/begun", "c/begun"] and glass.waits == []
        (dead,) = outbox.dead()
        assert (dead.sink, dead.key, dead.tries, dead.error) == ("s", "a/begun", 1, "410 Gone")
        assert outbox.dead("t") == [] and status(outbox, "s").dead == 1
        assert status(outbox, "s").last_error == "410 Gone"


def test_a_message_that_never_goes_through_is_dead_after_the_deadline(tmp_path):
    def answer(message):
        if message.key == "a/begun":
            raise TimeoutError("too slow")

    glass, sink = Hourglass(), Listed(answer)
    patience = Patience(deadline_seconds=3600)
    with Outbox(tmp_path / "o.db", {"s": sink}, patience=patience, clock=glass.clock) as outbox:
        for name in "abc":
            outbox.put(event(name))
        assert outbox.drain(20)
        assert sink.keys == ["b/begun", "c/begun"]
        assert 3600 <= sum(glass.waits) < 3600 + 60
        (dead,) = outbox.dead()
        assert dead.error == "too slow" and dead.tries == len(glass.waits) + 1


def test_one_that_grew_old_behind_another_is_still_tried_a_few_times(tmp_path):
    def answer(message):
        tries[message.key] = tries.get(message.key, 0) + 1
        if message.key == "a/begun" or tries[message.key] < LEAST_TRIES:
            raise OSError("away")

    tries, glass, sink = {}, Hourglass(), Listed(answer)
    patience = Patience(deadline_seconds=3600)
    with Outbox(tmp_path / "o.db", {"s": sink}, patience=patience, clock=glass.clock) as outbox:
        outbox.put(event("a"))
        outbox.put(event("b"))
        assert outbox.drain(20)
        assert sink.keys == ["b/begun"] and [dead.key for dead in outbox.dead()] == ["a/begun"]


def test_dead_letters_are_revived_in_their_old_place(tmp_path):
    sink = Listed(failing(Refused("no"), Refused("no"), Refused("no")))
    with Outbox(tmp_path / "o.db", {"s": sink}) as outbox:
        for name in "abc":
            outbox.put(event(name))
        assert outbox.drain(20) and sink.keys == []
        assert outbox.revive("other") == 0
        assert outbox.revive(key="b/begun") == 1
        assert outbox.drain(20) and sink.keys == ["b/begun"]
        assert outbox.revive("s") == 2
        assert outbox.drain(20) and sink.keys == ["b/begun", "a/begun", "c/begun"]
        assert outbox.dead() == [] and outbox.revive() == 0
        assert status(outbox, "s").sent == 3


def test_a_revived_letter_has_its_whole_time_again(tmp_path):
    glass, sink = Hourglass(), Listed(failing(Refused("no"), *[OSError("away")] * 20))
    patience = Patience(deadline_seconds=3600)
    with Outbox(tmp_path / "o.db", {"s": sink}, patience=patience, clock=glass.clock) as outbox:
        outbox.put(event("a"))
        assert outbox.drain(20)
        glass.seconds += DAY
        outbox.revive()
        assert outbox.drain(20) and sink.keys == ["a/begun"] and len(glass.waits) == 20


def test_a_sink_that_is_away_keeps_no_other_from_its_messages(tmp_path):
    held = threading.Event()
    stuck, free = Listed(lambda message: held.wait(20)), Listed()
    with Outbox(tmp_path / "o.db", {"stuck": stuck, "free": free}) as outbox:
        for number in range(20):
            outbox.put(event(f"e{number}"))
        until(lambda: len(free.got) == 20, "the free sink has all")
        assert status(outbox, "stuck").waiting == 20
        held.set()
        assert outbox.drain(20)


def test_a_new_sink_gets_what_comes_and_one_that_is_gone_keeps_what_waits(tmp_path):
    away, new = Listed(failing(*[OSError("away")] * 1000)), Listed()
    with Outbox(tmp_path / "o.db", {"old": away}) as outbox:
        outbox.put(event("a"))
    with Outbox(tmp_path / "o.db", {"new": new}) as outbox:
        outbox.put(event("b"))
        assert outbox.drain(20)
        assert [(s.name, s.waiting) for s in outbox.status()] == [("new", 0), ("old", 1)]
    back = Listed()
    with Outbox(tmp_path / "o.db", {"old": back}) as outbox:
        assert outbox.drain(20)
    assert new.keys == ["b/begun"] and back.keys == ["a/begun"]


def test_what_was_sent_is_forgotten_after_its_days_and_the_rest_is_not(tmp_path):
    glass, path = Hourglass(), tmp_path / "o.db"
    sink = Listed(failing(Refused("no")))
    with Outbox(path, {"s": sink}, clock=glass.clock) as outbox:
        outbox.put(event("dead"))
        outbox.put(event("sent"))
        assert outbox.drain(20)
        glass.seconds += 31 * DAY
        outbox.put(event("new"))  # its step is the day's first
        until(lambda: outbox.drain(20) and outbox.put(event("sent")), "forgotten", 5)
        assert not outbox.put(event("dead")) and not outbox.put(event("new"))
        assert outbox.drain(20) and status(outbox, "s").sent == 3


def test_a_letter_that_was_taken_is_not_sent_again_because_the_disk_was_full(tmp_path, monkeypatch):
    glass, sink, full = Hourglass(), Listed(), [3]
    real = letters.Letters.sent

    def sent(self, *rest):
        if full[0]:
            full[0] -= 1
            raise sqlite3.OperationalError("database or disk is full")
        real(self, *rest)

    monkeypatch.setattr(letters.Letters, "sent", sent)
    with Outbox(tmp_path / "o.db", {"s": sink}, clock=glass.clock) as outbox:
        outbox.put(event("a"))
        outbox.put(event("b"))
        assert outbox.drain(20)
    assert sink.keys == ["a/begun", "b/begun"] and glass.waits == [60.0] * 3


def test_a_full_disk_is_told_to_who_puts(tmp_path):
    with Outbox(tmp_path / "o.db", {"s": Listed()}) as outbox:
        outbox._letters._file.execute("PRAGMA max_page_count = 1")
        with pytest.raises(InputError) as told:
            for number in range(1000):
                outbox.put(event(f"e{number}", camera="x" * 1000))
        assert "o.db: cannot be written (database or disk is full). e" in str(told.value)
        assert str(told.value).endswith("free some space, then put it again.")


def test_two_programs_cannot_send_from_one_outbox(tmp_path, monkeypatch):
    monkeypatch.setattr(letters, "HELD_SECONDS", 0.05)
    path = tmp_path / "o.db"
    with Outbox(path, {}):
        code = (
            "import sys; from pathlib import Path; from kineograph.live.sending import letters\n"
            "letters.HELD_SECONDS = 0.05; letters.Letters(Path(sys.argv[1]))"
        )
        other = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
        assert "o.db: another kineograph watch sends from there. End it, or give" in other.stderr
    Outbox(path, {}).close()


def test_a_file_that_is_no_outbox_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("not a database, but long enough to be read as one" * 50)
    with pytest.raises(InputError, match=r"notes.txt: is no outbox \(file is not a database\)"):
        Outbox(tmp_path / "notes.txt", {})
    with pytest.raises(InputError, match="cannot be opened .* Choose another place"):
        Outbox(tmp_path, {})
    with sqlite3.connect(tmp_path / "new.db") as new:
        new.execute("PRAGMA user_version = 7")
    new.close()
    with pytest.raises(InputError, match="version 7, and this program knows 1"):
        Outbox(tmp_path / "new.db", {})


def test_an_event_without_an_id_is_refused(tmp_path):
    with Outbox(tmp_path / "o.db", {}) as outbox, pytest.raises(InputError, match="id None"):
        outbox.put({"label": "fight"})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"first_wait_seconds": 0}, "waits from 0 to 60 s: must grow from above 0"),
        ({"first_wait_seconds": 90}, "waits from 90 to 60 s"),
        ({"deadline_seconds": 0}, "deadline of 0 s, kept 30 days: both must be above 0"),
        ({"keep_days": -1}, "kept -1 days"),
    ],
)
def test_patience_refuses_what_is_none(options, words):
    with pytest.raises(InputError, match=words):
        Patience(**options)


OUTCOMES = st.sampled_from(["taken", "away", "answer lost", "refused"])


@settings(max_examples=25, deadline=None)
@given(
    plans=st.lists(st.lists(OUTCOMES, max_size=25), min_size=1, max_size=3),
    counts=st.lists(st.integers(0, 6), min_size=1, max_size=3),
)
def test_at_least_once_and_in_order_whatever_servers_do(tmp_path_factory, plans, counts):
    """Servers fail by plan, the program ends and begins again, and puts all that it knows again."""
    path = tmp_path_factory.mktemp("o") / "o.db"
    arrived = [[] for _ in plans]
    refused = [set() for _ in plans]

    def follow(plan, into, out):
        def answer(message):
            outcome = plan.pop(0) if plan else "taken"
            if outcome in ("taken", "answer lost"):
                into.append(message.key)
            if outcome == "refused":
                out.add(message.key)
                raise Refused("no")
            if outcome != "taken":
                raise OSError(outcome)

        return answer

    sinks = {
        str(number): Listed(follow(list(plan), arrived[number], refused[number]))
        for number, plan in enumerate(plans)
    }
    names = []
    for count in counts:
        with Outbox(path, sinks, clock=Hourglass().clock) as outbox:
            names += [f"e{len(names) + n:02}" for n in range(count)]
            for name in names:
                outbox.put(event(name))
    with Outbox(path, sinks, clock=Hourglass().clock) as outbox:
        assert outbox.drain(20)
        dead = [(letter.sink, letter.key) for letter in outbox.dead()]
    keys = [f"{name}/begun" for name in names]
    for number in range(len(plans)):
        got = arrived[number]
        assert got == sorted(got)  # again at most, never back
        assert set(got) | refused[number] == set(keys)
        assert {key for sink, key in dead if sink == str(number)} == refused[number]
