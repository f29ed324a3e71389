"""A kata that nobody learns from: a stage runs it once, so that those who come after find it warm.

What Python specialises, and what Django and pytest cache, on the first calls of a process is then
shared with every fork. It uses what most katas use, and nothing that settings of a kata may change.
"""
