"""Field devices and energy meters that do not exist: coherent series, schedules, dialogue, and faults to order.

Used by tests, the drill and load runs. Everything depends on the seed and the moment alone: the same order gives the
same bytes, and what is asked again later is answered as it was sent. Frames are made by `hj212.encoding`, and what
the platform says is read here by itself: a mistake of the decoder cannot hide in both ends.
"""
