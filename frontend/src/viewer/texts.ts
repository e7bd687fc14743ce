/** The viewer's words: the page gives them all in `data-texts` (secondopinion/web/viewer_texts.py). */
export type Say = (key: string, values?: Record<string, string | number>) => string;

export function wordsOf(root: HTMLElement): Say {
  let texts: Record<string, string> = {};
  try {
    texts = JSON.parse(root.dataset.texts ?? "{}") as Record<string, string>;
  } catch {
    // The keys stand in: better an odd word than no pictures.
  }
  return (key, values = {}) =>
    (texts[key] ?? key).replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}
