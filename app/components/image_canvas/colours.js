// Colours of classes as numbers, and the text that can be read on them.

const parseColour = (hex) => [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));

const packColour = (hex) => {
  const [r, g, b] = parseColour(hex);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0; // as it lies in an ImageData
};

const textOn = (hex) => {
  const [r, g, b] = parseColour(hex).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
};
