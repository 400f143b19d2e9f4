"""Watching devices: what was received and refused, how much came and was valid, signs that somebody should look.

A sign is a reason to ask, never a verdict; its figures are data of cn/monitoring/watching.yaml.
"""
