"""What was received, verbatim and durable, in the order in which it came: DUHENG_HOME/telemetry/segments.

`Writer` appends: a record is reported durable only after fdatasync, many records to one of them. `read` gives the
records back from any place on. Files are only appended to and never changed; the number in their name, never the
clock, says which comes first.
"""

from .reading import names, read
from .records import DAMAGED, FRAGMENT, FRAME, MANUAL, METER, MQTT, NOTE, Record, packed
from .recovery import Torn, set_torn_aside
from .writing import AlreadyOpen, Writer

__all__ = [
    "DAMAGED",
    "FRAGMENT",
    "FRAME",
    "MANUAL",
    "METER",
    "MQTT",
    "NOTE",
    "AlreadyOpen",
    "Record",
    "Torn",
    "Writer",
    "names",
    "packed",
    "read",
    "set_torn_aside",
]
