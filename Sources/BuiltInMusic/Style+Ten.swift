extension Style {
  /// The styles; a set of fewer genres takes the first ones. Neighbours in sound are meant: swing and
  /// shuffle, waltz and march, bossa and ballad, techno and punk, chorale and drone.
  static let all: [Style] = [
    waltz, techno, swing, punk, chorale, bossa, march, ballad, shuffle, drone,
  ]

  static let waltz = Style(
    name: "waltz", tempo: 90...180, beatsPerBar: 3, looseness: 0.009,
    scales: [.major, .major, .minor],
    progressions: [[0, 0, 4, 4, 4, 4, 0, 0], [0, 3, 4, 0], [0, 5, 1, 4]],
    drums: [
      DrumLine(drum: .bassDrum, patterns: ["o..........."], level: 0.4, presence: 0.5),
      DrumLine(drum: .brush, patterns: ["....o...o...", "....o..."], level: 0.4, presence: 0.5),
    ],
    parts: [
      Part(
        role: .bass, instruments: [.uprightBass, .tuba],
        patterns: ["r---........", "r-------...."],
        register: 40, level: 0.8),
      Part(
        role: .chords, instruments: [.violins, .accordion, .piano, .horns],
        patterns: ["....x--.x--.", "....x-..x-..", "....x--....."], register: 60, level: 0.5),
      Part(
        role: .melody, instruments: [.violins, .clarinet, .accordion, .flute, .trumpet],
        patterns: ["x-------x---", "x---x---x---", "x-----x-x-x-", "x-x-x-x-x-x-", "x-----------"],
        register: 74, level: 0.8, presence: 0.9),
    ],
    production: Production(
      room: 0.7...2, wetness: 0.15...0.35, loudness: 0.2...0.9, tone: 4500...10000,
      swell: 0.1...0.4))

  static let march = Style(
    name: "march", tempo: 96...132, looseness: 0.008, scales: [.major, .major, .minor],
    progressions: [[0, 0, 4, 4, 4, 4, 0, 0], [0, 3, 0, 4], [0, 5, 3, 4]],
    drums: [
      DrumLine(drum: .bassDrum, patterns: ["X.......x.......", "x...x...x...x..."], level: 0.8),
      DrumLine(
        drum: .fieldDrum,
        patterns: ["x.o.x.o.x.ooxooo", "x..ox..ox..oxoxo", "....x.......x.oo"], level: 0.5,
        presence: 0.8),
      DrumLine(
        drum: .crash, patterns: ["x...............", "x.......x......."], level: 0.25,
        presence: 0.5),
    ],
    parts: [
      Part(
        role: .bass, instruments: [.tuba, .uprightBass],
        patterns: ["r--.....f--.....", "r--.f--.r--.f--."], register: 40),
      Part(
        role: .chords, instruments: [.horns, .horns, .accordion, .violins],
        patterns: ["....x-......x-..", "..x-..x-..x-..x-"], register: 60, level: 0.5),
      Part(
        role: .melody, instruments: [.trumpet, .clarinet, .flute, .trumpet],
        patterns: ["x--xx---x--xx---", "x-----x-x---x---", "x---x---x-x-x-x-", "x-------x------."],
        register: 74, level: 0.8, presence: 0.9),
    ],
    production: Production(
      room: 0.5...1.6, wetness: 0.1...0.3, loudness: 0.4...1.4, tone: 4500...10500,
      swell: 0...0.25))

  static let swing = Style(
    name: "swing", tempo: 120...220, swung: 0.7...1, looseness: 0.01,
    scales: [.major, .dorian, .mixolydian],
    progressions: [[1, 4, 0, 5], [0, 5, 1, 4], [0, 3, 0, 4]], chords: .seventh,
    drums: [
      DrumLine(drum: .ride, patterns: ["x...X.o.x...X.o.", "x...x...x...x.o."], level: 0.45),
      DrumLine(drum: .closedHat, patterns: ["....x.......x..."], level: 0.4),
      DrumLine(
        drum: .brush, patterns: ["x...x...x...x...", "......o.......o."], level: 0.4,
        presence: 0.6),
      DrumLine(drum: .kick, patterns: ["o...o...o...o...", "o.........o....."], level: 0.35),
    ],
    parts: [
      Part(role: .bass, instruments: [.uprightBass], patterns: ["w--.w--.w--.w--."], register: 42),
      Part(
        role: .chords, instruments: [.piano, .piano, .steelGuitar, .organ],
        patterns: ["......x-......x-", "x.....x-........", "x-..x-..x-..x-.."], register: 62,
        level: 0.45, presence: 0.9),
      Part(
        role: .melody, instruments: [.saxophone, .trumpet, .clarinet, .piano, .horns],
        patterns: ["x-x-x-x-x---..x-", "..x-x-x-x-------", "x-----x-....x-x-", "x-x-x-x-x-x-x-x-"],
        register: 68, level: 0.75, presence: 0.85),
    ],
    production: Production(
      room: 0.3...1.1, wetness: 0.08...0.25, loudness: 0.3...1.2, tone: 4000...10000,
      hiss: 0...0.006))

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
      room: 0.3...0.9, wetness: 0.06...0.2, loudness: 0.6...2, tone: 4500...10500,
      hiss: 0...0.006))

  static let bossa = Style(
    name: "bossa", tempo: 112...152, looseness: 0.008, scales: [.major, .dorian, .minor],
    progressions: [[0, 1, 4, 0], [1, 4, 0, 5], [0, 3, 2, 5]], barsPerChord: 1, chords: .seventh,
    drums: [
      DrumLine(
        drum: .rim, patterns: ["x..x..x...x..x..", "x..x..x...x.x..."], level: 0.4, presence: 0.85),
      DrumLine(drum: .shaker, patterns: ["xoxoxoxoxoxoxoxo", "x.o.x.o.x.o.x.o."], level: 0.35),
      DrumLine(drum: .kick, patterns: ["o..oo..oo..oo..o"], level: 0.3, presence: 0.7),
    ],
    parts: [
      Part(
        role: .bass, instruments: [.uprightBass, .electricBass],
        patterns: ["r--.f-r-f--.r-f-", "r-----f-f-----r-"], register: 41, level: 0.8),
      Part(
        role: .chords, instruments: [.nylonGuitar, .nylonGuitar, .electricPiano],
        patterns: ["x--x..x-..x-.x..", "x..x..x-..x..x-.", "..x-..x-..x-x..."], register: 60,
        level: 0.8),
      Part(
        role: .melody, instruments: [.flute, .singer, .saxophone, .electricPiano],
        patterns: ["x-----x---x-----", "..x---x-----x---", "x---------------", "x--x--x---x-x---"],
        register: 70, level: 0.6, presence: 0.8),
    ],
    production: Production(
      room: 0.4...1.2, wetness: 0.1...0.25, loudness: 0.2...0.8, tone: 5000...10500,
      hiss: 0...0.002))

  static let ballad = Style(
    name: "ballad", tempo: 60...88, looseness: 0.009, scales: [.major, .major, .minor],
    progressions: [[0, 4, 5, 3], [0, 5, 3, 4], [5, 3, 0, 4]],
    drums: [
      DrumLine(
        drum: .kick, patterns: ["x.......x.o.....", "x.....o.x......."], level: 0.5,
        presence: 0.6),
      DrumLine(drum: .rim, patterns: ["....x.......x..."], level: 0.4, presence: 0.5),
      DrumLine(
        drum: .shaker, patterns: ["o.o.o.o.o.o.o.o.", "x...o...x...o..."], level: 0.3,
        presence: 0.6),
    ],
    parts: [
      Part(
        role: .bass, instruments: [.electricBass, .uprightBass],
        patterns: ["r-------------..", "r-----r-f-------"], register: 40, level: 0.7, presence: 0.8),
      Part(
        role: .chords, instruments: [.piano, .nylonGuitar, .electricPiano],
        patterns: ["a-a-a-a-a-a-a-a-", "x---a-a-x---a-a-", "x-------x-------"], register: 60,
        level: 0.8),
      Part(
        role: .chords, instruments: [.violins, .pad, .choir], patterns: ["x---------------"],
        register: 64, level: 0.3, presence: 0.5),
      Part(
        role: .melody, instruments: [.singer, .flute, .piano, .singer],
        patterns: ["x-----x-x-------", "..x-x-x-x-------", "x-------x---x---", "x---------------"],
        register: 69, level: 0.7, presence: 0.85),
    ],
    production: Production(
      room: 0.8...2.4, wetness: 0.15...0.4, loudness: 0.2...0.9, tone: 5000...10500,
      swell: 0.1...0.4))

  static let techno = Style(
    name: "techno", tempo: 118...142, looseness: 0, scales: [.minor, .dorian],
    progressions: [[0, 0, 0, 0], [0, 0, 5, 6], [0, 3, 0, 6]], barsPerChord: 2,
    drums: [
      DrumLine(drum: .deepKick, patterns: ["X...X...X...X..."], level: 1, presence: 0.9),
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
        level: 0.8, presence: 0.9),
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
      room: 0.3...1.2, wetness: 0.05...0.25, loudness: 1.2...3.5, tone: 6500...10800,
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
      room: 0.2...0.7, wetness: 0.04...0.18, loudness: 1.5...4, tone: 5500...10800, hiss: 0...0.004,
      peak: 0.8...0.99))

  static let chorale = Style(
    name: "chorale", tempo: 56...92, looseness: 0.015, scales: [.major, .minor],
    progressions: [[0, 3, 4, 0], [0, 5, 1, 4], [0, 4, 5, 2]],
    parts: [
      Part(
        role: .bass, instruments: [.pipeOrgan, .choir, .horns],
        patterns: ["r---f---r---t---", "r-------f-------"], register: 45, level: 0.7),
      Part(
        role: .chords, instruments: [.choir, .pipeOrgan, .horns, .violins],
        patterns: ["x---x---x---x---", "x-------x---x---", "x-------x-------"], register: 62,
        level: 0.7),
      Part(
        role: .melody, instruments: [.choir, .pipeOrgan, .trumpet, .violins],
        patterns: ["x---x---x---x---", "x---x-x-x---x---", "x-------x---x---"], register: 72,
        level: 0.6, presence: 0.9),
    ],
    production: Production(
      room: 1.5...3.5, wetness: 0.25...0.5, loudness: 0.1...0.7, tone: 4000...9500, hiss: 0...0.003,
      swell: 0.1...0.4))

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
      room: 2...4.5, wetness: 0.3...0.6, loudness: 0.2...1, tone: 3000...9500, hiss: 0...0.006,
      swell: 0.2...0.6))
}
