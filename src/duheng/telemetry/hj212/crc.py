"""The check sum of HJ 212-2017 Annex A, and those that devices send in its place.

`crc = (crc >> 8) ^ byte` before the eight shifts keeps 8 bits of state only, and the shifts are linear with order 8.
So the sum is a look-up of the XOR of the segment's bytes in eight classes by their distance from the end: the segment
folded, as one big integer, into 64 bits. It equals the loop as printed in the annex and needs a hundredth of its time.
"""

from __future__ import annotations

_POLYNOMIAL = 0xA001


def _shifted(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ _POLYNOMIAL if value & 1 else value >> 1
    return value


TABLE = tuple(_shifted(value) for value in range(256))


def _powers() -> tuple[tuple[int, ...], ...]:
    """For each distance from the end what a byte there makes of the state."""
    powers = [tuple(range(256))]
    for _ in range(7):
        powers.append(tuple(TABLE[value] >> 8 for value in powers[-1]))
    return tuple(powers)


POWERS = _powers()
_P0, _P1, _P2, _P3, _P4, _P5, _P6, _P7 = POWERS
_FOLDS = tuple((1 << bits, (1 << (1 << bits)) - 1) for bits in range(12, 5, -1))  # 4096 bits down to 64


def checksum(segment: bytes) -> int:
    """The check sum of HJ 212 over a data segment."""
    if not segment:
        return 0xFFFF
    folded = int.from_bytes(segment, "big") ^ (0xFF << (8 * (len(segment) - 1)))
    width = 8192
    while folded >> width:
        folded = (folded >> width) ^ (folded & ((1 << width) - 1))
    for bits, mask in _FOLDS:
        folded = (folded >> bits) ^ (folded & mask)
    b7, b6, b5, b4, b3, b2, b1, b0 = folded.to_bytes(8, "big")
    return TABLE[_P0[b0] ^ _P1[b1] ^ _P2[b2] ^ _P3[b3] ^ _P4[b4] ^ _P5[b5] ^ _P6[b6] ^ _P7[b7]]


def modbus(segment: bytes) -> int:
    """CRC-16/MODBUS, which many devices send by mistake."""
    crc = 0xFFFF
    for byte in segment:
        crc = (crc >> 8) ^ TABLE[(crc ^ byte) & 0xFF]
    return crc


def printed(sum: int) -> str:
    """As it stands in a frame: four hexadecimal digits, upper case, high byte first."""
    return f"{sum:04X}"


def dialect(segment: bytes, digits: str) -> str:
    """Which rule explains the four digits after a segment.

    hj212, modbus_hi_lo, modbus_lo_hi, hj212_lo_hi, none (no known rule), not_hex (no four hexadecimal digits).
    """
    if len(digits) != 4 or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
        return "not_hex"
    stated, right = int(digits, 16), checksum(segment)
    if stated == right:
        return "hj212"
    wrong = modbus(segment)
    return {wrong: "modbus_hi_lo", _swapped(wrong): "modbus_lo_hi", _swapped(right): "hj212_lo_hi"}.get(
        stated, "none"
    )


def _swapped(sum: int) -> int:
    return (sum & 0xFF) << 8 | sum >> 8
