/**
 * What was typed on a page that saves itself and may not have arrived when the page was left: in this
 * tab only, and gone with it. The next time that the page opens in this tab, it goes on from there.
 */
const PREFIX = "left:";

export interface Left {
  base: string; // the revision that the page went on from
  values: Record<string, string[]>;
  unsure: boolean; // it had not been saved for a while: it is shown even where the page has changed since
  sent: boolean; // with the form itself
}

/** Whether this page was come back to, and is not the answer to what was sent. */
export function cameBack(): boolean {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming && navigation.type === "back_forward";
}

export function remember(address: string, left: Left): void {
  sessionStorage.setItem(PREFIX + address, JSON.stringify(left));
}

export function forget(address: string): void {
  sessionStorage.removeItem(PREFIX + address);
}

export function recall(address: string): Left | undefined {
  const kept = sessionStorage.getItem(PREFIX + address);
  return kept ? (JSON.parse(kept) as Left) : undefined;
}

/** A page of ours has answered: it shows both versions of what was sent, if there are two. */
export function forgetSent(): void {
  for (const key of Object.keys(sessionStorage).filter((each) => each.startsWith(PREFIX))) {
    const address = key.slice(PREFIX.length);
    const left = recall(address);
    if (left?.sent && left.unsure) forget(address);
  }
}

/** Writes values into the fields of a form. */
export function fill(form: HTMLFormElement, values: Left["values"]): void {
  for (const item of form.elements) {
    const field = item as HTMLInputElement;
    const given = values[field.name];
    if (!given) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = given.includes(field.value);
    else field.value = given[0] ?? "";
  }
}
