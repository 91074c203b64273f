"""Writes Fixtures/spectral-subtraction.csv: one of 97 samples that NumPy and librosa give.

Run with librosa 0.11 installed: python make_references.py
"""

import pathlib

import librosa
import numpy as np


def noise(count):
    state, values = 1, []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        values.append(state / 2**30 - 1)
    return np.array(values)


rate, count = 16000, 32000
tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(count) / rate) * (np.arange(count) >= rate)
noisy = (tone + 0.1 * noise(count)).astype(np.float32)
part = librosa.stft(noisy[:rate], n_fft=1024, hop_length=256)
spectrum = librosa.stft(noisy, n_fft=1024, hop_length=256)
amplitude = np.maximum(np.abs(spectrum) - np.abs(part).mean(axis=1, keepdims=True), 1e-10)
clean = librosa.istft(amplitude * np.exp(1j * np.angle(spectrum)), n_fft=1024, hop_length=256, length=count)
clean = clean / np.abs(clean).max()
line = ",".join(f"{x:.9g}" for x in clean[::97])
(pathlib.Path(__file__).parent / "Fixtures").mkdir(exist_ok=True)
(pathlib.Path(__file__).parent / "Fixtures/spectral-subtraction.csv").write_text(line + "\n")
