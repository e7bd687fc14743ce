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

function press(key: string): boolean {
  const documentHere = current()?.closest<HTMLElement>("[data-document]");
  const field = documentHere?.querySelector<HTMLElement>(`[data-focus-key="${CSS.escape(key)}"]`);
  if (field) {
    field.focus();
    return true;
  }
  const kinds = documentHere?.querySelector<HTMLSelectElement>("select[name=kind]");
  if (kinds && /^[1-9]$/.test(key) && Number(key) <= kinds.options.length) {
    kinds.selectedIndex = Number(key) - 1;
    kinds.form?.requestSubmit(kinds.form.querySelector<HTMLButtonElement>("button[name=verb]"));
    return true;
  }
  const own = documentHere?.querySelector<HTMLButtonElement>(`[data-key="${CSS.escape(key)}"]`);
  const button = own ?? document.querySelector<HTMLButtonElement>(`[data-key="${CSS.escape(key)}"]`);
  if (!button) return false;
  if (button.form === tools) chooseCurrent();
  button.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const box = event.key === "x" ? boxOf(current()) : null;
  if (box) box.checked = !box.checked;
  else if (!press(event.key)) return;
  event.preventDefault();
});

// Behind a step the page is current again that it was about.
const back = location.hash ? document.querySelector<HTMLElement>(location.hash) : null;
const row = back?.matches("[data-row]") ? back : back?.querySelector<HTMLElement>("[data-row]");
if (row) {
  row.toggleAttribute("data-current", true);
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
}
