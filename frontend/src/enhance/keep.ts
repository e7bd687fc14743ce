/**
 * Keeps what is being written in boxes that no page saves by itself (messages, notes, reasons) until
 * it is sent: in this tab only, and gone with it. A refused form gets its text back from the server.
 */
const PREFIX = "kept:";

function keyOf(field: HTMLTextAreaElement): string {
  const form = field.form?.getAttribute("action") || location.pathname;
  return `${PREFIX}${form}:${field.name}`;
}

function fields(root: ParentNode): HTMLTextAreaElement[] {
  return [...root.querySelectorAll<HTMLTextAreaElement>("form[method=post] textarea")].filter(
    (field) => !field.readOnly && !field.form?.dataset.autosaveUrl,
  );
}

export function startKeeping(): void {
  for (const field of fields(document)) {
    const kept = sessionStorage.getItem(keyOf(field));
    if (kept && field.value === field.defaultValue) {
      field.value = kept;
      field.closest("details")?.setAttribute("open", "");
    }
  }
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field instanceof HTMLTextAreaElement && fields(document).includes(field)) {
      if (field.value.trim() && field.value !== field.defaultValue) sessionStorage.setItem(keyOf(field), field.value);
      else sessionStorage.removeItem(keyOf(field));
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!event.defaultPrevented) fields(form.parentElement ?? document).filter((field) => field.form === form).forEach((field) => sessionStorage.removeItem(keyOf(field)));
  });
}
