/** The uploader's words. The page gives them in `data-texts`; these stand in for a missing one. */
export const TEXTS = {
  drop: "Drop a folder or files here",
  drop_hint: "Any number of files. A whole disc is fine.",
  choose_folder: "Choose a folder",
  choose_files: "Choose files",
  reading: "Looking through the files…",
  nothing: "There were no files in what you chose.",
  unfinished: "Not finished. Choose the same folder again to go on:",
  forget: "Remove from this list",
  job: "Sending {name}",
  progress: "{sent} of {total} · files: {files} of {all}",
  time_left: "About {time} left",
  measuring: "Working out the time left…",
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
  checking: "Checking what arrived. Files waiting: {n}",
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

export function fill(text: string, values: Record<string, string | number> = {}): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
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
