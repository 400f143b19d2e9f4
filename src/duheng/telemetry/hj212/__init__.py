"""The protocol of HJ/T 212-2005 and HJ 212-2017 without sockets, files or clock: bytes in, events and bytes out.

Facts of the 2025 edition are second-hand and marked so where they are used.
"""
