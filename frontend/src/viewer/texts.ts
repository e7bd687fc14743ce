/** The viewer's words. The page gives them in `data-texts`; these stand in for a missing one. */
export const TEXTS = {
  series: "Series",
  images: "Images: {n}",
  image: "Image {n} of {m}",
  loading: "Loading the images…",
  loaded: "Loaded: {n} of {m}",
  failed: "The images could not be loaded. Reload the page to try again.",
  no_pictures: "This series holds no pictures.",
  undecodable: "This image cannot be shown here with true values. Its original file is kept.",
  window: "Window",
  window_auto: "Automatic",
  window_full: "Full range",
  window_file: "As stored",
  preset_soft: "Soft tissue",
  preset_lung: "Lung",
  preset_liver: "Liver",
  preset_bone: "Bone",
  preset_brain: "Brain",
  length: "Measure length",
  reset: "Reset",
  invert: "Invert",
  keyimage: "Add as key image",
  keyimage_saving: "Adding…",
  keyimage_saved: "Added to the report",
  keyimage_failed: "Not added. Try again.",
  slider: "Image in the series",
  thickness: "Slice {n} mm",
  lossy: "Lossy compression",
  software: "Drawn without a graphics card",
  keys: "Wheel or arrow keys: next image. Drag: window. Right drag: zoom. Shift and drag: move. 1–5: presets. L: measure. R: reset. K: key image.",
};

export type Texts = typeof TEXTS;

export function textsOf(root: HTMLElement): Texts {
  try {
    return { ...TEXTS, ...(JSON.parse(root.dataset.texts ?? "{}") as Partial<Texts>) };
  } catch {
    return TEXTS;
  }
}

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}
