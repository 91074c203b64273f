"""Writes Fixtures/features.json and Fixtures/vectors.json: what librosa 0.11 makes of signals that the tests make too.

The signals are whole numbers divided by 65,536, so that Python and Swift make the same samples.
usage: make_references.py, in a Python with librosa 0.11
"""

import json
import pathlib
import warnings

import librosa
import numpy as np

warnings.filterwarnings("ignore")


def noise(n):
    state, out = 1, np.empty(n, dtype=np.int64)
    for i in range(n):
        state = (state * 1664525 + 1013904223) % 2**32
        out[i] = (state >> 16) - 32768
    return out


def triangle(n, step):
    phase = np.arange(n, dtype=np.int64) * step % 65536
    return np.abs(phase - 32768) * 2 - 32768


def signal(name, n):
    i = np.arange(n, dtype=np.int64)
    if name == "noise":
        whole = noise(n)
    elif name == "tones":
        whole = 5 * triangle(n, 1308) // 16 + 3 * triangle(n, 1960) // 16 + noise(n) // 64
    elif name == "beats":
        fading = np.maximum(0, 256 - i % 11025 // 16)
        held = triangle(n, 653) // 4 + triangle(n, 823 + i // 22050 * 90) // 8
        whole = noise(n) * fading // 512 + held
    elif name == "silence":
        whole = 0 * i
    elif name == "pause":
        whole = np.where((i > n // 3) & (i < 2 * n // 3), 0, triangle(n, 1308) // 4 + noise(n) // 8)
    return (whole / 65536).astype(np.float32)


def features(y, mode, sr, fft, hop):
    pad = "reflect" if mode == "kaggle" else "constant"
    own = dict(n_fft=fft, hop_length=hop, pad_mode=pad)
    out = []

    def add(values):
        values = np.asarray(values, dtype=np.float64)
        out.extend([float(values.mean()), float(values.var())])

    spectrum = librosa.stft(y, **own)
    add(librosa.feature.chroma_stft(y=y, sr=sr, **own))
    add(librosa.feature.rms(y=y, frame_length=fft, hop_length=hop, pad_mode=pad))
    add(librosa.feature.spectral_centroid(y=y, sr=sr, **own))
    add(librosa.feature.spectral_bandwidth(y=y, sr=sr, **own))
    add(librosa.feature.spectral_rolloff(y=y, sr=sr, **own))
    add(librosa.feature.zero_crossing_rate(y, frame_length=fft, hop_length=hop))
    for part in librosa.decompose.hpss(spectrum):
        length = None if mode == "kaggle" else len(y)
        wave = librosa.istft(part, n_fft=fft, hop_length=hop, length=length)
        add(librosa.util.fix_length(wave, size=len(y)))
    out.append(tempo(y, sr, own))
    for row in librosa.feature.mfcc(y=y, sr=sr, n_mfcc=20, **own):
        add(row)
    return out


def vector(y, mode, sr, fft, hop):
    """The 135 features; librosa has no differences of fewer than nine frames, they are 0."""
    pad = "reflect" if mode == "kaggle" else "constant"
    own = dict(n_fft=fft, hop_length=hop, pad_mode=pad)
    cepstrum = librosa.feature.mfcc(y=y, sr=sr, n_mfcc=13, **own)
    if cepstrum.shape[1] < 9:
        first = second = 0 * cepstrum
    else:
        first = librosa.feature.delta(cepstrum)
        second = librosa.feature.delta(cepstrum, order=2)
    rows = [row for three in zip(cepstrum, first, second) for row in three]
    chroma = librosa.feature.chroma_stft(y=y, sr=sr, **own)
    rows += list(chroma)
    rows += list(librosa.feature.spectral_contrast(y=y, sr=sr, **own))
    rows.append(librosa.feature.spectral_centroid(y=y, sr=sr, **own)[0])
    rows.append(librosa.feature.spectral_bandwidth(y=y, sr=sr, **own)[0])
    rows.append(librosa.feature.spectral_rolloff(y=y, sr=sr, **own)[0])
    rows.append(librosa.feature.spectral_flatness(y=y, **own)[0])
    rows.append(librosa.feature.zero_crossing_rate(y, frame_length=fft, hop_length=hop)[0])
    rows.append(librosa.feature.rms(y=y, frame_length=fft, hop_length=hop, pad_mode=pad)[0])
    out = []
    for row in rows:
        row = np.asarray(row, dtype=np.float64)
        out.extend([float(row.mean()), float(row.std())])
    for row in librosa.feature.tonnetz(chroma=chroma):
        out.append(float(np.asarray(row, dtype=np.float64).mean()))
    out.append(tempo(y, sr, own))
    return out


def tempo(y, sr, own):
    onsets = librosa.onset.onset_strength(y=y, sr=sr, aggregate=np.median, **own)
    found = librosa.feature.tempo(onset_envelope=onsets, sr=sr, hop_length=own["hop_length"])
    return float(found[0]) if onsets.any() else 0.0


CASES = [(name, 66149, mode, 22050, 2048, 512)
         for name in ("noise", "tones", "beats", "pause")
         for mode in ("kaggle", "modern")]
CASES += [("beats", n, mode, 22050, 2048, 512)
          for n in (3000, 7000, 8191, 8192, 8193, 20000) for mode in ("kaggle", "modern")]
CASES += [("beats", 66149, "modern", 22050, 1024, 256), ("beats", 66149, "kaggle", 22050, 1024, 441),
          ("beats", 66149, "modern", 16000, 512, 200), ("beats", 66149, "modern", 22050, 4096, 1024),
          ("beats", 300000, "modern", 22050, 2048, 512)]
CASES += [("silence", 30000, "modern", 22050, 2048, 512),
          ("beats", 1, "modern", 22050, 2048, 512), ("beats", 500, "modern", 22050, 2048, 512)]

# An impulse’s spectra are flat but for rounding: chroma and contrast would be the rounding’s.
VECTOR_CASES = [case for case in CASES if case[0] != "impulse"]

if __name__ == "__main__":
    folder = pathlib.Path(__file__).parent / "Fixtures"
    for file, compute, chosen in (("features", features, CASES), ("vectors", vector, VECTOR_CASES)):
        cases = []
        for name, n, mode, sr, fft, hop in chosen:
            y = signal(name, n)
            cases.append(dict(
                signal=name, samples=n, mode=mode, sampleRate=sr, fftSize=fft, hopLength=hop,
                checksum=int((y.astype(np.float64) * 65536).sum()),
                features=compute(y, mode, sr, fft, hop)))
        text = "[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n"
        (folder / f"{file}.json").write_text(text)
