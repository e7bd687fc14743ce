/** The uploader's words. The page gives them in `data-texts`; these stand in for a missing one. */
export const TEXTS = {
  drop: "Drop a folder or files here",
  drop_hint: "Any number of files. A whole disc is fine.",
  send: "Send photos and files",
  send_hint: "Any number of files: photos, videos, PDF, Word, or a zip of the CD.",
  choose_photos: "Choose photos or files",
  take_photo: "Take a photo",
  choose_folder: "Choose a folder",
  choose_files: "Choose files",
  reading: "Looking through the files…",
  nothing: "There were no files in what you chose.",
  job: "Sending {name}",
  progress: "{sent} of {total} · files: {files} of {all}",
  time_left: "About {time} left",
  measuring: "Working out the time left…",
  keep: "Keep this page open. If it is closed, or the device sleeps, what has arrived is kept: choose the same folder or files again, here or on another device, and sending goes on.",
  pause: "Pause",
  resume: "Continue",
  cancel: "Cancel",
  cancel_question: "Stop sending {name}? What has not arrived yet is removed.",
  cancel_yes: "Stop sending",
  cancel_no: "Keep sending",
  paused: "Paused. What has arrived is kept.",
  waiting: "Waiting for the network. What has arrived is kept, and sending goes on by itself.",
  signed_out: "You have been signed out. What has arrived is kept. Sign in again in another tab, then choose Continue.",
  unreadable: "A file could not be read: {name}. What has arrived is kept. Choose the folder again to go on.",
  no_space: "There is no room left on the server. What has arrived is kept. Try again later.",
  refused: "The server did not take {name}. {reason}",
  arrived: "Everything in {name} has arrived.",
  cancelled: "Sending {name} was stopped.",
  checking: "We are checking what has arrived. You need not wait: go on, and look again later.",
  checked: "What you sent has been checked.",
  check_failed: "What you sent has arrived. The checks are still running; look again later.",
  live: "{percent} sent",
};

export type Texts = typeof TEXTS;
export type Key = keyof Texts;

export function textsOf(root: HTMLElement): Texts {
  try {
    return { ...TEXTS, ...(JSON.parse(root.dataset.texts ?? "{}") as Partial<Texts>) };
  } catch {
    return TEXTS;
  }
}

/** Fill in what stands in braces; each keeps its own direction in a text that runs the other way. */
export function fill(text: string, values: Record<string, string | number> = {}): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) =>
    name in values ? `\u2068${values[name]}\u2069` : all,
  );
}

// Latin digits, like the rest of the page
const language = () => `${document.documentElement.lang || "en"}-u-nu-latn`;

function unit(value: number, name: string, display: "short" | "long", digits = 0): string {
  return new Intl.NumberFormat(language(), {
    style: "unit",
    unit: name,
    unitDisplay: display,
    maximumFractionDigits: digits,
  }).format(value);
}

export function bytesText(bytes: number): string {
  if (bytes < 1e6) return unit(Math.ceil(bytes / 1e3), "kilobyte", "short");
  if (bytes < 1e9) return unit(bytes / 1e6, "megabyte", "short", bytes < 1e7 ? 1 : 0);
  return unit(bytes / 1e9, "gigabyte", "short", 1);
}

/** A time that promises no more than is known: 10 s steps, then minutes, then hours. */
export function timeText(seconds: number): string {
  if (seconds < 55) return unit(Math.max(10, Math.ceil(seconds / 10) * 10), "second", "long");
  if (seconds < 55 * 60) return unit(Math.ceil(seconds / 60), "minute", "long");
  return unit(Math.ceil(seconds / 360) / 10, "hour", "long", 1);
}

export function percentText(share: number): string {
  return new Intl.NumberFormat(language(), { style: "percent" }).format(Math.floor(share * 100) / 100);
}
