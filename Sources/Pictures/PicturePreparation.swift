/// What is done to a picture before it becomes a row: in this order size, noise reduction, contrast,
/// brightness, sharpness, normalisation.
///
/// Contrast, brightness and sharpness are those of Pillow’s `ImageEnhance`, computed in single precision
/// and cut off at 0 and 255 after each, not rounded.
package struct PicturePreparation: Codable, Equatable, Sendable {
  package enum Colors: String, CaseIterable, Codable, Sendable {
    case grey, rgb
  }

  package enum Normalisation: String, CaseIterable, Codable, Sendable {
    /// (x/255 − 0.5) / 0.5: from −1 to 1.
    case symmetric
    /// x/255: from 0 to 1.
    case unit
    /// From 0 to 255.
    case none
  }

  package var colors = Colors.grey
  /// nil to leave the size.
  package var height: Int?
  package var width: Int?
  /// The standard deviation of a Gaussian in pixels; 0 for none.
  package var noiseReduction = 0.0
  /// The factor of the distances from the picture’s mean luminance; 1 leaves it.
  package var contrast = 1.0
  /// The factor of all values; 1 leaves it.
  package var brightness = 1.0
  /// The factor of the distances from the smoothed picture; 1 leaves it.
  package var sharpness = 1.0
  package var normalisation = Normalisation.symmetric

  package init() {}

  /// Decodes a PNG and prepares nothing yet.
  ///
  /// - Parameter bytes: a PNG file.
  /// - Returns: the picture in the preparation’s colours.
  /// - Throws: ``PictureError`` for what is no PNG or is damaged.
  package func decoded(png bytes: [UInt8]) throws(PictureError) -> PictureValues {
    switch colors {
    case .grey: PictureValues(try GreyPicture(png: bytes))
    case .rgb: PictureValues(try ColorPicture(png: bytes))
    }
  }

  /// The prepared picture.
  package func callAsFunction(_ picture: PictureValues) -> PictureValues {
    var result = picture.resized(height: height ?? picture.height, width: width ?? picture.width)
    if noiseReduction > 0 {
      result = result.filtered(
        horizontally: .gaussian(noiseReduction, count: result.width),
        vertically: .gaussian(noiseReduction, count: result.height))
    }
    if contrast != 1 { result = result.contrasted(Float(contrast)) }
    if brightness != 1 { result = result.map { clipped($0 * Float(brightness)) } }
    if sharpness != 1 { result = result.sharpened(Float(sharpness)) }
    return switch normalisation {
    case .symmetric: result.map { ($0 / 255 - 0.5) / 0.5 }
    case .unit: result.map { $0 / 255 }
    case .none: result
    }
  }
}

private func clipped(_ value: Float) -> Float { min(max(value, 0), 255) }

extension PictureValues {
  /// Of another size: means where there are fewer pixels, linear interpolation where there are more,
  /// each side by itself.
  ///
  /// - Parameters:
  ///   - height: at least 1.
  ///   - width: at least 1.
  /// - Returns: the picture in that size.
  package func resized(height: Int, width: Int) -> PictureValues {
    filtered(
      horizontally: .resizing(from: self.width, to: width),
      vertically: .resizing(from: self.height, to: height))
  }

  /// The mean of the luminance, 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601).
  var meanLuminance: Float {
    let shares: [Double] = channels == 3 ? [0.299, 0.587, 0.114] : [1]
    let pixels = height * width
    let sums = shares.indices.map { channel in
      shares[channel]
        * values[channel * pixels..<(channel + 1) * pixels].reduce(0.0) { $0 + Double($1) }
    }
    return Float(sums.reduce(0, +) / Double(pixels))
  }

  func contrasted(_ factor: Float) -> PictureValues {
    let mean = meanLuminance
    return map { clipped(mean + factor * ($0 - mean)) }
  }

  /// Away from, or below 1 towards, the picture smoothed by the weights 1 1 1, 1 5 1, 1 1 1 over 13, which
  /// leave the outermost pixels.
  func sharpened(_ factor: Float) -> PictureValues {
    var result = self
    guard height > 2, width > 2 else { return result }
    for channel in 0..<channels {
      for y in 1..<height - 1 {
        for x in 1..<width - 1 {
          let place = (channel * height + y) * width + x
          var sum = 4 * values[place]
          for row in [place - width, place, place + width] {
            sum += values[row - 1] + values[row] + values[row + 1]
          }
          let smooth = sum / 13
          result.values[place] = clipped(smooth + factor * (values[place] - smooth))
        }
      }
    }
    return result
  }
}
