"""A data logger without its line: what it sends, waits for and answers; bytes and moments in, bytes out.

Two clocks: `now` is the simulated moment [s] of which it speaks, `wall` the real seconds by which it waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from duheng.telemetry.hj212 import encoding

from .frames import Pairs, Sent, made
from .hearing import Ear, Said
from .noise import key
from .periods import INTERVALS, MINUTES, Device
from .schedule import Upload, clock, lengths, seconds, stamp

SYSTEM = "91"
READY, WRONG_PASSWORD, WRONG_MN, WRONG_COMMAND = "1", "3", "4", "8"
DONE, CONDITION, NO_DATA = "1", "3", "100"
MOST = 100_000  # frames for one request


@dataclass(slots=True)
class _Waiting:
    raw: bytes
    since: float
    sent: int = 1


@dataclass(slots=True)
class Tally:
    """What happened on the line, in frames. answered: requests of the platform by command."""

    sent: int = 0
    resent: int = 0
    acknowledged: int = 0
    given_up: int = 0


class Logger:
    """The logger of a device. patience [s], tries: until a frame is sent again, and how often (HJ 212-2017 table 1)."""

    def __init__(self, device: Device, patience: float = 10.0, tries: int = 3) -> None:
        self.device, self.patience, self.tries = device, patience, tries
        self.tally = Tally()
        self.requests: dict[str, int] = {}
        self.owed: deque[Sent] = deque()  # given up while the line was bad; handed in on the next one
        self.real_time = self.states = True
        self.kept: dict[str, str] = {}  # parameters set, by name; of an analyser after its factor
        self._waiting: dict[str, tuple[Sent, _Waiting]] = {}
        self._ear = Ear()

    @property
    def outstanding(self) -> int:
        """Frames whose acknowledgement has not come."""
        return len(self._waiting)

    @property
    def misheard(self) -> int:
        """Bytes of the platform that were no frame."""
        return self._ear.wrong

    def connected(self) -> None:
        """A new line: what waited on the old one will not be answered any more."""
        self._ear = Ear()
        self.owed.extend(sent for sent, _ in self._waiting.values())
        self._waiting.clear()

    def upload(self, upload: Upload, wall: float) -> list[bytes]:
        """Send a message."""
        if (upload.cn == "2011" and not self.real_time) or (upload.cn == "2021" and not self.states):
            return []
        return [self.send(sent, wall) for sent in made(self.device, upload)]

    def send(self, sent: Sent, wall: float) -> bytes:
        """Send a frame and wait for its acknowledgement."""
        self.tally.sent += 1
        self._waiting[sent.qn] = (sent, _Waiting(sent.raw, wall))
        return sent.raw

    def late(self, wall: float) -> list[bytes]:
        """What has to be sent again now."""
        again = []
        for qn, (_, waiting) in list(self._waiting.items()):
            if wall - waiting.since < self.patience:
                continue
            if waiting.sent > self.tries:
                del self._waiting[qn]
                self.tally.given_up += 1
                continue
            waiting.since, waiting.sent = wall, waiting.sent + 1
            self.tally.resent += 1
            again.append(waiting.raw)
        return again

    def heard(self, data: bytes, now: int, wall: float) -> list[bytes]:
        """What to say to what the platform says."""
        answers = []
        for said in self._ear.feed(data):
            answers += self._answer(said, now, wall)
        return answers

    def _answer(self, said: Said, now: int, wall: float) -> list[bytes]:
        if said.cn in ("9013", "9014"):
            if "deaf" not in self.device.faults() and self._waiting.pop(said.qn, None) is not None:
                self.tally.acknowledged += 1
            return []
        self.requests[said.cn] = self.requests.get(said.cn, 0) + 1
        if said.cn in ("2012", "2022"):
            setattr(self, {"2012": "real_time", "2022": "states"}[said.cn], False)
            return [self._interaction(said, "9013", [])]
        source, header = self.device.source, said.header
        execute = _COMMANDS[self.device.edition].get(said.cn)
        refusal = (
            WRONG_MN if header.get("MN") != source.mn
            else WRONG_PASSWORD if header.get("PW") != source.password
            else "" if execute else WRONG_COMMAND
        )  # fmt: skip
        if refusal or execute is None:
            return [self._interaction(said, "9011", [("QnRtn", refusal)])]
        frames, result = execute(self, said, now, wall)
        ready = self._interaction(said, "9011", [("QnRtn", READY)])
        return [ready, *frames, self._interaction(said, "9012", [("ExeRtn", result)])]

    def _interaction(self, said: Said, cn: str, body: Pairs) -> bytes:
        """An answer: it has the QN of what it answers; in 2005 that stands in CP."""
        header = {"ST": SYSTEM, "CN": cn, "PW": said.header.get("PW", ""), "MN": self.device.mn}
        if self.device.edition == 2005:
            return encoding.frame(header | {"Flag": "0"}, [[("QN", said.qn)], *[[pair] for pair in body]])
        return encoding.frame(header | {"QN": said.qn, "Flag": "4"}, [[pair] for pair in body])

    def _reply(self, said: Said, body: Pairs) -> list[bytes]:
        """A data frame that answers a request under the request's own QN (HJ 212-2017 C.2)."""
        header = {
            "QN": said.qn, "ST": self.device.source.kind.st, "CN": said.cn, "PW": self.device.source.password,
            "MN": self.device.mn, "Flag": "4" if self.device.edition == 2017 else "0",
        }  # fmt: skip
        return [encoding.frame(header, [[pair] for pair in body])]

    def _history(self, said: Said, now: int, wall: float) -> tuple[list[bytes], str]:
        first, last = (_moment(said.body.get(name, "")) for name in ("BeginTime", "EndTime"))
        if first is None or last is None or last < first:
            return [], CONDITION
        length = lengths(self.device)[said.cn]
        frames: list[bytes] = []
        for time in range(-(-first // length) * length, last + 1, length):
            if time + length > now or len(frames) >= MOST:
                break
            if self.device.has("silence", time + length):
                continue  # it was off: it has nothing of that time
            upload = Upload(now, said.cn, time, now, serial=len(frames) + 1)
            frames += [self.send(sent, wall) for sent in made(self.device, upload)]
        return frames, DONE if frames else NO_DATA

    def _clock_read(self, said: Said, now: int, wall: float) -> tuple[list[bytes], str]:
        return self._reply(said, [("SystemTime", stamp(now + clock(self.device, now)))]), DONE

    def _clock_set(self, said: Said, now: int, wall: float) -> tuple[list[bytes], str]:
        wanted = _moment(said.body.get("SystemTime", ""))
        if wanted is None:
            return [], CONDITION
        ahead = wanted - now - clock(self.device, now) + self.device.ahead
        self.device = replace(self.device, ahead=ahead)
        return [], DONE

    def _waits(self, said: Said, now: int, wall: float) -> tuple[list[bytes], str]:
        times, tries = said.body.get("OverTime", ""), said.body.get("ReCount", "")
        if not (times.isdigit() and tries.isdigit()):
            return [], CONDITION
        self.patience, self.tries = float(times), int(tries)
        return [], DONE

    def _interval(self, said: Said, now: int, wall: float) -> tuple[list[bytes], str]:
        if said.cn == "1061":
            return self._reply(said, [("RtdInterval", str(self.device.interval))]), DONE
        if said.cn == "1063":
            return self._reply(said, [("MinInterval", str(self.device.minutes))]), DONE
        text = said.body.get("RtdInterval" if said.cn == "1062" else "MinInterval", "")
        wanted = int(text) if text.isdigit() else 0
        if wanted not in (INTERVALS if said.cn == "1062" else MINUTES):
            return [], CONDITION
        if said.cn == "1062":
            self.device = replace(self.device, kept={}, interval=wanted)
        else:
            self.device = replace(self.device, kept={}, minutes=wanted)
        return [], DONE

    def _password(self, said: Said, now: int, wall: float) -> tuple[list[bytes], str]:
        wanted = said.body.get("PW" if self.device.edition == 2005 else "NewPW", "")
        if not (wanted.isalnum() and len(wanted) <= 6):
            return [], CONDITION
        self.device = replace(self.device, source=replace(self.device.source, password=wanted))
        return [], DONE

    def _begin(self, said: Said, now: int, wall: float) -> tuple[list[bytes], str]:
        setattr(self, {"2011": "real_time", "2021": "states"}[said.cn], True)
        return [], DONE

    def _analyser(self, said: Said, now: int, wall: float) -> tuple[list[bytes], str]:
        """What concerns one analyser: nothing is done where the request does not say which."""
        factor, cn = said.body.get("PolId", ""), said.cn
        if not factor:
            return [], CONDITION
        if cn in ("3011", "3012", "3013", "3014"):
            return [], DONE
        if cn == "3016":
            return self._cycle(factor, said.body), DONE
        if cn == "3021":
            name = said.body.get("InfoId", "")
            value = said.body.get(f"{name}-Info", "")
            if not value:
                return [], CONDITION
            self.kept[f"{factor} {name}"] = value
            return [], DONE
        return self._told(said, factor, now)

    def _cycle(self, factor: str, body: Mapping[str, str]) -> list[bytes]:
        for name in _CYCLE:
            self.kept[f"{factor} {name}"] = body.get(name, _CYCLE[name])
        return []

    def _told(self, said: Said, factor: str, now: int) -> tuple[list[bytes], str]:
        """What is asked of an analyser."""
        own, time = ("PolId", factor), ("DataTime", stamp(now))
        if said.cn == "3017":
            cycle = [(name, self.kept.get(f"{factor} {name}", usual)) for name, usual in _CYCLE.items()]
            return self._reply(said, [own, *cycle]), DONE
        if said.cn == "3018":
            return self._reply(said, [own, ("Stime", "30")]), DONE
        if said.cn == "3019":
            serial = f"SN{key(self.device.mn, factor) % 10**10:010d}"
            return self._reply(said, [time, own, (f"{factor}-SN", serial)]), DONE
        wanted = said.body.get("InfoId", "")
        values = {name: self.kept.get(f"{factor} {name}", usual) for name, usual in _INFO.items()}
        values |= {wanted: self.kept[f"{factor} {wanted}"]} if f"{factor} {wanted}" in self.kept else {}
        found = [(f"{name}-Info", value) for name, value in values.items() if wanted in ("", name)]
        return (self._reply(said, [time, own, *found]), DONE) if found else ([], NO_DATA)

    def _retained(self, said: Said, now: int, wall: float) -> tuple[list[bytes], str]:
        return self._reply(said, [("DataTime", stamp(now)), ("VaseNo", "1")]), DONE

    def _limits(self, said: Said, now: int, wall: float) -> tuple[list[bytes], str]:
        """Of 2005: the limits of alarms, the address and the time of reports, by the names they are set by."""
        names, usual = _SETTINGS[said.cn]
        if said.cn in ("1001", "1022", "1032", "1042"):
            given = {name: value for name, value in said.body.items() if name.endswith(names)}
            self.kept |= given
            return [], DONE if given else CONDITION
        factor = f"{said.body.get('PolId', '')}-" if said.cn == "1021" else ""
        return self._reply(
            said, [(factor + name, self.kept.get(factor + name, usual)) for name in names]
        ), DONE

    def _done(self, said: Said, now: int, wall: float) -> tuple[list[bytes], str]:
        return [], DONE

    def _nothing(self, said: Said, now: int, wall: float) -> tuple[list[bytes], str]:
        return [], NO_DATA


def _moment(text: str) -> int | None:
    try:
        return seconds(datetime.strptime(text, "%Y%m%d%H%M%S"))  # noqa: DTZ007  # HJ 212 knows no zone
    except ValueError:
        return None


Execute = Callable[[Logger, Said, int, float], tuple[list[bytes], str]]
_CYCLE = {"CstartTime": "000000", "Ctime": "2"}
_INFO = {"i12001": "0", "i13004": "168.0"}
_SETTINGS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "1001": (("WarnTime",), "10"),
    **dict.fromkeys(("1021", "1022"), (("LowValue", "UpValue"), "0")),
    **dict.fromkeys(("1031", "1032"), (("AlarmTarget",), "0")),
    **dict.fromkeys(("1041", "1042"), (("ReportTime",), "0000")),
}
_COMMON: Mapping[str, Execute] = {
    "1000": Logger._waits, "1011": Logger._clock_read, "1012": Logger._clock_set,
    "1061": Logger._interval, "1062": Logger._interval,
    "1072": Logger._password, "2011": Logger._begin, "2021": Logger._begin,
    "2031": Logger._history, "2041": Logger._history, "2051": Logger._history, "2061": Logger._history,
    "3011": Logger._analyser, "3012": Logger._analyser,
}  # fmt: skip
_COMMANDS: Mapping[int, Mapping[str, Execute]] = {
    2005: {
        **_COMMON, **dict.fromkeys(_SETTINGS, Logger._limits),
        "2071": Logger._nothing, "3013": Logger._done, "3014": Logger._done,
    },
    2017: {
        **_COMMON, "1063": Logger._interval, "1064": Logger._interval, "3015": Logger._retained,
        **dict.fromkeys(
            ("3013", "3014", "3016", "3017", "3018", "3019", "3020", "3021"), Logger._analyser
        ),
    },
}  # fmt: skip
