"""What the page of a video needs besides the bytes that the browser plays: facts, the time of each frame, frames.

A *film* is a video or an animated GIF. Its *times* are the presentation times of its frames in seconds, in the order in
which they are seen: with them frame n is found also where frames last differently long.
"""
