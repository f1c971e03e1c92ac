"""What the page of a sound draws: levels and spectrogram, measured on the server block by block.

A *range* is frames `start` to before `stop`. A *bin* is a run of frames whose least, greatest and mean-square value are
drawn as one column. Nothing is skipped: every sample is in the levels of its bin. Memory does not grow with the length
of the sound, and what was measured of a whole one is kept in the user's cache by digest.
"""
