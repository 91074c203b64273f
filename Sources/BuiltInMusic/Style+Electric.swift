extension Style {
  static let shuffle = Style(
    name: "shuffle", tempo: 84...140, swung: 0.7...1, looseness: 0.01,
    scales: [.blues, .mixolydian, .blues],
    progressions: [[0, 0, 3, 0, 4, 3, 0, 4], [0, 3, 0, 4]], chords: .seventh,
    drums: [
      DrumLine(drum: .kick, patterns: ["x.......x.....o.", "x.....o.x......."], level: 0.8),
      DrumLine(drum: .snare, patterns: ["....x.......x...", "....x.o.....x.o."], level: 0.6),
      DrumLine(
        drum: .closedHat, patterns: ["x.o.x.o.x.o.x.o.", "x...x...x...x..."], level: 0.4,
        presence: 0.8),
      DrumLine(drum: .ride, patterns: ["x.o.x.o.x.o.x.o."], level: 0.3, presence: 0.4),
    ],
    parts: [
      Part(
        role: .bass, instruments: [.electricBass, .uprightBass],
        patterns: ["r-r-f-f-s-s-f-f-", "w--.w--.w--.w--.", "r---t---f---s---"], register: 40),
      Part(
        role: .chords, instruments: [.steelGuitar, .piano, .organ, .steelGuitar],
        patterns: ["x-x-x-x-x-x-x-x-", "..x...x...x...x.", "x---....x---...."], register: 58,
        level: 0.5, presence: 0.9),
      Part(
        role: .melody, instruments: [.harmonica, .steelGuitar, .saxophone, .singer],
        patterns: ["x-x-x---....x-x-", "..x-x-x-x-------", "x-------........", "....x-x-x-x-x---"],
        register: 67, level: 0.75, presence: 0.8),
    ],
    production: Production(
      room: 0.3...0.9, wetness: 0.06...0.2, loudness: 0.6...2, tone: 5500...10500,
      hiss: 0...0.006))

  static let techno = Style(
    name: "techno", tempo: 118...142, looseness: 0, scales: [.minor, .dorian],
    progressions: [[0, 0, 0, 0], [0, 0, 5, 6], [0, 3, 0, 6]], barsPerChord: 2,
    drums: [
      DrumLine(drum: .deepKick, patterns: ["X...X...X...X..."], level: 0.8, presence: 0.9),
      DrumLine(drum: .openHat, patterns: ["..x...x...x...x."], level: 0.4, presence: 0.8),
      DrumLine(
        drum: .closedHat, patterns: ["xoxoxoxoxoxoxoxo", "x.xxx.xxx.xxx.xx"], level: 0.35,
        presence: 0.7),
      DrumLine(drum: .clap, patterns: ["....x.......x..."], level: 0.5, presence: 0.7),
    ],
    parts: [
      Part(
        role: .bass, instruments: [.synthBass],
        patterns: ["..r-..r-..r-..r-", "r.rr.rr.r.rr.rr.", "rrrrrrrrrrrrrrrr"], register: 38,
        level: 0.8),
      Part(
        role: .chords, instruments: [.stab, .pad, .stab],
        patterns: ["x..x..x...x.....", "..x...x...x...x.", "x---------------"], register: 60,
        level: 0.5, presence: 0.7),
      Part(
        role: .melody, instruments: [.blip, .stab],
        patterns: ["x.x.xx.x.x.xx.x.", "xxxxxxxxxxxxxxxx", "x..x..x.x..x..x."], register: 72,
        level: 0.4, presence: 0.6),
    ],
    production: Production(
      room: 0.3...1.2, wetness: 0.05...0.25, loudness: 0.5...1.8, tone: 10000...16000,
      hiss: 0...0.001,
      peak: 0.8...0.99))

  static let punk = Style(
    name: "punk", tempo: 150...205, looseness: 0.008, scales: [.major, .minor, .mixolydian],
    progressions: [[0, 3, 4, 3], [0, 4, 5, 3], [0, 0, 3, 4]], chords: .power,
    drums: [
      DrumLine(
        drum: .kick, patterns: ["x.......x.x.....", "x.....x.x.......", "x...x...x...x..."]),
      DrumLine(drum: .snare, patterns: ["....X.......X...", "..x...x...x...x."], level: 0.8),
      DrumLine(
        drum: .openHat, patterns: ["x.x.x.x.x.x.x.x.", "x...x...x...x..."], level: 0.4,
        presence: 0.8),
      DrumLine(drum: .crash, patterns: ["x..............."], level: 0.4, presence: 0.7),
    ],
    parts: [
      Part(
        role: .bass, instruments: [.electricBass],
        patterns: ["r-r-r-r-r-r-r-r-", "r---r-r-r---r-r-"],
        register: 38, level: 0.8),
      Part(
        role: .chords, instruments: [.distortedGuitar, .distortedGuitar, .steelGuitar],
        patterns: ["x-x-x-x-x-x-x-x-", "x---x-x-x---x-x-", "x-------x-------"], register: 50,
        level: 0.9),
      Part(
        role: .melody, instruments: [.shouter, .distortedGuitar, .singer],
        patterns: ["x---x---x-x-x---", "x-x-x-x-x-------", "..x-x-x-x---....", "x-------........"],
        register: 67, level: 0.5, presence: 0.7),
    ],
    production: Production(
      room: 0.2...0.7, wetness: 0.04...0.18, loudness: 0.3...1.3, tone: 9000...16000,
      hiss: 0...0.004,
      peak: 0.8...0.99))

  static let drone = Style(
    name: "drone", tempo: 50...80, looseness: 0.03, scales: [.minor, .dorian, .major],
    progressions: [[0, 0, 3, 0], [0, 6, 0, 3], [0, 4]], barsPerChord: 2,
    drums: [
      DrumLine(drum: .bassDrum, patterns: ["o..............."], level: 0.3, presence: 0.2)
    ],
    parts: [
      Part(
        role: .bass, instruments: [.bowedBass, .pipeOrgan, .pad], patterns: ["r---------------"],
        register: 38, level: 0.8),
      Part(
        role: .chords, instruments: [.pad, .pad, .choir, .violins, .glass],
        patterns: ["x---------------"], register: 58, level: 0.7),
      Part(
        role: .melody, instruments: [.glass, .flute, .choir],
        patterns: ["x-----------....", "........x-------", "x---------------"], register: 74,
        level: 0.35, presence: 0.6),
    ],
    production: Production(
      room: 2...4.5, wetness: 0.3...0.6, loudness: 0.2...1, tone: 3000...10000, hiss: 0...0.006,
      swell: 0.2...0.6))
}
