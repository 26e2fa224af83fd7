// The colour of a tenant, made readable on light and on dark. Pure, but for applyBranding().

type Rgb = [number, number, number];

/** Cards of both themes (styles/base.css), and the least contrast of text (WCAG 2.2, 1.4.3). */
const CARDS: { light: Rgb; dark: Rgb } = { light: [255, 255, 255], dark: [24, 29, 26] };
const CONTRAST_MIN = 5.3;

export function parseColour(text: string): Rgb | undefined {
  const [, red, green, blue] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text) ?? [];
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return [parseInt(red, 16), parseInt(green, 16), parseInt(blue, 16)];
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one: Rgb, other: Rgb): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The colour, moved towards black or white until text in it can be read on the card. */
export function readableOn(colour: Rgb, card: Rgb): Rgb {
  const goal = luminance(card) > 0.5 ? 0 : 255;
  let now = colour;
  for (let step = 0; step < 40 && contrast(now, card) < CONTRAST_MIN; step++)
    now = now.map((each) => Math.round(each + (goal - each) * 0.1)) as Rgb;
  return now;
}

const write = (colour: Rgb) => `rgb(${colour.join(" ")})`;
const textOn = (colour: Rgb) => (contrast(colour, [255, 255, 255]) >= 4.5 ? "#ffffff" : "#000000");

/** The variables of the page that follow a colour; none for what is no colour. */
export function brandVariables(accent: string): Record<string, string> {
  const colour = parseColour(accent);
  if (!colour) return {};
  const light = readableOn(colour, CARDS.light);
  const dark = readableOn(colour, CARDS.dark);
  return {
    "--accent": `light-dark(${write(light)}, ${write(dark)})`,
    "--accent-text": `light-dark(${textOn(light)}, ${textOn(dark)})`,
    "--accent-soft": "color-mix(in srgb, var(--accent) 9%, var(--card))",
  };
}

export function applyBranding(accent: string | undefined): void {
  for (const [name, value] of Object.entries(brandVariables(accent ?? "")))
    document.documentElement.style.setProperty(name, value);
}
