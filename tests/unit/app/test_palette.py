import itertools

import numpy as np
import pytest

from app.palette import COLOURS, colour_of, is_background, luminance, text_colour

OKABE_ITO = ["#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"]

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE_D65 = np.array([0.95047, 1.0, 1.08883])


def linear_rgb(colours):
    share = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in colours]) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def cielab(linear):
    xyz = linear @ TO_XYZ.T / WHITE_D65
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def smallest_distance(colours):
    distances = []
    for matrix in SIGHT.values():
        lab = cielab(np.clip(linear_rgb(colours) @ np.array(matrix).T, 0, 1))
        distances += [float(np.linalg.norm(lab[i] - lab[j])) for i, j in itertools.combinations(range(len(lab)), 2)]
    return min(distances)


def test_okabe_and_ito_come_first():
    assert list(COLOURS[:8]) == OKABE_ITO


def test_no_two_colours_are_closer_than_those_of_okabe_and_ito():
    assert smallest_distance(COLOURS) == pytest.approx(smallest_distance(OKABE_ITO))
    assert smallest_distance(COLOURS) > 17


def test_text_on_every_colour_has_the_contrast_for_reading():
    for colour in COLOURS:
        dark, light = sorted((luminance(colour), luminance(text_colour(colour))))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, colour


def test_a_class_keeps_its_colour():
    assert [colour_of(number) for number in (0, 1, 23, 24, -1)] == [
        COLOURS[0],
        COLOURS[1],
        COLOURS[23],
        COLOURS[0],
        COLOURS[23],
    ]
    assert colour_of("cat") == colour_of("cat")
    assert colour_of("cat") != colour_of("dog")
    assert colour_of("\ud800") in COLOURS


@pytest.mark.parametrize(
    ("class_id", "name", "expected"),
    [(0, None, True), (0, "Background", True), (0, " unlabeled ", True), (0, "road", False), (1, "background", False)],
)
def test_only_an_empty_class_0_is_background(class_id, name, expected):
    assert is_background(class_id, name) is expected
