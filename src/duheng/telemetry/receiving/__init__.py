"""`duheng receive`: the servers that take telemetry in, one module a listener.

`session` and `admission` decide, without sockets or clock; `service` stores and lets acknowledge what is durable;
`tcp` listens for HJ 212; `requests` puts the platform's own requests to the devices; `forwarding` hands on.
"""
