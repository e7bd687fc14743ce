/** What part of the values is shown: centre and width, the presets by modality. */
import { type Metadata, numbers } from "./metadata";
import type { Say } from "./texts";

export interface Window {
  center: number;
  width: number;
}

export interface Preset {
  label: string;
  window: () => Window | undefined;
}

// Centre and width in Hounsfield units, the order of the number keys as in OHIF
const CT: [string, number, number][] = [
  ["preset_soft", 40, 400],
  ["preset_lung", -600, 1500],
  ["preset_liver", 90, 150],
  ["preset_bone", 480, 2500],
  ["preset_brain", 40, 80],
];

/** What the file itself asks for (0028,1050) and (0028,1051), if it does. */
export function stored(metadata: Metadata): Window | undefined {
  const [center] = numbers(metadata, "00281050");
  const [width] = numbers(metadata, "00281051");
  return center !== undefined && width !== undefined && width > 0 ? { center, width } : undefined;
}

/** From the 1st to the 99.5th percentile of what is not the most common value (the background). */
export function automatic(values: ArrayLike<number>): Window | undefined {
  const step = Math.max(1, Math.floor(values.length / 100_000));
  const sample = new Float32Array(Math.ceil(values.length / step));
  for (let index = 0; index < sample.length; index++) sample[index] = values[index * step]!;
  sample.sort();
  const low = sample[0]!;
  const start = sample.findIndex((value) => value > low);
  if (start < 0) return undefined;
  const inside = sample.subarray(start);
  const from = inside[Math.floor(inside.length * 0.01)]!;
  const to = inside[Math.floor((inside.length - 1) * 0.995)]!;
  const width = Math.max(1, to - from);
  return { center: Math.round(from + width / 2), width: Math.round(width) };
}

export function full(values: ArrayLike<number>): Window {
  let low = Infinity;
  let high = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { center: Math.round((low + high) / 2), width: Math.max(1, Math.round(high - low)) };
}

export function presets(
  modality: string,
  metadata: Metadata,
  values: () => ArrayLike<number> | undefined,
  say: Say,
): Preset[] {
  const asStored = stored(metadata);
  const ofFile: Preset[] = asStored ? [{ label: say("window_file"), window: () => asStored }] : [];
  if (modality === "CT") {
    const fixed = CT.map(([key, center, width]) => ({ label: say(key), window: () => ({ center, width }) }));
    return [...fixed, ...ofFile];
  }
  const from = (make: (values: ArrayLike<number>) => Window | undefined) => () => {
    const found = values();
    return found ? make(found) : undefined;
  };
  return [
    { label: say("window_auto"), window: from(automatic) },
    { label: say("window_full"), window: from(full) },
    ...ofFile,
  ];
}
