/** Keys of the desk's record view: every button with a key is pressed for the page that is current. */
import "./pages.css";

const tools = document.querySelector<HTMLFormElement>("form#arrange");

function typing(target: EventTarget | null): boolean {
  return (target as HTMLElement | null)?.matches?.("input:not([type=checkbox]),textarea,select") === true;
}

function current(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-row][data-current]");
}

function boxOf(row: HTMLElement | null): HTMLInputElement | null {
  return row?.querySelector<HTMLInputElement>("input[type=checkbox][name=page]") ?? null;
}

/** Choose the current page where none is chosen, so that one key does. */
function chooseCurrent(): void {
  if (document.querySelector("input[name=page]:checked")) return;
  const box = boxOf(current());
  if (box) box.checked = true;
}

/** Set the kind of a document by its digit; it is saved alone, unless something else was typed. */
function setKind(documentHere: HTMLElement, digit: string): boolean {
  const option = documentHere.querySelector<HTMLOptionElement>(`option[data-digit="${digit}"]`);
  const form = option?.closest("form");
  if (!option || !form) return false;
  option.selected = true;
  const typed = [...form.querySelectorAll("input")].some((each) => each.value !== each.defaultValue);
  if (!typed) form.querySelector<HTMLButtonElement>("[data-kind]")?.click();
  return true;
}

function press(key: string): boolean {
  const documentHere = current()?.closest<HTMLElement>("[data-document]");
  const field = documentHere?.querySelector<HTMLElement>(`[data-focus-key="${CSS.escape(key)}"]`);
  if (field) {
    field.focus();
    return true;
  }
  if (documentHere && /^[0-9]$/.test(key)) return setKind(documentHere, key);
  // What is about one document is pressed in that of the current page alone, never in another.
  const button = [...document.querySelectorAll<HTMLButtonElement>(`[data-key="${CSS.escape(key)}"]`)].find(
    (each) => (each.closest("[data-document]") ?? documentHere) === documentHere,
  );
  if (!button) return false;
  if (button.form === tools) chooseCurrent();
  const at = button.form?.querySelector<HTMLInputElement>("[data-at]");
  if (at) at.value = boxOf(current())?.value ?? "";
  button.click();
  return true;
}

/** Leave a field that a key led into: Escape, and Enter in a list, go back to the page. */
function leave(event: KeyboardEvent): void {
  const field = event.target as HTMLElement;
  const done = event.key === "Escape" || (event.key === "Enter" && field.matches("select"));
  if (!done || !field.matches("[data-focus-key]")) return;
  const here = field.closest("[data-document]")?.querySelector<HTMLElement>("[data-row][data-current]");
  if (here) goTo(here);
  else field.blur();
  event.preventDefault();
}

function goTo(row: HTMLElement): void {
  row.toggleAttribute("data-current", true);
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (typing(event.target)) {
    leave(event);
    return;
  }
  const box = event.key === "x" ? boxOf(current()) : null;
  if (box) box.checked = !box.checked;
  else if (!press(event.key)) return;
  event.preventDefault();
});

// Behind a step the page is current again that it was about.
const back = location.hash ? document.querySelector<HTMLElement>(location.hash) : null;
const row = back?.matches("[data-row]") ? back : back?.querySelector<HTMLElement>("[data-row]");
if (row) goTo(row);
