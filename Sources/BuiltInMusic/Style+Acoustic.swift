extension Style {
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
      room: 0.7...2, wetness: 0.15...0.35, loudness: 0.2...0.9, tone: 7000...13000,
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
      room: 0.5...1.6, wetness: 0.1...0.3, loudness: 0.4...1.4, tone: 6000...13000,
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
      room: 0.3...1.1, wetness: 0.08...0.25, loudness: 0.3...1.2, tone: 4000...8500,
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
      room: 0.4...1.2, wetness: 0.1...0.25, loudness: 0.2...0.8, tone: 8000...15000,
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
      room: 0.8...2.4, wetness: 0.15...0.4, loudness: 0.2...0.9, tone: 6500...13000,
      swell: 0.1...0.4))

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
      room: 1.5...3.5, wetness: 0.25...0.5, loudness: 0.1...0.7, tone: 4000...9000, hiss: 0...0.003,
      swell: 0.1...0.4))
}
