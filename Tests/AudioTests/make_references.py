"""Writes Fixtures/resampled.csv: a synthetic signal at three rates and librosa's change of them.

Run with librosa 0.11 and soxr 1.1 installed: python make_references.py
"""

import pathlib

import librosa
import numpy as np


def signal(rate, count):
    t = np.arange(count) / rate
    chirp = np.sin(2 * np.pi * (100 * t + 4000 * t * t))
    return (0.5 * chirp + 0.25 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)


lines = []
for rate, target, count in [(44100, 22050, 4001), (48000, 22050, 4000), (8000, 22050, 1000), (22050, 12000, 3000)]:
    result = librosa.resample(signal(rate, count), orig_sr=rate, target_sr=target, res_type="soxr_hq")
    lines.append(",".join([str(rate), str(target), str(count)] + [f"{x:.9g}" for x in result]))
(pathlib.Path(__file__).parent / "Fixtures/resampled.csv").write_text("\n".join(lines) + "\n")
