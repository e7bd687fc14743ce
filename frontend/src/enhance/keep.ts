/**
 * Keeps what is being written in boxes that no page saves by itself (messages, notes, reasons) until
 * it has arrived: in this tab only, and gone with it. What a page of ours gives back, because it was
 * refused or is not finished, is kept on; so is what never got an answer.
 */
import { cameBack } from "./left";

const PREFIX = "kept:";
const SENT = "sent:";

function keyOf(field: HTMLTextAreaElement): string {
  const form = field.form?.getAttribute("action") || location.pathname;
  return `${form}:${field.name}`;
}

function fields(root: ParentNode): HTMLTextAreaElement[] {
  return [...root.querySelectorAll<HTMLTextAreaElement>("form[method=post] textarea")].filter(
    (field) => !field.readOnly && !field.form?.dataset.autosaveUrl,
  );
}

/** Goes through what was sent last: it has arrived, unless this page gives it back. */
function settle(back: boolean): void {
  for (const name of Object.keys(sessionStorage).filter((each) => each.startsWith(SENT))) {
    const key = name.slice(SENT.length);
    const text = sessionStorage.getItem(name) ?? "";
    sessionStorage.removeItem(name);
    const box = fields(document).find((field) => keyOf(field) === key && field.value.trim());
    const given = back ? text : box?.value ?? (document.querySelector("[data-not-sent]") ? text : "");
    if (given) sessionStorage.setItem(PREFIX + key, given);
  }
}

export function startKeeping(): void {
  settle(cameBack());
  for (const field of fields(document)) {
    const kept = sessionStorage.getItem(PREFIX + keyOf(field));
    if (kept && field.value === field.defaultValue) {
      field.value = kept;
      field.closest("details")?.setAttribute("open", "");
    }
  }
  addEventListener("pageshow", (event) => {
    if (event.persisted) settle(true);
  });
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field instanceof HTMLTextAreaElement && fields(document).includes(field)) {
      if (field.value.trim() && field.value !== field.defaultValue) sessionStorage.setItem(PREFIX + keyOf(field), field.value);
      else sessionStorage.removeItem(PREFIX + keyOf(field));
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented) return;
    for (const field of fields(form.parentElement ?? document).filter((each) => each.form === form)) {
      const key = keyOf(field);
      if (sessionStorage.getItem(PREFIX + key)) sessionStorage.setItem(SENT + key, field.value);
      sessionStorage.removeItem(PREFIX + key);
    }
  });
}
