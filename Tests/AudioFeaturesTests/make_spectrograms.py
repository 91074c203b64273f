"""Writes Fixtures/spectrograms.csv: name, frames, values a frame, step, and every step-th value of
librosa's spectrograms of a synthetic sound, frame by frame.

Run with librosa 0.11 installed: python make_spectrograms.py
"""

import pathlib

import librosa
import numpy as np


def sound(rate, count):
    t = np.arange(count) / rate
    chirp = np.sin(2 * np.pi * (100 * t + 900 * t * t))
    return (0.5 * chirp + 0.25 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)


lines = []


def record(name, values, step):
    flat = values.T.reshape(-1)[::step]
    lines.append(",".join([name, str(values.shape[1]), str(values.shape[0]), str(step)] + [f"{x:.9g}" for x in flat]))


y = sound(22050, 30000)
record("stft", np.abs(librosa.stft(y, n_fft=512, hop_length=200, win_length=400)), 97)
record("mel", librosa.feature.melspectrogram(y=y, sr=22050, n_fft=1024, hop_length=256, n_mels=40, fmin=50, fmax=8000), 31)
record("mel of amplitudes", librosa.feature.melspectrogram(y=y, sr=22050, n_fft=1024, hop_length=256, n_mels=40, power=1), 31)
mel = librosa.feature.melspectrogram(y=y, sr=22050)
record("log-mel", librosa.power_to_db(mel, ref=np.max), 31)
record("log-mel against 1", librosa.power_to_db(mel, ref=1.0, top_db=80), 31)
# The picture of the convolutional networks.
y = sound(12000, 36000)
decibels = librosa.amplitude_to_db(np.abs(librosa.stft(y, n_fft=1024, hop_length=71)), ref=np.max)[:512]
scaled = np.round((decibels - decibels.min()) / (decibels.max() - decibels.min()) * 255)
picture = np.pad(scaled, ((0, 0), (0, 512 - scaled.shape[1])))
record("picture", picture, 997)
(pathlib.Path(__file__).parent / "Fixtures/spectrograms.csv").write_text("\n".join(lines) + "\n")
